// What holds without any grant: what stands in a namespace belongs to who controls it, and what a part of a namespace stands for.
import { type Fact, fact, grant, type Rule } from "../../model/rule.ts";
import type { Bound } from "./bindings.ts";
import type { Cluster, Namespace } from "./cluster.ts";
import {
  clusterId,
  configMapId,
  type ClusterPart,
  groupId,
  namespaceId,
  type NamespacePart,
  partId,
  RBAC_GROUP,
  secretId,
  serviceAccountId,
  workloadId,
} from "./ids.ts";
import { ALWAYS } from "./parts.ts";
import { NODES } from "./subjects.ts";
import type { ClusterSink } from "./wide.ts";

const KIND_OF: Readonly<Partial<Record<NamespacePart, string>>> = {
  deployments: "Deployment",
  replicasets: "ReplicaSet",
  statefulsets: "StatefulSet",
  daemonsets: "DaemonSet",
  cronjobs: "CronJob",
  replicationcontrollers: "ReplicationController",
};

/** The parts that add something to control of the namespace; the others lead back to it, or to objects it holds anyway. */
const OWNED: ReadonlySet<NamespacePart> = new Set<NamespacePart>([...ALWAYS, "pod-security"]);

type Make = (family: string, needs: readonly Fact[], gives: Fact, how: string) => Rule;

/** The rules of one namespace, from its parts to its objects. */
export function namespaceRules(
  cluster: Cluster,
  namespace: Namespace,
  parts: ReadonlySet<NamespacePart>,
  bound: readonly Bound[],
  sink: ClusterSink,
): void {
  const owner = namespaceId(cluster.name, namespace.name);
  const source = namespace.source;
  const grants = [
    grant(owner, "what stands in it", {
      label: `namespace ${namespace.name}`,
      change: "keep apart what stands in one namespace",
      source,
      removable: false,
    }),
  ];
  const make: Make = (family, needs, gives, how) => ({ family, needs, gives, certainty: "must", grants, how, source });
  const add = (...args: Parameters<Make>): void => sink.rule(make(...args));
  const part = (name: NamespacePart): string => partId(cluster.name, namespace.name, name);
  const control = [fact("control", owner)];
  for (const each of parts)
    if (OWNED.has(each))
      add("kubernetes/namespace-owner", control, fact("control", part(each)), `${each} of ${namespace.name} belong to the namespace`);
  workloadParts(namespace, parts, part, add, owner);
  secretParts(cluster, namespace, part, add, owner);
  rbacParts(namespace, parts, part, add, owner);
  if (parts.has("roles")) for (const rule of rewrittenRoles(namespace, bound, part, make, owner)) sink.rule(rule);
}

function workloadParts(
  namespace: Namespace,
  parts: ReadonlySet<NamespacePart>,
  part: (name: NamespacePart) => string,
  add: (...args: Parameters<Make>) => void,
  owner: string,
): void {
  const { name } = namespace;
  const making = [fact("write", part("workloads"))];
  // "Workload creation": a new pod may run as any service account of its namespace and mount any secret, config map or volume of it.
  add(
    "kubernetes/create-workload",
    making,
    fact("act-as", part("service-accounts")),
    `a new pod in ${name} may run as any service account there`,
  );
  add("kubernetes/create-workload", making, fact("read", part("secrets")), `a new pod in ${name} may mount any secret there`);
  add("kubernetes/create-workload", making, fact("read", part("config-maps")), `a new pod in ${name} may mount any config map there`);
  add("kubernetes/create-workload", making, fact("write", owner), `a new pod changes namespace ${name}`);
  for (const workload of namespace.workloads) {
    const gives = fact("control", workloadId(workload));
    const label = `${workload.workloadKind} ${name}/${workload.name}`;
    add("kubernetes/exec", [fact("control", part("pods"))], gives, `the pods of ${label} are among the pods of ${name}`);
    for (const each of parts) {
      if (KIND_OF[each] === workload.workloadKind)
        add("kubernetes/edit-workload", [fact("control", part(each))], gives, `${label} is one of them`);
    }
  }
  // Where the workloads were not read, running commands in them is still a change of the namespace.
  add("kubernetes/exec", [fact("control", part("pods"))], fact("write", owner), `the pods of ${name} are part of it`);
}

function secretParts(
  cluster: Cluster,
  namespace: Namespace,
  part: (name: NamespacePart) => string,
  add: (...args: Parameters<Make>) => void,
  owner: string,
): void {
  const { name } = namespace;
  const secrets = part("secrets");
  for (const secret of namespace.secrets.values()) {
    const id = secretId(cluster.name, name, secret.name);
    add("kubernetes/namespace-owner", [fact("control", owner)], fact("control", id), `Secret ${secret.name} stands in ${name}`);
    add("kubernetes/read-secrets", [fact("read", secrets)], fact("read", id), `Secret ${name}/${secret.name} is one of them`);
    add("kubernetes/write-secrets", [fact("write", secrets)], fact("write", id), `Secret ${name}/${secret.name} is one of them`);
  }
  add("kubernetes/write-secrets", [fact("write", secrets)], fact("write", owner), `secrets of ${name} are part of it`);
  // A Secret of type service-account-token, once created, is filled with a token (Secrets, "ServiceAccount token Secrets"); its maker then reads it.
  const both = [fact("author", secrets), fact("read", secrets)];
  add(
    "kubernetes/write-secrets",
    both,
    fact("act-as", part("service-accounts")),
    `a token secret can be made for any service account of ${name}, and read`,
  );
  for (const map of namespace.configMaps.values()) {
    const id = configMapId(cluster.name, name, map.name);
    add("kubernetes/namespace-owner", [fact("control", owner)], fact("control", id), `ConfigMap ${map.name} stands in ${name}`);
    add(
      "kubernetes/read-config-maps",
      [fact("read", part("config-maps"))],
      fact("read", id),
      `ConfigMap ${name}/${map.name} is one of them`,
    );
    add(
      "kubernetes/write-config-maps",
      [fact("write", part("config-maps"))],
      fact("write", id),
      `ConfigMap ${name}/${map.name} is one of them`,
    );
  }
  add("kubernetes/write-config-maps", [fact("write", part("config-maps"))], fact("write", owner), `config maps of ${name} are part of it`);
  for (const account of namespace.serviceAccounts.values()) {
    const id = serviceAccountId(cluster.name, name, account.name);
    add("kubernetes/namespace-owner", [fact("control", owner)], fact("control", id), `service account ${account.name} stands in ${name}`);
    add(
      "kubernetes/service-accounts",
      [fact("act-as", part("service-accounts"))],
      fact("act-as", id),
      `service account ${name}/${account.name} is one of them`,
    );
  }
}

/**
 * The API server refuses a role, and a binding of a role, with more permissions than the writer has; the verbs `escalate` and `bind` lift that.
 * With them, who writes roles or bindings of a namespace has whatever a role can hold there.
 *
 * Source: Kubernetes, "Using RBAC Authorization", Privilege escalation prevention and bootstrapping.
 */
function rbacParts(
  { name }: Namespace,
  parts: ReadonlySet<NamespacePart>,
  part: (name: NamespacePart) => string,
  add: (...args: Parameters<Make>) => void,
  owner: string,
): void {
  for (const written of ["roles", "role-bindings"] as const) {
    if (parts.has(written))
      add("kubernetes/escalate", [fact("write", part(written))], fact("write", owner), `${written} of ${name} are part of it`);
  }
  if (!parts.has("role-bindings")) return;
  const needs = [fact("write", part("role-bindings")), fact("defeat", part("binding-escalation-check"))];
  add("kubernetes/escalate", needs, fact("control", owner), `role-bindings of ${name} can be given any permission`);
}

/**
 * A rewritten role adds to its holders: to the writer, if one of the namespace's roles is bound to it, or it may bind one. Whether a role of others
 * that it rewrites comes back to it is not known.
 */
function* rewrittenRoles(
  { name }: Namespace,
  bound: readonly Bound[],
  part: (name: NamespacePart) => string,
  make: Make,
  owner: string,
): Iterable<Rule> {
  const gives = fact("control", owner);
  const needs = [fact("write", part("roles")), fact("defeat", part("role-escalation-check"))];
  for (const { id, roleId, role } of bound) {
    if (!roleId.includes(`/Role.${RBAC_GROUP}/`)) continue;
    yield make(
      "kubernetes/escalate",
      [...needs, fact("act-as", id)],
      gives,
      `${role} of ${name} is its own, and can be given any permission`,
    );
  }
  yield {
    ...make("kubernetes/escalate", needs, gives, `roles of ${name} can be given any permission`),
    certainty: "may",
    because: `whether a role of ${name} that it rewrites is bound to it was not seen`,
  };
}

/**
 * The rules of the cluster itself: its parts, and what several of them amount to together. In a shared cluster, control of it already came with control
 * of every namespace, and its nodes would only be a second way to the same.
 */
export function clusterRules(cluster: Cluster, isShared: boolean, everywhere: ReadonlySet<NamespacePart>, sink: ClusterSink): void {
  const id = clusterId(cluster.name);
  const grants = [
    grant(id, "what stands in it", {
      label: `cluster ${cluster.name}`,
      change: "keep apart what stands in one cluster",
      source: cluster.source,
      removable: false,
    }),
  ];
  const part = (name: ClusterPart): string => partId(cluster.name, undefined, name);
  const base = { certainty: "must", grants, source: cluster.source } as const;
  const how = `whoever controls cluster ${cluster.name} controls its nodes`;
  if (!isShared)
    sink.rule({ ...base, family: "kubernetes/node", needs: [fact("control", id)], gives: fact("control", part("nodes")), how });
  sink.wide({
    ...base,
    family: "kubernetes/escalate",
    needs: [fact("write", part("cluster-roles")), fact("defeat", part("cluster-role-escalation-check"))],
    gives: fact("control", id),
    how: `cluster roles of ${cluster.name} can be given any permission`,
  });
  if (everywhere.has("binding-escalation-check")) {
    sink.wide({
      ...base,
      family: "kubernetes/escalate",
      needs: [fact("write", part("cluster-role-bindings")), fact("defeat", partId(cluster.name, undefined, "binding-escalation-check"))],
      gives: fact("control", id),
      how: `any cluster role of ${cluster.name} can be bound`,
    });
  }
  // A certificate may name any user; only the group system:masters is refused (Certificates and Certificate Signing Requests, CertificateSubjectRestriction).
  sink.wide({
    ...base,
    family: "kubernetes/certificate",
    needs: (["author", "write", "approve"] as const).map((capability) => fact(capability, part("certificate-requests"))),
    gives: fact("control", id),
    how: "a certificate for any user can be asked for and approved",
  });
  sink.rule({
    ...base,
    family: "kubernetes/certificate",
    needs: [
      fact("author", part("certificate-requests")),
      fact("write", part("certificate-requests")),
      fact("approve", part("kubelet-certificate-requests")),
    ],
    gives: fact("act-as", groupId(cluster.name, NODES)),
    how: "a certificate for a kubelet can be asked for and approved",
  });
}
