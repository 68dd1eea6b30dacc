// Walks the cases: each states a sentence of AWS's documentation and what the plane must say.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { derive } from "../derive.ts";
import type { Plane } from "../plane.ts";
import { indexObservations } from "../../model/observation.ts";
import { factText, type Rule } from "../../model/rule.ts";
import { ask, caller as callerAs, type Target } from "./ask.ts";
import { charterOf, gapsOf, observationsOf, tokensOf, type EstateCase } from "./case-estate.ts";
import { fixed, type ContextValue } from "./condition.ts";
import { awsEstate, type AwsEstate, type Role } from "./estate.ts";
import { targetOf } from "./assume-role.ts";
import type { Decision } from "./evaluate.ts";
import { identityPlane } from "./plane.ts";

interface Question {
  readonly caller: string;
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string | readonly string[] | null>>;
}

interface RuleCase {
  readonly gives: string;
  readonly needs?: readonly string[];
  readonly family?: string;
  readonly certainty?: "must" | "may";
  readonly because?: string;
}

interface Case {
  readonly name: string;
  /** Document and section. */
  readonly source: string;
  readonly estate: EstateCase;
  /** The time that the verdict is about. */
  readonly asOf?: string;
  readonly ask?: Question;
  readonly expect?: {
    readonly outcome: Decision["outcome"];
    readonly by?: string;
    readonly residual?: string;
    readonly guards?: readonly string[];
  };
  readonly rules?: readonly RuleCase[];
  readonly noRules?: readonly RuleCase[];
  readonly taken?: readonly string[];
  readonly untaken?: readonly string[];
  readonly entities?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const folder = fileURLToPath(new URL("./cases/", import.meta.url));
const files = readdirSync(folder).filter((name) => name.endsWith(".json"));

function targetOfQuestion(aws: AwsEstate, { resource }: Question): Target {
  const identity = aws.byArn.get(resource);
  if (identity?.type === "role") return targetOf(identity as Role);
  const found = aws.resources.find(({ arn }) => arn === resource || resource.startsWith(`${arn}/`));
  const policy = found && aws.resourcePolicy(found.arn);
  const isKey = found?.type === "key";
  const account = found?.account ?? (resource.split(":")[4] || "111122223333");
  return { arn: resource, account, tags: found?.tags ?? {}, policy: policy ?? (isKey ? "unread" : undefined), policyRequired: isKey };
}

function decide(one: Case, question: Question): Decision {
  const observations = indexObservations(observationsOf(one.estate));
  const aws = awsEstate({
    observations,
    charter: charterOf(one.estate),
    gaps: gapsOf(one.estate),
    ...(one.asOf !== undefined && { asOf: one.asOf }),
  });
  const extra: Record<string, ContextValue> = {};
  for (const [key, value] of Object.entries(question.context ?? {})) {
    extra[key.toLowerCase()] = value === null ? { kind: "absent" } : typeof value === "string" ? fixed(value) : fixed(...value);
  }
  const who = aws.byArn.get(question.caller) ?? callerAs("root", question.caller, question.caller.split(":")[4] ?? "");
  return ask(aws, who, question.action.toLowerCase(), targetOfQuestion(aws, question), extra);
}

function checkDecision(one: Case, question: Question): void {
  const decision = decide(one, question);
  const expected = one.expect!;
  expect(decision.outcome, JSON.stringify(decision)).toBe(expected.outcome);
  if (decision.outcome === "unknown") return;
  if (expected.residual !== undefined) expect(decision.residual.join("; ")).toContain(expected.residual);
  if (expected.by !== undefined) {
    const statements =
      decision.outcome === "denied"
        ? decision.obstacles.map((obstacle) => obstacle.by?.statement.sid)
        : decision.by.map((bound) => bound.statement.sid);
    expect(statements).toContain(expected.by);
  }
  if (expected.guards !== undefined && decision.outcome === "denied") {
    expect(decision.obstacles.map((obstacle) => obstacle.guard?.label ?? "none")).toEqual(expected.guards);
  }
}

const tokenPlane = (estate: EstateCase): Plane => ({
  name: "tokens",
  entities: (_, sink) => tokensOf(estate).forEach((token) => sink.token(token)),
  rules: () => undefined,
});

const fits = (rule: Rule, wanted: RuleCase): boolean =>
  factText(rule.gives) === wanted.gives &&
  (wanted.needs === undefined || rule.needs.map(factText).sort().join("|") === [...wanted.needs].sort().join("|")) &&
  (wanted.family === undefined || rule.family === wanted.family) &&
  (wanted.certainty === undefined || rule.certainty === wanted.certainty) &&
  (wanted.because === undefined || (rule.because ?? "").includes(wanted.because));

const shown = (rules: readonly Rule[]): string =>
  rules
    .filter((rule) => rule.family !== "aws/account-owner")
    .map(
      (rule) =>
        `${rule.certainty} ${rule.family}: ${rule.needs.map(factText).join(" + ")} gives ${factText(rule.gives)} ${rule.because ?? ""}`,
    )
    .join("\n");

function checkRules(one: Case): void {
  const estate = derive(observationsOf(one.estate), charterOf(one.estate), gapsOf(one.estate), [identityPlane, tokenPlane(one.estate)]);
  for (const wanted of one.rules ?? []) {
    const found = estate.rules.some((rule) => fits(rule, wanted));
    expect(found, `no rule ${JSON.stringify(wanted)} among\n${shown(estate.rules)}`).toBe(true);
  }
  for (const unwanted of one.noRules ?? []) {
    const found = estate.rules.filter((rule) => fits(rule, unwanted));
    expect(shown(found), `${JSON.stringify(unwanted)} must not hold`).toBe("");
  }
  const untaken = estate.untaken.map((gap) => gap.topic);
  for (const topic of one.taken ?? []) expect(untaken).not.toContain(topic);
  for (const topic of one.untaken ?? []) expect(untaken).toContain(topic);
  for (const [id, wanted] of Object.entries(one.entities ?? {})) expect(estate.entities.get(id), id).toMatchObject(wanted);
}

for (const name of files) {
  const cases = JSON.parse(readFileSync(folder + name, "utf8")) as readonly Case[];
  describe(name.replace(".json", ""), () => {
    it.each(cases.map((one) => [one.name, one] as const))("%s", (_, one) => {
      expect(one.source).not.toBe("");
      expect(one.ask !== undefined || (one.rules ?? one.noRules ?? one.taken ?? one.untaken ?? one.entities) !== undefined).toBe(true);
      if (one.ask) checkDecision(one, one.ask);
      checkRules(one);
    });
  });
}

describe("the cases", () => {
  it("are at least eighty, each with a name of its own", () => {
    const names = files.flatMap((name) => (JSON.parse(readFileSync(folder + name, "utf8")) as readonly Case[]).map((one) => one.name));
    expect(names.length).toBeGreaterThanOrEqual(80);
    expect(new Set(names).size).toBe(names.length);
  });
});
