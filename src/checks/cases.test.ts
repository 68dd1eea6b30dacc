// The walker: every case of every check folder, asked through the whole main job, and the laws that each answer keeps.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { type CheckOptions, type CheckRun, check as checkFiles } from "../app/check.ts";
import type { Gap } from "../model/gap.ts";
import { EVERYTHING } from "../model/gap.ts";
import { answersOf, type Base, type Case, charterOf, filesOf, type JsonObject, layersOf } from "./cases-support.ts";
import { checks } from "./registry.ts";
import { type CheckAnswer, runChecks } from "./run.ts";

const HERE = import.meta.dirname;
const json = (path: string): unknown => JSON.parse(readFileSync(join(HERE, path), "utf8"));
const BASE_CHARTER = json("cases/charter.json") as JsonObject;
const BASES = new Map(
  readdirSync(join(HERE, "cases"))
    .filter((name) => name !== "charter.json")
    .map((name) => [name.replace(/\.json$/, ""), json(`cases/${name}`) as Base]),
);
const OPTIONS: CheckOptions = { asOf: "2026-11-24T12:00:00Z", fingerprintKey: new Uint8Array(32) };

function run(one: Case, gaps: readonly Gap[] = []): CheckRun {
  const layers = layersOf(one, BASES);
  const charter = { text: charterOf(layers, BASE_CHARTER), file: "bulkhead.yaml" };
  const checked = checkFiles(filesOf(answersOf(layers)), { ...OPTIONS, gaps, charter });
  if (!checked.ok) throw new Error(checked.error.map(({ line, message, remedy }) => `line ${line}: ${message}. ${remedy}`).join("\n"));
  return checked.value;
}

const answerOf = (id: string, { estate, decision }: CheckRun): CheckAnswer =>
  runChecks(estate, decision, checks).find(({ check }) => check.id === id) as CheckAnswer;

const casesOf = (id: string): { readonly file: string; readonly one: Case }[] =>
  readdirSync(join(HERE, id, "cases"))
    .filter((file) => file.endsWith(".json"))
    .map((file) => ({ file, one: json(`${id}/cases/${file}`) as Case }));

describe.each(checks.map(({ id }) => id))("%s", (id) => {
  const cases = casesOf(id);

  test.each(["violated", "separated", "unknown"])("has a case that is %s", (verdict) => {
    expect(cases.some(({ file }) => file.startsWith(`${verdict}-`))).toBe(true);
  });

  describe.each(cases)("$file: $one.name", ({ file, one }) => {
    let result: CheckRun;
    let answer: CheckAnswer;

    beforeAll(() => {
      result = run(one);
      answer = answerOf(id, result);
    });

    test("is answered as expected", () => {
      const { verdict, findings, from, to, summary, reason, statements } = one.expect;
      const told = { verdict: answer.verdict, reason: answer.reason, findings: answer.findings.map((found) => found.summary) };
      expect(told).toMatchObject({ verdict });
      if (findings !== undefined) expect(told.findings).toHaveLength(findings);
      if (from !== undefined) expect(answer.findings.map((found) => found.from)).toContain(from);
      if (to !== undefined) expect(answer.findings.map((found) => found.to)).toContain(to);
      if (summary !== undefined) expect(told.findings.join("\n")).toContain(summary);
      if (reason !== undefined) expect(told.reason ?? "").toContain(reason);
      if (statements !== undefined) expect(result.decision.statements).toMatchObject(statements);
    });

    test("its file is named after the verdict it expects, and it cites a source", () => {
      expect(file.startsWith(`${one.expect.verdict}-`)).toBe(true);
      expect(one.source.length).toBeGreaterThan(10);
    });

    test("every way replays: each step rests on earlier ones, and the last gives the target", () => {
      for (const { way } of answer.findings) {
        if (!way) continue;
        way.steps.forEach((step, index) => {
          expect(step.id).toBe(index + 1);
          for (const need of step.needs) expect(need).toBeLessThan(step.id);
          if (!step.rule) return expect(step.needs).toEqual([]);
          const had = step.needs.map((need) => way.steps[need - 1]?.gives);
          for (const given of had) expect(rests(step.rule.needs, given)).toBe(true);
          expect(step.rule.gives).toEqual(step.gives);
        });
        expect(way.steps.at(-1)?.gives.entity).toBe(way.target.entity);
      }
    });

    test("every way across, of this check and of others, is reported once", () => {
      const all = runChecks(result.estate, result.decision, checks).flatMap(({ findings }) => findings.flatMap(({ way }) => way ?? []));
      expect(all).toHaveLength(result.decision.ways.length);
      expect(new Set(all)).toEqual(new Set(result.decision.ways));
    });

    test("something unread that concerns everything leaves nothing separated", () => {
      const gap: Gap = { topic: EVERYTHING, subject: "a test", what: "the estate", why: "a test says so", clauses: [] };
      const open = run(one, [gap]);
      expect(answerOf(id, open).verdict).not.toMatch(/separated|not-applicable/);
      if (answer.verdict === "violated") expect(answerOf(id, open).verdict).toBe("violated");
    });
  });
});

/** A need is met by the fact itself, or by control of the same entity. */
const rests = (
  needs: readonly { capability: string; entity: string }[],
  given: { capability: string; entity: string } | undefined,
): boolean =>
  needs.some((need) => need.entity === given?.entity && (need.capability === given.capability || given.capability === "control"));
