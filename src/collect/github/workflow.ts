// Workflow and action files → observations. Source: GitHub Docs, "Workflow syntax for GitHub Actions" and "Metadata syntax for GitHub Actions".
import { isObject } from "../../lib/json.ts";
import type { GithubAction, GithubWorkflow } from "../../model/observations/github.ts";
import type { Source } from "../../model/source.ts";
import { checkConcurrency, checkDefaults, jobsOf } from "./jobs.ts";
import { permissionsOf } from "./permissions.ts";
import { at, isAbsent, namesIn, type Node, onlyMembers, type Problem, refuse, text, textMap, word } from "./reader.ts";
import { stepsOf } from "./steps.ts";
import { triggersOf } from "./triggers.ts";

export function isWorkflow(document: unknown): boolean {
  if (!isObject(document) || !("on" in document || "true" in document) || !isObject(document["jobs"])) return false;
  return Object.values(document["jobs"]).some((job) => isObject(job) && ("runs-on" in job || "uses" in job || "steps" in job));
}

export const isAction = (document: unknown): boolean =>
  isObject(document) && isObject(document["runs"]) && typeof document["runs"]["using"] === "string";

export interface FilePlace {
  readonly repository: string;
  readonly path: string;
  readonly source: Source;
}

/** What the file says, or nothing when GitHub refuses it; problems either way. */
export interface FileReading<T> {
  readonly found?: T;
  readonly problems: readonly Problem[];
}

const rootOf = (document: unknown, source: Source, fingerprint: (secret: string) => string): Node => ({
  value: document,
  source,
  sheet: { problems: [], fingerprint },
});

const readingOf = <T>(found: T, root: Node): FileReading<T> => {
  const { problems } = root.sheet;
  return problems.some((problem) => problem.isFatal) ? { problems } : { found, problems };
};

const WORKFLOW = namesIn("name description run-name on permissions env defaults concurrency jobs");

export function readWorkflow(document: unknown, place: FilePlace, fingerprint: (secret: string) => string): FileReading<GithubWorkflow> {
  const root = rootOf(document, place.source, fingerprint);
  // `on` is a boolean in YAML 1.1: readers of that version turn the key into `true`.
  const on = isAbsent(at(root, "on")) ? at(root, "true") : at(root, "on");
  onlyMembers(root, isAbsent(at(root, "on")) ? new Set([...WORKFLOW, "true"]) : WORKFLOW, "a workflow");
  const name = text(at(root, "name"));
  for (const key of ["description", "run-name"]) text(at(root, key));
  checkConcurrency(at(root, "concurrency"));
  checkDefaults(at(root, "defaults"));
  const permissions = permissionsOf(at(root, "permissions"));
  const workflow: GithubWorkflow = {
    kind: "github/workflow",
    ...place,
    ...(name && { name }),
    triggers: triggersOf(on),
    ...(permissions && { permissions }),
    env: textMap(at(root, "env")),
    jobs: jobsOf(at(root, "jobs"), at(root, "env").value),
  };
  return readingOf(workflow, root);
}

export function readAction(document: unknown, place: FilePlace, fingerprint: (secret: string) => string): FileReading<GithubAction> {
  const root = rootOf(document, place.source, fingerprint);
  const runs = at(root, "runs");
  const name = text(at(root, "name"));
  const image = text(at(runs, "image"));
  const using = word(at(runs, "using")) ?? "";
  if (using === "composite" && isAbsent(at(runs, "steps"))) refuse(runs, "a composite action has steps");
  if (using === "docker" && !image) refuse(runs, "a docker action has an image");
  const action: GithubAction = {
    kind: "github/action",
    ...place,
    ...(name && { name }),
    using,
    ...(image && { image }),
    steps: stepsOf(at(runs, "steps")),
  };
  return readingOf(action, root);
}
