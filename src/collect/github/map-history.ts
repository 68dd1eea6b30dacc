// Deployments, what became of each, who approved them and what they brought: the history that shows an order which stands in no file.
import type { z } from "zod";
import type { GithubAuthor, GithubHistory } from "../../model/observations/github.ts";
import type { Asked } from "./asked.ts";
import { Commit, Compared, Deployment, DeploymentStatus, PullRequest, Review, Run, RunApproval } from "./schema-history.ts";

export function deployments(asked: Asked): void {
  const { repository } = asked;
  if (repository === undefined) return;
  const found = asked.items(Deployment);
  for (const [{ id, sha, ref, environment, created_at, creator }, source] of found)
    asked.put({
      kind: "github/deployment",
      repository,
      id,
      environment,
      sha,
      ref,
      at: created_at,
      ...(creator && { by: creator.login }),
      source,
    });
  // Those of one commit or environment say nothing of how far back the rest was read.
  if ([...asked.query.keys()].every((name) => name === "page" || name === "per_page"))
    putOldest(
      asked,
      repository,
      "deployments",
      found.map(([{ created_at }]) => created_at),
    );
}

/** Of a list that comes newest first: how far back it was read. */
function putOldest(asked: Asked, repository: string, of: GithubHistory["of"], times: readonly string[]): void {
  const at = times.toSorted()[0];
  if (at !== undefined) asked.put({ kind: "github/part", part: "oldest", repository, of, at, source: asked.source });
}

/** `https://github.com/acme/shop/actions/runs/30433642/job/1`. */
const RUN_ADDRESS = /\/actions\/runs\/(\d+)(?:\/|$)/;

/** "success", "failure", "inactive", …: a deployment that another took the place of was a success before (REST API, "Deployment statuses"). */
export function deploymentStatuses(asked: Asked): void {
  const { repository } = asked;
  const deployment = Number(asked.part("deployment"));
  if (repository === undefined || !Number.isInteger(deployment)) return;
  for (const [{ state, created_at, log_url, target_url }, source] of asked.items(DeploymentStatus)) {
    const run = RUN_ADDRESS.exec(log_url || (target_url ?? ""))?.[1];
    const reported = run === undefined ? {} : { run: Number(run) };
    asked.put({ kind: "github/deployment-status", repository, deployment, state, at: created_at, ...reported, source });
  }
}

export function run(asked: Asked): void {
  const { repository } = asked;
  const found = asked.whole(Run);
  if (repository === undefined || !found) return;
  asked.put({
    kind: "github/run",
    repository,
    id: found.id,
    // `path@ref` for a workflow that a ruleset or a trigger took from there.
    workflow: found.path.replace(/@.*$/, ""),
    event: found.event,
    sha: found.head_sha,
    ...(found.head_branch !== null && { branch: found.head_branch }),
    ...(found.actor && { actor: found.actor.login }),
    ...(found.triggering_actor && { startedBy: found.triggering_actor.login }),
    at: found.created_at,
    source: asked.source,
  });
}

export function approvals(asked: Asked): void {
  const { repository } = asked;
  const run = Number(asked.part("run"));
  if (repository === undefined || !Number.isInteger(run)) return;
  for (const [{ state, environments, user }, source] of asked.items(RunApproval))
    asked.put({
      kind: "github/run-approval",
      repository,
      run,
      state,
      environments: environments.map(({ name }) => name),
      by: user.login,
      source,
    });
}

/** What the web interface commits under, for whoever merged (GitHub Docs, "About commit signature verification"). */
const WEB = "web-flow";
/** `Co-authored-by: NAME <ADDRESS>` (GitHub Docs, "Creating a commit with multiple authors"). */
const CO_AUTHOR = /^co-authored-by:.*<([^<>\s]+)>\s*$/gim;

function authorsOf({ commit, author, committer }: z.infer<typeof Commit>): readonly GithubAuthor[] {
  const known = (account: typeof author, signature: typeof commit.author): readonly GithubAuthor[] =>
    account?.login !== undefined ? [{ login: account.login }] : signature?.email ? [{ email: signature.email }] : [];
  const all = [
    ...known(author, commit.author),
    ...(committer?.login === WEB ? [] : known(committer, commit.committer)),
    ...[...commit.message.matchAll(CO_AUTHOR)].map(([, email]) => ({ email: email as string })),
  ];
  return [...new Map(all.map((one) => [JSON.stringify(one).toLowerCase(), one])).values()];
}

export function comparison(asked: Asked): void {
  const { repository, source } = asked;
  const commits = asked.items(Commit).map(([commit]) => ({ sha: commit.sha, authors: authorsOf(commit) }));
  const found = Compared.safeParse(asked.document).data;
  if (repository === undefined || !found) return;
  const { status, total_commits: total } = found;
  asked.put({
    kind: "github/part",
    part: "comparison",
    repository,
    range: asked.part("range") ?? "",
    status,
    total,
    commits,
    source,
  });
}

export function pullRequests(asked: Asked): void {
  const { repository } = asked;
  if (repository === undefined) return;
  const found = asked.items(PullRequest);
  for (const [{ number, user, base, head, merged_at, merge_commit_sha }, source] of found)
    asked.put({
      kind: "github/pull-request",
      repository,
      number,
      ...(user && { author: user.login }),
      base: base.ref,
      head: head.sha,
      // The commit of an unmerged one is a trial of GitHub's own.
      ...(merged_at !== null && { mergedAt: merged_at, ...(merge_commit_sha !== null && { mergeCommit: merge_commit_sha }) }),
      source,
    });
  putOldest(
    asked,
    repository,
    "pull requests",
    found.map(([{ updated_at }]) => updated_at),
  );
}

export function reviews(asked: Asked): void {
  const { repository } = asked;
  const pullRequest = Number(asked.part("pull"));
  if (repository === undefined || !Number.isInteger(pullRequest)) return;
  for (const [{ user, state, commit_id, submitted_at }, source] of asked.items(Review))
    asked.put({
      kind: "github/review",
      repository,
      pullRequest,
      ...(user && { by: user.login }),
      state,
      ...(commit_id !== null && { sha: commit_id }),
      ...(submitted_at !== undefined && { at: submitted_at }),
      source,
    });
}
