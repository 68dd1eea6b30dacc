// Nodes, claims, quotas, what pods tolerate, which image a pod runs, and the credentials of registries.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { fingerprint } from "../../lib/hash.ts";
import { parseBytes } from "../../lib/parse.ts";
import type { Gap } from "../../model/gap.ts";
import type { Observation } from "../../model/observation.ts";
import { collector } from "./collector.ts";

const KEY = new TextEncoder().encode("a key of the tests");
const mark = (secret: string): { fingerprint: string } => ({ fingerprint: fingerprint(KEY, secret) });
const parsed = parseBytes("placement.yaml", readFileSync(new URL("./fixtures/placement.yaml", import.meta.url)));
if (!parsed.ok) throw new Error(parsed.error.message);
const file = { path: "k8s/placement.yaml", ...parsed.value, scope: { system: "kubernetes", cluster: "main" } } as const;
const observations: Observation[] = [];
const gaps: Gap[] = [];
file.documents.forEach((document, index) =>
  collector.map(
    document,
    index,
    file,
    { observation: (each) => void observations.push(each), gap: (each) => void gaps.push(each) },
    { fingerprint: (secret) => fingerprint(KEY, secret) },
  ),
);

const named = (kind: string, name: string): unknown =>
  observations.find((each) => each.kind === kind && "name" in each && each.name === name);

test.each([
  [
    "kubernetes/node",
    "node-1",
    {
      labels: { pool: "production" },
      taints: [
        { key: "stage", value: "production", effect: "NoSchedule" },
        { key: "node.kubernetes.io/unreachable", effect: "NoExecute" },
      ],
    },
  ],
  ["kubernetes/volume-claim", "data", { namespace: "shop", storageClass: "fast" }],
  ["kubernetes/quota", "limits", { objectKind: "LimitRange" }],
  [
    "kubernetes/workload",
    "web-1",
    {
      tolerations: [{ key: "stage", operator: "Equal", value: "production", effect: "NoSchedule" }, { operator: "Exists" }],
      containers: [
        { name: "web", digest: "sha256:0000000000000000000000000000000000000000000000000000000000000001" },
        { name: "proxy", image: "registry.acme.example/proxy:2" },
      ],
    },
  ],
  ["kubernetes/workload", "db", { claimTemplates: ["fast", ""] }],
])("%s %s", (kind, name, expected) => {
  expect(named(kind, name)).toMatchObject(expected);
});

test("an image of which the status does not tell the digest has none", () => {
  const { containers } = named("kubernetes/workload", "web-1") as { containers: readonly object[] };
  expect(containers[1]).not.toHaveProperty("digest");
});

test("a file of registry credentials is as many credentials as registries, whatever else it says; one that is no such file is one value", () => {
  expect(named("kubernetes/secret", "registry")).toMatchObject({
    values: { "credential of registry.acme.example": mark("puller:correct-horse"), "credential of ghcr.io": mark("bot:battery-staple") },
  });
  expect(Object.keys((named("kubernetes/secret", "registry") as { values: object }).values)).toHaveLength(2);
  expect(named("kubernetes/secret", "odd")).toMatchObject({ values: { ".dockerconfigjson": mark("not JSON") } });
  expect(JSON.stringify(observations)).not.toMatch(/correct-horse|battery-staple/);
});

test("nothing of it is a gap", () => {
  expect(gaps).toEqual([]);
});
