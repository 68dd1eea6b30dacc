// Rules: what runs as a role. Functions and instances by their configuration, pods by EKS Pod Identity.
import { fact, grant } from "../../model/rule.ts";
import { ask, both, caller } from "./ask.ts";
import { targetOf } from "./assume-role.ts";
import { fixed } from "./condition.ts";
import type { Emission } from "./emission.ts";
import type { AwsEstate, ResourceObservation, Role } from "./estate.ts";
import { serviceAccountId } from "./names.ts";

/** Code has its execution role's credentials in reach (Lambda Developer Guide, "Execution role"; EC2 User Guide, "IAM roles for Amazon EC2"). */
export function workloadRules(aws: AwsEstate, out: Emission): void {
  for (const resource of aws.resources) {
    const role = roleOf(aws, resource);
    if (!role) continue;
    const arn = typeof role === "string" ? role : role.arn;
    const label = typeof role === "string" ? role : role.label;
    const what = `${resource.type}/${resource.name}`;
    out.rule({
      family: "aws/service-principal",
      needs: [fact("control", resource.arn)],
      gives: fact("act-as", arn),
      certainty: "must",
      grants: [
        grant(
          resource.arn,
          { runsAs: arn },
          { label: `role of ${what}`, change: `let ${what} run as a role of its own environment`, source: resource.source },
        ),
      ],
      how: `${what} runs as ${label}`,
      source: resource.source,
    });
  }
}

function roleOf(aws: AwsEstate, resource: ResourceObservation): Role | string | undefined {
  if (resource.role !== undefined) {
    const known = aws.byArn.get(resource.role);
    return known?.type === "role" ? (known as Role) : resource.role;
  }
  if (resource.instanceProfile === undefined) return undefined;
  return aws.roles.find((role) => role.observed.instanceProfiles.includes(resource.instanceProfile as string));
}

const POD_IDENTITY = "pods.eks.amazonaws.com";

/**
 * EKS Pod Identity assumes the role with session tags, so its trust must allow sts:AssumeRole and sts:TagSession to pods.eks.amazonaws.com
 * (EKS User Guide, "EKS Pod Identity role", "Session tags").
 */
export function podIdentityRules(aws: AwsEstate, out: Emission): void {
  const clusters = new Map(aws.observations("aws/eks-cluster").map((cluster) => [cluster.arn, cluster]));
  for (const association of aws.observations("aws/pod-identity")) {
    const name = clusters.get(association.cluster)?.name ?? association.cluster.slice(association.cluster.lastIndexOf("/") + 1);
    const role = aws.byArn.get(association.role);
    const who = `service account ${association.namespace}/${association.serviceAccount} of cluster ${name}`;
    const label = role?.label ?? association.role;
    const parts = {
      family: "aws/pod-identity",
      needs: [fact("act-as", serviceAccountId(name, association.namespace, association.serviceAccount))],
      gives: fact("act-as", association.role),
      how: `${who} acts as ${label}`,
      source: association.source,
      grants: [
        grant(
          association.cluster,
          { ...association, source: undefined },
          {
            label: `pod identity association of ${who}`,
            change: `associate ${who} with a role of its own environment`,
            source: association.source,
          },
        ),
      ],
      unless: ambiguous(aws, name) ? [`more than one EKS cluster is named ${name}`] : [],
    };
    if (role?.type !== "role") out.decided({ outcome: "unknown", missing: `${association.role} was not read` }, parts);
    else out.decided(decidePod(aws, role as Role, association, name), parts);
  }
}

const ambiguous = (aws: AwsEstate, name: string): boolean =>
  aws.observations("aws/eks-cluster").filter((cluster) => cluster.name === name).length > 1;

function decidePod(
  aws: AwsEstate,
  role: Role,
  association: { cluster: string; namespace: string; serviceAccount: string },
  cluster: string,
) {
  const service = caller("service", POD_IDENTITY, role.account);
  const extra = {
    "aws:sourceaccount": fixed(role.account),
    "aws:sourcearn": fixed(association.cluster),
    "aws:requesttag/eks-cluster-arn": fixed(association.cluster),
    "aws:requesttag/eks-cluster-name": fixed(cluster),
    "aws:requesttag/kubernetes-namespace": fixed(association.namespace),
    "aws:requesttag/kubernetes-service-account": fixed(association.serviceAccount),
  };
  return both(ask(aws, service, "sts:assumerole", targetOf(role), extra), ask(aws, service, "sts:tagsession", targetOf(role), extra));
}
