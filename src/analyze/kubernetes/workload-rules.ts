// What a running workload holds: its service account's token and the secrets and config maps it is given.
import { fact, grant } from "../../model/rule.ts";
import { type Cluster, configMapsOf, type Namespace, secretsOf } from "./cluster.ts";
import { configMapId, namespaceId, secretId, serviceAccountId, workloadId } from "./ids.ts";
import type { ClusterSink } from "./wide.ts";
import type { KubernetesWorkload } from "../../model/observations/kubernetes.ts";

export function workloadRules(cluster: Cluster, namespace: Namespace, sink: ClusterSink): void {
  for (const workload of namespace.workloads) {
    runsAs(namespace, workload, sink);
    mounts(cluster, namespace, workload, sink);
    owns(namespace, workload, sink);
  }
  tokenSecrets(cluster, namespace, sink);
}

const labelOf = (workload: KubernetesWorkload): string => `${workload.workloadKind} ${workload.namespace ?? "default"}/${workload.name}`;

const IRSA = "eks.amazonaws.com/role-arn";

/**
 * A pod is given its service account's token unless `automountServiceAccountToken` is false: the pod's setting wins over the account's, and absent
 * means true. A projected volume, and the EKS pod identity webhook for an account annotated with a role, hand a token over in any case.
 *
 * Source: Kubernetes, "Configure Service Accounts for Pods", Opt out of API credential automounting; Amazon EKS User Guide, "Configure Pods to use a
 * Kubernetes service account".
 */
export function hasToken(namespace: Namespace, workload: KubernetesWorkload): boolean {
  if (workload.projectedToken === true) return true;
  const accounts = namespace.serviceAccounts.get(workload.serviceAccount)?.objects ?? [];
  if (accounts.some((account) => account.annotations[IRSA] !== undefined)) return true;
  if (workload.automountToken !== undefined) return workload.automountToken;
  // Of two objects of one name, the one that gives more counts.
  return accounts.length === 0 || accounts.some((account) => account.automountToken !== false);
}

function runsAs(namespace: Namespace, workload: KubernetesWorkload, sink: ClusterSink): void {
  if (!hasToken(namespace, workload)) return;
  const id = workloadId(workload);
  const label = labelOf(workload);
  sink.rule({
    family: "kubernetes/runs-as",
    needs: [fact("control", id)],
    gives: fact("act-as", serviceAccountId(workload.cluster, namespace.name, workload.serviceAccount)),
    certainty: "must",
    grants: [
      grant(
        id,
        { serviceAccount: workload.serviceAccount },
        {
          label: `service account of ${label}`,
          change: `run ${label} as a service account of its own, or set automountServiceAccountToken: false`,
          source: workload.source,
        },
      ),
    ],
    how: `${label} runs as service account ${namespace.name}/${workload.serviceAccount}`,
    source: workload.source,
  });
}

function mounts(cluster: Cluster, namespace: Namespace, workload: KubernetesWorkload, sink: ClusterSink): void {
  const id = workloadId(workload);
  const label = labelOf(workload);
  const seen = new Set<string>();
  const give = (family: string, kind: string, name: string, entity: string, source: KubernetesWorkload["source"]): void => {
    if (seen.has(entity)) return;
    seen.add(entity);
    sink.rule({
      family,
      needs: [fact("control", id)],
      gives: fact("read", entity),
      certainty: "must",
      grants: [
        grant(id, { [kind]: name }, { label: `${kind} ${name} in ${label}`, change: `stop giving ${kind} ${name} to ${label}`, source }),
      ],
      how: `${label} is given ${kind} ${namespace.name}/${name}`,
      source,
    });
  };
  for (const { secret, source } of secretsOf(workload)) {
    give("kubernetes/mounts-secret", "Secret", secret, secretId(cluster.name, namespace.name, secret), source);
  }
  for (const { configMap, source } of configMapsOf(workload)) {
    give("kubernetes/mounts-config-map", "ConfigMap", configMap, configMapId(cluster.name, namespace.name, configMap), source);
  }
}

function owns(namespace: Namespace, workload: KubernetesWorkload, sink: ClusterSink): void {
  const owner = namespaceId(workload.cluster, namespace.name);
  sink.rule({
    family: "kubernetes/namespace-owner",
    needs: [fact("control", owner)],
    gives: fact("control", workloadId(workload)),
    certainty: "must",
    grants: [
      grant(owner, "what stands in it", {
        label: `namespace ${namespace.name}`,
        change: "keep apart what stands in one namespace",
        source: namespace.source,
        removable: false,
      }),
    ],
    how: `${labelOf(workload)} stands in ${namespace.name}`,
    source: workload.source,
  });
}

/** A Secret of this type is a token of the service account that its annotation names (Secrets, "ServiceAccount token Secrets"). */
function tokenSecrets(cluster: Cluster, namespace: Namespace, sink: ClusterSink): void {
  for (const secret of namespace.secrets.values()) {
    for (const object of secret.objects) {
      const account = object.annotations["kubernetes.io/service-account.name"];
      if (object.type !== "kubernetes.io/service-account-token" || account === undefined) continue;
      const id = secretId(cluster.name, namespace.name, secret.name);
      const label = `Secret ${namespace.name}/${secret.name}`;
      sink.rule({
        family: "kubernetes/read-secrets",
        needs: [fact("read", id)],
        gives: fact("act-as", serviceAccountId(cluster.name, namespace.name, account)),
        certainty: "must",
        grants: [
          grant(id, "token", { label, change: `delete ${label}: pods are given short-lived tokens without it`, source: object.source }),
        ],
        how: `${label} holds a token of service account ${namespace.name}/${account}`,
        source: object.source,
      });
    }
  }
}
