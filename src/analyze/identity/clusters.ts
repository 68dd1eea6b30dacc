// Rules: who administers an EKS cluster through the EKS API. Access entries themselves are read by the Kubernetes plane.
import { fact, grant } from "../../model/rule.ts";
import type { Administrators } from "./administer.ts";
import { ask, both } from "./ask.ts";
import type { Emission } from "./emission.ts";
import type { AwsEstate, Identity } from "./estate.ts";
import type { Decision } from "./evaluate.ts";
import { clusterId } from "./names.ts";
import type { ObservationOf } from "../../model/observation.ts";

/**
 * An access entry with the policy AmazonEKSClusterAdminPolicy makes anyone cluster administrator; a cluster that takes no entries
 * (CONFIG_MAP) must be switched over first (EKS User Guide, "Grant IAM users access to Kubernetes with EKS access entries").
 */
export function clusterRules(aws: AwsEstate, administrators: Administrators, out: Emission): void {
  for (const cluster of aws.observations("aws/eks-cluster")) {
    out.rule({
      family: "aws/eks-administer",
      needs: [fact("control", cluster.arn)],
      gives: fact("control", clusterId(cluster.name)),
      certainty: "must",
      grants: [
        grant(
          cluster.arn,
          { runs: cluster.name },
          {
            label: `EKS cluster ${cluster.name}`,
            change: `run ${cluster.name} elsewhere`,
            source: cluster.source,
            removable: false,
          },
        ),
      ],
      how: `whoever administers EKS cluster ${cluster.name} controls what runs in it`,
      source: cluster.source,
    });
    for (const identity of aws.inAccount(cluster.account)) {
      if (identity.serviceLinked || administrators.has(identity)) continue;
      out.decided(administersCluster(aws, identity, cluster), {
        family: "aws/eks-administer",
        needs: [fact("act-as", identity.arn)],
        gives: fact("control", cluster.arn),
        place: cluster.source,
        how: `${identity.label} can make itself administrator of cluster ${cluster.name}`,
      });
    }
  }
}

function administersCluster(aws: AwsEstate, identity: Identity, cluster: ObservationOf<"aws/eks-cluster">): Decision {
  const target = { arn: cluster.arn, account: cluster.account };
  const entries = aws.observations("aws/eks-access-entry").filter((entry) => entry.cluster === cluster.arn);
  const own = entries.some((entry) => entry.principal === identity.arn);
  const policy = ask(aws, identity, "eks:associateaccesspolicy", { ...target, arn: entryArn(cluster.arn) });
  const entry = own ? policy : both(policy, ask(aws, identity, "eks:createaccessentry", target));
  if (cluster.authenticationMode === "CONFIG_MAP") return both(entry, ask(aws, identity, "eks:updateclusterconfig", target));
  return entry;
}

/** Policies are associated with an entry, a resource of its own (Service Authorization Reference, "Amazon EKS"). */
const entryArn = (cluster: string): string => `${cluster.replace(":cluster/", ":access-entry/")}/*`;
