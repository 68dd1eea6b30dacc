// The wire format of what happened in a repository. Source: GitHub REST API reference, version 2022-11-28, the page named beside each.
import { z } from "zod";
import { User } from "./schema.ts";

/** "Deployments". */
export const Deployment = z.object({
  id: z.int(),
  sha: z.string(),
  ref: z.string(),
  environment: z.string(),
  created_at: z.string(),
  creator: z.object({ login: z.string() }).nullish(),
});

/** "Deployment statuses": `target_url` is the old name of `log_url`. */
export const DeploymentStatus = z.object({
  state: z.string(),
  created_at: z.string(),
  log_url: z.string().optional(),
  target_url: z.string().optional(),
});

/** "Workflow runs": get a workflow run. */
export const Run = z.object({
  id: z.int(),
  path: z.string(),
  event: z.string(),
  head_sha: z.string(),
  head_branch: z.string().nullable(),
  actor: User.nullish(),
  triggering_actor: User.nullish(),
  created_at: z.string(),
});

/** "Workflow runs": get the review history for a workflow run. */
export const RunApproval = z.object({ state: z.string(), environments: z.array(z.object({ name: z.string() })), user: User });

const Signature = z.object({ name: z.string().optional(), email: z.string().optional() }).nullable();

/** "Commits": compare two commits. An account that GitHub does not know is `null` or `{}`. */
export const Compared = z.object({ status: z.string(), total_commits: z.int() });
export const Commit = z.object({
  sha: z.string(),
  commit: z.object({ message: z.string(), author: Signature, committer: Signature }),
  author: z.object({ login: z.string().optional() }).nullable(),
  committer: z.object({ login: z.string().optional() }).nullable(),
});

/** "Pull requests": list pull requests. */
export const PullRequest = z.object({
  number: z.int(),
  user: User.nullable(),
  base: z.object({ ref: z.string() }),
  head: z.object({ sha: z.string() }),
  merged_at: z.string().nullable(),
  merge_commit_sha: z.string().nullable(),
  updated_at: z.string(),
});

/** "Pull request reviews": list reviews for a pull request. */
export const Review = z.object({
  user: User.nullable(),
  state: z.string(),
  commit_id: z.string().nullable(),
  submitted_at: z.string().optional(),
});

/** "Git trees": get a tree. */
export const Tree = z.object({
  truncated: z.boolean(),
  tree: z.array(z.object({ path: z.string(), type: z.string() })),
});
