// What happened in a GitHub repository: deployments, the runs that made them, who approved them, and the changes they brought.
import type { Source } from "../source.ts";

interface Read {
  readonly source: Source;
}

/** One deployment. What became of it stands in its statuses. */
export interface GithubDeployment extends Read {
  readonly kind: "github/deployment";
  readonly repository: string;
  readonly id: number;
  readonly environment: string;
  readonly sha: string;
  readonly ref: string;
  readonly at: string;
  readonly by?: string;
}

export interface GithubDeploymentStatus extends Read {
  readonly kind: "github/deployment-status";
  readonly repository: string;
  readonly deployment: number;
  readonly state: string;
  readonly at: string;
  /** The run of a workflow that reports it, from the address of its log. */
  readonly run?: number;
}

/** That deployments, or merged pull requests, were read back to a moment: what is older was not asked for. Absent: all there ever were. */
export interface GithubHistory extends Read {
  readonly kind: "github/history";
  readonly repository: string;
  readonly of: "deployments" | "pull requests";
  readonly since?: string;
  /** Of this commit alone, all deployments were read. */
  readonly commit?: string;
}

export interface GithubRun extends Read {
  readonly kind: "github/run";
  readonly repository: string;
  readonly id: number;
  /** `.github/workflows/deploy.yml`. */
  readonly workflow: string;
  readonly event: string;
  readonly sha: string;
  readonly branch?: string;
  /** Who caused the first attempt, and who this one: another may run it again. */
  readonly actor?: string;
  readonly startedBy?: string;
  readonly at: string;
}

/** One decision of a reviewer about the environments that a run waited for. */
export interface GithubRunApproval extends Read {
  readonly kind: "github/run-approval";
  readonly repository: string;
  readonly run: number;
  /** `approved` or `rejected`. */
  readonly state: string;
  readonly environments: readonly string[];
  readonly by: string;
}

/** Whom GitHub knows has a login; others are known by the address that their commit names. Neither is proven: an author's name is the author's word. */
export type GithubAuthor = { readonly login: string } | { readonly email: string };

export interface GithubCommit {
  readonly sha: string;
  /** Author, committer and co-authors; empty where the commit names nobody. */
  readonly authors: readonly GithubAuthor[];
}

/** What `head` has that `base` has not: the changes that a deployment brought since the one before. */
export interface GithubComparison extends Read {
  readonly kind: "github/comparison";
  readonly repository: string;
  readonly base: string;
  readonly head: string;
  /** `ahead`, `behind` (a way back), `diverged` or `identical`. */
  readonly status: string;
  readonly commits: readonly GithubCommit[];
  /** Not every commit was read: a gap says so. */
  readonly isPart?: true;
}

export interface GithubPullRequest extends Read {
  readonly kind: "github/pull-request";
  readonly repository: string;
  readonly number: number;
  readonly author?: string;
  /** The branch it goes into. */
  readonly base: string;
  readonly head: string;
  /** Absent: not merged. */
  readonly mergedAt?: string;
  readonly mergeCommit?: string;
}

export interface GithubReview extends Read {
  readonly kind: "github/review";
  readonly repository: string;
  readonly pullRequest: number;
  readonly by?: string;
  /** `APPROVED`, `CHANGES_REQUESTED`, `COMMENTED`, `DISMISSED`. */
  readonly state: string;
  /** The commit that was looked at. */
  readonly sha?: string;
  readonly at?: string;
}
