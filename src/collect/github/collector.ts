// The GitHub collector: workflow files and REST answers → observations.
import { isObject } from "../../lib/json.ts";
import type { Source } from "../../model/source.ts";
import type { Collector, CollectorContext, ObservationSink, ParsedFile } from "../collector.ts";
import { aboutOf, askedOf } from "./asked.ts";
import { parseCall, matchPath } from "./call.ts";
import { CODE_OWNERS, readCodeOwners } from "./code-owners.ts";
import { denied } from "./denied.ts";
import { join } from "./join.ts";
import { unprotected } from "./map-rules.ts";
import { isNotInPlan, isRefusal, shapeOf, SHAPES } from "./shapes.ts";
import { githubGap } from "./topics.ts";
import { isAction, isWorkflow, readAction, readWorkflow } from "./workflow.ts";

export const collector: Collector = {
  system: "github",
  reads: [
    "workflow files (.github/workflows/*.yml), action files (action.yml) and CODEOWNERS",
    ...SHAPES.flatMap((shape) =>
      shape.paths.map((path) => `GET ${path.replaceAll(/[:+](\w+)/g, (_, name: string) => name.toUpperCase())} (${shape.name})`),
    ),
  ],
  permissions: [
    "repository: Metadata, Contents, Actions, Administration, Deployments, Environments, Pull requests, Secrets (names only) and Variables, read",
    "organization: Members, Administration, Self-hosted runners, Secrets (names only) and Variables, read",
    "Administration write, to see who may bypass rulesets and to list those of the organization; nothing is written",
  ],
  cannotSee: [
    "values of secrets (nobody can read them)",
    "which repositories an installed app was given when it chose them (A1, A6)",
    "classic branch protection by pattern, but for the branches that are there (P2)",
    "rulesets for tags and for pushed files (P2)",
    "what a custom repository role adds to its base (A6)",
    "members of an enterprise above the organization (A6)",
  ],
  recognize,
  map,
  join: (observations, calls, sink) => join(observations, calls, sink),
  denied,
};

const isGithub = (file: ParsedFile): boolean => file.scope === undefined || file.scope.system === "github";

function recognize(document: unknown, file: ParsedFile): string | undefined {
  if (!isGithub(file)) return undefined;
  if (typeof document === "string" && isOwners(file)) return OWNERS;
  const isFile = matchPath("/repos/:owner/:repo/contents/*path", parseCall(file.call)?.path ?? []) !== undefined || file.call === undefined;
  if (isFile && isWorkflow(document)) return "workflow";
  if (isFile && isAction(document)) return "action";
  if (isFile && isObject(document) && file.path.includes(".github/workflows/") && ("jobs" in document || "on" in document))
    return "workflow";
  if (file.format !== "json") return undefined;
  return shapeOf(document, file.call)?.name ?? (isRefusal(document) ? "refusal" : undefined);
}

const OWNERS = "code owners";
const isOwners = (file: ParsedFile): boolean => CODE_OWNERS.includes(pathInRepository(file));

function mapOwners(text: string, file: ParsedFile, sink: ObservationSink): void {
  const repository = repositoryOfCall(file.call) ?? file.scope?.repository;
  const source: Source = { file: file.path };
  if (repository !== undefined)
    return sink.observation({
      kind: "github/code-owners",
      repository,
      path: pathInRepository(file),
      entries: readCodeOwners(text),
      source,
    });
  const why = "nothing says which repository it is from: give the input a scope with repository: ORG/REPO";
  sink.gap(githubGap("github/scope", file.path, `the code owners ${file.path}`, why, source));
}

function map(document: unknown, index: number, file: ParsedFile, sink: ObservationSink, context: CollectorContext): void {
  const shape = recognize(document, file);
  if (shape === OWNERS) return mapOwners(String(document), file, sink);
  if (shape === "workflow" || shape === "action") return mapFile(shape, document, index, file, sink, context);
  if (shape === "refusal") return refused(document, index, file, sink);
  const found = shapeOf(document, file.call);
  const asked = found && askedOf(found, document, index, file, sink, context);
  if (!found || !asked) return;
  if (!isRefusal(document)) return found.map(asked);
  const message = isObject(document) ? String(document["message"]) : "";
  if (found.name === "branch protection" && (/branch not protected/i.test(message) || isNotInPlan(message))) return unprotected(asked);
  const { subject, source, put } = asked;
  if (found.name === "rulesets" && isNotInPlan(message)) return put({ kind: "github/answered", what: found.name, subject, source });
  // A repository without a commit has no files.
  if (found.name === "files" && /repository is empty/i.test(message))
    return put({ kind: "github/answered", what: found.name, subject, source });
  asked.gap(found.topic, aboutOf(asked), `${found.name} of ${aboutOf(asked).slice("github:".length)}`, message);
}

/** An answer that only says no, to a question that no shape stands for. */
function refused(document: unknown, index: number, file: ParsedFile, sink: ObservationSink): void {
  const message = isObject(document) ? String(document["message"]) : "";
  const source: Source = { file: file.path, ...(index > 0 && { document: index }), pointer: "" };
  const gaps = denied(file.call ?? file.path, message, file.scope ?? { system: "github" });
  for (const gap of gaps) sink.gap({ ...gap, source });
}

/** From `.github/` on, as the repository has it. */
export function pathInRepository(file: ParsedFile): string {
  const called = matchPath("/repos/:owner/:repo/contents/*path", parseCall(file.call)?.path ?? [])?.["path"];
  if (called !== undefined) return called;
  const start = file.path.lastIndexOf(".github/");
  return start >= 0 ? file.path.slice(start) : file.path;
}

function mapFile(
  shape: "workflow" | "action",
  document: unknown,
  index: number,
  file: ParsedFile,
  sink: ObservationSink,
  { fingerprint }: CollectorContext,
): void {
  const repository = repositoryOfCall(file.call) ?? file.scope?.repository;
  const source: Source = { file: file.path, ...(index > 0 && { document: index }), pointer: "" };
  if (repository === undefined) {
    const why = "nothing says which repository it is from: give the input a scope with repository: ORG/REPO";
    sink.gap(githubGap("github/scope", file.path, `the ${shape} ${file.path}`, why, source));
    return;
  }
  const place = { repository, path: pathInRepository(file), source };
  const gap = (why: string, at: Source): void =>
    sink.gap(githubGap("github/workflow", `github:${repository}/${place.path}`, `${place.path} of ${repository}`, why, at));
  if (file.documents.length > 1) return gap(`the file holds ${file.documents.length} documents, and GitHub takes one`, source);
  const { found, problems } = shape === "workflow" ? readWorkflow(document, place, fingerprint) : readAction(document, place, fingerprint);
  for (const problem of problems) gap(problem.what, problem.source);
  if (found) sink.observation(found);
}

function repositoryOfCall(call: string | undefined): string | undefined {
  const parts = matchPath("/repos/:owner/:repo/*rest", parseCall(call)?.path ?? []);
  return parts && `${parts["owner"]}/${parts["repo"]}`;
}
