// History: comparisons of several pages become one, and what was read back to a moment says to which.
import type { GithubPart } from "../../model/observations/github.ts";
import type { ListedCall } from "../collector.ts";
import { matchPath, parseCall } from "./call.ts";
import type { Joining } from "./join.ts";

export function joinComparisons(joining: Joining): void {
  for (const pages of Map.groupBy(joining.parts("comparison"), (part) => `${part.repository} ${part.range}`).values()) {
    const first = pages[0];
    const [, base, head] = /^(.+?)\.{3}(.+)$/.exec(first?.range ?? "") ?? [];
    if (!first || base === undefined || head === undefined) continue;
    const commits = [...new Map(pages.flatMap((page) => page.commits).map((commit) => [commit.sha, commit])).values()];
    const { repository, status, total, source } = first;
    const isPart = commits.length < total && { isPart: true as const };
    joining.keep({ kind: "github/comparison", repository, base, head, status, commits, ...isPart, source });
  }
}

/** A deployment that two questions answer is one. */
export function joinDeployments(joining: Joining): void {
  const seen = new Set<number>();
  for (const deployment of joining.of("github/deployment")) {
    if (seen.has(deployment.id)) continue;
    seen.add(deployment.id);
    joining.keep(deployment);
  }
}

type Page = Extract<GithubPart, { part: "page" }>;

/** Lists that come newest first and are asked for back to a moment: that older entries were not read is no gap, but the period. */
export const isPeriodic = (page: Pick<Page, "what" | "asked">): boolean =>
  (page.what === "deployments" && page.asked === "") ||
  (page.what === "pull requests" && /(?:^| )sort=updated(?: |$)/.test(page.asked) && /(?:^| )direction=desc(?: |$)/.test(page.asked));

/** `isWhole`: there is nothing older than what was read. */
export function keepHistory(joining: Joining, page: Page, isWhole: boolean): void {
  const of = page.what === "deployments" ? "deployments" : "pull requests";
  const repository = page.subject.slice("github:".length);
  const times = joining.parts("oldest").flatMap((part) => (part.repository === repository && part.of === of ? [part.at] : []));
  const since = times.toSorted()[0];
  joining.keep({
    kind: "github/history",
    repository,
    of,
    ...(!isWhole && since !== undefined && { since }),
    source: page.source,
  });
}

/** All deployments of one commit were asked for, and read to the end. */
export function keepCommit(joining: Joining, page: Page): void {
  const commit = page.what === "deployments" ? /^sha=([^ ]+)$/.exec(page.asked)?.[1] : undefined;
  const repository = page.subject.slice("github:".length);
  if (commit !== undefined) joining.keep({ kind: "github/history", repository, of: "deployments", commit, source: page.source });
}

/** A file that the repository has, and that was neither read, refused nor denied. */
export function missFiles(joining: Joining, calls: readonly ListedCall[]): void {
  const asked = new Set(calls.flatMap(({ call }) => fileOf(call) ?? []));
  const read = new Set([...joining.of("github/workflow"), ...joining.of("github/action")].map((file) => `${file.repository}/${file.path}`));
  for (const { repository, path, source } of joining.parts("file-listed")) {
    const name = `${repository}/${path}`;
    if (!asked.has(name) && !read.has(name))
      joining.gap(
        "github/workflow",
        `github:${name}`,
        `${path} of ${repository}`,
        "the repository has it, and it was not collected",
        source,
      );
  }
}

function fileOf(call: string): string | undefined {
  const parts = matchPath("/repos/:owner/:repo/contents/*path", parseCall(call)?.path ?? []);
  return parts && `${parts["owner"]}/${parts["repo"]}/${parts["path"]}`;
}
