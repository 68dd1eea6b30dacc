// The collector on real wire formats: what is read, what becomes a gap, and that no secret value gets out.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fingerprint } from "../../lib/hash.ts";
import { parseBytes } from "../../lib/parse.ts";
import type { Gap } from "../../model/gap.ts";
import type { Observation, ObservationKind, ObservationOf } from "../../model/observation.ts";
import type { ParsedFile } from "../collector.ts";
import { collector } from "./collector.ts";
import { rendered } from "./kustomize.ts";

const KEY = new TextEncoder().encode("a key of the tests");
const context = { fingerprint: (secret: string) => fingerprint(KEY, secret) };

function file(documents: readonly unknown[], cluster: string | undefined = "production"): ParsedFile {
  return { path: "k8s/file.json", format: "json", documents, text: "", ...(cluster && { scope: { system: "kubernetes", cluster } }) };
}

function read(parsed: ParsedFile): { observations: Observation[]; gaps: Gap[] } {
  const observations: Observation[] = [];
  const gaps: Gap[] = [];
  const pieces: Observation[] = [];
  const gap = (each: Gap): void => void gaps.push(each);
  parsed.documents.forEach((document, index) => {
    if (collector.recognize(document, parsed) === undefined) return;
    collector.map(document, index, parsed, { observation: (each) => void pieces.push(each), gap }, context);
  });
  observations.push(...rendered(pieces, { gap }));
  return { observations, gaps };
}

function fixture(name: string): ParsedFile {
  const parsed = parseBytes(name, readFileSync(new URL(`./fixtures/${name}`, import.meta.url)));
  if (!parsed.ok) throw new Error(parsed.error.message);
  return { path: `k8s/${name}`, ...parsed.value, scope: { system: "kubernetes", cluster: "production" } };
}

const only = <K extends ObservationKind>(observations: readonly Observation[], kind: K): ObservationOf<K> => {
  const found = observations.filter((each) => each.kind === kind);
  expect(found).toHaveLength(1);
  return found[0] as unknown as ObservationOf<K>;
};

describe("what kubectl prints", () => {
  const { observations, gaps } = read(fixture("production.json"));

  test("every item of nested lists is one observation, with its place in the file", () => {
    expect(gaps).toEqual([]);
    expect(observations.map((each) => `${each.kind} ${each.source.pointer}`)).toEqual([
      "kubernetes/namespace /items/0",
      "kubernetes/service-account /items/1",
      "kubernetes/secret /items/2",
      "kubernetes/role-binding /items/3",
      "kubernetes/workload /items/4",
      "kubernetes/config-map /items/5/items/0",
      "kubernetes/network-policy /items/5/items/1",
    ]);
    expect(observations.every((each) => "served" in each && each.served)).toBe(true);
  });

  test("no secret value is left anywhere, in clear or in base64", () => {
    const text = JSON.stringify(observations);
    expect(text).not.toContain("correct-horse");
    expect(text).not.toContain("Y29ycmVjdC1ob3JzZQ");
  });

  test("a secret's value is the fingerprint of the decoded value; a fingerprint in its place is kept", () => {
    expect(only(observations, "kubernetes/secret").values).toEqual({
      password: { fingerprint: context.fingerprint("correct-horse") },
      token: { fingerprint: "a".repeat(64), key: "k1" },
    });
  });

  test("one value has one fingerprint wherever it stands", () => {
    const mark = `{fingerprint ${context.fingerprint("correct-horse")}}`;
    const container = only(observations, "kubernetes/workload").containers[1];
    const values = Object.fromEntries(
      (container?.environment ?? []).map((each) => [each.name, "value" in each ? each.value : "reference"]),
    );
    expect(values).toEqual({
      DATABASE_URL: `postgres://app:${mark}@db.production.acme.example:5432/shop`,
      API_TOKEN: mark,
      FEATURE_TOKENS_ENABLED: "true",
      DATABASE_PASSWORD: "reference",
    });
    expect(container?.args).toEqual([`--database-password=${mark}`, "--port=8080"]);
    expect(only(observations, "kubernetes/config-map").data["settings.ini"]).toBe(
      `host = db.production.acme.example\npassword = ${mark}\n`,
    );
  });

  test("a workload keeps what decides its reach", () => {
    expect(only(observations, "kubernetes/workload")).toMatchObject({
      workloadKind: "Deployment",
      group: "apps",
      serviceAccount: "web",
      hostPaths: [{ path: "/var/log", readOnly: true }],
      secretVolumes: [{ secret: "certificate" }],
      projectedToken: true,
      nodeSelector: { pool: "shop" },
      podLabels: { app: "web" },
      containers: [{ name: "wait" }, { name: "web", privileged: true, addedCapabilities: ["NET_ADMIN"] }],
    });
  });
});

describe("manifests", () => {
  const { observations, gaps } = read(fixture("manifests.yaml"));

  test("documents with CRLF are read, each knowing its index; an empty one is nobody's", () => {
    expect(observations.map((each) => each.kind)).toEqual([
      "kubernetes/namespace",
      "kubernetes/workload",
      "kubernetes/secret",
      "kubernetes/secret",
    ]);
    expect(new Set(observations.map((each) => each.source.document)).size).toBe(4);
  });

  test("a namespaced object without a namespace stands in default, and a gap says so", () => {
    const job = only(observations, "kubernetes/workload");
    expect([job.namespace, job.group, job.serviceAccount]).toEqual(["default", "batch", "default"]);
    expect(gaps.map((gap) => [gap.topic, gap.subject])).toEqual([["kubernetes/namespace", "k8s:production/default/CronJob.batch/nightly"]]);
  });

  test("external and sealed secrets have names and no values", () => {
    const secrets = observations.filter((each) => each.kind === "kubernetes/secret");
    expect(secrets.map((each) => [each.name, each.values])).toEqual([
      ["database", { password: { remote: "ClusterSecretStore/vault shop/database password" } }],
      ["sealed", { key: {} }],
    ]);
  });
});

describe("what does not fit", () => {
  const object = (over: object): object => ({ apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" }, ...over });

  test.each([
    [
      "a role binding without a role",
      object({ apiVersion: "rbac.authorization.k8s.io/v1", kind: "RoleBinding", metadata: { name: "b", namespace: "shop" } }),
      "kubernetes/rbac",
      "production/shop",
      "/roleRef",
    ],
    [
      "a version that does not exist",
      object({ apiVersion: "apps/v9", kind: "Deployment", metadata: { name: "b", namespace: "shop" } }),
      "kubernetes/workloads",
      "production/shop",
      "/apiVersion",
    ],
    ["no API version at all", object({ apiVersion: "one" }), "kubernetes/other", "production", "/apiVersion"],
    ["no name", object({ metadata: {} }), "kubernetes/namespaces", "production", "/metadata/name"],
    [
      "a label that is no text",
      object({ metadata: { name: "shop", labels: { x: true } } }),
      "kubernetes/namespaces",
      "production",
      "/metadata/labels/x",
    ],
    [
      "a secret value that is not base64",
      object({ kind: "Secret", metadata: { name: "s", namespace: "shop" }, data: { k: "hunter2!" } }),
      "kubernetes/secrets",
      "production/shop",
      "/data/k",
    ],
    [
      "a patch instead of a pod",
      object({ kind: "Pod", metadata: { name: "p", namespace: "shop" }, spec: {} }),
      "kubernetes/workloads",
      "production/shop",
      "/spec/containers",
    ],
  ])("%s is a gap with its place, and no observation", (_, document, topic, subject, pointer) => {
    const { observations, gaps } = read(file([document]));
    expect(observations).toEqual([]);
    expect(gaps.map((gap) => [gap.topic, gap.subject, gap.source?.pointer])).toEqual([[topic, subject, pointer]]);
    expect(JSON.stringify(gaps)).not.toContain("hunter2");
  });

  test("one bad item of a list leaves the others", () => {
    const { observations, gaps } = read(
      file([{ apiVersion: "v1", kind: "List", items: [object({}), object({ metadata: {} }), 3, object({ metadata: { name: "b" } })] }]),
    );
    expect(observations).toHaveLength(2);
    expect(gaps.map((gap) => gap.source?.pointer)).toEqual(["/items/1/metadata/name", "/items/2"]);
  });

  test("without a cluster there is one gap a file, and nothing is guessed", () => {
    const { observations, gaps } = read(file([object({}), object({ metadata: { name: "b" } })], ""));
    expect(observations).toEqual([]);
    expect(gaps.map((gap) => [gap.topic, gap.subject])).toEqual([["kubernetes/scope", "k8s/file.json"]]);
  });

  test("lists without end are refused", () => {
    let list: object = object({});
    for (let i = 0; i < 20; i++) list = { apiVersion: "v1", kind: "List", items: [list] };
    expect(read(file([list])).gaps.map((gap) => gap.why)).toEqual(["lists nested too deeply"]);
  });
});

describe("recognition is by content", () => {
  test.each([
    [{ apiVersion: "v1", kind: "Pod" }, "Kubernetes object"],
    [{ apiVersion: "v1", kind: "PodList", items: [] }, "Kubernetes list"],
    [{ apiVersion: "acme.example/v1", kind: "Widget", metadata: { name: "w" } }, "Kubernetes object"],
    [{ apiVersion: "kustomize.config.k8s.io/v1beta1", kind: "Kustomization" }, "Kustomization"],
    [{ apiVersion: "v1", kind: "Config", users: [] }, undefined],
    [{ apiVersion: "kind.x-k8s.io/v1alpha4", kind: "Cluster" }, undefined],
    [{ apiVersion: "skaffold/v2beta1", kind: "Config" }, undefined],
    [{ apiVersion: "v2", name: "chart" }, undefined],
    [{ Version: "2012-10-17", Statement: [] }, undefined],
    [[], undefined],
    [null, undefined],
  ])("%j is %s", (document, shape) => {
    expect(collector.recognize(document, file([document]))).toBe(shape);
  });
});

describe("a denied call leaves unseen what it asked for", () => {
  test.each([
    ["kubectl get secrets -A -o json", [["kubernetes/secrets", "production"]]],
    ["kubectl get secrets -n shop -o json", [["kubernetes/secrets", "production/shop"]]],
    ["kubectl get roles,rolebindings --namespace=shop", [["kubernetes/rbac", "production/shop"]]],
    [
      "kubectl get deployments.apps,cm -A",
      [
        ["kubernetes/workloads", "production"],
        ["kubernetes/config-maps", "production"],
      ],
    ],
    ["GET /apis/rbac.authorization.k8s.io/v1/clusterrolebindings", [["kubernetes/rbac", "production"]]],
    ["GET /api/v1/namespaces/shop/serviceaccounts", [["kubernetes/service-accounts", "production/shop"]]],
    ["kubectl get networkpolicies -A", [["kubernetes/network", "production"]]],
    ["kubectl get svc,ing -n shop", [["kubernetes/network", "production/shop"]]],
    ["GET /apis/policy.networking.k8s.io/v1alpha2/clusternetworkpolicies", [["kubernetes/network", "production"]]],
    ["kubectl get resourcequotas -A", [["kubernetes/other", "production"]]],
  ])("%s", (call, expected) => {
    const gaps = collector.denied(call, "Forbidden", { system: "kubernetes", cluster: "production" });
    expect(gaps.map((gap) => [gap.topic, gap.subject])).toEqual(expected);
  });

  test("a call whose subject is not understood could have asked for anything", () => {
    expect(collector.denied("kubectl proxy", "Forbidden", { system: "kubernetes", cluster: "production" })).toHaveLength(9);
  });
});

test("law: whatever a secret's value is, and wherever it stands, it does not get out", () => {
  const secret = fc.stringMatching(/^[A-Za-z0-9!#%*+._-]{12,40}$/).filter((text) => !/^(?:[/$]|--)/.test(text));
  fc.assert(
    fc.property(secret, (value) => {
      const metadata = {
        name: "n",
        namespace: "shop",
        annotations: { "kubectl.kubernetes.io/last-applied-configuration": value, note: "x" },
      };
      const pod = {
        containers: [
          {
            name: "c",
            image: "i",
            command: ["run", `--password=${value}`, "--db-password", value],
            env: [
              { name: "API_KEY", value },
              { name: "URL", value: `https://u:${encodeURIComponent(value)}@host/x` },
            ],
          },
        ],
      };
      const documents = [
        {
          apiVersion: "v1",
          kind: "Secret",
          metadata: { ...metadata, annotations: { note: value } },
          stringData: { k: value },
          data: { d: Buffer.from(value).toString("base64") },
        },
        { apiVersion: "v1", kind: "Pod", metadata, spec: pod },
        {
          apiVersion: "v1",
          kind: "ConfigMap",
          metadata,
          data: { "app.properties": `password=${value}\nhost=db\ntoken: "${value}, and more"\n`, API_SECRET: value },
        },
      ];
      const { observations } = read(file(documents));
      expect(observations).toHaveLength(3);
      expect(JSON.stringify(observations)).not.toContain(value);
    }),
    { numRuns: 300 },
  );
});
