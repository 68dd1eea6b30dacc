// The things of an estate, and where they stand: the nouns that capabilities are about.
import type { Source } from "./source.ts";

export const ENTITY_KINDS = [
  "person",
  "account", // a person's account in one system: a GitHub login, a Kubernetes user
  "principal", // a non-person identity: role, IAM user without a person, service account, bot, deploy key
  "cloud-account", // an AWS account, an Azure subscription
  "cluster",
  "namespace",
  "workload",
  "job", // a pipeline job, or the context in which a repository's jobs run
  "runner",
  "repository",
  "branch",
  "change", // an unreviewed change to a repository: a source of the wall
  "secret",
  "data-store",
  "host",
  "endpoint",
  "image",
  "guard", // what holds a rule back: a deny, a policy, a branch rule, an approval
  "resource", // anything else that production is made of
  "environment",
] as const;

export type EntityKind = (typeof ENTITY_KINDS)[number];

/** Where an entity stands, in the terms a charter's boundaries use. Membership in an environment is decided from this alone. */
export interface Place {
  /** Twelve-digit AWS account id. */
  readonly awsAccount?: string;
  /** Cluster name as the charter or manifest scope gives it. */
  readonly cluster?: string;
  readonly namespace?: string;
  /** `ORG/REPO`. */
  readonly repository?: string;
  /** Name of the GitHub environment inside `repository`. */
  readonly githubEnvironment?: string;
  /** Entity id of a project of GitLab, Jenkins or Azure Pipelines: `gitlab:acme/shop`. */
  readonly project?: string;
  /** Name of the environment inside `project`. */
  readonly projectEnvironment?: string;
  readonly host?: string;
  /** A segment on premises: its ranges, and its VLAN where it has one. */
  readonly network?: { readonly cidrs: readonly string[]; readonly vlan?: number };
  /** Database as `postgres:HOST/DATABASE`. */
  readonly database?: string;
}

/**
 * A thing in the estate. Ids are canonical (design, section 2): an ARN as it is; `k8s:CLUSTER/NAMESPACE/KIND.GROUP/NAME` with `-` for no
 * namespace and no group for core; `github:ORG/REPO`, `github:ORG/REPO#environment/NAME`, `github:ORG/REPO/PATH#job/ID`; `person:ID`.
 */
export interface Entity {
  readonly id: string;
  readonly kind: EntityKind;
  /** Short plain name for people: `role/deploy-production`. */
  readonly label: string;
  readonly place: Place;
  /** Tags or labels as read. They may propose an environment; they never decide one. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly source: Source;
  /** For an account or a principal that only a person uses (a GitHub login, a role reached by single sign-on): not a source of the wall. */
  readonly usedByPeopleOnly?: boolean;
}
