// For tests: definitions of the custom resources that the collector reads, as a cluster with those products would have them.
import { RESOURCES } from "./fetch-resources.ts";

/** Groups that kube-apiserver serves by itself; `policy.networking.k8s.io` and `gateway.networking.k8s.io` are defined on top of it. */
const BUILT_IN: ReadonlySet<string> = new Set(["", "apps", "batch", "rbac.authorization.k8s.io", "networking.k8s.io"]);

export function definitions(): readonly object[] {
  return RESOURCES.filter(({ groups }) => !BUILT_IN.has(groups[0] ?? "")).map(({ kind, name, groups, versions, namespaced }) => ({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: {
      name: `${name}.${groups[0]}`,
      annotations: { "api-approved.kubernetes.io": "unapproved, made by a test" },
    },
    spec: {
      group: groups[0],
      scope: namespaced ? "Namespaced" : "Cluster",
      names: { kind, plural: name, singular: kind.toLowerCase() },
      versions: versions.map((version, i) => ({
        name: version,
        served: true,
        storage: i === 0,
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
      })),
    },
  }));
}
