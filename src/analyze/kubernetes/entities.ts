// First pass: what exists in each cluster, named in objects or only in references to them.
import { isPattern } from "../../charter/parts.ts";
import type { Charter } from "../../charter/schema.ts";
import type { Entity, EntityKind, Place } from "../../model/entity.ts";
import type { EntitySink } from "../../model/rule.ts";
import type { Source } from "../../model/source.ts";
import type { PlaneInput } from "../plane.ts";
import { boundOf } from "./bindings.ts";
import { type Cluster, clustersOf, type Namespace } from "./cluster.ts";
import { clusterId, configMapId, groupId, namespaceId, partId, secretId, serviceAccountId, userId, workloadId } from "./ids.ts";
import { CLUSTER_PARTS, partsOf } from "./parts.ts";
import { subjectsOf } from "./subjects.ts";
import { everything } from "./wide.ts";

export function entities(input: PlaneInput, sink: EntitySink): void {
  for (const cluster of clustersOf(input).values()) {
    const add = (id: string, kind: EntityKind, label: string, place: Place, source: Source, labels?: Entity["labels"]): void =>
      sink.entity({ id, kind, label, place: { cluster: cluster.name, ...place }, source, ...(labels && { labels }) });
    add(clusterId(cluster.name), "cluster", `cluster ${cluster.name}`, {}, cluster.source);
    for (const namespace of cluster.namespaces.values()) namespaceEntities(cluster, namespace, add);
    accountEntities(input, cluster, add);
    add(everything(cluster.name), "guard", `everything in the namespaces of ${cluster.name}`, {}, cluster.source);
    for (const part of CLUSTER_PARTS)
      add(partId(cluster.name, undefined, part), "guard", `${part} of cluster ${cluster.name}`, {}, cluster.source);
    for (const [namespace, part] of partsOf(input, cluster)) {
      const where = namespace === undefined ? `every namespace of ${cluster.name}` : namespace;
      const source = namespace === undefined ? cluster.source : (cluster.namespaces.get(namespace)?.source ?? cluster.source);
      // The way a namespace is addressed as a whole, and no thing in it: neither a source nor a target of a statement, but a way in.
      add(partId(cluster.name, namespace, part), "guard", `${part} of ${where}`, namespace === undefined ? {} : { namespace }, source);
    }
  }
  for (const bound of boundOf(input)) {
    const place = { cluster: bound.cluster, ...(bound.namespace !== undefined && { namespace: bound.namespace }) };
    sink.entity({ id: bound.id, kind: "guard", label: bound.label, place, source: bound.source });
  }
  for (const database of charterDatabases(input.charter)) sink.entity(database);
}

type Add = (id: string, kind: EntityKind, label: string, place: Place, source: Source, labels?: Entity["labels"]) => void;

function namespaceEntities(cluster: Cluster, namespace: Namespace, add: Add): void {
  const { name } = namespace;
  const place = { namespace: name };
  const label = (kind: string, of: string): string => `${kind} ${name}/${of}`;
  add(namespaceId(cluster.name, name), "namespace", `namespace ${name}`, place, namespace.source, namespace.object?.labels);
  for (const account of namespace.serviceAccounts.values()) {
    const object = account.objects[0];
    const id = serviceAccountId(cluster.name, name, account.name);
    add(id, "principal", label("service account", account.name), place, object?.source ?? account.source, object?.labels);
  }
  for (const workload of namespace.workloads) {
    add(workloadId(workload), "workload", label(workload.workloadKind, workload.name), place, workload.source, workload.labels);
  }
  for (const secret of namespace.secrets.values()) {
    const object = secret.objects[0];
    add(
      secretId(cluster.name, name, secret.name),
      "secret",
      label("Secret", secret.name),
      place,
      object?.source ?? secret.source,
      object?.labels,
    );
  }
  for (const map of namespace.configMaps.values()) {
    const object = map.objects[0];
    add(
      configMapId(cluster.name, name, map.name),
      "resource",
      label("ConfigMap", map.name),
      place,
      object?.source ?? map.source,
      object?.labels,
    );
  }
}

/**
 * A user that a charter person has is an account; so is one that only AWS identities become, since the AWS side is the source. Any other user may be
 * a machine and is a principal. A group is never more than a name that its members act as.
 */
function accountEntities(input: PlaneInput, cluster: Cluster, add: Add): void {
  const people = new Set(input.charter.people.flatMap((person) => person.identities.kubernetes));
  const subjects = subjectsOf(input, cluster);
  for (const [name, source] of subjects.users) {
    const isAccount = people.has(name) || subjects.mappedUsers.has(name);
    add(userId(cluster.name, name), isAccount ? "account" : "principal", `user ${name}`, {}, source);
  }
  for (const [name, source] of subjects.groups) add(groupId(cluster.name, name), "account", `group ${name}`, {}, source);
}

/** Databases that the charter names in full exist, whether or not a file shows them. */
function* charterDatabases(charter: Charter): Iterable<Entity> {
  const file = "bulkhead.yaml";
  for (const [list, owners] of [
    ["environments", charter.environments],
    ["shared", charter.shared],
  ] as const) {
    for (const [i, owner] of owners.entries()) {
      for (const [j, database] of (owner.boundary.databases ?? []).entries()) {
        if (isPattern(database)) continue;
        const label = `database ${database.replace(/^postgres:/, "")}`;
        const source = { file, pointer: `/${list}/${i}/boundary/databases/${j}` };
        yield { id: database, kind: "data-store", label, place: { database }, source };
      }
    }
  }
}
