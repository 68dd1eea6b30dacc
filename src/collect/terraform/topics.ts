// Gaps of this collector. What concerns one system has that system's topic, so that the plane which would have used it knows what it could hold.
import type { Gap } from "../../model/gap.ts";
import type { Source } from "../../model/source.ts";

/** Each topic this collector can give: its subject and the clauses it leaves open. The readme lists the same. */
export const TOPICS = {
  "terraform/file": {
    subject: "file, or FILE#ADDRESS",
    meaning: "a file that was refused, a module or a count that only a plan tells, or a change that a plan puts off",
    clauses: ["B1", "A1", "A2", "A6", "D3"],
  },
  "aws/scope": {
    subject: "FILE#ADDRESS",
    meaning: "a resource of which nothing says the account",
    clauses: ["B1", "A1", "A2", "A6", "D3"],
  },
  "aws/authorization-details": {
    subject: "account",
    meaning: "what of an account's identities Terraform does not manage",
    clauses: ["A1", "A2", "A6", "P3", "D3"],
  },
  "aws/principal-policy": {
    subject: "ARN of the principal",
    meaning: "a trust, inline or attached policy that is known only after apply",
    clauses: ["A1", "A2", "A6", "P3", "D3"],
  },
  "aws/managed-policy": {
    subject: "ARN of the policy",
    meaning: "the document of a managed policy that is known only after apply, or stands in no file",
    clauses: ["A1", "A2", "A6", "P3", "D3"],
  },
  "aws/resource-policy": {
    subject: "ARN of the resource",
    meaning: "a resource's policy that is known only after apply, or that no file tells",
    clauses: ["A1", "A2", "B6", "D3"],
  },
  "aws/resource-list": {
    subject: "ACCOUNT:service",
    meaning: "a resource of which too little is known, or whose type carries a policy and is not interpreted",
    clauses: ["B1", "B5", "B6", "A1", "D3"],
  },
  "aws/eks-access": {
    subject: "ARN of the cluster",
    meaning: "who may enter a cluster, or which pods act as which role",
    clauses: ["A1", "A2", "A6", "D3"],
  },
  "aws/oidc-provider": { subject: "ARN of the provider", meaning: "the audiences of an identity provider", clauses: ["A1", "P3"] },
  "aws/control-policy": {
    subject: "policy id, or the organization",
    meaning: "a control policy, or where it is attached",
    clauses: ["A1", "A2", "A6", "D3"],
  },
  "aws/organization": { subject: "unit or account id", meaning: "where an account or a unit stands", clauses: ["B1", "B3", "A1", "A6"] },
  "kubernetes/rbac": { subject: "cluster", meaning: "a role or a binding of a cluster", clauses: ["A1", "A2", "A6", "D3"] },
  "kubernetes/secrets": { subject: "cluster", meaning: "secrets that Terraform does not manage", clauses: ["A1", "B5", "D3"] },
  "kubernetes/workloads": { subject: "cluster", meaning: "workloads that Terraform does not manage", clauses: ["A1", "B6", "D3"] },
  "kubernetes/config-maps": { subject: "cluster", meaning: "config maps, and the users one may map", clauses: ["A1", "A6", "B6"] },
  "kubernetes/scope": { subject: "FILE#ADDRESS", meaning: "an object of which nothing says the cluster", clauses: ["A1", "B1"] },
  "github/scope": { subject: "FILE#ADDRESS", meaning: "a setting of which nothing says the repository", clauses: ["A1", "P2"] },
  "github/environment": { subject: "id of the environment", meaning: "the protection of an environment", clauses: ["P2", "A1", "A6"] },
  "github/branch-protection": { subject: "repository", meaning: "the protection of a branch", clauses: ["P2", "A1", "A6"] },
  "github/uncollected": {
    subject: "repository",
    meaning: "what of a repository Terraform does not manage",
    clauses: ["A1", "A2", "A6", "D3"],
  },
} as const satisfies Readonly<Record<string, { subject: string; meaning: string; clauses: readonly string[] }>>;

/** Why the rest of a place is not known. Where the place itself was asked, its answers tell the rest, and this is no gap. */
export const ONLY_MANAGED = "Terraform's files tell only what it manages: collect the place itself";

export type Topic = keyof typeof TOPICS;

export const gapOf = (topic: Topic, subject: string, what: string, why: string, source: Source): Gap => ({
  topic,
  subject,
  what,
  why,
  clauses: TOPICS[topic].clauses,
  source,
});
