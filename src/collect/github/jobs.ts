// The jobs of a workflow. Source: GitHub Docs, "Workflow syntax", jobs.<job_id>.
import { isObject } from "../../lib/json.ts";
import type { GithubJob } from "../../model/observations/github.ts";
import { matrixOf } from "./matrix.ts";
import { permissionsOf } from "./permissions.ts";
import {
  at,
  checkNumber,
  isAbsent,
  isWholeExpression,
  members,
  namesIn,
  type Node,
  onlyMembers,
  refuse,
  text,
  textMap,
  truth,
  word,
  words,
} from "./reader.ts";
import { secretsNamed } from "./secrets-named.ts";
import { stepsOf } from "./steps.ts";

const COMMON = "name permissions needs if concurrency strategy";
const OWN =
  "runs-on snapshot environment outputs env defaults steps timeout-minutes cancel-timeout-minutes continue-on-error container services";
const CALL = "uses with secrets";
const JOB = namesIn(`${COMMON} ${OWN} ${CALL}`);

export function jobsOf(node: Node, workflowEnv: unknown): readonly GithubJob[] {
  if (isAbsent(node)) refuse(node, "a workflow has jobs");
  const found = members(node, "jobs");
  const ids = new Set(found.map(([id]) => id));
  return found.flatMap(([id, job]) => jobOf(id, job, ids, workflowEnv) ?? []);
}

function jobOf(id: string, node: Node, ids: ReadonlySet<string>, workflowEnv: unknown): GithubJob | undefined {
  // "The <job_id> must start with a letter or _ and contain only alphanumeric characters, -, or _" (jobs.<job_id>).
  if (!/^[A-Za-z_][\w-]*$/.test(id)) refuse(node, `${JSON.stringify(id)} is no id of a job`);
  if (!isObject(node.value)) return refuse(node, "a job is a map");
  onlyMembers(node, JOB, "a job");
  const isCall = !isAbsent(at(node, "uses"));
  if (!isCall && isAbsent(at(node, "runs-on"))) refuse(node, "a job has runs-on or uses");
  for (const key of namesIn(isCall ? OWN : CALL))
    if (!isAbsent(at(node, key)))
      refuse(at(node, key), isCall ? `a job that calls a workflow has no ${key}` : `a job with runs-on has no ${key}`);
  checkRest(node);
  const needs = needsOf(at(node, "needs"), ids);
  const named = secretsNamed(node.value, { env: workflowEnv });
  return {
    id,
    ...optionalOf(node),
    needs,
    ...environmentOf(at(node, "environment")),
    runsOn: runsOnOf(at(node, "runs-on")),
    services: servicesOf(at(node, "services")),
    env: textMap(at(node, "env")),
    steps: stepsOf(at(node, "steps")),
    with: textMap(at(node, "with")),
    secrets: at(node, "secrets").value === "inherit" ? "inherit" : textMap(at(node, "secrets")),
    ...(named.length > 0 && { secretsNamed: named }),
    source: node.source,
  };
}

function optionalOf(
  node: Node,
): Pick<GithubJob, "name" | "condition" | "permissions" | "container" | "uses" | "matrix" | "continueOnError"> {
  const name = text(at(node, "name"));
  const condition = text(at(node, "if"));
  const permissions = permissionsOf(at(node, "permissions"));
  const container = imageOf(at(node, "container"));
  const uses = word(at(node, "uses"));
  const matrix = strategyOf(at(node, "strategy"));
  return {
    ...(name && { name }),
    ...(condition && { condition }),
    ...(permissions && { permissions }),
    ...(container && { container }),
    ...(uses !== undefined && { uses }),
    ...(matrix !== undefined && { matrix }),
    ...(at(node, "continue-on-error").value === true && { continueOnError: true as const }),
  };
}

function needsOf(node: Node, ids: ReadonlySet<string>): readonly string[] {
  const needs = words(node) ?? [];
  for (const need of needs) if (!ids.has(need)) refuse(node, `there is no job ${need} to wait for`);
  return needs;
}

function strategyOf(node: Node): GithubJob["matrix"] {
  if (isAbsent(node)) return undefined;
  if (isWholeExpression(node.value)) return "dynamic";
  if (!isObject(node.value)) return refuse(node, "a strategy is a map or an expression");
  onlyMembers(node, namesIn("matrix fail-fast max-parallel"), "a strategy");
  truth(at(node, "fail-fast"));
  checkNumber(at(node, "max-parallel"));
  return matrixOf(at(node, "matrix"));
}

/** A name, or a map with one. An empty name is no environment. */
function environmentOf(node: Node): Pick<GithubJob, "environment" | "environmentWithoutDeployment"> {
  if (!isObject(node.value)) {
    const name = text(node);
    return name ? { environment: name } : {};
  }
  onlyMembers(node, namesIn("name url deployment"), "an environment");
  text(at(node, "url"));
  const name = text(at(node, "name")) ?? refuse(node, "an environment has a name");
  const deployment = truth(at(node, "deployment"));
  return { ...(name && { environment: name }), ...(deployment === false && { environmentWithoutDeployment: true }) };
}

const CONTAINER = namesIn("image options env ports volumes credentials entrypoint command");

/** An expression that gives the whole map stands as it is. */
function imageOf(node: Node): string | undefined {
  if (!isObject(node.value)) return text(node);
  onlyMembers(node, CONTAINER, "a container");
  for (const key of ["ports", "volumes"]) words(at(node, key));
  for (const key of ["env", "credentials"]) textMap(at(node, key));
  return word(at(node, "image")) ?? refuse(node, "a container has an image");
}

function servicesOf(node: Node): readonly string[] {
  if (isWholeExpression(node.value)) return [node.value];
  return members(node, "services").flatMap(([, service]) => imageOf(service) ?? []);
}

/** Labels, and a group as `group:NAME`. */
function runsOnOf(node: Node): readonly string[] {
  if (!isObject(node.value)) return words(node) ?? [];
  onlyMembers(node, namesIn("group labels"), "runs-on");
  const group = word(at(node, "group"));
  return [...(group === undefined ? [] : [`group:${group}`]), ...(words(at(node, "labels")) ?? [])];
}

/** Members that decide nothing here, which GitHub still refuses when they have the wrong form. */
function checkRest(node: Node): void {
  checkConcurrency(at(node, "concurrency"));
  checkDefaults(at(node, "defaults"));
  textMap(at(node, "outputs"));
  truth(at(node, "continue-on-error"));
  for (const key of ["timeout-minutes", "cancel-timeout-minutes"]) checkNumber(at(node, key));
}

export function checkConcurrency(node: Node): void {
  if (!isObject(node.value)) return void text(node);
  onlyMembers(node, namesIn("group cancel-in-progress queue"), "concurrency");
  if (word(at(node, "group")) === undefined) refuse(node, "concurrency has a group");
  truth(at(node, "cancel-in-progress"));
}

export function checkDefaults(node: Node): void {
  for (const [key, run] of members(node, "defaults")) {
    if (key === "run") textMap(run);
    else refuse(run, `defaults has no member ${key}`);
  }
}
