// The gap topics of this collector: what each means, and which clauses it makes uncertain.
import type { Gap } from "../../model/gap.ts";
import type { Source } from "../../model/source.ts";

export interface Topic {
  readonly subject: string;
  readonly meaning: string;
  readonly clauses: readonly string[];
}

const IDENTITY = ["A1", "A2", "A6", "P3", "D3"];

/** Every topic that this collector can give. The readme lists the same. */
export const TOPICS = {
  "aws/authorization-details": { subject: "account", meaning: "identities of the account, and what they may do", clauses: IDENTITY },
  "aws/principal-policy": {
    subject: "ARN of the principal",
    meaning: "a trust, inline or attached policy of one role, user or group, or who is in a group",
    clauses: IDENTITY,
  },
  "aws/managed-policy": { subject: "ARN of the policy", meaning: "the document of a managed policy that is attached", clauses: IDENTITY },
  "aws/control-policy": {
    subject: "organization, root, unit, account or policy id",
    meaning: "a control policy, or which ones are attached: it can only take permissions away",
    clauses: ["A1", "A2", "A6", "D3"],
  },
  "aws/organization": {
    subject: "organization, root, unit or account id",
    meaning: "the organization, its units, or where an account stands in it",
    clauses: ["B1", "B3", "A1", "A6"],
  },
  "aws/resource-policy": {
    subject: "ARN of the resource",
    meaning: "the policy on one resource: it can let anyone in, or keep anyone out",
    clauses: ["A1", "A2", "B6", "D3"],
  },
  "aws/resource-list": {
    subject: "ACCOUNT:service",
    meaning: "which resources of a service the account has, and what they run as",
    clauses: ["B1", "B5", "B6", "A1", "D3"],
  },
  "aws/sharing": {
    subject: "ARN of the resource, or ACCOUNT:service",
    meaning: "whom a snapshot, an image, a key or a bucket's content is shared with or copied to",
    clauses: ["B6", "D3"],
  },
  "aws/encryption": {
    subject: "ARN of the bucket",
    meaning: "which key encrypts what a bucket holds: it can only keep readers out",
    clauses: ["S3"],
  },
  "aws/eks-access": {
    subject: "ARN of the cluster",
    meaning: "who may enter a cluster, and which pods act as which role",
    clauses: ["A1", "A2", "A6", "D3"],
  },
  "aws/oidc-provider": {
    subject: "ARN of the provider, or the account",
    meaning: "an identity provider that roles may trust, and its audiences",
    clauses: ["A1", "P3"],
  },
  // Only people sign in through it, so nothing else rests on it.
  "aws/identity-center": {
    subject: "ARN of the instance or permission set, id of the group or directory, or the account",
    meaning: "permission sets, who is assigned to them in which account, and who is in which group",
    clauses: ["A2", "A6"],
  },
  "aws/monitoring": {
    subject: "ACCOUNT:service",
    meaning: "what CloudTrail logs, and what GuardDuty and AWS Config watch",
    clauses: ["S4"],
  },
  "aws/backup": { subject: "ACCOUNT:backup", meaning: "what AWS Backup keeps recovery points of", clauses: ["S6"] },
  "aws/patch-state": { subject: "ACCOUNT:ssm", meaning: "which patches instances lack", clauses: ["S2"] },
  "aws/network": {
    subject: "id of the element, or ACCOUNT:ec2",
    meaning: "a network, its routes, its filters or what stands in it: what can open a connection to what",
    clauses: ["B4"],
  },
  "aws/scope": {
    subject: "file, or ARN",
    meaning: "a file that does not say which account or call it is about",
    clauses: ["B1", "A1", "A2", "A6", "D3"],
  },
  "aws/other": { subject: "ACCOUNT:CALL", meaning: "any other call that was denied", clauses: ["A1", "A2", "A6", "D3"] },
} as const satisfies Record<string, Topic>;

export type AwsTopic = keyof typeof TOPICS;

export const awsGap = (topic: AwsTopic, subject: string, what: string, why: string, source?: Source): Gap => ({
  topic,
  subject,
  what,
  why,
  clauses: TOPICS[topic].clauses,
  ...(source && { source }),
});
