// Which EKS cluster a Kubernetes cluster is: the one whose name it bears.
import type { Observations } from "../../model/observation.ts";
import type { AwsEksCluster } from "../../model/observations/aws.ts";

/** EKS clusters by name. Two of one name, in two accounts or regions, cannot be told apart by it. */
export function eksClusters(observations: Observations): ReadonlyMap<string, readonly AwsEksCluster[]> {
  return Map.groupBy(observations("aws/eks-cluster"), (cluster) => cluster.name);
}

/** Names of Kubernetes clusters by the ARN of their EKS cluster. */
export const clustersByArn = (observations: Observations): ReadonlyMap<string, string> =>
  new Map(observations("aws/eks-cluster").map((cluster) => [cluster.arn, cluster.name]));

/** The one EKS cluster of the name; undefined when there is none, or when there are several. */
export function eksClusterOf(observations: Observations, name: string): AwsEksCluster | undefined {
  const found = eksClusters(observations).get(name) ?? [];
  const arns = new Set(found.map((cluster) => cluster.arn));
  return arns.size === 1 ? found[0] : undefined;
}
