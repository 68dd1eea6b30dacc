// Pieces that the GitHub collector reads from single files and joins once every file is mapped.
import type { Source } from "../source.ts";
import type { GithubCommit } from "./github-history.ts";
import type { GithubBranchRule, GithubRunner, GithubRunnerGroup } from "./github.ts";

interface Read {
  readonly source: Source;
}

/** A piece that means something only beside others. The collector joins them once every file is mapped; planes never see one. */
export type GithubPart = Read & { readonly kind: "github/part" } & (
    | ({
        readonly part: "page";
        readonly what: string;
        readonly subject: string;
        readonly topic: string;
        readonly asked: string;
      } & GithubPage)
    | ({ readonly part: "branch-policies"; readonly repository: string; readonly environment: string } & GithubRefPatterns)
    | { readonly part: "custom-rules"; readonly repository: string; readonly environment: string; readonly apps: readonly string[] }
    | { readonly part: "team-members"; readonly organization: string; readonly slug: string; readonly members: readonly string[] }
    | {
        readonly part: "member";
        readonly organization: string;
        readonly login: string;
        readonly bot: boolean;
        readonly role?: "admin" | "member";
      }
    | {
        readonly part: "ruleset-listed";
        readonly repository?: string;
        readonly organization?: string;
        readonly id: number;
        readonly name: string;
      }
    | {
        readonly part: "organization-ruleset";
        readonly organization: string;
        readonly repositories: GithubRepositoryChoice;
        readonly rule: GithubBranchRule;
      }
    /** Named by the organization's list, which may tell little else of it. */
    | { readonly part: "repository-listed"; readonly repository: string }
    /** Also of rulesets that are not for branches, so that a list knows that its entry was read. */
    | { readonly part: "ruleset-read"; readonly id: number }
    | { readonly part: "effective-rule"; readonly rule: GithubBranchRule }
    | { readonly part: "user-id"; readonly id: number; readonly login: string }
    | { readonly part: "app-id"; readonly id: number; readonly app: string }
    | { readonly part: "selected-repositories"; readonly of: string; readonly repositories: readonly string[] }
    | { readonly part: "runner-group"; readonly id: number; readonly selected: boolean; readonly group: GithubRunnerGroup }
    /** A page of what one commit has over another. */
    | {
        readonly part: "comparison";
        readonly repository: string;
        readonly range: string;
        readonly status: string;
        readonly total: number;
        readonly commits: readonly GithubCommit[];
      }
    /** The least recent entry of a page of what is asked for back to a moment only. */
    | { readonly part: "oldest"; readonly repository: string; readonly of: "deployments" | "pull requests"; readonly at: string }
    /** A workflow or action file that the repository has. */
    | { readonly part: "file-listed"; readonly repository: string; readonly path: string }
    | { readonly part: "runner"; readonly groupId?: number; readonly runner: GithubRunner }
  );

export interface GithubPage {
  readonly page: number;
  readonly count: number;
  /** How many a full page holds. */
  readonly perPage: number;
  /** `total_count`, where the API prints one. */
  readonly total?: number;
}

export interface GithubRefPatterns {
  readonly patterns: readonly string[];
  readonly tagPatterns: readonly string[];
}

/** Which repositories an organization's ruleset is for. */
export type GithubRepositoryChoice =
  | { readonly include: readonly string[]; readonly exclude: readonly string[] }
  | { readonly ids: readonly number[] }
  | "by-property";
