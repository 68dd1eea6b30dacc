// What the GitHub collector reads: workflow files with reusable workflows named, and settings as the REST API prints them.
import type { Source } from "../source.ts";
import type {
  GithubComparison,
  GithubDeployment,
  GithubDeploymentStatus,
  GithubHistory,
  GithubPullRequest,
  GithubReview,
  GithubRun,
  GithubRunApproval,
} from "./github-history.ts";
import type { GithubPart } from "./github-part.ts";
import type { GithubAction, GithubWorkflow } from "./github-workflow.ts";

export type * from "./github-history.ts";
export type * from "./github-part.ts";
export type * from "./github-workflow.ts";

interface Read {
  readonly source: Source;
}

/** `admin` > `maintain` > `write` (push) > `triage` > `read` (pull). */
export type GithubPermission = "admin" | "maintain" | "write" | "triage" | "read";

export interface GithubOrganization extends Read {
  readonly kind: "github/organization";
  readonly organization: string;
  /** Never reused, even when the name is: part of immutable OIDC subjects. */
  readonly id?: number;
  readonly defaultPermission?: GithubPermission | "none";
}

export interface GithubMember extends Read {
  readonly kind: "github/member";
  readonly organization: string;
  readonly login: string;
  readonly role: "admin" | "member";
  readonly bot: boolean;
}

export interface GithubTeam extends Read {
  readonly kind: "github/team";
  readonly organization: string;
  readonly slug: string;
  readonly id?: number;
  readonly parent?: string;
  /** Absent when the members were not read: a gap. */
  readonly members?: readonly string[];
}

export interface GithubRepository extends Read {
  readonly kind: "github/repository";
  readonly repository: string;
  readonly defaultBranch: string;
  readonly visibility: "public" | "private" | "internal";
  readonly archived: boolean;
  readonly allowForking?: boolean;
  /** Numbers that are never reused: part of immutable OIDC subjects. */
  readonly id?: number;
  readonly ownerId?: number;
  readonly ownerType?: "User" | "Organization";
}

export interface GithubRepositoryAccess extends Read {
  readonly kind: "github/repository-access";
  readonly repository: string;
  readonly permission: GithubPermission;
  readonly to:
    | { readonly login: string; readonly bot: boolean }
    | { readonly team: string }
    /** `TITLE (ID)`: titles are not unique. */
    | { readonly deployKey: string }
    | { readonly app: string };
  /** A custom role's name; `permission` is then the base role it extends. */
  readonly customRole?: string;
  /** Of a deploy key; absent: the answer does not say. Without `last` it was never used. */
  readonly used?: { readonly last?: string; readonly created?: string };
}

/** A GitHub App that an organization has installed, with what it may do. Which repositories were `selected` only the app itself can list. */
export interface GithubAppInstallation extends Read {
  readonly kind: "github/app-installation";
  readonly organization: string;
  readonly app: string;
  readonly appId: number;
  readonly repositories: "all" | "selected";
  /** `contents`, `administration`, `workflows`, … → `read` | `write` | `admin`. */
  readonly permissions: Readonly<Record<string, string>>;
}

/** Settings of Actions: `can_approve_pull_request_reviews`, the default token permission, which actions are allowed. */
export interface GithubActionsSettings extends Read {
  readonly kind: "github/actions-settings";
  readonly repository: string;
  readonly enabled?: boolean;
  readonly defaultTokenPermission?: "read" | "write";
  readonly canApprovePullRequests?: boolean;
  readonly requirePinnedActions?: boolean;
  readonly allowedActions?: "all" | "local_only" | "selected";
  /** What `selected` lets in: patterns as `acme/*`, `docker/build-push-action@*`. */
  readonly selectedActions?: { readonly githubOwned: boolean; readonly verified: boolean; readonly patterns: readonly string[] };
  /** Public repositories: whose fork pull requests wait for someone with write access. */
  readonly forkApproval?: "first_time_contributors_new_to_github" | "first_time_contributors" | "all_external_contributors";
  /** Private repositories: what a pull request from a fork may run with. */
  readonly privateForks?: {
    readonly run: boolean;
    readonly writeTokens: boolean;
    readonly secrets: boolean;
    readonly requireApproval: boolean;
  };
}

/** The same settings at the organization, where a repository's own were not read. */
export interface GithubOrganizationActionsSettings extends Read {
  readonly kind: "github/organization-actions-settings";
  readonly organization: string;
  readonly enabledRepositories?: "all" | "none" | "selected";
  readonly defaultTokenPermission?: "read" | "write";
  readonly canApprovePullRequests?: boolean;
  readonly requirePinnedActions?: boolean;
  readonly allowedActions?: "all" | "local_only" | "selected";
  readonly selectedActions?: NonNullable<GithubActionsSettings["selectedActions"]>;
}

export interface GithubReviewer {
  readonly type: "User" | "Team";
  readonly name: string;
}

export interface GithubEnvironment extends Read {
  readonly kind: "github/environment";
  readonly repository: string;
  readonly name: string;
  /** Empty: no review is required. */
  readonly reviewers: readonly GithubReviewer[];
  readonly preventSelfReview: boolean;
  readonly waitMinutes: number;
  /** `any`: every branch; `protected`: only branches with protection; otherwise the patterns (absent patterns were not read: a gap). */
  readonly branches: "any" | "protected" | { readonly patterns?: readonly string[]; readonly tagPatterns?: readonly string[] };
  readonly canAdminsBypass: boolean;
  readonly hasCustomRules: boolean;
  /** Slugs of the apps that decide, when the custom rules were read. */
  readonly customRules?: readonly string[];
}

export type GithubBypassActor = (
  | /** Administrators are exempt (enforce_admins false). */
    { readonly admins: true }
  | { readonly login: string }
  | { readonly team: string }
  | { readonly app: string }
  /** A repository role: `maintain`, `write`, `admin`; custom roles as `#ID`. */
  | { readonly role: string }
  | { readonly organizationAdmins: true }
  | { readonly deployKeys: true }
  /** An actor known by number only: the file that would name it was not read. */
  | { readonly actor: "user" | "team" | "app"; readonly id: number }
) & {
  /** Bypass mode `pull_request`: merges a pull request that lacks the approvals, one's own too, but does not push, create or delete directly. */
  readonly pullRequestsOnly?: true;
};

/** One protection of branches, from classic branch protection or from a ruleset, in one form. */
export interface GithubBranchRule extends Read {
  readonly kind: "github/branch-rule";
  readonly repository: string;
  readonly origin: "branch-protection" | "ruleset";
  /** Number of the ruleset. */
  readonly ruleset?: number;
  /**
   * The branch, or the patterns a ruleset includes, both without `refs/heads/`; `~DEFAULT_BRANCH` and `~ALL` as the API writes them. Patterns are
   * those of Ruby's File.fnmatch with FNM_PATHNAME: One star stops at a slash; two stars and a slash span directories.
   */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly active: boolean;
  /** 0: pull requests are required without approval; absent: pushes need no pull request. */
  readonly approvals?: number;
  readonly codeOwners: boolean;
  readonly lastPushApproval: boolean;
  readonly dismissStale: boolean;
  readonly requiredChecks: readonly string[];
  /** Who may push past it, or merge a pull request past it. */
  readonly bypass: readonly GithubBypassActor[];
  /** The API shows bypass actors only to those who may edit the ruleset: a gap says so, and `bypass` is then empty. */
  readonly bypassUnknown?: true;
  /** Who alone may push, when restricted. */
  readonly pushRestrictedTo?: readonly ({ readonly login: string } | { readonly team: string } | { readonly app: string })[];
  /** Nobody may push (`lock_branch`). */
  readonly locked?: boolean;
  readonly allowForcePushes?: boolean;
  /** Only those who may bypass can create a branch that matches. */
  readonly restrictsCreation?: boolean;
  /** GitHub environments that must have been deployed to first. */
  readonly requiredDeployments?: readonly string[];
  /** Types of all the rules a ruleset holds, those not shown above too. */
  readonly rules?: readonly string[];
}

/** A branch that is asked about and has no protection of its own (`404 Branch not protected`), or the list of branches. */
export interface GithubBranch extends Read {
  readonly kind: "github/branch";
  readonly repository: string;
  readonly name: string;
  readonly protected: boolean;
  /** `branch-protection`: asked about its classic protection. `branches`: from the list, where `protected` may also mean a ruleset. */
  readonly origin?: "branch-protection" | "branches";
}

/**
 * A secret by name; values are never read. `environment` or `organization` name its scope; otherwise the repository. An organization's secret
 * without `visibility`: which repositories may use it was not read, and a gap says so.
 */
export interface GithubSecret extends Read {
  readonly kind: "github/secret";
  readonly name: string;
  readonly repository?: string;
  readonly environment?: string;
  readonly organization?: string;
  /** For an organization's secret. */
  readonly visibility?: "all" | "private" | { readonly repositories: readonly string[] };
}

/**
 * A configuration variable, in the same three scopes. Values are kept, since they name roles, accounts and hosts; one that looks like a secret is
 * replaced by `fingerprint:HEX`.
 */
export interface GithubVariable extends Read {
  readonly kind: "github/variable";
  readonly name: string;
  readonly value?: string;
  readonly repository?: string;
  readonly environment?: string;
  readonly organization?: string;
  readonly visibility?: "all" | "private" | { readonly repositories: readonly string[] };
}

/** `GET /repos/{owner}/{repo}/actions/oidc/customization/sub`: which claims make the subject. */
export interface GithubOidcSubject extends Read {
  readonly kind: "github/oidc-subject";
  readonly repository?: string;
  readonly organization?: string;
  readonly useDefault: boolean;
  readonly claimKeys: readonly string[];
  /** Subjects with immutable ids (`repo:ORG@ID/REPO@ID:…`). */
  readonly immutableIds?: boolean;
  /** `repo:ORG@ID/REPO@ID`, as the API prints it for a repository. */
  readonly prefix?: string;
}

export interface GithubRunner extends Read {
  readonly kind: "github/runner";
  /** `ORG/REPO`, or `ORG` for a runner of the organization. */
  readonly scope: string;
  readonly name: string;
  readonly labels: readonly string[];
  readonly group?: string;
  /** Takes one job and is gone, so one job cannot wait for the next. */
  readonly ephemeral?: boolean;
}

export interface GithubRunnerGroup extends Read {
  readonly kind: "github/runner-group";
  readonly organization: string;
  readonly name: string;
  /** Absent: which repositories may use it was not read, and a gap says so. */
  readonly visibility?: "all" | "private" | { readonly repositories: readonly string[] };
  readonly allowsPublicRepositories: boolean;
  /** `ORG/REPO/.github/workflows/x.yml@REF`, when only these may use it. */
  readonly workflows?: readonly string[];
}

/** That a question was answered in full, so an empty answer can be told from one never asked. `what` is the shape, `subject` an id. */
export interface GithubAnswered extends Read {
  readonly kind: "github/answered";
  readonly what: string;
  readonly subject: string;
}

/** One line of CODEOWNERS; a later one that matches takes the place of an earlier. Without owners, its files have none. */
export interface GithubCodeOwner {
  readonly pattern: string;
  /** `@login`, `@org/team`, or an address. */
  readonly owners: readonly string[];
  readonly line: number;
}

/** The file that says who owns the code. Without `path`: the repository has none, so nobody owns anything. */
export interface GithubCodeOwners extends Read {
  readonly kind: "github/code-owners";
  readonly repository: string;
  readonly path?: string;
  readonly entries: readonly GithubCodeOwner[];
}

export type GithubObservation =
  | GithubOrganization
  | GithubMember
  | GithubTeam
  | GithubRepository
  | GithubRepositoryAccess
  | GithubActionsSettings
  | GithubComparison
  | GithubDeployment
  | GithubDeploymentStatus
  | GithubHistory
  | GithubPullRequest
  | GithubReview
  | GithubRun
  | GithubRunApproval
  | GithubEnvironment
  | GithubBranchRule
  | GithubBranch
  | GithubCodeOwners
  | GithubSecret
  | GithubOidcSubject
  | GithubRunner
  | GithubRunnerGroup
  | GithubAppInstallation
  | GithubOrganizationActionsSettings
  | GithubVariable
  | GithubAction
  | GithubAnswered
  | GithubPart
  | GithubWorkflow;
