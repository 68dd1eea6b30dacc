// Role, ClusterRole, RoleBinding, ClusterRoleBinding → observations. What they permit is for the analysis to say.
import type { KubernetesObservation, KubernetesRole, KubernetesRoleBinding } from "../../model/observations/kubernetes.ts";
import { inside } from "../../model/source.ts";
import type { Placed } from "./map.ts";
import { Role, RoleBinding } from "./schema.ts";

export function mapRole(document: unknown, at: Placed): KubernetesObservation {
  const { rules, aggregationRule } = Role.parse(document);
  return {
    ...at,
    kind: "kubernetes/role",
    rules: (rules ?? []).map((rule, i) => ({ ...rule, source: inside(at.source, "rules", i) })),
    aggregates: aggregationRule?.clusterRoleSelectors ?? [],
  } satisfies KubernetesRole;
}

export function mapRoleBinding(document: unknown, at: Placed): KubernetesObservation {
  const { roleRef, subjects } = RoleBinding.parse(document);
  return {
    ...at,
    kind: "kubernetes/role-binding",
    role: { type: roleRef.kind, name: roleRef.name },
    subjects: (subjects ?? []).map(({ kind, name, namespace }, i) => ({
      type: kind,
      name,
      ...(namespace && { namespace }),
      source: inside(at.source, "subjects", i),
    })),
  } satisfies KubernetesRoleBinding;
}
