// Walks the cases: what a source can and cannot reach by this plane's rules, closed over by the obvious forward chainer.
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Charter } from "../../charter/schema.ts";
import { globMatches } from "../../lib/glob.ts";
import type { Entity } from "../../model/entity.ts";
import { EVERYTHING, type Gap, gapId } from "../../model/gap.ts";
import { indexObservations, type Observation } from "../../model/observation.ts";
import { type Fact, factText, type IdentityToken, IMPLIED, type Rule } from "../../model/rule.ts";
import type { KnownEstate } from "../plane.ts";
import { gatesOf } from "./doors.ts";
import { gateGuard } from "./gate-guard.ts";
import { pipelinePlane } from "./plane.ts";
import { approvalsOf } from "./promotion/approvals.ts";
import { deployments, lowerDeployedFirst, startedByHand } from "./promotion/deployments.ts";

type Loose = Readonly<Record<string, unknown>>;

interface Case {
  readonly name: string;
  readonly source: string;
  /** Observations of these kinds in place of the base's; members left out take the values below, null takes a member away. */
  readonly replace?: Readonly<Record<string, readonly Loose[]>>;
  readonly add?: readonly (Loose & { readonly kind: string })[];
  readonly drop?: readonly string[];
  readonly charter?: Loose;
  readonly gaps?: readonly { readonly topic: string; readonly subject: string }[];
  /** Facts to start from; default: an unreviewed change to acme/shop. */
  readonly from?: readonly string[];
  readonly must?: readonly string[];
  readonly may?: readonly string[];
  readonly never?: readonly string[];
  /** Subject → whether a token with it can be obtained. */
  readonly obtains?: Readonly<Record<string, "must" | "may" | "never">>;
  /** Claims of some token that is obtained for certain, as `claim=value`. */
  readonly claims?: readonly string[];
  readonly reports?: readonly string[];
  readonly untaken?: readonly string[];
  readonly gate?: { readonly proven: boolean; readonly unproven?: true; readonly why?: string };
  readonly lowerFirst?: Readonly<Record<string, string>>;
  readonly approvals?: Readonly<Record<string, Loose>>;
  readonly byHand?: Readonly<Record<string, string>>;
}

const step = { with: {}, env: {} };
const job = { needs: [], runsOn: ["ubuntu-latest"], services: [], env: {}, steps: [], with: {}, secrets: {} };
const DEFAULTS: Readonly<Record<string, Loose>> = {
  "github/organization": { organization: "acme", defaultPermission: "read" },
  "github/member": { organization: "acme", role: "member", bot: false },
  "github/team": { organization: "acme" },
  "github/repository": { repository: "acme/shop", defaultBranch: "main", visibility: "private", archived: false, allowForking: false },
  "github/repository-access": { repository: "acme/shop", permission: "write" },
  "github/actions-settings": { repository: "acme/shop" },
  "github/environment": {
    repository: "acme/shop",
    name: "production",
    reviewers: [],
    preventSelfReview: false,
    waitMinutes: 0,
    branches: "any",
    canAdminsBypass: false,
    hasCustomRules: false,
  },
  "github/branch-rule": {
    repository: "acme/shop",
    origin: "branch-protection",
    include: ["main"],
    exclude: [],
    active: true,
    codeOwners: false,
    lastPushApproval: false,
    dismissStale: true,
    requiredChecks: [],
    bypass: [],
  },
  "github/code-owners": { repository: "acme/shop", path: ".github/CODEOWNERS" },
  "github/branch": { repository: "acme/shop", name: "main", protected: false },
  "github/oidc-subject": { repository: "acme/shop", useDefault: true, claimKeys: [], immutableIds: false },
  "github/runner": { scope: "acme", labels: ["self-hosted"], group: "Default" },
  "github/runner-group": { organization: "acme", name: "Default", visibility: "all", allowsPublicRepositories: false },
  "github/workflow": { repository: "acme/shop", path: ".github/workflows/deploy.yml", triggers: [], env: {} },
  "github/action": { repository: "acme/shop", using: "composite", steps: [] },
};

const folder = new URL("cases/", import.meta.url);
const read = (file: string): unknown => JSON.parse(readFileSync(new URL(file, folder), "utf8"));
const base = read("base.json") as { readonly charter: Loose; readonly observations: readonly (Loose & { readonly kind: string })[] };

function complete(kind: string, loose: Loose): Observation {
  const source = { file: `${kind}.json` };
  const given = { source, ...DEFAULTS[kind], ...loose, kind };
  const filled: Record<string, unknown> = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
  const steps = (all: unknown): unknown => ((all as Loose[] | undefined) ?? []).map((one) => ({ source, ...step, ...one }));
  if (kind === "github/action") filled["steps"] = steps(filled["steps"]);
  if (kind === "github/workflow")
    filled["jobs"] = (filled["jobs"] as Loose[]).map((one) => ({ source, ...job, ...one, steps: steps(one["steps"]) }));
  return filled as unknown as Observation;
}

interface Derived {
  readonly estate: KnownEstate;
  readonly rules: readonly Rule[];
  readonly entities: ReadonlyMap<string, Entity>;
  readonly reported: readonly Gap[];
  readonly untaken: readonly Gap[];
}

function deriveCase(one: Case): Derived {
  const replaced = new Set([...Object.keys(one.replace ?? {}), ...(one.drop ?? [])]);
  const observed = [
    ...base.observations.filter((observation) => !replaced.has(observation.kind)).map((each) => complete(each.kind, each)),
    ...Object.entries(one.replace ?? {}).flatMap(([kind, all]) => all.map((each) => complete(kind, each))),
    ...(one.add ?? []).map((each) => complete(each.kind, each)),
  ];
  const charter = Charter.parse({ ...base.charter, ...one.charter });
  const gaps = (one.gaps ?? []).map((gap): Gap => ({ ...gap, what: gap.topic, why: "AccessDenied", clauses: ["A1"] }));
  const input = { observations: indexObservations(observed), charter, gaps };
  const entities = new Map<string, Entity>();
  const tokens: IdentityToken[] = [];
  pipelinePlane.entities(input, {
    entity: (entity) => void (entities.has(entity.id) || entities.set(entity.id, entity)),
    token: (token) => void tokens.push(token),
  });
  const environmentOf = (id: string): string | undefined => {
    const { repository, githubEnvironment } = entities.get(id)?.place ?? {};
    return charter.environments.find((environment) =>
      environment.boundary.github?.environments.some((each) => each.repository === repository && each.name === githubEnvironment),
    )?.name;
  };
  const estate: KnownEstate = { ...input, entities, tokens, environmentOf, isShared: () => false };
  const rules: Rule[] = [];
  const reported: Gap[] = [];
  const taken = new Set<Gap>();
  pipelinePlane.rules(estate, {
    rule: (rule) => void rules.push(rule),
    took: (gap) => void taken.add(gap),
    gap: (gap) => void reported.push(gap),
  });
  return { estate, rules, entities, reported, untaken: [...gaps, ...reported].filter((gap) => !taken.has(gap)) };
}

/** The slow, obvious closure: tries every rule until nothing new follows. */
function closure(rules: readonly Rule[], from: readonly string[]): ReadonlySet<string> {
  const facts = new Set<string>();
  const add = (fact: Fact): void => {
    facts.add(factText(fact));
    for (const capability of IMPLIED[fact.capability] ?? []) facts.add(factText({ capability, entity: fact.entity }));
  };
  for (const text of from)
    add({ capability: text.slice(0, text.indexOf(" ")) as Fact["capability"], entity: text.slice(text.indexOf(" ") + 1) });
  for (let size = -1; size !== facts.size;) {
    size = facts.size;
    for (const rule of rules) {
      const held = new Set(rule.needs.map(factText).filter((need) => facts.has(need))).size;
      if (held >= (rule.atLeast ?? new Set(rule.needs.map(factText)).size)) add(rule.gives);
    }
  }
  return facts;
}

/** Whether a trust policy's exact subject is one the token can carry. */
const carries = (token: IdentityToken, claim: string, value: string): boolean => {
  const own = token.claims[claim];
  return own !== undefined && globMatches(own.value, value) && !(own.except ?? []).some((pattern) => globMatches(pattern, value));
};

const CHANGE = ["author github:acme/shop#change"];

function checkCase(one: Case, derived: Derived): void {
  const { rules, estate } = derived;
  const must = closure(
    rules.filter((rule) => rule.certainty === "must"),
    one.from ?? CHANGE,
  );
  const may = closure(rules, one.from ?? CHANGE);
  const of = (text: string): string => (must.has(text) ? "must" : may.has(text) ? "may" : "never");
  const wanted = { must: one.must ?? [], may: one.may ?? [], never: one.never ?? [] };
  for (const [verdict, facts] of Object.entries(wanted))
    for (const text of facts) expect(`${text}: ${of(text)}`).toBe(`${text}: ${verdict}`);
  for (const [subject, verdict] of Object.entries(one.obtains ?? {})) {
    const holders = estate.tokens.filter((token) => carries(token, "sub", subject)).map((token) => of(factText(token.holder)));
    const best = ["must", "may", "never"].find((each) => holders.includes(each)) ?? "never";
    expect(`${subject}: ${best}`).toBe(`${subject}: ${verdict}`);
  }
  const obtained = estate.tokens.filter((token) => must.has(factText(token.holder)));
  for (const claim of one.claims ?? []) {
    const pairs = claim.split(" & ").map((pair) => pair.split("=") as [string, string]);
    expect(
      obtained.some((token) => pairs.every(([name, value]) => carries(token, name, value))),
      claim,
    ).toBe(true);
  }
  for (const id of one.reports ?? []) expect(derived.reported.map(gapId)).toContain(id);
  expect(derived.untaken.map(gapId)).toEqual(one.untaken ?? []);
}

function checkQuestions(one: Case, { estate }: Derived): void {
  if (one.gate) {
    const door = gatesOf(estate)[0];
    if (door === undefined) throw new Error("the case asks about a gate and declares none");
    const guard = gateGuard(estate, door);
    expect({ proven: guard.proven, unproven: guard.unproven, why: guard.why.join("; ") }).toMatchObject({
      proven: one.gate.proven,
      unproven: one.gate.unproven,
      why: expect.stringContaining(one.gate.why ?? ""),
    });
  }
  const all = deployments(estate);
  const deployment = (label: string) => all.find((each) => each.label === label) ?? expect.fail(`no job ${label} deploys`);
  for (const [label, answer] of Object.entries(one.lowerFirst ?? {}))
    expect(`${label}: ${lowerDeployedFirst(estate, deployment(label), "production").answer}`).toBe(`${label}: ${answer}`);
  for (const [label, approvals] of Object.entries(one.approvals ?? {}))
    expect(approvalsOf(estate, deployment(label))[0]).toMatchObject(approvals);
  for (const [label, answer] of Object.entries(one.byHand ?? {})) expect(startedByHand(deployment(label))).toBe(answer);
}

const files = readdirSync(folder).filter((file) => file !== "base.json");
const cases = files.flatMap((file) => (read(file) as readonly Case[]).map((one) => ({ ...one, file })));

describe.each(files)("%s", (file) => {
  test.each(cases.filter((one) => one.file === file))("$name", (one) => {
    const derived = deriveCase(one);
    checkCase(one, derived);
    checkQuestions(one, derived);
  });
});

describe("laws over every case", () => {
  test.each(cases)("every fact of a rule is about an entity that exists: $name", (one) => {
    const { rules, entities } = deriveCase(one);
    const outside = /^image:|#secret\//;
    const unknown = rules
      .flatMap((rule) => [...rule.needs, rule.gives])
      .filter((fact) => !entities.has(fact.entity) && !outside.test(fact.entity));
    expect([...new Set(unknown.map(factText))]).toEqual([]);
  });

  test.each(cases)("an uncertain rule says why, and every rule has a grant: $name", (one) => {
    const { rules } = deriveCase(one);
    for (const rule of rules) {
      expect(rule.because !== undefined, rule.how).toBe(rule.certainty === "may");
      expect(rule.grants.length, rule.how).toBeGreaterThan(0);
      if (rule.atLeast !== undefined) expect(new Set(rule.needs.map(factText)).size, rule.how).toBeGreaterThanOrEqual(rule.atLeast);
    }
  });

  test.each(cases)("the order of observations changes no rule and no grant: $name", (one) => {
    const texts = (derived: Derived): string[] =>
      derived.rules
        .map((rule) =>
          JSON.stringify([rule.family, rule.needs.map(factText).toSorted(), rule.gives, rule.certainty, rule.grants.map((g) => g.id)]),
        )
        .toSorted();
    const reversed = {
      ...one,
      add: (one.add ?? []).toReversed(),
      replace: Object.fromEntries(Object.entries(one.replace ?? {}).map(([k, v]) => [k, v.toReversed()])),
    };
    expect(texts(deriveCase(reversed))).toEqual(texts(deriveCase(one)));
  });

  test.each(cases)("a denied call never makes anything unreachable: $name", (one) => {
    const before = closure(deriveCase(one).rules, one.from ?? CHANGE);
    const topics = ["branch-protection", "ruleset", "environment", "environment-branch-policies", "access", "workflow", "oidc", "secret"];
    const gaps = [...(one.gaps ?? []), ...topics.map((topic) => ({ topic: `github/${topic}`, subject: "github:acme/shop" }))];
    const after = closure(deriveCase({ ...one, gaps }).rules, one.from ?? CHANGE);
    expect([...before].filter((fact) => !after.has(fact))).toEqual([]);
  });
});

test("a gap of a topic that no rule answers to stays untaken", () => {
  const derived = deriveCase({
    name: "",
    source: "",
    gaps: [
      { topic: "github/unheard-of", subject: "github:acme/shop" },
      { topic: EVERYTHING, subject: "x" },
    ],
  });
  expect(derived.untaken.map((gap) => gap.topic)).toEqual(["github/unheard-of", EVERYTHING]);
});
