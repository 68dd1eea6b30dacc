// Fingerprints are compared under one key only.
import { expect, test } from "vitest";
import { fingerprint } from "../../lib/hash.ts";
import type { Gap } from "../../model/gap.ts";
import type { Observation } from "../../model/observation.ts";
import { collector } from "./collector.ts";
import { objectForm } from "./fetch-form.ts";

const keyed =
  (key: string) =>
  (secret: string): string =>
    fingerprint(new TextEncoder().encode(key), secret);
const OWN = keyed("own");

const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "a", namespace: "b" }, stringData: { password: "horse" } };

/** What a reading with the key `own` says of clusters whose secrets were fingerprinted with a key, or not at all. */
function read(clusters: Readonly<Record<string, string | undefined>>): {
  readonly gaps: readonly Gap[];
  readonly values: readonly unknown[];
} {
  const observations: Observation[] = [];
  const gaps: Gap[] = [];
  for (const [cluster, key] of Object.entries(clusters)) {
    const document = key === undefined ? secret : objectForm(secret, keyed(key));
    const file = {
      path: `${cluster}.json`,
      format: "json",
      documents: [document],
      text: "",
      scope: { system: "kubernetes", cluster },
    } as const;
    const sink = { observation: (each: Observation) => void observations.push(each), gap: (each: Gap) => void gaps.push(each) };
    collector.map(document, 0, file, sink, { fingerprint: OWN });
  }
  const kept: Observation[] = [];
  const joined = { observation: (each: Observation) => void kept.push(each), gap: (gap: Gap) => void gaps.push(gap) };
  collector.join?.(observations, [], joined, { fingerprint: OWN });
  expect(kept).toEqual(observations);
  return { gaps, values: kept.map((each) => (each.kind === "kubernetes/secret" ? each.values["password"]?.fingerprint : undefined)) };
}

test.each<[string, Readonly<Record<string, string | undefined>>, readonly string[]]>([
  ["with the key of the reading", { production: "own", test: undefined }, []],
  ["with one other key throughout", { production: "other", test: "other" }, []],
  ["with another key than files that hold values", { production: "other", test: undefined }, ["production"]],
  ["with a key each", { production: "one", test: "two" }, ["one gap"]],
])("collected %s", (_, clusters, subjects) => {
  const { gaps } = read(clusters);
  expect(gaps.every(({ topic }) => topic === "kubernetes/secrets")).toBe(true);
  if (subjects[0] === "one gap") expect(gaps).toHaveLength(1);
  else expect(gaps.map(({ subject }) => subject)).toEqual(subjects);
});

test("under one key a collected value and one from a file are equal", () => {
  const { values } = read({ production: "own", test: undefined });
  expect(values).toEqual([OWN("horse"), OWN("horse")]);
});
