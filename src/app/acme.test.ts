// The example estates as a whole: what must be found, what must not be, and that a proof does not survive any alteration.
import * as fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { decide, STATEMENTS } from "../analyze/reach/decide.ts";
import { canonicalJson } from "../lib/json.ts";
import { sha256 } from "../lib/hash.ts";
import { indexObservations, type Observation } from "../model/observation.ts";
import { fact } from "../model/rule.ts";
import { challenge } from "./challenge/challenge.ts";
import { path, whoCan } from "./ask.ts";
import { type CheckRun, check, readAndDerive } from "./check.ts";
import { type FileSet, isRead, readFolder } from "./files.ts";
import { difference } from "./diff.ts";
import { renderFinding } from "./render/finding.ts";
import { SEAL_FILE, sealFolder } from "./seal.ts";
import { verifyCertificate } from "./verify-certificate.ts";

const AS_OF = "2026-11-24T00:00:00Z";
const at = (folder: string): FileSet => readFolder(new URL(`../../examples/${folder}`, import.meta.url).pathname);

function run(files: FileSet): CheckRun {
  const checked = check(files, { asOf: AS_OF, fingerprintKey: new Uint8Array(32) });
  if (!checked.ok) throw new Error(checked.error.map((problem) => `${problem.line}: ${problem.message}`).join("\n"));
  return checked.value;
}

let acme: CheckRun;
let fixed: CheckRun;
let fixedFiles: FileSet;

beforeAll(() => {
  acme = run(at("acme"));
  fixedFiles = at("acme-fixed");
  fixed = run(fixedFiles);
});

const PROD = "111122223333";

describe("acme", () => {
  test.each([
    ["1 any branch is the production deployer", `arn:aws:iam::${PROD}:role/deploy-production`, "development"],
    ["2 a chain of two roles", `arn:aws:iam::${PROD}:role/warehouse-loader`, "development"],
    ["4 one secret in two environments", "k8s:production/payments/Secret/payment-provider", "development"],
    ["5 development reads production's database", ":db:acme-production", "development"],
    ["6 configuration past the gate", `arn:aws:iam::${PROD}:role/deploy-configuration`, "development"],
    ["8 a runner for both", "runner", "development"],
  ])("finds flaw %s", (_, touched, from) => {
    const found = acme.result.findings.filter((finding) => finding.verdict === "violated" && finding.fromEnvironment === from);
    expect(found.some((finding) => finding.path.some((step) => step.gives.entity.includes(touched)))).toBe(true);
  });

  test("finds flaw 3: a reviewer who approves what he wrote", () => {
    const alone = acme.result.findings.filter((finding) => finding.verdict === "violated" && finding.statements.includes("singlePerson"));
    expect(
      alone.some(
        (finding) => finding.people.includes("victor") && finding.path.some((step) => step.gives.entity.startsWith("github:acme/payments")),
      ),
    ).toBe(true);
  });

  test("finds flaw 7: a declared gate that nothing guards, and flaw 3 as one whose reviewer may approve what he started", () => {
    const gates = acme.result.findings.filter((finding) => finding.check === "declared-gate-unguarded");
    expect(gates.map(({ verdict, grant }) => `${verdict} ${grant}`).toSorted()).toEqual([
      "violated door:payments",
      "violated door:website",
    ]);
  });

  test("finds flaw 9: two people who can take the service control policy off", () => {
    const found = acme.result.findings.find((finding) => finding.check === "guard-removable-by-one-person");
    expect(found?.people).toEqual(["henrik", "noor"]);
  });

  test("finds flaw 10: development's and test's pods reach production's database, and no other connection", () => {
    const open = acme.result.findings.filter((finding) => finding.clause === "B4");
    expect(open.map(({ verdict, fromEnvironment, to }) => `${verdict} ${fromEnvironment} ${to}`).toSorted()).toEqual([
      `violated development arn:aws:rds:eu-west-1:${PROD}:db:acme-production`,
      `violated test arn:aws:rds:eu-west-1:${PROD}:db:acme-production`,
    ]);
    const hops = open[0]?.path.flatMap((step) => step.through ?? []) ?? [];
    for (const element of [
      /^inbound rule of .*production-database/,
      /^route to 10\.0\.0\.0\/8 through tgw-/,
      /^attachment /,
      /^entry 100 of acl-/,
    ])
      expect(hops.some(({ label, source }) => element.test(label) && (source.line ?? 0) > 0)).toBe(true);
    expect(open.every(({ statements }) => statements.length === 0)).toBe(true);
  });

  test("explains each hop of a chain of roles by the statements that decide it, and where each stands", () => {
    const chain = acme.result.findings.find(({ check: by, to }) => by === "higher-role-assumable-from-below" && to.endsWith("warehouse"));
    const hops = chain?.path.filter(({ rule }) => rule.startsWith("aws/")) ?? [];
    expect(hops.map(({ through }) => through?.map(({ statement, source }) => [statement, (source.line ?? 0) > 0]))).toEqual([
      // Trust and leave to assume, twice; then what the last role may do.
      [
        [1, true],
        [1, true],
      ],
      [
        [2, true],
        [1, true],
      ],
      [[2, true]],
    ]);
    const told = chain ? renderFinding(chain, acme.result, { color: false, all: true }) : "";
    expect(told).toMatch(
      /Step 3 by +trust policy of role\/warehouse-loader, statement 2\n +estate\/aws\/111122223333\/[a-z-]+\.json:\d+\n/,
    );
  });

  test("path, who-can and cut answer for flaw 10 as well", () => {
    const database = `arn:aws:rds:eu-west-1:${PROD}:db:acme-production`;
    const etl = "k8s:development/data-dev/CronJob.batch/etl";
    expect(path(acme.estate, [etl], [database], ["connect"])).toMatchObject({ verdict: "yes", target: fact("connect", database) });
    expect(path(fixed.estate, [etl], [database], ["connect"])).toMatchObject({ verdict: "no" });
    const who = whoCan(acme.estate, "connect", [database]).filter(({ verdict, id }) => verdict === "yes" && id.startsWith("k8s:"));
    expect(who.map(({ id }) => id)).toContain(etl);
    expect(who.every(({ environment }) => environment !== "production")).toBe(true);
    expect(acme.result.cut?.changes.some(({ grant, closes }) => grant.includes(":security-group/") && closes.length > 0)).toBe(true);
  });

  test("near-miss r: what payments-dev sends through the same nodes is held by its egress policy, and by nothing else", () => {
    const sends = (rules: typeof acme.estate.rules): boolean =>
      rules.some(
        ({ needs, gives }) =>
          needs.length === 1 && needs[0]?.entity.startsWith("k8s:development/payments-dev/-/pods-") && gives.entity.includes(":subnet/"),
      );
    const open = check(at("acme"), { asOf: AS_OF, alter: (all) => all.filter((each) => each.kind !== "kubernetes/network-policy") });
    if (!open.ok) throw new Error("the charter does not load");
    expect([sends(acme.estate.rules), sends(open.value.estate.rules)]).toEqual([false, true]);
  });

  // That nothing else is reported says little unless each obstacle is what holds: without it, the near-miss is a finding.
  test.each([
    ["m the missing way back", "archive", wayBack],
    ["n the block that nobody below holds", "production-reports", blockOfBelow],
    ["o the network ACL that denies first", "production-sessions", withoutDenials],
    ["p the association without propagation", "acme-production", propagated],
  ] as const)("near-miss %s is held by that alone", (_, name, alter) => {
    const opened = check(at("acme"), { asOf: AS_OF, alter });
    if (!opened.ok) throw new Error("the charter does not load");
    const known = new Set(acme.result.findings.map(({ id, from }) => `${id} ${from}`));
    const fresh = opened.value.result.findings.filter((finding) => finding.clause === "B4" && !known.has(`${finding.id} ${finding.from}`));
    expect(fresh.flatMap(({ path, to, summary }) => [summary, to, ...path.map(({ how }) => how)]).join("\n")).toContain(name);
  });

  test.each([
    ["a the service control policy denies", (id: string) => id.endsWith("role/batch-development")],
    ["c the subject of a protected environment", (id: string) => id.endsWith("role/deploy-shop-assets")],
    ["e an immutable registry", (id: string) => id.includes(":ecr:")],
    ["g break-glass", (id: string) => id.endsWith("role/break-glass")],
    ["h the organization's access role", (id: string) => id.endsWith("role/OrganizationAccountAccessRole")],
    ["i roles that only read settings", (id: string) => /role\/(drift-report|bulkhead-collector)$/.test(id)],
  ])("does not report near-miss %s as a way in", (_, isNearMiss) => {
    const crossing = acme.result.findings.filter(
      (finding) => finding.verdict === "violated" && !finding.statements.includes("singlePerson"),
    );
    expect(
      crossing.filter(
        (finding) =>
          isNearMiss(finding.from) ||
          isNearMiss(finding.to) ||
          (finding.grant !== undefined && isNearMiss(finding.grant.split("#")[0] as string)),
      ),
    ).toEqual([]);
  });

  test("every step of every way says in which file it stands, and at which line", () => {
    for (const finding of acme.result.findings)
      for (const step of finding.path) expect(step.source.line, `${finding.id} ${step.how}`).toBeGreaterThan(0);
  });

  test("the cut closes everything and cannot be smaller", () => {
    expect(acme.result.cut).toMatchObject({ complete: true, size: acme.result.cut?.lowerBound });
  });
});

describe("acme-fixed", () => {
  test("is separated, with nothing unknown", () => {
    expect(fixed.result.findings).toEqual([]);
    expect(fixed.result.gaps).toEqual([]);
    expect(fixed.result.statements).toEqual({ wall: "separated", singlePerson: "separated", data: "separated" });
    expect(fixed.result.verdict).toBe("separated");
  });

  test("the same files give the same bytes", () => {
    expect(JSON.stringify(run(fixedFiles).result)).toBe(JSON.stringify(fixed.result));
  });

  test("its certificate verifies, and not for another estate", () => {
    const { certificate } = fixed.result;
    if (!certificate) throw new Error("no certificate");
    const verified = verifyCertificate(certificate, fixedFiles, { asOf: AS_OF });
    expect(verified).toMatchObject({ ok: true, value: { valid: true, problems: [] } });
    expect(verifyCertificate(certificate, at("acme"), { asOf: AS_OF })).toMatchObject({ ok: true, value: { valid: false } });
  });

  test("removing or altering any one file leaves no statement separated", () => {
    for (const [path, content] of fixedFiles) {
      if (!isRead(content)) throw new Error(`${path} was not read`);
      const without = new Map([...fixedFiles].filter(([each]) => each !== path));
      const altered = new Map(fixedFiles).set(path, new Uint8Array([...content, 10]));
      for (const files of [without, altered]) {
        const derived = readAndDerive(files, { asOf: AS_OF });
        if (!derived.ok) continue;
        const { statements } = decide(derived.value.estate);
        for (const statement of STATEMENTS) expect(statements[statement], `${path}, ${statement}`).not.toBe("separated");
      }
    }
  }, 1_800_000);

  test("a call that was denied turns unknown what it concerns, and nothing violated", () => {
    const outcomes = new Map<string, string>();
    for (const [path, call] of deniedOnce(fixedFiles)) {
      const { statements, verdict } = run(call).result;
      expect(verdict, path).not.toBe("violated");
      outcomes.set(path, JSON.stringify(statements));
    }
    // A bucket's policy concerns that bucket: whoever reads it, or changes it. It does not make everything unknown.
    expect(new Set(outcomes.values()).size).toBeGreaterThan(1);
  }, 600_000);

  test("a gap added anywhere never turns anything into separated", () => {
    const topics = ["aws/resource-policy", "github/environment", "kubernetes/rbac", "estate/everything", "nobody/knows"];
    const subjects = fc.constantFrom(...fixed.estate.entities.keys());
    fc.assert(
      fc.property(fc.constantFrom(...topics), subjects, (topic, subject) => {
        const before = acme.result.statements;
        const after = withGap(at("acme"), topic, subject);
        for (const statement of STATEMENTS) if (before[statement] !== "separated") expect(after[statement]).not.toBe("separated");
      }),
      { numRuns: 10 },
    );
  }, 300_000);

  test("a secret of which nobody says what it opens leaves the wall unknown, until the charter says it", () => {
    const text = new TextDecoder()
      .decode(fixedFiles.get("bulkhead.yaml") as Uint8Array)
      .replace("integrity: sealed", "integrity: as-given");
    const silent = text.replace(/^credentials:[\s\S]*?(?=^# Thirty people)/m, "");
    const unsealed = new Map([...fixedFiles].filter(([path]) => path !== SEAL_FILE));
    const verdictWith = (charter: string): unknown =>
      run(new Map(unsealed).set("bulkhead.yaml", new TextEncoder().encode(charter))).result.statements;
    expect(silent).not.toBe(text);
    expect(verdictWith(text)).toEqual(fixed.result.statements);
    expect(verdictWith(silent)).toEqual({ wall: "unknown", singlePerson: "unknown", data: "unknown" });
    expect(verdictWith(`${silent}\nabsent:\n  github/secret-use: every secret was looked at by hand\n`)).toEqual(fixed.result.statements);
  });

  test("every injected grant of every family is detected", () => {
    const scored = challenge(fixedFiles, { asOf: AS_OF, seed: 0, each: 3 });
    if (!scored.ok) throw new Error("the charter does not load");
    for (const score of scored.value) {
      expect(score.room, score.id).toBeGreaterThan(0);
      expect(score.tried.filter((each) => !each.detected)).toEqual([]);
    }
  }, 300_000);

  test("the difference from acme closes what was open and opens nothing", () => {
    const changed = difference(acme.result, fixed.result);
    expect(changed.opened).toEqual([]);
    expect(changed.closed).toHaveLength(acme.result.findings.length);
  });
});

type Alter = (observations: readonly Observation[]) => readonly Observation[];

/** The archive gets a route back over the peering. */
function wayBack(all: readonly Observation[]): readonly Observation[] {
  const [peering] = indexObservations(all)("aws/vpc-peering");
  return all.map((each) =>
    each.kind === "aws/route-table" && each.routes.length === 1 && each.vpc === peering?.accepter.vpc
      ? {
          ...each,
          routes: [
            ...each.routes,
            { destination: "10.10.0.0/16", target: peering.id, isBlackhole: false, isPropagated: false, source: each.source },
          ],
        }
      : each,
  );
}

const blockOfBelow: Alter = (all) =>
  all.map((each) =>
    each.kind === "aws/security-group" && each.name === "production-reports"
      ? { ...each, ingress: each.ingress.map((rule) => ({ ...rule, peer: { cidr: "10.10.0.0/16" } })) }
      : each,
  );

const withoutDenials: Alter = (all) =>
  all.map((each) =>
    each.kind === "aws/network-acl" ? { ...each, entries: each.entries.filter(({ isAllow, number }) => isAllow || number > 99) } : each,
  );

/** Production propagates to the sandbox's table, and the sandbox to production's; development itself is cut off. */
function propagated(all: readonly Observation[]): readonly Observation[] {
  const attachments = indexObservations(all)("aws/transit-gateway-attachment");
  const vpcs = new Map(indexObservations(all)("aws/vpc").map(({ id, cidrs }) => [id, cidrs[0]]));
  const of = (cidr: string) => attachments.find(({ resource }) => vpcs.get(resource) === cidr);
  const [sandbox, production] = [of("10.12.0.0/16"), of("10.20.0.0/16")];
  if (!sandbox?.table || !production?.table) throw new Error("the example has no sandbox on the transit gateway");
  const route = (table: string, destination: string, attachment: string, { source }: Observation): Observation => ({
    kind: "aws/transit-gateway-route",
    table,
    destination,
    isBlackhole: false,
    isPropagated: true,
    attachments: [attachment],
    source,
  });
  return [
    ...all.filter((each) => each.kind !== "aws/transit-gateway-route" || each.isPropagated),
    route(sandbox.table, "10.20.0.0/16", production.id, production),
    route(production.table, "10.12.0.0/16", sandbox.id, sandbox),
  ];
}

function withGap(files: FileSet, topic: string, subject: string): CheckRun["result"]["statements"] {
  const checked = check(files, { asOf: AS_OF, gaps: [{ topic, subject, what: subject, why: "added by a test", clauses: [] }] });
  if (!checked.ok) throw new Error("the charter does not load");
  return checked.value.result.statements;
}

/** For a few calls of every manifest: the files as they would be had that call been denied, manifest and seal written anew. */
function* deniedOnce(files: FileSet): Iterable<[string, FileSet]> {
  for (const [path, content] of files) {
    if (!path.endsWith("/manifest.json") || !isRead(content)) continue;
    const manifest = JSON.parse(new TextDecoder().decode(content)) as { calls: { call: string; status: string; file?: string }[] };
    const stride = Math.max(1, Math.floor(manifest.calls.length / 6));
    for (let i = 0; i < manifest.calls.length; i += stride) {
      const { call, file } = manifest.calls[i] as { call: string; file?: string };
      const calls = manifest.calls.with(i, { call, status: "denied", error: "AccessDenied" } as never);
      const next = new Map(files);
      if (file !== undefined) next.delete(`${path.slice(0, path.lastIndexOf("/"))}/${file}`);
      next.set(path, new TextEncoder().encode(canonicalJson({ ...manifest, calls })));
      next.set(SEAL_FILE, sealFolder(next));
      yield [`${path} ${call} ${sha256(call).slice(0, 6)}`, next];
    }
  }
}
