// What production runs without the other products' test stages: the same digests, tried in namespaces of test before they are promoted.
import { image } from "./applications.ts";
import type { NamespaceSpec, WorkloadSpec } from "./specs.ts";

const tried = (name: string, kind: WorkloadSpec["kind"], repository: string, tag: string): WorkloadSpec => ({
  name,
  kind,
  image: image("test", repository, tag),
  token: false,
  ...(kind === "Deployment" && { replicas: 1 }),
});

const namespace = (name: string, team: string, workloads: readonly WorkloadSpec[]): NamespaceSpec => ({
  name: `test-${name}`,
  labels: { environment: "test", "pod-security.kubernetes.io/enforce": "baseline", team },
  bindings: [{ name: "developers-view", role: ["ClusterRole", "view"], subjects: [{ kind: "Group", name: "acme:developers" }] }],
  workloads,
});

export const TRIED: readonly NamespaceSpec[] = [
  namespace("warehouse", "data", [
    tried("warehouse-loader", "CronJob", "data", "loader-0.31.0"),
    tried("reporting", "Deployment", "data", "reporting-0.31.0"),
    tried("events-consumer", "Deployment", "data", "events-0.31.0"),
  ]),
  namespace("support", "support", [
    tried("helpdesk", "Deployment", "support", "helpdesk-4.0.3"),
    tried("helpdesk-worker", "Deployment", "support", "worker-4.0.3"),
    tried("customer-search", "Deployment", "support", "search-4.0.3"),
  ]),
];
