// What pods and machines say of their networks: references in words and in JSON, and what takes the place of the shared network.
import { expect, test } from "vitest";
import type { Observation } from "../../model/observation.ts";
import { collector } from "./collector.ts";
import { attachmentsOf, selections } from "./map-attachments.ts";

test.each([
  ["", []],
  ["wire", [{ name: "wire" }]],
  [" data/wire@net1 , other@net2,", [{ namespace: "data", name: "wire" }, { name: "other" }]],
  [
    '[{"name": "wire", "namespace": "data", "ips": ["10.9.0.1/24", "fd00::1/64"]}]',
    [{ namespace: "data", name: "wire", addresses: ["10.9.0.1", "fd00::1"] }],
  ],
  ['[{"name": "data/wire"}]', [{ namespace: "data", name: "wire" }]],
  // What is neither stays a network that nobody knows, and is not taken for none.
  ["[{broken", [{ name: "[{broken" }]],
  ["a/b/c", [{ name: "a/b/c" }]],
])("%j names %j", (text, expected) => {
  expect(selections(text)).toEqual(expected);
});

test("a default network of Multus takes the place of the shared one; an annotation that is no text is none", () => {
  expect(attachmentsOf({ "v1.multus-cni.io/default-network": "data/wire" })).toEqual({
    attachments: [{ namespace: "data", name: "wire" }],
    onlyAttached: true,
  });
  expect(attachmentsOf({ "k8s.v1.cni.cncf.io/networks": 5 })).toEqual({});
});

function seen(document: unknown): Observation {
  const observations: Observation[] = [];
  const file = { path: "a.yaml", format: "yaml", documents: [document], text: "", scope: { system: "kubernetes", cluster: "c" } } as const;
  collector.map(
    document,
    0,
    file,
    { observation: (each) => void observations.push(each), gap: (each) => expect(each).toBeUndefined() },
    { fingerprint: () => "0" },
  );
  return observations[0] as Observation;
}

const machine = (spec: object, kind = "VirtualMachine"): object => ({
  apiVersion: kind === "VirtualMachinePool" ? "pool.kubevirt.io/v1alpha1" : "kubevirt.io/v1",
  kind,
  metadata: { name: "vm", namespace: "shop", labels: { app: "outer" } },
  spec:
    kind === "VirtualMachineInstance"
      ? spec
      : kind === "VirtualMachinePool"
        ? { virtualMachineTemplate: { spec: { template: { metadata: { labels: { app: "inner" } }, spec } } } }
        : { template: { metadata: { labels: { app: "inner" } }, spec } },
});

test.each([
  ["VirtualMachine", "kubevirt.io", "inner"],
  ["VirtualMachineInstanceReplicaSet", "kubevirt.io", "inner"],
  ["VirtualMachinePool", "pool.kubevirt.io", "inner"],
  // Its pod carries the instance's own labels.
  ["VirtualMachineInstance", "kubevirt.io", "outer"],
])("a %s is a workload under the labels of its pods", (kind, group, app) => {
  expect(seen(machine({}, kind))).toMatchObject({
    kind: "kubernetes/workload",
    workloadKind: kind,
    group,
    podLabels: { app },
    automountToken: false,
  });
});

test("a machine has what its volumes bring: disks by their image, secrets, a token, a file of the node", () => {
  const volumes = [
    { name: "disk", containerDisk: { image: "registry.acme.example/disk:1" } },
    { name: "secret", secret: { secretName: "db" } },
    { name: "setup", cloudInitNoCloud: { secretRef: { name: "setup" } } },
    { name: "settings", configMap: { name: "settings" } },
    { name: "token", serviceAccount: { serviceAccountName: "vm" } },
    { name: "node", hostDisk: { path: "/data/disk.img", type: "Disk" } },
  ];
  expect(seen(machine({ volumes }))).toMatchObject({
    serviceAccount: "vm",
    projectedToken: true,
    containers: [{ name: "disk", image: "registry.acme.example/disk:1" }],
    secretVolumes: [{ secret: "db" }, { secret: "setup" }],
    configMapVolumes: [{ configMap: "settings" }],
    hostPaths: [{ path: "/data/disk.img", readOnly: false }],
  });
});

test.each([
  [{}, undefined, undefined],
  [{ networks: [{ name: "a", pod: {} }] }, undefined, undefined],
  [
    {
      networks: [
        { name: "a", pod: {} },
        { name: "b", multus: { networkName: "wire" } },
      ],
    },
    [{ name: "wire" }],
    undefined,
  ],
  [{ networks: [{ name: "b", multus: { networkName: "data/wire", default: true } }] }, [{ namespace: "data", name: "wire" }], true],
])("of a machine with %j", (spec, attachments, onlyAttached) => {
  const found = seen(machine(spec)) as Extract<Observation, { kind: "kubernetes/workload" }>;
  expect([found.attachments, found.onlyAttached]).toEqual([attachments, onlyAttached]);
});

test("a Pod of a group of Kubernetes that has no pods is told, and not taken for another product's", () => {
  const gaps: unknown[] = [];
  const document = { apiVersion: "apps/v1", kind: "Pod", metadata: { name: "a", namespace: "b" }, spec: { containers: [{ name: "c" }] } };
  const file = { path: "a.yaml", format: "yaml", documents: [document], text: "", scope: { system: "kubernetes", cluster: "c" } } as const;
  collector.map(
    document,
    0,
    file,
    { observation: (each) => expect(each).toBeUndefined(), gap: (each) => void gaps.push(each) },
    { fingerprint: () => "0" },
  );
  expect(gaps).toMatchObject([{ topic: "kubernetes/workloads", why: "Pod has no version apps/v1" }]);
});
