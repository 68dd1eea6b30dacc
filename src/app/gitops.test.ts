// Walks gitops-cases/*.json: estates as files, and from the facts one starts with, what a controller can be made to apply for certain, perhaps, and never.
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { answersOf, type Base, charterOf, filesOf, type JsonObject, layersOf } from "../checks/cases-support.ts";
import { closure } from "../analyze/closure-support.ts";
import { readAndDerive } from "./check.ts";

interface Case extends Base {
  readonly name: string;
  /** The page or file whose sentence it holds to. */
  readonly source: string;
  readonly base: readonly string[];
  readonly ask: readonly {
    readonly from: readonly string[];
    readonly must?: readonly string[];
    /** Uncertain: not in must. */
    readonly may?: readonly string[];
    readonly never?: readonly string[];
  }[];
  /** Gaps of this plane, `TOPIC SUBJECT`, all of them taken. */
  readonly gaps?: readonly string[];
}

const BASES = new URL("../checks/cases/", import.meta.url);
const json = (url: URL): unknown => JSON.parse(readFileSync(url, "utf8"));
const bases = new Map(
  readdirSync(BASES)
    .filter((name) => name !== "charter.json")
    .map((name) => [name.replace(".json", ""), json(new URL(name, BASES)) as Base]),
);

const folder = new URL("./gitops-cases/", import.meta.url);

describe.each(readdirSync(folder))("%s", (file) => {
  test.each(json(new URL(file, folder)) as Case[])("$name", (one) => {
    const layers = layersOf({ ...one, expect: { verdict: "separated" } }, bases);
    const charter = { text: charterOf(layers, json(new URL("charter.json", BASES)) as JsonObject), file: "bulkhead.yaml" };
    const options = { asOf: "2026-11-24T12:00:00Z", fingerprintKey: new Uint8Array(32), charter };
    const derived = readAndDerive(filesOf(answersOf(layers)), options);
    if (!derived.ok) throw new Error(derived.error.map(({ message }) => message).join("\n"));
    const { rules, gaps, untaken } = derived.value.estate;
    for (const { from, must = [], may = [], never = [] } of one.ask) {
      const certain = closure(rules, from, false);
      const possible = closure(rules, from, true);
      expect(
        must.filter((text) => !certain.has(text)),
        "follows for certain",
      ).toEqual([]);
      expect(
        may.filter((text) => !possible.has(text)),
        "may follow",
      ).toEqual([]);
      expect(
        may.filter((text) => certain.has(text)),
        "is not certain",
      ).toEqual([]);
      expect(
        never.filter((text) => possible.has(text)),
        "never follows",
      ).toEqual([]);
    }
    const own = (topic: string): boolean => topic.startsWith("gitops/") || topic === "kubernetes/gitops";
    expect(gaps.filter(({ topic }) => own(topic)).map(({ topic, subject }) => `${topic} ${subject}`)).toEqual(one.gaps ?? []);
    expect(untaken.filter(({ topic }) => own(topic))).toEqual([]);
    expect(one.source.length).toBeGreaterThan(10);
  });
});
