// What the collector of HCP Terraform and Terraform Enterprise reads: workspaces, teams and what they may, triggers, variables by name.
import type { Source } from "../source.ts";

interface Read {
  readonly source: Source;
}

export interface TfcWorkspace extends Read {
  readonly kind: "terraform-cloud/workspace";
  readonly organization: string;
  readonly name: string;
  readonly id: string;
  /** Id of the project it stands in. */
  readonly project?: string;
  readonly autoApply: boolean;
  readonly autoApplyRunTrigger: boolean;
  readonly execution: string;
  /** A plan is made of every pull request. */
  readonly speculative: boolean;
  readonly vcs?: {
    /** Entity id where the forge is known: `github:acme/infra`. */
    readonly repository?: string;
    readonly identifier: string;
    /** Absent: the default branch. */
    readonly branch?: string;
    /** Runs start from tags that fit. */
    readonly tags?: string;
  };
}

export interface TfcProject extends Read {
  readonly kind: "terraform-cloud/project";
  readonly organization: string;
  readonly id: string;
  readonly name: string;
}

export interface TfcTeam extends Read {
  readonly kind: "terraform-cloud/team";
  readonly organization: string;
  readonly id: string;
  readonly name: string;
  /** User names. Absent: not read. */
  readonly members?: readonly string[];
  /** May change every workspace. */
  readonly managesWorkspaces: boolean;
}

export interface TfcAccess extends Read {
  readonly kind: "terraform-cloud/access";
  readonly team: string;
  /** Id of the workspace or project. */
  readonly of: string;
  readonly runs: "read" | "plan" | "apply";
  readonly isAdmin: boolean;
}

/** A successful apply of one workspace starts a run of another. */
export interface TfcRunTrigger extends Read {
  readonly kind: "terraform-cloud/run-trigger";
  readonly workspace: string;
  readonly after: string;
}

/** Names of variables alone; values are never read. */
export interface TfcVariable extends Read {
  readonly kind: "terraform-cloud/variable";
  readonly key: string;
  readonly category: string;
  readonly isSensitive: boolean;
  readonly workspace?: string;
  readonly set?: string;
}

export interface TfcVariableSet extends Read {
  readonly kind: "terraform-cloud/variable-set";
  readonly organization: string;
  readonly id: string;
  readonly name: string;
  readonly isGlobal: boolean;
  readonly workspaces: readonly string[];
  readonly projects: readonly string[];
}

/** A workspace that Terraform's configuration says it is applied in. Absent: several, by tags or a prefix. */
export interface TfcNamed extends Read {
  readonly kind: "terraform-cloud/named";
  readonly organization: string;
  readonly workspace?: string;
}

export interface TfcAnswered extends Read {
  readonly kind: "terraform-cloud/answered";
  readonly what: string;
  /** Organization, or id of a workspace or project. */
  readonly of: string;
}

export type TerraformCloudObservation =
  | TfcWorkspace
  | TfcProject
  | TfcTeam
  | TfcAccess
  | TfcRunTrigger
  | TfcVariable
  | TfcVariableSet
  | TfcNamed
  | TfcAnswered;
