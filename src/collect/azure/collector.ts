// The Azure DevOps collector: pipeline definitions and REST answers → observations.
import { isObject } from "../../lib/json.ts";
import type { Source } from "../../model/source.ts";
import type { Collector, CollectorContext, ObservationSink, ParsedFile } from "../collector.ts";
import { type Called, calledBy, itemAsked } from "./call.ts";
import { isDefinition, withoutSecretsIn } from "./definition.ts";
import { denied } from "./denied.ts";
import { join } from "./join.ts";
import { mapAnswer, SHAPES, shapeOf } from "./shapes.ts";
import { azureGap } from "./topics.ts";

export const collector: Collector = {
  system: "azure",
  reads: [
    "pipeline definitions (azure-pipelines.yml) and the templates that they name",
    ...SHAPES.map(({ name, example }) => `GET ${example} (${name})`),
  ],
  permissions: [
    "a personal access token with the scopes Build (read), Code (read), Environment (read), Graph (read), Identity (read), Project and team (read), Service connections (read), Variable groups (read), Agent pools (read), Security (read), of a user in Project Readers",
    "checks and access control lists are shown to those who administer the resource: where they are denied, add the user to Endpoint Administrators and the environments' Readers",
  ],
  cannotSee: [
    "what service connections and secret variables hold, which is never read (B5)",
    "steps of classic pipelines, which are in no file (P1, P2)",
    "what a check that calls a function or another system decides (P2)",
    "whether agents of a self-hosted pool keep anything between jobs (A1)",
    "members of groups of Microsoft Entra ID that are not in the graph's answers (A6)",
  ],
  recognize,
  map,
  join,
  denied,
};

const DEFINITION = "pipeline definition";

const isOurs = (file: ParsedFile): boolean =>
  file.scope === undefined || file.scope.system === "azure" || file.scope.repository !== undefined;

function recognize(document: unknown, file: ParsedFile): string | undefined {
  if (!isOurs(file)) return undefined;
  const called = calledBy(file.call);
  if (itemAsked(called) !== undefined) return isObject(document) ? DEFINITION : undefined;
  if (file.format === "yaml" && (file.call === undefined || file.scope?.system !== "azure"))
    return isDefinition(document) ? DEFINITION : undefined;
  return isObject(document) ? shapeOf(called)?.name : undefined;
}

function map(document: unknown, index: number, file: ParsedFile, sink: ObservationSink, context: CollectorContext): void {
  const what = recognize(document, file);
  const source: Source = { file: file.path, ...(index > 0 && { document: index }), pointer: "" };
  const called = calledBy(file.call);
  if (what === DEFINITION) return mapFile(document, called, file, source, sink, context);
  const shape = shapeOf(called);
  if (shape !== undefined && called !== undefined) mapAnswer(shape, document, called, source, sink);
}

/** Whose a file is: the call says it, else the scope with the path, else the repository of another forge. */
function mapFile(
  document: unknown,
  called: Called | undefined,
  file: ParsedFile,
  source: Source,
  sink: ObservationSink,
  { fingerprint }: CollectorContext,
): void {
  if (!isObject(document)) return;
  const item = itemAsked(called);
  const content = withoutSecretsIn(document, fingerprint);
  const emit = (organization: string, project: string, repository: string, path: string): void =>
    sink.observation({ kind: "azure/file", organization, project, repository, path, content, source });
  if (item !== undefined && called !== undefined) return emit(called.organization, called.project ?? "", item.repository, item.path);
  const { scope } = file;
  if (scope?.system === "azure" && scope.project !== undefined) {
    // A project may be given with its organization: `acme/shop`.
    const [first = "", ...rest] = scope.project.split("/");
    const [organization, project] =
      scope.organization === undefined && rest.length > 0 ? [first, rest.join("/")] : [scope.organization, scope.project];
    const repository = scope.repository ?? project;
    if (organization !== undefined) return emit(organization, project, repository, below(file.path, repository));
  }
  if (scope?.repository !== undefined)
    return emit("", "", scope.repository, /\/contents\/([^?]+)/.exec(file.call ?? "")?.[1] ?? below(file.path, scope.repository));
  const why = "nothing says which repository it is from: give the input a scope with organization and project, or a repository";
  sink.gap(azureGap("azure/scope", file.path, `the pipeline definition ${file.path}`, why, source));
}

/** Below the folder that is named like the repository, else the name alone. */
function below(path: string, repository: string): string {
  const at = path.lastIndexOf(`${repository}/`);
  return at >= 0 ? path.slice(at + repository.length + 1) : path.slice(path.lastIndexOf("/") + 1);
}
