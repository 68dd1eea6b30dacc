// Access entries with their policies, and what of a cluster's access nobody read.
import type { AwsEksAccessEntry } from "../../model/observations/aws.ts";
import { accountOfArn } from "../../model/aws/arn.ts";
import { groupBy, type Joining } from "./joining.ts";
import { clusterArn } from "./map-eks.ts";

export function joinEks(joining: Joining): void {
  const clusters = knownClusters(joining);
  const find = (account: string | undefined, name: string): string => {
    const found = clusters.filter((arn) => arn.endsWith(`:cluster/${name}`) && (account === undefined || accountOfArn(arn) === account));
    return found.length === 1 ? (found[0] as string) : clusterArn(account, name, undefined);
  };
  joinEntries(joining, find);
  const told = new Set(joining.of("aws/pod-identity").map((item) => `${item.cluster} ${item.namespace} ${item.serviceAccount}`));
  for (const listed of joining.parts("pod-identity")) {
    if (told.has(`${listed.cluster} ${listed.namespace} ${listed.serviceAccount}`)) continue;
    const what = `role of service account ${listed.namespace}/${listed.serviceAccount}`;
    joining.gap("aws/eks-access", listed.cluster, what, "not collected: run aws eks describe-pod-identity-association", listed.source);
  }
  unreadClusters(joining, find);
}

const knownClusters = (joining: Joining): readonly string[] => [
  ...new Set([
    ...joining.of("aws/eks-cluster").map((cluster) => cluster.arn),
    ...joining.of("aws/eks-access-entry").map((entry) => entry.cluster),
    ...joining.of("aws/pod-identity").map((item) => item.cluster),
    ...joining.parts("pod-identity").map((item) => item.cluster),
  ]),
];

type Find = (account: string | undefined, name: string) => string;

/** An entry's own groups and the policies associated with it are printed by different calls; both give access. */
function joinEntries(joining: Joining, find: Find): void {
  const policies = groupBy(joining.parts("access-policies"), (part) => `${find(part.account, part.cluster)} ${part.principal}`);
  const entries = new Map<string, AwsEksAccessEntry>();
  for (const entry of joining.of("aws/eks-access-entry")) entries.set(`${entry.cluster} ${entry.principal}`, entry);
  for (const [key, entry] of entries) {
    const associated = policies.get(key);
    const what = `access policies of ${entry.principal}`;
    if (!associated)
      joining.gap("aws/eks-access", entry.cluster, what, "not collected: run aws eks list-associated-access-policies", entry.source);
    joining.keep({ ...entry, policies: (associated ?? []).flatMap((part) => part.policies) });
  }
  const undescribed = (cluster: string, principal: string, source: AwsEksAccessEntry["source"]) =>
    joining.gap("aws/eks-access", cluster, `access entry of ${principal}`, "not collected: run aws eks describe-access-entry", source);
  for (const [key, [first, ...rest]] of policies) {
    if (!first || entries.has(key)) continue;
    const cluster = find(first.account, first.cluster);
    const all = [first, ...rest].flatMap((part) => part.policies);
    joining.keep({ kind: "aws/eks-access-entry", cluster, principal: first.principal, groups: [], policies: all, source: first.source });
    undescribed(cluster, first.principal, first.source);
  }
  for (const part of joining.parts("access-entries")) {
    const cluster = find(part.account, part.cluster);
    for (const principal of part.principals) {
      const key = `${cluster} ${principal}`;
      if (!entries.has(key) && !policies.has(key)) undescribed(cluster, principal, part.source);
    }
  }
}

function unreadClusters(joining: Joining, find: Find): void {
  const entriesRead = new Set(joining.parts("access-entries").map((part) => find(part.account, part.cluster)));
  const podsRead = new Set(joining.parts("pod-identities").map((part) => find(part.account, part.cluster)));
  for (const item of [...joining.parts("pod-identity"), ...joining.of("aws/pod-identity")]) podsRead.add(item.cluster);
  for (const cluster of joining.of("aws/eks-cluster")) {
    // In mode CONFIG_MAP the cluster has no access entries (Amazon EKS User Guide, "Access entries").
    if (cluster.authenticationMode !== "CONFIG_MAP" && !entriesRead.has(cluster.arn))
      joining.gap(
        "aws/eks-access",
        cluster.arn,
        `access entries of cluster ${cluster.name}`,
        "not collected: run aws eks list-access-entries",
        cluster.source,
      );
    if (!podsRead.has(cluster.arn))
      joining.gap(
        "aws/eks-access",
        cluster.arn,
        `pod identities of cluster ${cluster.name}`,
        "not collected: run aws eks list-pod-identity-associations",
        cluster.source,
      );
  }
}
