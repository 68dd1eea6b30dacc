// Once every file is mapped: definitions with their templates become pipelines, and runs give their commits to the deployments.
import type { Observation } from "../../model/observation.ts";
import type { AzureDefinition, AzureFile, AzureRun } from "../../model/observations/azure.ts";
import type { CollectorContext, ListedCall, ObservationSink } from "../collector.ts";
import { calledBy, idOf, itemAsked } from "./call.ts";
import { readPipeline } from "./resolve/pipeline.ts";
import type { Lookup } from "./resolve/sheet.ts";
import { azureGap } from "./topics.ts";

const keyOf = (repository: string, path: string): string => `${repository.toLowerCase()} ${path}`;

/** Files by repository and path. A repository of GitHub has its owner in its name; one of Azure Repos belongs to a project. */
export function lookupIn(files: readonly AzureFile[]): Lookup {
  const byPath = Map.groupBy(files, (file) => keyOf(file.repository, file.path));
  return (project, repository, path) => {
    const found = byPath.get(keyOf(repository, path)) ?? [];
    return found.find((file) => project === "" || file.project === "" || file.project.toLowerCase() === project.toLowerCase());
  };
}

export function join(
  observations: readonly Observation[],
  calls: readonly ListedCall[],
  sink: ObservationSink,
  { fingerprint }: CollectorContext,
): void {
  const files: AzureFile[] = [];
  const definitions: AzureDefinition[] = [];
  const runs = new Map<string, AzureRun>();
  for (const one of observations) {
    if (one.kind === "azure/file") files.push(one);
    if (one.kind === "azure/definition") definitions.push(one);
    if (one.kind === "azure/run") runs.set(`${one.organization}/${one.project}/${one.id}`, one);
  }
  for (const one of observations) {
    if (one.kind === "azure/file" || one.kind === "azure/run") continue;
    const run = one.kind === "azure/deployment" ? runs.get(`${one.organization}/${one.project}/${one.run}`) : undefined;
    sink.observation(one.kind === "azure/deployment" && run !== undefined ? { ...one, sha: run.sha } : one);
  }
  const denied = new Set(
    calls.flatMap(({ call, status }) => {
      const item = status === "denied" ? itemAsked(calledBy(call)) : undefined;
      return item === undefined ? [] : [keyOf(item.repository, item.path)];
    }),
  );
  const lookup = lookupIn(files);
  for (const file of startedBy(files, definitions, denied, sink)) pipelineOf(file, definitions.length > 0, lookup, sink, fingerprint);
}

/** Files that a pipeline starts with; without any pipeline known, those that no other file names as a template. */
function startedBy(
  files: readonly AzureFile[],
  definitions: readonly AzureDefinition[],
  denied: ReadonlySet<string>,
  sink: ObservationSink,
): readonly AzureFile[] {
  const named = definitions.filter((one) => one.path !== undefined);
  const started = new Set<AzureFile>();
  for (const one of named) {
    const key = keyOf(one.repository.name, one.path ?? "");
    const file = files.find((each) => keyOf(each.repository, each.path) === key);
    if (file !== undefined) started.add(file);
    else if (!denied.has(key)) {
      const subject = `${idOf(one.organization, one.project)}/${one.repository.name}/${one.path ?? ""}`;
      sink.gap(azureGap("azure/pipeline", subject, `${one.path ?? ""} of ${one.repository.name}`, "not collected", one.source));
    }
  }
  if (named.length > 0) return [...started];
  const mentioned = new Set(
    files.flatMap((file) => [...JSON.stringify(file.content).matchAll(/([\w.-]{1,200}\.ya?ml)\b/g)].map((found) => found[1])),
  );
  return files.filter((file) => !mentioned.has(file.path.slice(file.path.lastIndexOf("/") + 1)));
}

function pipelineOf(
  file: AzureFile,
  isStarted: boolean,
  lookup: Lookup,
  sink: ObservationSink,
  fingerprint: (secret: string) => string,
): void {
  const { pipeline, problems } = readPipeline(lookup, file, fingerprint);
  if (!isStarted && file.project === "") {
    const what = `${file.path} of ${file.repository}`;
    sink.gap(
      azureGap(
        "azure/scope",
        `azure:/${file.repository}/${file.path}`,
        what,
        "no pipeline of Azure DevOps that runs it was collected",
        file.source,
      ),
    );
  }
  if (pipeline !== undefined) sink.observation(pipeline);
  const subject = `${idOf(file.organization, file.project)}/${file.repository}/${file.path}`;
  for (const { what, source, isFatal } of problems)
    if (isFatal || pipeline !== undefined)
      sink.gap(azureGap(isFatal ? "azure/pipeline" : "azure/template", subject, `${file.path} of ${file.repository}`, what, source));
}
