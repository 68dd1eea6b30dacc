// The Kubernetes plane: clusters, namespaces, bindings, workloads and secrets → entities, tokens and rules.
import { gapId } from "../../model/gap.ts";
import type { EntitySink, RuleSink } from "../../model/rule.ts";
import { fact, grant } from "../../model/rule.ts";
import type { KnownEstate, Plane, PlaneInput } from "../plane.ts";
import { accountRules } from "./account-rules.ts";
import { waysIn } from "./aws-identities.ts";
import { bindingRules } from "./binding-rules.ts";
import { boundOf } from "./bindings.ts";
import { type Cluster, clustersOf } from "./cluster.ts";
import { databaseRules } from "./database-rules.ts";
import { eksClusterOf, eksClusters } from "./eks-cluster.ts";
import { entities } from "./entities.ts";
import { gapRules } from "./gap-rules.ts";
import { clusterId, configMapId, type NamespacePart } from "./ids.ts";
import { nodeRules } from "./node-rules.ts";
import { partsOf } from "./parts.ts";
import { sameSecrets } from "./same-secrets.ts";
import { rolesWithoutIssuer, tokens } from "./service-account-roles.ts";
import { clusterRules, namespaceRules } from "./structure.ts";
import { unreadSecretRules } from "./unread-secrets.ts";
import { type ClusterSink, clusterSink, handDown, isSplit } from "./wide.ts";
import { workloadRules } from "./workload-rules.ts";

export const kubernetesPlane: Plane = {
  name: "kubernetes",
  entities(input: PlaneInput, sink: EntitySink): void {
    entities(input, sink);
    tokens(input, sink);
  },
  rules(estate: KnownEstate, sink: RuleSink): void {
    for (const cluster of clustersOf(estate).values()) rulesOfCluster(estate, cluster, sink);
    sameSecrets(estate, sink);
    unreadSecretRules(estate, sink);
    databaseRules(estate, sink);
  },
};

function rulesOfCluster(estate: KnownEstate, cluster: Cluster, sink: RuleSink): void {
  const to = clusterSink(estate, cluster, sink);
  const parts = partsOf(estate, cluster);
  const byNamespace = Map.groupBy(parts, ([namespace]) => namespace);
  const bound = Map.groupBy(
    boundOf(estate).filter((each) => each.cluster === cluster.name),
    (each) => each.namespace,
  );
  for (const namespace of cluster.namespaces.values()) {
    const own = new Set<NamespacePart>((byNamespace.get(namespace.name) ?? []).map(([, part]) => part));
    namespaceRules(cluster, namespace, own, bound.get(namespace.name) ?? [], to);
    workloadRules(cluster, namespace, to);
  }
  handDown(cluster, isSplit(estate, cluster), parts, to);
  clusterRules(cluster, isSplit(estate, cluster), new Set((byNamespace.get(undefined) ?? []).map(([, part]) => part)), to);
  nodeRules(estate, cluster, to);
  bindingRules(estate, cluster, to);
  accountRules(estate, cluster, to, sink);
  eksRules(estate, cluster, to);
  rolesWithoutIssuer(estate, cluster, sink);
  gapRules(estate, cluster, to, sink);
}

/**
 * Whoever writes config map kube-system/aws-auth puts themselves into system:masters; whoever controls the EKS cluster itself gives themselves an access
 * entry.
 *
 * Source: Amazon EKS User Guide, "Grant IAM users access to Kubernetes with a ConfigMap", "Create access entries".
 */
function eksRules(estate: KnownEstate, cluster: Cluster, sink: ClusterSink): void {
  const eks = eksClusterOf(estate.observations, cluster.name);
  const map = cluster.namespaces.get("kube-system")?.configMaps.get("aws-auth");
  const gives = fact("control", clusterId(cluster.name));
  if (map && map.objects.length > 0 && waysIn(estate.observations, cluster.name).configMap) {
    const label = `aws-auth of cluster ${cluster.name}`;
    sink.wide({
      family: "kubernetes/aws-auth",
      needs: [fact("write", configMapId(cluster.name, "kube-system", "aws-auth"))],
      gives,
      certainty: "must",
      grants: [
        grant(clusterId(cluster.name), "aws-auth", {
          label,
          change: `let cluster ${cluster.name} authenticate by access entries only`,
          source: map.source,
        }),
      ],
      how: `${label} says which AWS identities administer the cluster`,
      source: map.source,
    });
  }
  const named = new Map((eksClusters(estate.observations).get(cluster.name) ?? []).map((each) => [each.arn, each]));
  const because = eks ? undefined : `${named.size} EKS clusters are named ${cluster.name}, and which of them this is is not known`;
  for (const { arn, name, source } of named.values()) {
    const label = `EKS cluster ${name}`;
    const change = `take the permissions on ${label} from whoever does not need them`;
    sink.wide({
      family: "kubernetes/eks-cluster",
      needs: [fact("control", arn)],
      gives,
      ...(because === undefined ? { certainty: "must" } : { certainty: "may", because }),
      grants: [grant(arn, "access entries", { label, change, source, removable: false })],
      how: `whoever controls ${label} gives themselves an access entry`,
      source,
    });
  }
  fromElsewhere(estate, cluster, sink);
}

/**
 * What other planes say of the cluster as a whole, once more for each of its namespaces where several environments share it (wide.ts): a credential that
 * the charter says writes it, and who may be let in by an access entry that was not read.
 */
function fromElsewhere(estate: KnownEstate, cluster: Cluster, sink: ClusterSink): void {
  if (!isSplit(estate, cluster)) return;
  const id = clusterId(cluster.name);
  for (const [index, { secret, writes }] of estate.charter.credentials.entries()) {
    if (!writes.includes(id)) continue;
    const source = { file: "bulkhead.yaml", pointer: `/credentials/${index}` };
    const label = estate.entities.get(secret)?.label ?? secret;
    const change = `give ${label} a credential that does not write cluster ${cluster.name}`;
    sink.wide({
      family: "charter/credential",
      needs: [fact("read", secret)],
      gives: fact("write", id),
      certainty: "must",
      grants: [grant(secret, { opens: id, capability: "write" }, { label: `credential in ${label}`, change, source })],
      how: `whoever reads ${label} can write cluster ${cluster.name}`,
      source,
    });
  }
  for (const gap of estate.gaps) {
    if (gap.topic !== "aws/eks-access" || !gap.subject.endsWith(`:cluster/${cluster.name}`)) continue;
    const source = gap.source ?? cluster.source;
    sink.wide({
      family: "kubernetes/unread",
      needs: [],
      gives: fact("control", id),
      certainty: "may",
      because: gapId(gap),
      grants: [grant(gapId(gap), "unread", { label: gap.what, change: `read ${gap.what}`, source })],
      how: `an access entry of cluster ${cluster.name} that was not read may let anyone in`,
      source,
    });
  }
}
