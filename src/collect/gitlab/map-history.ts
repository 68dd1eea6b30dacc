// Pure: what happened in a project, an item of an answer at a time.
import type { z } from "zod";
import type {
  GitlabComparison,
  GitlabDeployment,
  GitlabMergeRequest,
  GitlabMergeRequestApprovals,
} from "../../model/observations/gitlab.ts";
import type { Source } from "../../model/source.ts";
import type { Called } from "./call.ts";
import type * as schema from "./schema-history.ts";

type Wire<K extends keyof typeof schema> = z.infer<(typeof schema)[K]>;

export const deployment = (wire: Wire<"Deployment">, of: string, source: Source, called?: Called): GitlabDeployment => ({
  kind: "gitlab/deployment",
  project: of,
  id: wire.id,
  environment: wire.environment.name,
  sha: wire.sha,
  ref: wire.ref,
  status: wire.status,
  ...(wire.created_at && { at: wire.created_at }),
  ...(wire.deployable?.finished_at && { doneAt: wire.deployable.finished_at }),
  ...(wire.deployable?.commit?.created_at && { commitAt: wire.deployable.commit.created_at }),
  ...(wire.user && { by: wire.user.username }),
  approvedBy: (wire.approvals ?? []).filter((one) => one.status === "approved").map((one) => one.user.username),
  ...((wire.approvals || /^deployments\/\d+$/.test(called?.rest ?? "")) && { approvalsRead: true as const }),
  source,
});

export const mergeRequest = (wire: Wire<"MergeRequest">, of: string, source: Source): GitlabMergeRequest => {
  const by = wire.merge_user ?? wire.merged_by;
  const commit = wire.squash_commit_sha ?? wire.merge_commit_sha;
  return {
    kind: "gitlab/merge-request",
    project: of,
    number: wire.iid,
    ...(wire.author && { author: wire.author.username }),
    ...(by && { mergedBy: by.username }),
    ...(wire.merged_at && { mergedAt: wire.merged_at }),
    ...(commit && { mergeCommit: commit }),
    ...(wire.sha && { sha: wire.sha }),
    target: wire.target_branch,
    source,
  };
};

export const mergeRequestApprovals = (
  wire: Wire<"MergeRequestApprovals">,
  of: string,
  source: Source,
  called?: Called,
): GitlabMergeRequestApprovals => ({
  kind: "gitlab/merge-request-approvals",
  project: of,
  number: Number(called?.rest.split("/")[1]),
  approvedBy: wire.approved_by.map(({ user }) => user.username),
  source,
});

/** `Co-authored-by: NAME <ADDRESS>` (Git's own trailer, which GitLab writes for suggestions that were taken). */
const CO_AUTHOR = /^co-authored-by:.*<([^<>\s]+)>\s*$/gim;

export function comparison(wire: Wire<"Comparison">, of: string, source: Source, called?: Called): GitlabComparison {
  const commits = wire.commits.map(({ id, author_email, committer_email, message }) => {
    const others = [...(message ?? "").matchAll(CO_AUTHOR)].map(([, email]) => email as string);
    const emails = [author_email, committer_email, ...others].flatMap((each) => (each ? [each.toLowerCase()] : []));
    return { sha: id, emails: [...new Set(emails)] };
  });
  return {
    kind: "gitlab/comparison",
    project: of,
    base: called?.query.get("from") ?? "",
    head: called?.query.get("to") ?? "",
    commits,
    ...(wire.compare_timeout && { isPart: true as const }),
    source,
  };
}
