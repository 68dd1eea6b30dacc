// Users and groups that a cluster's bindings, its AWS mapping and the charter's people name.
import { globMatches } from "../../lib/glob.ts";
import type { Source } from "../../model/source.ts";
import type { PlaneInput } from "../plane.ts";
import { awsIdentities } from "./aws-identities.ts";
import { boundOf } from "./bindings.ts";
import { type Cluster, clustersOf } from "./cluster.ts";
import { once } from "./once.ts";

export interface Subjects {
  readonly users: ReadonlyMap<string, Source>;
  readonly groups: ReadonlyMap<string, Source>;
  /** Users that AWS identities become. */
  readonly mappedUsers: ReadonlySet<string>;
}

/** Groups that Kubernetes itself puts callers in (RBAC, "Default roles and role bindings"; Authentication, "Service account tokens"). */
export const AUTHENTICATED = "system:authenticated";
export const UNAUTHENTICATED = "system:unauthenticated";
export const SERVICE_ACCOUNTS = "system:serviceaccounts";
export const MASTERS = "system:masters";
export const NODES = "system:nodes";

export const isGroupOfKubernetes = (name: string): boolean =>
  [AUTHENTICATED, UNAUTHENTICATED, MASTERS, NODES].includes(name) || name === SERVICE_ACCOUNTS || name.startsWith(`${SERVICE_ACCOUNTS}:`);

const subjectsByCluster = once((input) => new Map([...clustersOf(input).values()].map((cluster) => [cluster.name, find(input, cluster)])));

export const subjectsOf = (input: PlaneInput, cluster: Cluster): Subjects => subjectsByCluster(input).get(cluster.name) as Subjects;

function find(input: PlaneInput, cluster: Cluster): Subjects {
  const users = new Map<string, Source>();
  const groups = new Map<string, Source>();
  const first = (map: Map<string, Source>, name: string, source: Source): void => void (map.has(name) || map.set(name, source));
  for (const binding of cluster.bindings) {
    for (const { type, name, source } of binding.subjects) {
      if (type === "Group") first(groups, name, source);
      else if (type === "User" && !name.startsWith("system:serviceaccount:")) first(users, name, source);
    }
  }
  for (const bound of boundOf(input)) {
    if (bound.cluster !== cluster.name) continue;
    for (const { target, source } of bound.effects ?? []) {
      if (target.type === "user") first(users, target.name, source);
      if (target.type === "group") first(groups, target.name, source);
    }
  }
  const bound = new Set(users.keys());
  const identities = awsIdentities(input.observations, cluster);
  const mappedUsers = new Set<string>();
  for (const { username, groups: own, source } of identities) {
    for (const group of own) first(groups, group, source);
    for (const user of bound) if (globMatches(userPattern(username), user)) mappedUsers.add(user);
  }
  for (const name of [MASTERS, NODES, AUTHENTICATED, SERVICE_ACCOUNTS]) first(groups, name, cluster.source);
  // Someone in the charter who is bound nowhere by name may still be in a bound group.
  for (const person of input.charter.people) for (const name of person.identities.kubernetes) first(users, name, cluster.source);
  return { users, groups, mappedUsers };
}

/** `{{SessionName}}` is chosen by whoever assumes the role; every placeholder stands for some text that the caller has a hand in. */
export const userPattern = (username: string): string => username.replaceAll(/\{\{[^}]*\}\}/g, "*");
