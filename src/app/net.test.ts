// Walks net-cases/*.json: manifests, and which connections they leave open and which not. Then what a change of them opens.
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { FileSet } from "./files.ts";
import { connectionChanges, connectionsIn, type NetReading } from "./net.ts";
import { changesText, connectionsJson, connectionsText, notesText } from "./render/net.ts";

type Spec = Readonly<Record<string, unknown>>;

interface Case {
  readonly name: string;
  /** Where the specification says so. */
  readonly source: string;
  readonly namespaces?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly pods: Readonly<
    Record<
      string,
      {
        labels?: Readonly<Record<string, string>>;
        annotations?: Readonly<Record<string, string>>;
        ports?: Readonly<Record<string, string>>;
        hostNetwork?: true;
        phase?: string;
      }
    >
  >;
  /** By `NAMESPACE/NAME`, or by name: specs. */
  readonly policies?: Readonly<Record<string, Spec>>;
  readonly admin?: Readonly<Record<string, Spec>>;
  readonly baseline?: Readonly<Record<string, Spec>>;
  readonly cluster?: Readonly<Record<string, Spec>>;
  readonly services?: Readonly<Record<string, Spec>>;
  readonly ingresses?: Readonly<Record<string, Spec>>;
  readonly other?: readonly Spec[];
  readonly expect?: readonly string[];
  /** `SOURCE => DESTINATION` of which there is no line. */
  readonly never?: readonly string[];
  readonly notes?: readonly string[];
}

const folder = new URL("./net-cases/", import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith(".json"));

function metadataOf(key: string): { readonly name: string; readonly namespace?: string } {
  const [namespace = "", name] = key.split("/");
  return name === undefined ? { name: namespace } : { namespace, name };
}

const specs = (of: Readonly<Record<string, Spec>> | undefined, apiVersion: string, kind: string): Spec[] =>
  Object.entries(of ?? {}).map(([key, spec]) => ({ apiVersion, kind, metadata: metadataOf(key), spec }));

function podOf(key: string, { labels = {}, annotations = {}, ports = {}, hostNetwork, phase }: Case["pods"][string]): Spec {
  const containerPorts = Object.entries(ports).map(([name, text]) => {
    const [protocol, port] = text.split(" ");
    return { name, protocol, containerPort: Number(port) };
  });
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { ...metadataOf(key), labels, annotations },
    spec: { hostNetwork, containers: [{ name: "main", image: "main", ports: containerPorts }] },
    ...(phase !== undefined && { status: { phase } }),
  };
}

const manifests = (of: Case): Spec[] => [
  ...Object.entries(of.namespaces ?? {}).map(([name, labels]) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name, labels } })),
  ...Object.entries(of.pods).map(([key, pod]) => podOf(key, pod)),
  ...specs(of.policies, "networking.k8s.io/v1", "NetworkPolicy"),
  ...specs(of.admin, "policy.networking.k8s.io/v1alpha1", "AdminNetworkPolicy"),
  ...specs(of.baseline, "policy.networking.k8s.io/v1alpha1", "BaselineAdminNetworkPolicy"),
  ...specs(of.cluster, "policy.networking.k8s.io/v1alpha2", "ClusterNetworkPolicy"),
  ...specs(of.services, "v1", "Service"),
  ...specs(of.ingresses, "networking.k8s.io/v1", "Ingress"),
  ...(of.other ?? []),
];

function reading(items: readonly Spec[]): NetReading {
  const text = JSON.stringify({ apiVersion: "v1", kind: "List", items });
  const set: FileSet = new Map([["all.json", new TextEncoder().encode(text)]]);
  const read = connectionsIn(set);
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return read.value;
}

for (const file of files) {
  describe(file, () => {
    const cases = JSON.parse(readFileSync(new URL(file, folder), "utf8")) as readonly Case[];
    test.each(cases.map((each) => [each.name, each] as const))("%s", (_, each) => {
      const { clusters, gaps } = reading(manifests(each));
      expect(gaps).toEqual([]);
      const lines = clusters.flatMap(({ connections }) =>
        connections.map(({ src, dst, conn }) => `${src} => ${dst} : ${conn}`.replaceAll("[Pod]", "")),
      );
      for (const line of each.expect ?? []) expect(lines).toContain(line);
      for (const ends of each.never ?? []) expect(lines.filter((line) => line.startsWith(`${ends} : `))).toEqual([]);
      if (each.notes) expect(clusters.flatMap(({ notes }) => notes)).toEqual(each.notes);
    });
  });
}

const two: Case = { name: "", source: "", pods: { "shop/a": {}, "shop/b": {} } };

describe("what a change opens", () => {
  const open = reading(manifests(two));
  const closed = reading(manifests({ ...two, policies: { "shop/deny": { podSelector: {} } } }));
  const partly = reading(manifests({ ...two, policies: { "shop/some": { podSelector: {}, ingress: [{ ports: [{ port: 80 }] }] } } }));

  test("what closes, opens and alters, and nothing where nothing changes", () => {
    expect(changesText(connectionChanges(open, open), false)).toBe("No connection changes.\n");
    expect(changesText(connectionChanges(closed, open), false)).toContain("+ shop/a[Pod] => shop/b[Pod] : All Connections\n");
    expect(changesText(connectionChanges(open, closed), false)).toContain("- shop/a[Pod] => shop/b[Pod] : All Connections\n");
    expect(changesText(connectionChanges(open, partly), false)).toContain("~ shop/a[Pod] => shop/b[Pod] : All Connections → TCP 80\n");
  });

  test("lines are sorted by name, and JSON says the same", () => {
    const lines = connectionsText(open).trim().split("\n");
    expect(lines).toEqual(lines.toSorted());
    expect(lines).toHaveLength(6);
    const json = JSON.parse(connectionsJson(partly)) as { clusters: { connections: { conn: string; ports: unknown }[] }[] };
    expect(json.clusters[0]?.connections.find(({ conn }) => conn === "TCP 80")?.ports).toEqual([{ protocol: "TCP", from: 80, to: 80 }]);
  });
});

test("a policy that does not fit the schema is told, with file and pointer", () => {
  const read = reading(manifests({ ...two, policies: { "shop/bad": { podSelector: {}, ingress: [{ from: [{}] }] } } }));
  expect(read.gaps.map(({ topic }) => topic)).toEqual(["kubernetes/network"]);
  expect(notesText(read)).toContain("all.json /items/2/spec/ingress/0/from/0");
});

test("pods of a ReplicaSet of a Deployment stand under the Deployment's name", () => {
  const metadata = (name: string, kind: string, owner: string) => ({
    name,
    namespace: "shop",
    ownerReferences: [{ apiVersion: "apps/v1", kind, name: owner, controller: true }],
  });
  const template = { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "main", image: "main" }] } };
  const { clusters } = reading([
    { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web", namespace: "shop" }, spec: { template } },
    { apiVersion: "apps/v1", kind: "ReplicaSet", metadata: metadata("web-1", "Deployment", "web"), spec: { template } },
    { apiVersion: "v1", kind: "Pod", metadata: metadata("web-1-x", "ReplicaSet", "web-1"), spec: template.spec },
  ]);
  const names = new Set(clusters.flatMap(({ connections }) => connections.flatMap(({ src, dst }) => [src, dst])));
  expect([...names].toSorted()).toEqual(["0.0.0.0-255.255.255.255[External]", "shop/web[Deployment]"]);
});
