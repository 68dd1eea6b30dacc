// Lists of several pages, runners with their details, deployments with their approvals: pieces of several answers become one.
import type { Observation } from "../../model/observation.ts";
import type { GitlabDeployment, GitlabPart, GitlabRunner } from "../../model/observations/gitlab.ts";
import type { ListedCall, ObservationSink } from "../collector.ts";
import { calledBy } from "./call.ts";
import { gitlabGap, type Topic } from "./topics.ts";

type Page = Extract<GitlabPart, { part: "page" }>;

export function joinParts(observations: readonly Observation[], calls: readonly ListedCall[], sink: ObservationSink): void {
  const parts = observations.filter((each) => each.kind === "gitlab/part");
  const pages = parts.filter((each): each is Page => each.part === "page");
  for (const found of Map.groupBy(pages, (page) => `${page.of} ${page.asked}`).values()) joinPages(found, parts, sink);
  const runners = parts.filter((each) => each.part === "runner");
  const deployments = new Map<string, GitlabDeployment>();
  for (const each of observations) {
    if (each.kind === "gitlab/runner") sink.observation(withDetails(each, runners));
    if (each.kind !== "gitlab/deployment") continue;
    const key = `${each.project} ${each.id}`;
    if (each.approvalsRead || !deployments.has(key)) deployments.set(key, each);
  }
  for (const deployment of deployments.values()) sink.observation(deployment);
  missProjects(observations, parts, calls, sink);
}

/** Newest first and cut off on purpose: the period that was read, and no gap. */
const isPeriodic = ({ what, asked }: Page): boolean => what === "deployments" && /\bsort=desc\b/.test(asked);

function joinPages(found: readonly Page[], parts: readonly GitlabPart[], sink: ObservationSink): void {
  const pages = [...new Map(found.map((page) => [page.page, page])).values()].toSorted((a, b) => a.page - b.page);
  const [first, last] = [pages[0], pages.at(-1)];
  if (!first || !last) return;
  const { what, of, source, topic } = first;
  const isWhole = pages.length === last.page && !last.isFull;
  if (pages.length === last.page && isPeriodic(first)) {
    const times = parts.flatMap((part) => (part.part === "oldest" && part.project === of ? [part.at] : []));
    const since = times.toSorted((a, b) => Date.parse(a) - Date.parse(b))[0];
    sink.observation({ kind: "gitlab/history", project: of, ...(!isWhole && since !== undefined && { since }), source });
  } else if (!isWhole)
    sink.gap(gitlabGap(topic as Topic, `gitlab:${of}`, `${what} of ${of}`, "the page is full: collect the next one too", last.source));
  if (isWhole) sink.observation({ kind: "gitlab/answered", what, of, source });
}

function withDetails(runner: GitlabRunner, details: readonly Extract<GitlabPart, { part: "runner" }>[]): GitlabRunner {
  const found = details.find((each) => each.id === runner.id);
  if (!found) return runner;
  const { tags, protectedOnly, untagged } = found;
  return { ...runner, tags, ...(protectedOnly !== undefined && { protectedOnly }), ...(untagged !== undefined && { untagged }) };
}

/** Projects that a group lists and nobody asked for. Nothing runs in one that is archived. */
function missProjects(
  observations: readonly Observation[],
  parts: readonly GitlabPart[],
  calls: readonly ListedCall[],
  sink: ObservationSink,
): void {
  const known = new Set([
    ...observations.flatMap((each) => (each.kind === "gitlab/project" ? [each.project] : [])),
    ...calls
      .flatMap(({ call, status }) => (status === "denied" ? [calledBy(call)] : []))
      .flatMap((called) => (called?.rest === "" ? [called.of] : [])),
  ]);
  for (const part of parts)
    if (part.part === "project-listed" && !part.archived && !known.has(part.project))
      sink.gap(
        gitlabGap(
          "gitlab/project",
          `gitlab:${part.project}`,
          `project ${part.project}`,
          "its group lists it, and nothing of it was collected",
          part.source,
        ),
      );
}
