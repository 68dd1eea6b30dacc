// Walks cases/*.json: from the facts one starts with, what follows for certain, what may follow, and what must not.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { Charter } from "../../charter/schema.ts";
import type { Gap } from "../../model/gap.ts";
import type { Observation } from "../../model/observation.ts";
import { factText } from "../../model/rule.ts";
import { closure } from "../closure-support.ts";
import { derive } from "../derive.ts";
import { kubernetesPlane } from "./plane.ts";

interface Case {
  readonly name: string;
  /** Where the specification says so. */
  readonly source: string;
  /** Environment → `CLUSTER/NAMESPACE` patterns, databases. */
  readonly environments?: Readonly<Record<string, readonly string[]>>;
  readonly charter?: object;
  readonly observations: readonly Readonly<Record<string, unknown>>[];
  readonly gaps?: readonly Gap[];
  readonly ask: readonly {
    readonly from: readonly string[];
    readonly must?: readonly string[];
    /** Uncertain: not in must. */
    readonly may?: readonly string[];
    readonly never?: readonly string[];
  }[];
  readonly untaken?: readonly string[];
  readonly tokens?: readonly string[];
  /** Families without any one of which not all of it would follow. */
  readonly rules?: readonly string[];
}

const DEFAULTS: Readonly<Record<string, object>> = {
  "kubernetes/secret": { values: {} },
  "kubernetes/config-map": { data: {} },
  "kubernetes/role": { rules: [], aggregates: [] },
  "kubernetes/role-binding": { subjects: [] },
  "kubernetes/workload": {
    workloadKind: "Deployment",
    group: "apps",
    serviceAccount: "default",
    containers: [],
    hostNetwork: false,
    hostPid: false,
    hostIpc: false,
    hostPaths: [],
    secretVolumes: [],
    configMapVolumes: [],
    imagePullSecrets: [],
    podLabels: {},
    nodeSelector: {},
  },
};

const CONTAINER = {
  name: "main",
  image: "acme/web:1",
  command: [],
  args: [],
  privileged: false,
  addedCapabilities: [],
  environment: [],
  environmentFrom: [],
};

function observation(written: Readonly<Record<string, unknown>>, index: number): Observation {
  const kind = written["kind"] as string;
  const source = { file: "case.json", pointer: `/observations/${index}` };
  if (!kind.startsWith("kubernetes/")) return { source, ...written } as unknown as Observation;
  const full: Record<string, unknown> = { cluster: "c", labels: {}, annotations: {}, source, ...DEFAULTS[kind], ...written };
  const list = (key: string): Record<string, unknown>[] => (full[key] ?? []) as Record<string, unknown>[];
  const sourced = (items: Record<string, unknown>[], base: object = {}) =>
    items.map((item, i) => ({ ...base, source: { ...source, pointer: `${source.pointer}/${i}` }, ...item }));
  if (kind === "kubernetes/role") full["rules"] = sourced(list("rules"), { apiGroups: [""], resourceNames: [] });
  if (kind === "kubernetes/role-binding") full["subjects"] = sourced(list("subjects"));
  if (kind === "kubernetes/workload") {
    full["containers"] = list("containers").map((each) => {
      const container: Record<string, unknown> = { ...CONTAINER, ...each };
      for (const key of ["environment", "environmentFrom"]) container[key] = sourced(container[key] as Record<string, unknown>[]);
      return container;
    });
    for (const key of ["secretVolumes", "configMapVolumes"]) full[key] = sourced(list(key));
  }
  return full as unknown as Observation;
}

function charterOf({ environments = {}, charter = {} }: Case): Charter {
  const tiers: Readonly<Record<string, string>> = { production: "production", development: "development" };
  return Charter.parse({
    bulkhead: 1,
    organization: { name: "acme" },
    environments: Object.entries<readonly string[]>({ development: [], production: [], ...environments }).map(([name, places]) => ({
      name,
      tier: tiers[name] ?? "test",
      purpose: name,
      owner: "platform",
      data: "none",
      boundary: {
        kubernetes: places
          .filter((place) => !place.includes(":"))
          .map((place) => ({ cluster: place.split("/")[0], namespaces: [place.split("/")[1] ?? "*"] })),
        databases: places.filter((place) => place.includes(":")),
      },
    })),
    ...charter,
  });
}

const folder = new URL("./cases/", import.meta.url);

for (const file of readdirSync(fileURLToPath(folder)).sort()) {
  for (const each of JSON.parse(readFileSync(new URL(file, folder), "utf8")) as Case[]) {
    test(`${file.replace(".json", "")}: ${each.name}`, () => {
      const estate = derive(each.observations.map(observation), charterOf(each), each.gaps ?? [], [kubernetesPlane]);
      for (const { from, must = [], may = [], never = [] } of each.ask) {
        const certain = closure(estate.rules, from, false);
        const possible = closure(estate.rules, from, true);
        expect(
          [...must].filter((text) => !certain.has(text)),
          "follows for certain",
        ).toEqual([]);
        expect(
          [...may].filter((text) => !possible.has(text)),
          "may follow",
        ).toEqual([]);
        expect(
          [...may].filter((text) => certain.has(text)),
          "is not certain",
        ).toEqual([]);
        expect(
          [...never].filter((text) => possible.has(text)),
          "never follows",
        ).toEqual([]);
      }
      for (const family of each.rules ?? []) {
        const others = estate.rules.filter((rule) => rule.family !== family);
        const left = each.ask.flatMap(({ from, must = [], may = [] }) => [
          ...must.filter((text) => closure(others, from, false).has(text)),
          ...may.filter((text) => closure(others, from, true).has(text)),
        ]);
        expect(left, `follows without ${family}`).not.toEqual(each.ask.flatMap(({ must = [], may = [] }) => [...must, ...may]));
      }
      expect(estate.untaken.map((gap) => gap.topic).filter((topic) => /^kubernetes\/(?!cluster$)/.test(topic))).toEqual(each.untaken ?? []);
      if (each.tokens)
        expect(estate.tokens.map((token) => `${token.issuer} ${token.claims["sub"]?.value} ${factText(token.holder)}`)).toEqual(
          each.tokens,
        );
    });
  }
}
