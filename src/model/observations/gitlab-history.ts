// What happened in a GitLab project: deployments with their approvals, and the changes that each brought.
import type { Source } from "../source.ts";

interface Read {
  readonly source: Source;
}

/** One deployment, with who approved it. */
export interface GitlabDeployment extends Read {
  readonly kind: "gitlab/deployment";
  readonly project: string;
  readonly id: number;
  readonly environment: string;
  readonly sha: string;
  readonly ref: string;
  readonly status: string;
  readonly at?: string;
  /** When its job had ended. */
  readonly doneAt?: string;
  /** When its commit was made, as the commit says. */
  readonly commitAt?: string;
  readonly by?: string;
  readonly approvedBy: readonly string[];
  /** Lists leave approvals out; they are known of deployments that were asked for one by one. */
  readonly approvalsRead?: true;
}

/** That deployments were read back to a moment: what is older was not asked for. Absent: all there ever were. */
export interface GitlabHistory extends Read {
  readonly kind: "gitlab/history";
  readonly project: string;
  readonly since?: string;
}

/** Merge requests that a deployment brought into its environment. */
export interface GitlabDeploymentChanges extends Read {
  readonly kind: "gitlab/deployment-changes";
  readonly project: string;
  readonly deployment: number;
  /** Numbers inside their projects. */
  readonly mergeRequests: readonly number[];
}

export interface GitlabMergeRequest extends Read {
  readonly kind: "gitlab/merge-request";
  readonly project: string;
  /** Its number inside the project (`iid`). */
  readonly number: number;
  readonly author?: string;
  readonly mergedBy?: string;
  readonly mergedAt?: string;
  readonly mergeCommit?: string;
  readonly sha?: string;
  /** The branch it goes into. */
  readonly target: string;
}

export interface GitlabMergeRequestApprovals extends Read {
  readonly kind: "gitlab/merge-request-approvals";
  readonly project: string;
  readonly number: number;
  readonly approvedBy: readonly string[];
}

/** What `head` has that `base` has not. Authors and committers are the addresses that the commits name, which nobody proves. */
export interface GitlabComparison extends Read {
  readonly kind: "gitlab/comparison";
  readonly project: string;
  readonly base: string;
  readonly head: string;
  readonly commits: readonly { readonly sha: string; readonly emails: readonly string[] }[];
  /** GitLab gave up before it had them all: a gap says so. */
  readonly isPart?: true;
}
