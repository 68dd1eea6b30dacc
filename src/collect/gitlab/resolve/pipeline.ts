// A project's files → its pipeline, child pipelines included; or the reasons why GitLab would refuse it.
import type { JsonObject } from "../../../lib/json.ts";
import type { GitlabFile, GitlabJob, GitlabPipeline } from "../../../model/observations/gitlab.ts";
import { isObject } from "../../../lib/json.ts";
import { configOf, type Lookup, newSheet, type Problem, type Sheet } from "./config.ts";
import { dereferenced, extended } from "./extend.ts";
import { jobsOf, stagesOf } from "./jobs.ts";
import { rulesOf } from "./values.ts";

export interface PipelineReading {
  readonly pipeline?: GitlabPipeline;
  readonly problems: readonly Problem[];
}

/** "A parent pipeline can have child pipelines, which can have child pipelines: the maximum depth is two levels" (Docs, "Downstream pipelines"). */
const CHILDREN = 2;

/** Threat: child pipelines of child pipelines multiply. GitLab's own limit on jobs in active pipelines is far below this in its offers. */
const MOST_JOBS = 5_000;

const resolved = (lookup: Lookup, file: GitlabFile, sheet: Sheet): JsonObject =>
  dereferenced(extended(configOf(lookup, file, {}, sheet), sheet), sheet);

/** Every job, with those of the child pipelines that it starts below it. */
function withChildren(lookup: Lookup, project: string, jobs: readonly GitlabJob[], sheet: Sheet, depth: number): readonly GitlabJob[] {
  return jobs.flatMap((job): readonly GitlabJob[] => {
    const { trigger } = job;
    if (trigger === undefined || trigger.files.length === 0 || depth > CHILDREN || sheet.jobs > MOST_JOBS) return [job];
    const unread = [...trigger.unread];
    const children = trigger.files.flatMap((path) => {
      const found = lookup(project, path);
      if (found.length === 0) unread.push(path);
      return found.flatMap((file) => {
        const own: Sheet = { ...sheet, sources: new Map() };
        const inner = jobsOf(resolved(lookup, file, own), [...job.parents, job.name], own);
        sheet.jobs += inner.length;
        if (sheet.jobs > MOST_JOBS) sheet.problems.push({ what: `more than ${MOST_JOBS} jobs`, source: job.source, isFatal: true });
        return withChildren(lookup, project, inner, own, depth + 1);
      });
    });
    if (unread.length > trigger.unread.length)
      sheet.problems.push({
        what: `the child pipeline of ${job.name} was not read: ${unread.join(", ")}`,
        source: job.source,
        isFatal: false,
      });
    return [{ ...job, trigger: { ...trigger, unread } }, ...children];
  });
}

export function readPipeline(lookup: Lookup, file: GitlabFile): PipelineReading {
  const sheet = newSheet();
  const config = resolved(lookup, file, sheet);
  const workflow = isObject(config["workflow"]) ? rulesOf(config["workflow"]["rules"]) : undefined;
  const own = jobsOf(config, [], sheet);
  const jobs = withChildren(lookup, file.project, own, sheet, 1);
  for (const job of own)
    for (const unread of job.trigger?.files.length === 0 ? job.trigger.unread : [])
      sheet.problems.push({ what: `the child pipeline of ${job.name} was not read: ${unread}`, source: job.source, isFatal: false });
  if (jobs.length === 0 && sheet.includes.every((include) => include.read))
    sheet.problems.push({ what: "no job stands in it", source: file.source, isFatal: true });
  const { problems, includes } = sheet;
  if (problems.some((problem) => problem.isFatal)) return { problems };
  const pipeline: GitlabPipeline = {
    kind: "gitlab/pipeline",
    project: file.project,
    path: file.path,
    stages: stagesOf(config),
    ...(workflow && { workflow }),
    jobs,
    includes,
    source: file.source,
  };
  return { pipeline, problems };
}
