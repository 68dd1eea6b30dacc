// What production runs without a test stage of its own: the same digests, tried in one namespace of test before they are promoted.
import { image } from "./applications.ts";
import type { NamespaceSpec, WorkloadSpec } from "./specs.ts";

const tried = (name: string, kind: WorkloadSpec["kind"], repository: string, tag: string): WorkloadSpec => ({
  name,
  kind,
  image: image("test", repository, tag),
  serviceAccount: "default",
  token: false,
  ...(kind === "Deployment" && { replicas: 1 }),
});

export const TRIED: readonly NamespaceSpec[] = [
  {
    name: "test-support",
    labels: { environment: "test", "pod-security.kubernetes.io/enforce": "baseline", team: "support" },
    bindings: [{ name: "developers-view", role: ["ClusterRole", "view"], subjects: [{ kind: "Group", name: "acme:developers" }] }],
    workloads: [
      tried("warehouse-loader", "CronJob", "data", "loader-0.31.0"),
      tried("reporting", "Deployment", "data", "reporting-0.31.0"),
      tried("events-consumer", "Deployment", "data", "events-0.31.0"),
      tried("helpdesk", "Deployment", "support", "helpdesk-4.0.3"),
      tried("helpdesk-worker", "Deployment", "support", "worker-4.0.3"),
      tried("customer-search", "Deployment", "support", "search-4.0.3"),
    ],
  },
];
