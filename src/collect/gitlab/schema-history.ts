// The wire format of what happened in a project. Source: GitLab Docs, "REST API resources", the page named beside each.
import { z } from "zod";

const Text = z.string();
const Optional = Text.nullish();
const User = z.object({ username: Text });

/** "Deployments": list, and get one, which alone has `approvals`. */
export const Deployment = z.object({
  id: z.int(),
  sha: Text,
  ref: Text,
  status: Text,
  created_at: Optional,
  user: User.nullish(),
  environment: z.object({ name: Text }),
  deployable: z.object({ finished_at: Optional, commit: z.object({ created_at: Optional }).nullish() }).nullish(),
  approvals: z.array(z.object({ status: Text, user: User })).nullish(),
});

/** "Merge requests"; "Deployments", list of merge requests associated with a deployment. */
export const MergeRequest = z.object({
  iid: z.int(),
  author: User.nullish(),
  merged_by: User.nullish(),
  merge_user: User.nullish(),
  merged_at: Optional,
  merge_commit_sha: Optional,
  squash_commit_sha: Optional,
  sha: Optional,
  target_branch: Text,
});

/** "Merge request approvals": approval state of a merge request. */
export const MergeRequestApprovals = z.object({ approved_by: z.array(z.object({ user: User })) });

/** "Repositories": compare branches, tags or commits. */
export const Comparison = z.object({
  commits: z.array(z.object({ id: Text, author_email: Optional, committer_email: Optional, message: Optional })),
  compare_timeout: z.boolean(),
});
