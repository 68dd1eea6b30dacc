// Workflow and action files → observations. Source: GitHub Docs, "Workflow syntax for GitHub Actions" and "Metadata syntax for GitHub Actions".
import { isObject } from "../../lib/json.ts";
import type { GithubAction, GithubJob, GithubStep, GithubTrigger, GithubWorkflow } from "../../model/observations/github.ts";
import type { Source } from "../../model/source.ts";
import { matrixOf } from "./matrix.ts";
import { at, isExpression, members, type Node, onlyKeys, type Problem, refuse, text, textMap, texts } from "./reader.ts";
import { secretsNamed } from "./secrets-named.ts";
import { triggersOf } from "./triggers.ts";

/** Scopes of GITHUB_TOKEN. Source: "Workflow syntax", `permissions`, Defining access for the GITHUB_TOKEN scopes. */
const SCOPES = [
  "actions",
  "artifact-metadata",
  "attestations",
  "checks",
  "contents",
  "deployments",
  "discussions",
  "id-token",
  "issues",
  "models",
  "packages",
  "pages",
  "pull-requests",
  "repository-projects",
  "security-events",
  "statuses",
] as const;

/** `on` is a boolean in YAML 1.1: readers of that version turn the key into `true`. */
export const triggersKey = (document: Record<string, unknown>): string => ("on" in document ? "on" : "true");

export function isWorkflow(document: unknown): boolean {
  if (!isObject(document) || !("on" in document || "true" in document) || !isObject(document["jobs"])) return false;
  return Object.values(document["jobs"]).some((job) => isObject(job) && ("runs-on" in job || "uses" in job || "steps" in job));
}

export const isAction = (document: unknown): boolean =>
  isObject(document) && isObject(document["runs"]) && typeof document["runs"]["using"] === "string";

export function readWorkflow(
  document: unknown,
  source: Source,
  repository: string,
  path: string,
): { workflow: GithubWorkflow; problems: Problem[] } {
  const root: Node = { value: document, source, problems: [] };
  onlyKeys(root, new Set(["name", "run-name", "on", "true", "permissions", "env", "defaults", "concurrency", "jobs"]), "a workflow");
  const env = textMap(at(root, "env"));
  const triggers: readonly GithubTrigger[] = triggersOf(at(root, triggersKey(document as Record<string, unknown>)));
  const permissions = permissionsOf(at(root, "permissions"));
  const name = text(at(root, "name"));
  const workflow: GithubWorkflow = {
    kind: "github/workflow",
    repository,
    path,
    ...(name !== undefined && { name }),
    triggers,
    ...(permissions && { permissions }),
    env,
    jobs: members(at(root, "jobs"), "jobs").flatMap(([id, node]) => jobOf(id, node, env) ?? []),
    source,
  };
  return { workflow, problems: root.problems };
}

function permissionsOf(node: Node): Readonly<Record<string, string>> | undefined {
  const { value } = node;
  if (value === undefined || value === null) return undefined;
  if (value === "read-all" || value === "write-all")
    return Object.fromEntries(SCOPES.map((scope) => [scope, value === "write-all" ? "write" : scope === "id-token" ? "none" : "read"]));
  if (!isObject(value)) return refuse(node, "permissions are read-all, write-all or a map of scopes");
  return Object.fromEntries(
    members(node, "scopes").map(([scope, member]) => {
      const level = text(member) ?? "none";
      if (!["read", "write", "none"].includes(level)) refuse(member, `a scope is read, write or none, not ${JSON.stringify(level)}`);
      return [scope, level];
    }),
  );
}

const JOB_KEYS = new Set(
  "name permissions needs if runs-on snapshot environment concurrency outputs env defaults steps timeout-minutes strategy continue-on-error container services uses with secrets".split(
    " ",
  ),
);

function jobOf(id: string, node: Node, workflowEnv: Readonly<Record<string, string>>): GithubJob | undefined {
  if (!isObject(node.value)) return refuse(node, "a job is a map");
  onlyKeys(node, JOB_KEYS, "a job");
  const optional = optionalOf(node);
  const { name, environmentWithoutDeployment } = optional;
  const uses = text(at(node, "uses"));
  const matrix = matrixOf(at(at(node, "strategy"), "matrix"));
  const secrets = at(node, "secrets");
  if (uses === undefined && at(node, "runs-on").value === undefined) refuse(node, "a job has runs-on or uses");
  const named = secretsNamed(node.value, workflowEnv);
  return {
    id,
    ...(name !== undefined && { name }),
    needs: texts(at(node, "needs")),
    ...(optional.condition !== undefined && { condition: optional.condition }),
    ...(optional.environment !== undefined && { environment: optional.environment }),
    ...(environmentWithoutDeployment && { environmentWithoutDeployment }),
    runsOn: runsOnOf(at(node, "runs-on")),
    ...(optional.permissions && { permissions: optional.permissions }),
    ...(optional.container !== undefined && { container: optional.container }),
    services: members(at(node, "services"), "services").flatMap(([, service]) => imageOf(service) ?? []),
    env: textMap(at(node, "env")),
    steps: stepsOf(at(node, "steps")),
    ...(uses !== undefined && { uses }),
    with: textMap(at(node, "with")),
    secrets: secrets.value === "inherit" ? "inherit" : textMap(secrets),
    ...(matrix !== undefined && { matrix }),
    ...(named.length > 0 && { secretsNamed: named }),
    source: node.source,
  };
}

function optionalOf(node: Node) {
  const environment = at(node, "environment");
  const isMap = isObject(environment.value);
  const deployment = isMap ? at(environment, "deployment").value : undefined;
  return {
    name: text(at(node, "name")),
    condition: text(at(node, "if")),
    environment: isMap ? text(at(environment, "name")) : text(environment),
    environmentWithoutDeployment: deployment === false ? (true as const) : undefined,
    permissions: permissionsOf(at(node, "permissions")),
    container: imageOf(at(node, "container")),
  };
}

const imageOf = (node: Node): string | undefined => (isObject(node.value) ? text(at(node, "image")) : text(node));

/** Labels, and a group as `group:NAME`. */
function runsOnOf(node: Node): readonly string[] {
  if (!isObject(node.value)) return texts(node);
  const group = text(at(node, "group"));
  return [...(group === undefined ? [] : [`group:${group}`]), ...texts(at(node, "labels"))];
}

const STEP_KEYS = new Set("id if name uses run working-directory shell with env continue-on-error timeout-minutes".split(" "));

function stepsOf(node: Node): readonly GithubStep[] {
  if (node.value === undefined || node.value === null) return [];
  if (!Array.isArray(node.value)) {
    refuse(node, isExpression(node.value) ? "steps are an expression, which cannot be read" : "steps are a list");
    return [];
  }
  return node.value.flatMap((_, index): readonly GithubStep[] => {
    const step = at(node, index);
    if (!isObject(step.value)) {
      refuse(step, "a step is a map");
      return [];
    }
    onlyKeys(step, STEP_KEYS, "a step");
    const [name, id, uses, run, condition] = ["name", "id", "uses", "run", "if"].map((key) => text(at(step, key)));
    if (uses === undefined && run === undefined) refuse(step, "a step has uses or run");
    return [
      {
        ...(name !== undefined && { name }),
        ...(id !== undefined && { id }),
        ...(uses !== undefined && { uses }),
        ...(run !== undefined && { run }),
        with: textMap(at(step, "with")),
        env: textMap(at(step, "env")),
        ...(condition !== undefined && { condition }),
        source: step.source,
      },
    ];
  });
}

export function readAction(
  document: unknown,
  source: Source,
  repository: string,
  path: string,
): { action: GithubAction; problems: Problem[] } {
  const root: Node = { value: document, source, problems: [] };
  const runs = at(root, "runs");
  const name = text(at(root, "name"));
  const image = text(at(runs, "image"));
  const action: GithubAction = {
    kind: "github/action",
    repository,
    path,
    ...(name !== undefined && { name }),
    using: text(at(runs, "using")) ?? "",
    ...(image !== undefined && { image }),
    steps: stepsOf(at(runs, "steps")),
    source,
  };
  return { action, problems: root.problems };
}
