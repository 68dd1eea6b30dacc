// The Kubernetes plane: clusters, namespaces, bindings, workloads and secrets → entities, tokens and rules.
import type { EntitySink, RuleSink } from "../../model/rule.ts";
import { fact, grant } from "../../model/rule.ts";
import type { KnownEstate, Plane, PlaneInput } from "../plane.ts";
import { accountRules } from "./account-rules.ts";
import { waysIn } from "./aws-identities.ts";
import { bindingRules } from "./binding-rules.ts";
import { type Cluster, clustersOf } from "./cluster.ts";
import { databaseRules } from "./database-rules.ts";
import { eksClusterOf } from "./eks-cluster.ts";
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
  for (const namespace of cluster.namespaces.values()) {
    const own = new Set<NamespacePart>((byNamespace.get(namespace.name) ?? []).map(([, part]) => part));
    namespaceRules(cluster, namespace, own, to);
    workloadRules(cluster, namespace, to);
  }
  handDown(cluster, isSplit(estate, cluster), parts, to);
  clusterRules(cluster, isSplit(estate, cluster), new Set((byNamespace.get(undefined) ?? []).map(([, part]) => part)), to);
  nodeRules(cluster, to);
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
  if (!eks) return;
  const label = `EKS cluster ${eks.name}`;
  sink.wide({
    family: "kubernetes/eks-cluster",
    needs: [fact("control", eks.arn)],
    gives,
    certainty: "must",
    grants: [
      grant(eks.arn, "access entries", {
        label,
        change: `take the permissions on ${label} from whoever does not need them`,
        source: eks.source,
        removable: false,
      }),
    ],
    how: `whoever controls ${label} gives themselves an access entry`,
    source: eks.source,
  });
}
