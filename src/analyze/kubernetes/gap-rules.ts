// Gaps → what the missing input could have held, as may-rules, and no more.
import { type Gap, gapId } from "../../model/gap.ts";
import { type Fact, fact, type Grant, grant, type RuleSink } from "../../model/rule.ts";
import type { KnownEstate } from "../plane.ts";
import { awsAuth, waysIn } from "./aws-identities.ts";
import { type Bound, boundOf } from "./bindings.ts";
import { type Cluster, configMapsOf, gapPlace, type Namespace } from "./cluster.ts";
import { eksClusterOf } from "./eks-cluster.ts";
import { clusterId, groupId, namespaceId, partId, serviceAccountId, workloadId } from "./ids.ts";
import { AUTHENTICATED } from "./subjects.ts";
import { FROM_UNREAD, TO_UNREAD } from "./unread-secrets.ts";
import type { ClusterSink } from "./wide.ts";

const CLAUSES = ["A1", "A2", "A6", "D3"];

/**
 * Gaps of collectors and of this plane. A file whose cluster is not known could be about anything, and so could a cluster of which nothing at all was
 * read: nobody takes those.
 */
export function gapRules(estate: KnownEstate, cluster: Cluster, sink: ClusterSink, gaps: RuleSink): void {
  for (const gap of estate.gaps) {
    const at = gapPlace(gap);
    if (at?.cluster === cluster.name && take(estate, cluster, at.namespace, gap, sink)) gaps.took(gap);
  }
  for (const gap of derived(estate, cluster)) {
    gaps.gap(gap);
    if (estate.charter.absent[gap.topic] !== undefined || take(estate, cluster, undefined, gap, sink)) gaps.took(gap);
  }
}

/** What was never read at all, in a cluster whose files claim to be a dump of its API: every cluster has some of each. */
function* derived(estate: KnownEstate, cluster: Cluster): Iterable<Gap> {
  const missing = (topic: string, what: string, clauses: readonly string[]): Gap => ({
    topic: `kubernetes/${topic}`,
    subject: cluster.name,
    what: `${what} of cluster ${cluster.name}`,
    why: "not among the files, although every cluster has some",
    clauses,
    source: cluster.source,
  });
  const isKnown = (topic: string): boolean =>
    estate.gaps.some((gap) => gap.topic === `kubernetes/${topic}` && gapPlace(gap)?.cluster === cluster.name);
  if (cluster.isDump) {
    if (cluster.bindings.length === 0 && !isKnown("rbac")) yield missing("rbac", "role bindings", CLAUSES);
    const spaces = [...cluster.namespaces.values()];
    if (spaces.every((each) => each.workloads.length === 0) && !isKnown("workloads"))
      yield missing("workloads", "workloads", ["A1", "B6", "D3"]);
    if (spaces.every((each) => each.object === undefined) && !isKnown("namespaces"))
      yield missing("namespaces", "namespaces", ["B1", "B3"]);
  }
  for (const bound of boundOf(estate)) {
    if (bound.cluster !== cluster.name || bound.effects !== undefined) continue;
    const why = bound.role.startsWith("access policy") ? "its permissions are not known here" : "not among the files, and no default role";
    yield {
      topic: "kubernetes/role",
      subject: bound.id,
      what: `${bound.role} of ${bound.label}`,
      why,
      clauses: CLAUSES,
      source: bound.source,
    };
  }
  for (const { why, source } of awsAuth(cluster).unreadable) {
    yield {
      topic: "kubernetes/config-maps",
      subject: `${cluster.name}/kube-system`,
      what: `aws-auth of cluster ${cluster.name}`,
      why,
      clauses: CLAUSES,
      source,
    };
  }
  if (lacksAuthentication(estate, cluster)) {
    const why = "neither access entries nor config map kube-system/aws-auth were read";
    yield {
      topic: "kubernetes/authentication",
      subject: cluster.name,
      what: `who is let into cluster ${cluster.name}`,
      why,
      clauses: CLAUSES,
    };
  }
}

function lacksAuthentication(estate: KnownEstate, cluster: Cluster): boolean {
  const eks = eksClusterOf(estate.observations, cluster.name);
  if (!eks) return false;
  const ways = waysIn(estate.observations, cluster.name);
  const hasMap = (cluster.namespaces.get("kube-system")?.configMaps.get("aws-auth")?.objects.length ?? 0) > 0;
  const hasEntries = estate.observations("aws/eks-access-entry").some((entry) => entry.cluster === eks.arn);
  return !(ways.configMap && hasMap) && !(ways.accessEntries && hasEntries);
}

/** Whether the gap's meaning is known here, so that its rules are all it could have held. */
function take(estate: KnownEstate, cluster: Cluster, namespace: string | undefined, gap: Gap, sink: ClusterSink): boolean {
  const spaces =
    namespace === undefined ? [...cluster.namespaces.values()] : [cluster.namespaces.get(namespace)].filter((each) => each !== undefined);
  const give = may(cluster, gap, sink);
  switch (gap.topic) {
    case "kubernetes/rbac": {
      // Any role could be bound to anyone whom the cluster authenticates.
      const everyone = [fact("act-as", groupId(cluster.name, AUTHENTICATED))];
      const target = namespace === undefined ? clusterId(cluster.name) : namespaceId(cluster.name, namespace);
      give(everyone, fact("control", target), `a role binding that was not read may bind anyone in cluster ${cluster.name}`);
      return true;
    }
    case "kubernetes/unrendered":
      unrendered(cluster, spaces, estate, give);
      return true;
    case "kubernetes/role":
      return unknownRole(estate, cluster, gap, give);
    case "kubernetes/secrets":
      for (const space of spaces) unreadSecrets(cluster, space, give);
      return true;
    case "kubernetes/workloads":
      for (const space of spaces) unreadWorkloads(estate, cluster, space, give);
      return true;
    case "kubernetes/config-maps":
      for (const space of spaces) unreadConfigMaps(estate, space, give);
      if (namespace === undefined || namespace === "kube-system") unreadMapping(estate, cluster, give);
      return true;
    case "kubernetes/authentication":
      unreadMapping(estate, cluster, give);
      return true;
    case "kubernetes/namespace":
      return elsewhere(estate, cluster, gap, give);
    // An unread service account is one that unread or read workloads run as; its token setting is taken as the default, which gives most, and its role
    // annotation decides nothing: the role's trust does. Namespaces hold labels only, whose absence is already uncertain. Other kinds give nobody anything.
    case "kubernetes/service-accounts":
    case "kubernetes/namespaces":
    case "kubernetes/other":
      return true;
    default:
      return false;
  }
}

/**
 * An overlay or a chart that was not rendered could hold any object of the cluster. Where the API server answered, what it serves is what was applied, and
 * the files add nothing.
 */
function unrendered(cluster: Cluster, spaces: readonly Namespace[], estate: KnownEstate, give: Give): void {
  if (cluster.isDump) return;
  const everyone = [fact("act-as", groupId(cluster.name, AUTHENTICATED))];
  give(
    everyone,
    fact("control", clusterId(cluster.name)),
    `a role binding that was not rendered may bind anyone in cluster ${cluster.name}`,
  );
  for (const space of spaces) unreadWorkloads(estate, cluster, space, give);
}

type Give = (needs: readonly Fact[], gives: Fact, how: string) => void;

function may(cluster: Cluster, gap: Gap, sink: ClusterSink): Give {
  const source = gap.source ?? cluster.source;
  const label = gap.what;
  const read: Grant = grant(gapId(gap), "unread", { label, change: `read ${gap.what}`, source });
  return (needs, gives, how) =>
    sink.wide({ family: "kubernetes/unread", needs, gives, certainty: "may", because: gapId(gap), grants: [read], how, source });
}

/** The binding's role could hold anything that its scope allows. */
function unknownRole(estate: KnownEstate, cluster: Cluster, gap: Gap, give: Give): boolean {
  const bound: Bound | undefined = boundOf(estate).find((each) => each.id === gap.subject && each.effects === undefined);
  if (!bound) return false;
  const target = bound.namespace === undefined ? clusterId(cluster.name) : namespaceId(cluster.name, bound.namespace);
  give([fact("act-as", bound.id)], fact("control", target), `what ${bound.role} permits was not read`);
  return true;
}

/** An unread secret could be a token of a service account, or hold the value of a secret anywhere else (unread-secrets.ts). */
function unreadSecrets(cluster: Cluster, space: Namespace, give: Give): void {
  const needs = [fact("read", partId(cluster.name, space.name, "secrets"))];
  give(
    needs,
    fact("act-as", partId(cluster.name, space.name, "service-accounts")),
    `a secret of ${space.name} that was not read may be a token`,
  );
  give(needs, fact("read", FROM_UNREAD), `a secret of ${space.name} that was not read may be stored elsewhere too`);
  give([fact("read", TO_UNREAD)], needs[0] as Fact, `a secret of ${space.name} that was not read may be stored elsewhere too`);
}

/** An unread workload could be privileged, and could be configured with any data store that the charter names. */
function unreadWorkloads(estate: KnownEstate, cluster: Cluster, space: Namespace, give: Give): void {
  const pods = [fact("control", partId(cluster.name, space.name, "pods"))];
  const how = `a workload of ${space.name} that was not read`;
  give(pods, fact("act-as", partId(cluster.name, space.name, "service-accounts")), `${how} may run as any service account there`);
  give(pods, fact("read", partId(cluster.name, space.name, "secrets")), `${how} may mount any secret there`);
  give(pods, fact("control", partId(cluster.name, undefined, "nodes")), `${how} may be privileged`);
  // Any service account's holder may be such a workload's own: its namespace's accounts are what is known of it.
  for (const account of space.serviceAccounts.values()) {
    const needs = [fact("control", serviceAccountId(cluster.name, space.name, account.name))];
    give(needs, pods[0] as Fact, `${how} may be what runs as service account ${space.name}/${account.name}`);
  }
  unreadDatabases(estate, space, pods, give);
}

/** A workload that is given a config map of which only the name is known could be configured with any data store that the charter names. */
function unreadConfigMaps(estate: KnownEstate, space: Namespace, give: Give): void {
  for (const workload of space.workloads) {
    const isUnread = configMapsOf(workload).some(({ configMap }) => space.configMaps.get(configMap)?.objects.length === 0);
    if (isUnread) unreadDatabases(estate, space, [fact("control", workloadId(workload))], give);
  }
}

function unreadDatabases(estate: KnownEstate, space: Namespace, needs: readonly Fact[], give: Give): void {
  for (const entity of estate.entities.values()) {
    if (entity.kind !== "data-store" || entity.place.database === undefined) continue;
    for (const capability of ["read", "write"] as const) {
      give(
        needs,
        fact(capability, entity.id),
        `configuration of ${space.name} that was not read may name ${entity.label} with a credential`,
      );
    }
  }
}

/** Any AWS identity could be mapped to a group that may do everything. Only EKS reads the map. */
function unreadMapping(estate: KnownEstate, cluster: Cluster, give: Give): void {
  if (!eksClusterOf(estate.observations, cluster.name)) return;
  for (const identity of [...estate.observations("aws/role"), ...estate.observations("aws/user")]) {
    give(
      [fact("act-as", identity.arn)],
      fact("control", clusterId(cluster.name)),
      `${identity.name} may be let into cluster ${cluster.name}`,
    );
  }
}

/** An object whose manifest names no namespace may be applied in any: a binding then holds in any. The rest gives no more than its own namespace has. */
function elsewhere(estate: KnownEstate, cluster: Cluster, gap: Gap, give: Give): boolean {
  const bound = boundOf(estate).find((each) => each.id === gap.subject);
  for (const { capability, target } of bound?.effects ?? []) {
    const holder = [fact("act-as", (bound as Bound).id)];
    const how = `${(bound as Bound).label} may be applied in any namespace`;
    if (target.type === "part") give(holder, fact(capability, partId(cluster.name, undefined, target.part)), how);
    if (target.type === "scope") {
      for (const space of cluster.namespaces.keys()) give(holder, fact(capability, namespaceId(cluster.name, space)), how);
    }
  }
  return true;
}
