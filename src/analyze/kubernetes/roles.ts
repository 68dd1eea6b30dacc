// From a role reference to the policy rules it stands for: read, default, or aggregated.
import type { KubernetesPolicyRule, KubernetesRole, KubernetesRoleBinding } from "../../model/observations/kubernetes.ts";
import { type Cluster, roleKey } from "./cluster.ts";
import { aggregationLabel, defaultRole } from "./default-roles.ts";

type Aggregate = KubernetesRole["aggregates"][number];

/** The rules of a role, or undefined when it was not read and is no default one: what it permits is then unknown. */
export function rulesOf(
  cluster: Cluster,
  reference: KubernetesRoleBinding["role"],
  binding: Pick<KubernetesRoleBinding, "namespace" | "source">,
): readonly KubernetesPolicyRule[] | undefined {
  if (reference.type === "Role") {
    // A ClusterRoleBinding may not name a Role (rbac/v1 validation).
    if (binding.namespace === undefined) return [];
    return cluster.roles.get(roleKey(binding.namespace, reference.name))?.flatMap((role) => role.rules);
  }
  return clusterRole(cluster, reference.name, binding.source, new Set());
}

/**
 * A role with an aggregation rule holds the rules of every cluster role that its selectors match; the controller writes them into `rules`, a
 * manifest leaves them out, so both are taken together.
 *
 * Source: Kubernetes, "Using RBAC Authorization", Aggregated ClusterRoles.
 */
function clusterRole(
  cluster: Cluster,
  name: string,
  source: KubernetesRoleBinding["source"],
  seen: Set<string>,
): readonly KubernetesPolicyRule[] | undefined {
  if (seen.has(name)) return [];
  seen.add(name);
  const read = cluster.roles.get(roleKey(undefined, name));
  const label = aggregationLabel(name);
  if (!read) {
    const rules = defaultRole(name, source);
    return rules && label ? [...rules, ...aggregated(cluster, [byLabel(label)], source, seen)] : rules;
  }
  return read.flatMap((role) => [...role.rules, ...aggregated(cluster, role.aggregates, source, seen)]);
}

function aggregated(cluster: Cluster, aggregates: readonly Aggregate[], source: KubernetesRoleBinding["source"], seen: Set<string>) {
  if (aggregates.length === 0) return [];
  const found: KubernetesPolicyRule[] = [];
  for (const [key, roles] of cluster.roles) {
    if (!key.startsWith("-/") || !roles.some((role) => aggregates.some((selector) => selects(selector, role.labels)))) continue;
    found.push(...(clusterRole(cluster, key.slice(2), source, seen) ?? []));
  }
  return found;
}

const byLabel = (label: string): Aggregate => ({ matchLabels: { [label]: "true" }, matchExpressions: [] });

/** LabelSelector, meta/v1: all of matchLabels and matchExpressions; an empty selector selects everything. */
export function selects({ matchLabels, matchExpressions }: Aggregate, labels: Readonly<Record<string, string>>): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values }) => {
      const value = labels[key];
      if (operator === "Exists") return value !== undefined;
      if (operator === "DoesNotExist") return value === undefined;
      if (operator === "In") return value !== undefined && values.includes(value);
      // NotIn selects objects without the key too. An operator that does not exist selects nothing: the API server refuses it.
      return operator === "NotIn" && (value === undefined || !values.includes(value));
    })
  );
}
