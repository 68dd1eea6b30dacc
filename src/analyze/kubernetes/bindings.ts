// Role bindings and EKS access entries, in one form: who is bound, to what, where.
import type { Observations } from "../../model/observation.ts";
import type { AwsEksAccessEntry } from "../../model/observations/aws.ts";
import type { KubernetesRoleBinding } from "../../model/observations/kubernetes.ts";
import { type Fact, fact, type Grant, grant } from "../../model/rule.ts";
import type { Source } from "../../model/source.ts";
import { type Cluster, clustersOf } from "./cluster.ts";
import { accessPolicyRules } from "./default-roles.ts";
import { type Effect, effectsOf } from "./effects.ts";
import { clustersByArn } from "./eks-cluster.ts";
import { groupId, objectId, RBAC_GROUP, serviceAccountId, userId } from "./ids.ts";
import { once } from "./once.ts";
import { rulesOf } from "./roles.ts";

export interface BoundSubject {
  readonly need: Fact;
  readonly grant: Grant;
  readonly how: string;
}

/** Whoever acts as a bound thing has its effects. It is an entity of its own, so that subjects and effects add up and do not multiply. */
export interface Bound {
  readonly id: string;
  /** `RoleBinding shop/dev-admins`. */
  readonly label: string;
  readonly cluster: string;
  /** Absent: in the whole cluster. */
  readonly namespace?: string;
  /** `ClusterRole edit`. */
  readonly role: string;
  readonly roleId: string;
  readonly family: string;
  /** What to do about one that holds in the whole cluster. */
  readonly narrower: string;
  readonly subjects: readonly BoundSubject[];
  /** Undefined: the role was not read and is no default one. */
  readonly effects: readonly Effect[] | undefined;
  readonly source: Source;
}

export const boundOf = once((input): readonly Bound[] => {
  const clusters = clustersOf(input);
  const bound = [
    ...[...clusters.values()].flatMap((cluster) => cluster.bindings.map((binding) => fromBinding(cluster, binding))),
    ...accessPolicies(input.observations, clusters),
  ];
  return [...bound, ...bindable(bound, clusters)];
});

function fromBinding(cluster: Cluster, binding: KubernetesRoleBinding): Bound {
  const kind = binding.namespace === undefined ? "ClusterRoleBinding" : "RoleBinding";
  const label = `${kind} ${binding.namespace === undefined ? "" : `${binding.namespace}/`}${binding.name}`;
  const id = objectId(cluster.name, binding.namespace, kind, RBAC_GROUP, binding.name);
  const role = `${binding.role.type} ${binding.role.name}`;
  const rules = rulesOf(cluster, binding.role, binding);
  return {
    id,
    label,
    cluster: cluster.name,
    ...(binding.namespace !== undefined && { namespace: binding.namespace }),
    role,
    roleId: roleEntity(cluster.name, binding.namespace, binding.role),
    family: "kubernetes/role-binding",
    narrower: `bind ${role} in the namespaces that need it, instead of by ${label}`,
    subjects: binding.subjects.flatMap((subject) => {
      const need = subjectFact(cluster.name, binding, subject);
      if (!need) return [];
      const who = subjectLabel(subject, binding.namespace);
      return [
        {
          need,
          grant: grant(
            id,
            { type: subject.type, name: subject.name, namespace: subject.namespace ?? null },
            { label, change: `remove subject ${who} from ${label}`, source: subject.source },
          ),
          how: `${label} gives ${who} the ${role}${binding.namespace === undefined ? " in every namespace" : ` in ${binding.namespace}`}`,
        },
      ];
    }),
    effects: rules && effectsOf(rules, binding.namespace === undefined ? "cluster" : "namespace"),
    source: binding.source,
  };
}

const roleEntity = (cluster: string, namespace: string | undefined, role: KubernetesRoleBinding["role"]): string =>
  objectId(cluster, role.type === "Role" ? namespace : undefined, role.type, RBAC_GROUP, role.name);

const SERVICE_ACCOUNT_USER = /^system:serviceaccount:([^:]+):([^:]+)$/;

/** A service account is also a user, `system:serviceaccount:NAMESPACE:NAME`, and may be bound by that name (RBAC, "Referring to subjects"). */
function subjectFact(
  cluster: string,
  binding: KubernetesRoleBinding,
  { type, name, namespace }: KubernetesRoleBinding["subjects"][number],
): Fact | undefined {
  if (type === "Group") return fact("act-as", groupId(cluster, name));
  if (type === "User") {
    const account = SERVICE_ACCOUNT_USER.exec(name);
    return fact("act-as", account ? serviceAccountId(cluster, account[1] as string, account[2] as string) : userId(cluster, name));
  }
  // Without a namespace of its own, the binding's: appliesToUser in kubernetes/kubernetes plugin/pkg/auth/authorizer/rbac.
  const at = namespace ?? binding.namespace;
  return at === undefined ? undefined : fact("act-as", serviceAccountId(cluster, at, name));
}

function subjectLabel({ type, name, namespace }: KubernetesRoleBinding["subjects"][number], at: string | undefined): string {
  if (type === "ServiceAccount") return `service account ${namespace ?? at ?? "?"}/${name}`;
  return `${type === "User" ? "user" : "group"} ${name}`;
}

/**
 * An access policy is associated with an access entry for the cluster or for some namespaces; a namespace may be a pattern.
 *
 * Source: Amazon EKS User Guide, "Associate access policies with access entries".
 */
function accessPolicies(observations: Observations, clusters: ReadonlyMap<string, Cluster>): Bound[] {
  const byArn = clustersByArn(observations);
  return observations("aws/eks-access-entry").flatMap((entry) => {
    const name = byArn.get(entry.cluster);
    const cluster = name === undefined ? undefined : clusters.get(name);
    if (name === undefined) return [];
    return entry.policies.flatMap((policy) => {
      const scopes = policy.namespaces === undefined ? [undefined] : policy.namespaces.flatMap((each) => expand(each, cluster));
      return scopes.map((namespace) => fromAccessPolicy(name, entry, policy.arn, namespace));
    });
  });
}

const expand = (pattern: string, cluster: Cluster | undefined): string[] => {
  if (!pattern.includes("*")) return [pattern];
  const matcher = new RegExp(`^${pattern.split("*").map(escaped).join(".*")}$`);
  return [...(cluster?.namespaces.keys() ?? [])].filter((namespace) => matcher.test(namespace));
};

const escaped = (text: string): string => text.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&");

function fromAccessPolicy(cluster: string, entry: AwsEksAccessEntry, arn: string, namespace: string | undefined): Bound {
  const policy = arn.slice(arn.lastIndexOf("/") + 1);
  const rules = accessPolicyRules(policy, entry.source);
  const id = objectId(cluster, namespace, "AccessPolicy", "eks.amazonaws.com", `${policy}@${entry.principal}`);
  const who = shortArn(entry.principal);
  const label = `access entry of ${who} in cluster ${cluster}`;
  return {
    id,
    label,
    cluster,
    ...(namespace !== undefined && { namespace }),
    role: `access policy ${policy}`,
    roleId: arn,
    family: "kubernetes/access-entry",
    narrower: `limit ${policy} of the ${label} to the namespaces that need it`,
    subjects: [
      {
        need: fact("act-as", entry.principal),
        grant: grant(entry.cluster, [entry.principal, arn, namespace ?? null], {
          label,
          change: `remove ${policy} from the ${label}`,
          source: entry.source,
        }),
        how: `the ${label} has ${policy}${namespace === undefined ? "" : ` in ${namespace}`}`,
      },
    ],
    effects: rules && effectsOf(rules, namespace === undefined ? "cluster" : "namespace"),
    source: entry.source,
  };
}

/** `role/deploy` of an ARN, without account and path. */
export const shortArn = (arn: string): string => arn.slice(arn.lastIndexOf(":") + 1).replace(/\/.*\//, "/");

/** The id under which a role stands that someone may bind: whoever also writes role bindings there has its effects. */
export const bindableId = (cluster: string, namespace: string | undefined, role: KubernetesRoleBinding["role"]): string =>
  `${roleEntity(cluster, namespace, role)}@${namespace ?? "-"}`;

/** Roles that some effect makes bindable, as if they were bound; what they make bindable in turn is followed too. */
function bindable(bound: readonly Bound[], clusters: ReadonlyMap<string, Cluster>): Bound[] {
  const found = new Map<string, Bound>();
  const queue = [...bound];
  for (let next = 0; next < queue.length; next++) {
    const { cluster: name, namespace, effects, source } = queue[next] as Bound;
    const cluster = clusters.get(name);
    if (!cluster) continue;
    for (const effect of effects ?? []) {
      for (const role of bindableRoles(cluster, namespace, effect)) {
        const id = bindableId(name, namespace, role);
        if (found.has(id)) continue;
        const rules = rulesOf(cluster, role, { ...(namespace !== undefined && { namespace }), source });
        const label = `${role.type} ${role.name}`;
        const each: Bound = {
          id,
          label,
          cluster: name,
          ...(namespace !== undefined && { namespace }),
          role: label,
          roleId: roleEntity(name, namespace, role),
          family: "kubernetes/escalate",
          narrower: `let nobody bind ${label} in the whole cluster`,
          subjects: [],
          effects: rules && effectsOf(rules, namespace === undefined ? "cluster" : "namespace"),
          source,
        };
        found.set(id, each);
        queue.push(each);
      }
    }
  }
  return [...found.values()];
}

export function bindableRoles(
  cluster: Cluster,
  namespace: string | undefined,
  { target }: Effect,
): readonly KubernetesRoleBinding["role"][] {
  if (target.type !== "bindable") return [];
  if (target.role !== "every Role") return [target.role];
  const prefix = `${namespace ?? "-"}/`;
  return [...cluster.roles.keys()].flatMap((key) =>
    namespace !== undefined && key.startsWith(prefix) ? [{ type: "Role" as const, name: key.slice(prefix.length) }] : [],
  );
}
