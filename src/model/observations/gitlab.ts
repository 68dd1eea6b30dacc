// What the GitLab collector reads: pipeline definitions with their includes resolved, and settings as the REST API prints them.
import type { Source } from "../source.ts";
import type {
  GitlabComparison,
  GitlabDeployment,
  GitlabDeploymentChanges,
  GitlabHistory,
  GitlabMergeRequest,
  GitlabMergeRequestApprovals,
} from "./gitlab-history.ts";
import type { GitlabPart } from "./gitlab-part.ts";
import type { GitlabFile } from "./gitlab-file.ts";
import type { GitlabPipeline } from "./gitlab-pipeline.ts";

export type * from "./gitlab-file.ts";
export type * from "./gitlab-history.ts";
export type * from "./gitlab-part.ts";
export type * from "./gitlab-pipeline.ts";

interface Read {
  readonly source: Source;
}

/** Whom an access level entry means. Levels: 0 nobody, 5 minimal, 10 guest, 20 reporter, 30 developer, 40 maintainer, 50 owner, 60 administrator. */
export type GitlabGrantee =
  | { readonly level: number }
  | { readonly user: number }
  | { readonly group: number }
  | { readonly deployKey: number };

export interface GitlabProject extends Read {
  readonly kind: "gitlab/project";
  /** `acme/payments/shop`. */
  readonly project: string;
  readonly id?: number;
  /** Host of the instance: `gitlab.com`. The issuer of its tokens. */
  readonly host?: string;
  readonly defaultBranch?: string;
  readonly visibility?: "private" | "internal" | "public";
  readonly archived: boolean;
  /** Where the pipeline's definition stands, when not `.gitlab-ci.yml`. */
  readonly definition?: string;
  /** A member may run a fork's merge request pipeline in this project, with its variables. */
  readonly runsForksHere?: boolean;
  /** Who starts a pipeline may approve its deployments (`allow_pipeline_trigger_approve_deployment`). */
  readonly starterApproves?: boolean;
  /** Least role that may set variables of a pipeline it starts: `no_one_allowed`, `developer`, `maintainer`, `owner`. */
  readonly variablesBy?: string;
}

/** From `members/all`: members of the project and of every group above it. */
export interface GitlabMember extends Read {
  readonly kind: "gitlab/member";
  /** Path of the project, or of the group. */
  readonly of: string;
  readonly id: number;
  readonly username: string;
  readonly level: number;
  readonly bot: boolean;
  readonly active: boolean;
  /** Where the answer shows them, and the name of their sign-in where it is one. */
  readonly addresses?: readonly string[];
}

export interface GitlabProtectedBranch extends Read {
  readonly kind: "gitlab/protected-branch";
  readonly project: string;
  /** `*` stands for any run of characters. */
  readonly name: string;
  readonly push: readonly GitlabGrantee[];
  readonly merge: readonly GitlabGrantee[];
  readonly unprotect: readonly GitlabGrantee[];
  readonly allowForcePush: boolean;
  readonly codeOwners: boolean;
}

export interface GitlabProtectedTag extends Read {
  readonly kind: "gitlab/protected-tag";
  readonly project: string;
  readonly name: string;
  readonly create: readonly GitlabGrantee[];
}

export interface GitlabProtectedEnvironment extends Read {
  readonly kind: "gitlab/protected-environment";
  /** Path of the project, or of the group: its names are then deployment tiers. */
  readonly project: string;
  readonly ofGroup?: true;
  readonly name: string;
  readonly deploy: readonly GitlabGrantee[];
  readonly approvals: readonly { readonly by: GitlabGrantee; readonly count: number }[];
}

export interface GitlabEnvironment extends Read {
  readonly kind: "gitlab/environment";
  readonly project: string;
  readonly name: string;
  readonly tier?: string;
  readonly state?: string;
}

export interface GitlabApprovalSettings extends Read {
  readonly kind: "gitlab/approval-settings";
  readonly project: string;
  readonly authorApproves: boolean;
  readonly committersApprove: boolean;
  readonly resetOnPush: boolean;
  /** Authors may change the rules in their own merge request. */
  readonly overridable: boolean;
}

export interface GitlabApprovalRule extends Read {
  readonly kind: "gitlab/approval-rule";
  readonly project: string;
  readonly name: string;
  readonly count: number;
  /** Absent: anyone who may approve. */
  readonly approvers?: readonly { readonly id: number; readonly username: string }[];
  /** Protected branches it is for; empty: every branch. */
  readonly branches: readonly string[];
  readonly allProtected: boolean;
  /** Reports that only count when they find something: no approval in general. */
  readonly conditional: boolean;
}

/** Metadata of a variable; the value is never read. */
export interface GitlabVariable extends Read {
  readonly kind: "gitlab/variable";
  /** Path of the project or of the group. */
  readonly of: string;
  readonly scope: "project" | "group";
  readonly key: string;
  readonly protected: boolean;
  readonly masked: boolean;
  /** `*`: every environment; `review/*`. */
  readonly environments: string;
  readonly isFile: boolean;
}

export interface GitlabDeployKey extends Read {
  readonly kind: "gitlab/deploy-key";
  readonly project: string;
  readonly id: number;
  readonly title: string;
  readonly canPush: boolean;
}

export interface GitlabRunner extends Read {
  readonly kind: "gitlab/runner";
  readonly project: string;
  readonly id: number;
  readonly description: string;
  readonly type: "instance_type" | "group_type" | "project_type";
  readonly tags: readonly string[];
  /** Takes jobs of protected branches and tags alone. Absent: not read. */
  readonly protectedOnly?: boolean;
  readonly untagged?: boolean;
}

/** That a question was answered in full, so an empty answer can be told from one never asked. */
export interface GitlabAnswered extends Read {
  readonly kind: "gitlab/answered";
  readonly what: string;
  /** Path of the project or group. */
  readonly of: string;
}

export type GitlabObservation =
  | GitlabProject
  | GitlabMember
  | GitlabProtectedBranch
  | GitlabProtectedTag
  | GitlabProtectedEnvironment
  | GitlabEnvironment
  | GitlabApprovalSettings
  | GitlabApprovalRule
  | GitlabVariable
  | GitlabDeployKey
  | GitlabRunner
  | GitlabComparison
  | GitlabDeployment
  | GitlabDeploymentChanges
  | GitlabHistory
  | GitlabMergeRequest
  | GitlabMergeRequestApprovals
  | GitlabPart
  | GitlabAnswered
  | GitlabFile
  | GitlabPipeline;
