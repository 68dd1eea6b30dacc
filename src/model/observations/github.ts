// What the GitHub collector reads: workflow files with reusable workflows named, and settings as the REST API prints them.
import type { Source } from "../source.ts";

interface Read {
  readonly source: Source;
}

/** `admin` > `maintain` > `write` (push) > `triage` > `read` (pull). */
export type GithubPermission = "admin" | "maintain" | "write" | "triage" | "read";

export interface GithubOrganization extends Read {
  readonly kind: "github/organization";
  readonly organization: string;
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
}

export interface GithubRepositoryAccess extends Read {
  readonly kind: "github/repository-access";
  readonly repository: string;
  readonly permission: GithubPermission;
  readonly to:
    | { readonly login: string; readonly bot: boolean }
    | { readonly team: string }
    | { readonly deployKey: string }
    | { readonly app: string };
}

/** Settings of Actions: `can_approve_pull_request_reviews`, the default token permission, which actions are allowed. */
export interface GithubActionsSettings extends Read {
  readonly kind: "github/actions-settings";
  readonly repository: string;
  readonly enabled?: boolean;
  readonly defaultTokenPermission?: "read" | "write";
  readonly canApprovePullRequests?: boolean;
  readonly requirePinnedActions?: boolean;
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
  readonly branches: "any" | "protected" | { readonly patterns?: readonly string[] };
  readonly canAdminsBypass: boolean;
  readonly hasCustomRules: boolean;
}

/** One protection of branches, from classic branch protection or from a ruleset, in one form. */
export interface GithubBranchRule extends Read {
  readonly kind: "github/branch-rule";
  readonly repository: string;
  readonly origin: "branch-protection" | "ruleset";
  /** The branch, or the patterns a ruleset includes; `~DEFAULT_BRANCH` and `~ALL` as the API writes them. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly active: boolean;
  /** 0: pull requests are required without approval; absent: pushes need no pull request. */
  readonly approvals?: number;
  readonly codeOwners: boolean;
  readonly lastPushApproval: boolean;
  readonly dismissStale: boolean;
  readonly requiredChecks: readonly string[];
  /** Who may push past it. `admins`: administrators are exempt (enforce_admins false). */
  readonly bypass: readonly (
    | { readonly admins: true }
    | { readonly login: string }
    | { readonly team: string }
    | { readonly app: string }
    | { readonly role: string }
  )[];
  /** Who alone may push, when restricted. */
  readonly pushRestrictedTo?: readonly ({ readonly login: string } | { readonly team: string } | { readonly app: string })[];
}

/** A branch that is asked about and has no protection of its own (`404 Branch not protected`), or the list of branches. */
export interface GithubBranch extends Read {
  readonly kind: "github/branch";
  readonly repository: string;
  readonly name: string;
  readonly protected: boolean;
}

/** A secret or variable by name; values are never read. `environment` or `organization` name its scope; otherwise the repository. */
export interface GithubSecret extends Read {
  readonly kind: "github/secret";
  readonly name: string;
  readonly repository?: string;
  readonly environment?: string;
  readonly organization?: string;
  /** For an organization's secret. */
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
}

export interface GithubRunner extends Read {
  readonly kind: "github/runner";
  readonly scope: string;
  readonly name: string;
  readonly labels: readonly string[];
  readonly group?: string;
}

export interface GithubStep extends Read {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  /** `with` and `env`, values as text. */
  readonly with: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly condition?: string;
}

export interface GithubJob extends Read {
  readonly id: string;
  readonly name?: string;
  readonly needs: readonly string[];
  readonly condition?: string;
  /** Literal or expression text. */
  readonly environment?: string;
  /** `runs-on` labels, or `group:NAME`. */
  readonly runsOn: readonly string[];
  /** `id-token`, `contents`, `pull-requests`, … → `read` | `write` | `none`. Absent: inherited. */
  readonly permissions?: Readonly<Record<string, string>>;
  readonly container?: string;
  readonly services: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly steps: readonly GithubStep[];
  /** A reusable workflow, as written, with what is handed on. */
  readonly uses?: string;
  readonly with: Readonly<Record<string, string>>;
  readonly secrets: "inherit" | Readonly<Record<string, string>>;
  readonly matrix?: Readonly<Record<string, readonly string[]>> | "dynamic";
}

export interface GithubTrigger {
  /** `push`, `pull_request`, `pull_request_target`, `workflow_dispatch`, `workflow_run`, `schedule`, `workflow_call`, … */
  readonly event: string;
  readonly branches?: readonly string[];
  readonly branchesIgnore?: readonly string[];
  readonly tags?: readonly string[];
  readonly types?: readonly string[];
  /** `workflow_run`: which workflows. */
  readonly workflows?: readonly string[];
  readonly inputs?: Readonly<
    Record<string, { readonly required?: boolean; readonly type?: string; readonly options?: readonly string[]; readonly default?: string }>
  >;
}

export interface GithubWorkflow extends Read {
  readonly kind: "github/workflow";
  readonly repository: string;
  /** `.github/workflows/deploy.yml`. */
  readonly path: string;
  readonly name?: string;
  readonly triggers: readonly GithubTrigger[];
  readonly permissions?: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly jobs: readonly GithubJob[];
}

export type GithubObservation =
  | GithubOrganization
  | GithubMember
  | GithubTeam
  | GithubRepository
  | GithubRepositoryAccess
  | GithubActionsSettings
  | GithubEnvironment
  | GithubBranchRule
  | GithubBranch
  | GithubSecret
  | GithubOidcSubject
  | GithubRunner
  | GithubWorkflow;
