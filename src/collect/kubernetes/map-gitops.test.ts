// Objects of continuous delivery on their wire formats: what is kept, what becomes a gap, and that no credential of an address gets out.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { fingerprint } from "../../lib/hash.ts";
import { parseBytes } from "../../lib/parse.ts";
import type { Gap } from "../../model/gap.ts";
import type { Observation } from "../../model/observation.ts";
import { collector } from "./collector.ts";

const KEY = new TextEncoder().encode("a key of the tests");
const parsed = parseBytes("gitops.yaml", readFileSync(new URL("./fixtures/gitops.yaml", import.meta.url)));
if (!parsed.ok) throw new Error(parsed.error.message);
const file = { path: "k8s/gitops.yaml", ...parsed.value, scope: { system: "kubernetes", cluster: "platform" } } as const;
const observations: Observation[] = [];
const gaps: Gap[] = [];
file.documents.forEach((document, index) => {
  collector.map(
    document,
    index,
    file,
    { observation: (each) => void observations.push(each), gap: (each) => void gaps.push(each) },
    { fingerprint: (secret) => fingerprint(KEY, secret) },
  );
});

const named = (kind: string, name: string): unknown =>
  observations.find((each) => each.kind === kind && "name" in each && each.name === name);
const password = `{fingerprint ${fingerprint(KEY, "correct-horse-battery")}}`;

test.each([
  [
    "gitops/argo-application",
    "shop",
    {
      project: "default",
      sources: [
        { repository: `https://deployer:${password}@github.com/acme/shop.git`, path: "deploy", source: { pointer: "/spec/source" } },
      ],
      destination: { server: "https://kubernetes.default.svc", namespace: "shop" },
      isAutomatic: true,
      madeBy: "shops",
    },
  ],
  [
    "gitops/argo-application",
    "paused",
    {
      isAutomatic: false,
      sources: [
        { repository: "https://charts.acme.example", chart: "web", revision: "1.2.3" },
        { repository: "https://github.com/acme/values", revision: "main" },
      ],
    },
  ],
  [
    "gitops/argo-application-set",
    "shops",
    {
      isGoTemplate: true,
      names: "shop-{{.stage}}",
      generators: [
        {
          type: "matrix",
          generators: [
            { type: "list", elements: [{ stage: "test", "values.replicas": "2" }] },
            { type: "clusters", selector: { matchLabels: { stage: "test" } } },
          ],
        },
        { type: "pull-request", repository: "acme/shop", labels: ["preview"] },
        { type: "other", name: "list" },
        { type: "other", name: "scmProvider" },
      ],
    },
  ],
  [
    "gitops/flux-deployment",
    "shop",
    { serviceAccount: "deployer", remote: { secret: "remote" }, isSuspended: false, from: { name: "shop" } },
  ],
  ["gitops/flux-source", "shop", { objectKind: "GitRepository", reference: { branch: "main", commit: "0123abc" } }],
  ["gitops/promoter-repository", "shop", { github: "acme/shop" }],
  [
    "gitops/kargo-stage",
    "production",
    {
      requests: [{ warehouse: "shop", direct: false, stages: ["test"] }],
      applications: [{ name: "shop-production", namespace: "argocd" }],
      pushes: [{ repository: "https://github.com/acme/shop", branch: "env/production" }],
      waitsForMerge: true,
      isControlFlow: false,
    },
  ],
  [
    "gitops/promoter-strategy",
    "shop",
    { statuses: ["security-scan"], environments: [{ branch: "environment/test", isAutomatic: true }, { isAutomatic: false }] },
  ],
  ["kubernetes/secret", "cluster-production", { argoCluster: { name: "production", server: "https://production.k8s.acme.example" } }],
  ["kubernetes/other", "another", { objectKind: "Application", apiVersion: "app.k8s.io/v1beta1" }],
])("%s %s", (kind, name, expected) => {
  expect(named(kind, name)).toMatchObject(expected);
});

test("what does not fit is a gap with file and pointer, and a kustomization is a piece of its own", () => {
  expect(gaps.map(({ topic, subject, why, source }) => [topic, subject, source?.pointer, why])).toEqual([
    ["kubernetes/gitops", "platform/argocd", "/spec", "spec: does not fit the schema"],
    ["kubernetes/gitops", "platform/shop", "/spec/requestedFreight", "spec.requestedFreight: expected array"],
  ]);
  expect(observations.filter(({ kind }) => kind === "kubernetes/kustomization")).toHaveLength(1);
});

test("no password of an address, and no credential of a cluster, gets out", () => {
  expect(JSON.stringify([observations, gaps])).not.toContain("correct-horse");
});
