// Which resources a live collection lists, from the one table of kinds that are read; and the least role that allows just that.
import { KINDS, type Topic } from "./kinds.ts";

/** A resource as the API names it in paths and roles. */
export interface Resource {
  readonly kind: string;
  readonly topic: Topic;
  /** The first is today's group. */
  readonly groups: readonly string[];
  readonly versions: readonly string[];
  /** `networkpolicies`. */
  readonly name: string;
  readonly namespaced: boolean;
}

/** The name of a kind's resource where no API server is there to tell (apimachinery, meta.UnsafeGuessKindToResource, and vowels before y). */
export function resourceNameOf(kind: string): string {
  const name = kind.toLowerCase();
  if (name.endsWith("s")) return `${name}es`;
  return /[^aeiou]y$/.test(name) ? `${name.slice(0, -1)}ies` : `${name}s`;
}

/** Where everything was that later moved to a group of its own: there it is the same objects, in any other group it is something else. */
const OLD_GROUP = "extensions";

export const RESOURCES: readonly Resource[] = Object.entries(KINDS).flatMap(([kind, { groups, resource, ...known }]) =>
  groups
    .filter((group) => group !== OLD_GROUP)
    .map((group) => ({
      ...known,
      kind,
      groups: groups.includes(OLD_GROUP) ? [group, OLD_GROUP] : [group],
      name: resource ?? resourceNameOf(kind),
    })),
);

export interface RoleRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly ["list"];
}

/** One rule a group, and one of their own for secrets: it can be taken away, and then the values are a gap. */
export function leastRules(): readonly RoleRule[] {
  const byGroup = Map.groupBy(RESOURCES, ({ groups, kind }) => `${groups[0]}${kind === "Secret" ? " secrets" : ""}`);
  return [...byGroup.values()].map((resources) => ({
    apiGroups: [resources[0]?.groups[0] ?? ""],
    resources: resources.map(({ name }) => name).toSorted(),
    verbs: ["list"],
  }));
}

const API = "rbac.authorization.k8s.io";

/**
 * The role and its binding, as objects to apply. Discovery and asking who one is are in no rule: `system:discovery` and `system:basic-user`
 * give them to whoever is authenticated (Using RBAC Authorization, "API discovery roles").
 */
export function leastRole(name: string, namespace: string): readonly object[] {
  return [
    { apiVersion: `${API}/v1`, kind: "ClusterRole", metadata: { name }, rules: leastRules() },
    {
      apiVersion: `${API}/v1`,
      kind: "ClusterRoleBinding",
      metadata: { name },
      roleRef: { apiGroup: API, kind: "ClusterRole", name },
      subjects: [{ kind: "ServiceAccount", name, namespace }],
    },
  ];
}
