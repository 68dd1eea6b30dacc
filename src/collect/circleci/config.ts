// A project's configuration → its workflows with their jobs: commands written out, parameters and matrices filled in.
import { asList, isObject, type Json, type JsonObject } from "../../lib/json.ts";
import { scriptWithoutSecrets } from "../../lib/secret-text.ts";
import type { CircleConfig, CircleJob, CircleWorkflow } from "../../model/observations/circleci.ts";
import { inside, type Source } from "../../model/source.ts";
import { Invocation, Job } from "./schema.ts";

type Fingerprint = (secret: string) => string;
type Values = Readonly<Record<string, string>>;

const hasForm = (job: unknown): boolean =>
  isObject(job) &&
  (Array.isArray(job["steps"]) || job["type"] === "approval" || ["docker", "machine", "macos", "executor"].some((key) => key in job));

/** Version 2 or 2.1 with jobs of their form, or workflows of lists of jobs. */
export const isConfig = (document: unknown): document is JsonObject => {
  if (!isObject(document) || !/^2(?:\.[01])?$/.test(String(document["version"]))) return false;
  const { jobs, workflows } = document as { jobs?: unknown; workflows?: unknown };
  const isWorkflows =
    isObject(workflows) &&
    Object.entries(workflows).some(([name, one]) => name !== "version" && isObject(one) && Array.isArray(one["jobs"]));
  return (isObject(jobs) && Object.values(jobs).some(hasForm)) || isWorkflows;
};

/** "<< parameters.name >>" takes the value given, else the default; an expression without one stays as written. */
const filled = (text: string, values: Values): string =>
  text.replaceAll(/<<\s*(?:parameters|matrix)\.([\w-]+)\s*>>/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] as string) : whole,
  );

const texts = (value: unknown): string | undefined =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;

const defaultsOf = (parameters: unknown): Values =>
  Object.fromEntries(
    Object.entries(isObject(parameters) ? parameters : {}).flatMap(([name, one]) => {
      const value = isObject(one) ? texts(one["default"]) : undefined;
      return value === undefined ? [] : [[name, value]];
    }),
  );

interface Steps {
  readonly steps: string[];
  readonly uses: string[];
  readonly persists: string[];
  usesCache: boolean;
  attaches: boolean;
}

/** Deep enough for commands in commands; a command that calls itself is refused by CircleCI. */
const DEPTH = 8;

function takeSteps(list: unknown, values: Values, document: JsonObject, into: Steps, fingerprint: Fingerprint, depth = 0): void {
  const commands = isObject(document["commands"]) ? document["commands"] : {};
  for (const step of Array.isArray(list) && depth < DEPTH ? list : []) {
    const [name, value] =
      typeof step === "string" ? [step, undefined] : isObject(step) ? (Object.entries(step)[0] ?? ["", undefined]) : ["", undefined];
    if (name === "run") {
      const command = typeof value === "string" ? value : isObject(value) ? (value["command"] ?? "") : "";
      if (typeof command === "string") into.steps.push(scriptWithoutSecrets(filled(command, values), fingerprint));
    } else if (name === "when" || name === "unless")
      takeSteps(isObject(value) ? value["steps"] : undefined, values, document, into, fingerprint, depth + 1);
    else if (name === "restore_cache") into.usesCache = true;
    else if (name === "attach_workspace") into.attaches = true;
    else if (name === "persist_to_workspace")
      into.persists.push(...asList(isObject(value) ? (value["paths"] as Json) : []).filter((one) => typeof one === "string"));
    else if (Object.hasOwn(commands, name)) {
      const command = commands[name];
      const given = Object.fromEntries(
        Object.entries(isObject(value) ? value : {}).flatMap(([key, one]) =>
          texts(one) === undefined ? [] : [[key, filled(texts(one) as string, values)]],
        ),
      );
      if (isObject(command))
        takeSteps(command["steps"], { ...defaultsOf(command["parameters"]), ...given }, document, into, fingerprint, depth + 1);
    } else if (name.includes("/")) into.uses.push(name);
  }
}

function imagesOf(job: Job, document: JsonObject, values: Values): readonly string[] {
  const executors = isObject(document["executors"]) ? document["executors"] : {};
  const named = typeof job.executor === "string" ? job.executor : job.executor?.name;
  const executor = named !== undefined && Object.hasOwn(executors, named) ? Job.safeParse(executors[named]).data : undefined;
  return [...(job.docker ?? []), ...(executor?.docker ?? [])].map((one) =>
    filled(one.image, { ...defaultsOf(executor?.parameters), ...values }),
  );
}

const branchesOf = (filters: Invocation["filters"]) => (typeof filters === "object" ? filters.branches : undefined);
const list = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === "string" ? [value] : value;

interface At {
  readonly document: JsonObject;
  readonly fingerprint: Fingerprint;
  readonly problem: (why: string, source: Source) => void;
}

function jobOf(
  key: string,
  invocation: Invocation,
  name: string,
  values: Values,
  source: Source,
  { document, fingerprint, problem }: At,
): CircleJob {
  const jobs = isObject(document["jobs"]) ? document["jobs"] : {};
  const declared = Object.hasOwn(jobs, key) ? jobs[key] : undefined;
  const parsed = Job.safeParse(declared ?? {});
  if (!parsed.success)
    problem(`job ${key}: ${parsed.error.issues[0]?.message ?? "another form"}`, inside({ ...source, pointer: "" }, "jobs", key));
  const job = parsed.data ?? {};
  const isApproval = invocation.type === "approval" || (isObject(declared) && declared["type"] === "approval");
  if (declared === undefined && !key.includes("/") && !isApproval) problem(`workflow runs ${key}, and no job is called so`, source);
  const own = { ...defaultsOf(job.parameters), ...values };
  const found: Steps = {
    steps: [],
    uses: key.includes("/") && declared === undefined ? [key] : [],
    persists: [],
    usesCache: false,
    attaches: false,
  };
  for (const steps of [invocation["pre-steps"], job.steps, invocation["post-steps"]]) takeSteps(steps, own, document, found, fingerprint);
  const branches = branchesOf(invocation.filters);
  const resource = job.resource_class === undefined ? undefined : filled(job.resource_class, own);
  return {
    name,
    job: key,
    isApproval,
    requires: (invocation.requires ?? []).map((one) => filled(typeof one === "string" ? one : (Object.keys(one)[0] ?? ""), values)),
    contexts: list(invocation.context).map((one) => filled(one, values)),
    ...(branches?.only !== undefined && { only: list(branches.only) }),
    ...(branches?.ignore !== undefined && { ignore: list(branches.ignore) }),
    tags: typeof invocation.filters === "object" && invocation.filters.tags?.only !== undefined,
    ...found,
    images: imagesOf(job, document, own),
    ...(resource !== undefined && { resourceClass: resource }),
    source,
  };
}

/** One value of each parameter, every combination: named `job-value-value` (Configuration reference, matrix). */
function combinations(matrix: NonNullable<Invocation["matrix"]>): readonly Values[] {
  let all: Record<string, string>[] = [{}];
  for (const [name, values] of Object.entries(matrix.parameters)) {
    const each = typeof values === "string" ? [values] : values.map(String);
    all = all.flatMap((before) => each.map((value) => ({ ...before, [name]: value }))).slice(0, 128);
  }
  return all;
}

function workflowOf(name: string, value: JsonObject, source: Source, at: At): CircleWorkflow {
  const jobs: CircleJob[] = [];
  const aliases = new Map<string, string[]>();
  for (const [index, item] of (Array.isArray(value["jobs"]) ? value["jobs"] : []).entries()) {
    const where = inside(source, "jobs", index);
    const [key, given] = typeof item === "string" ? [item, {}] : isObject(item) ? (Object.entries(item)[0] ?? ["", {}]) : ["", {}];
    const parsed = Invocation.safeParse(given ?? {});
    if (!parsed.success) {
      at.problem(`${key}: ${parsed.error.issues[0]?.path.join(".") ?? ""} ${parsed.error.issues[0]?.message ?? "another form"}`, where);
      continue;
    }
    const invocation = parsed.data;
    const plain = Object.fromEntries(
      Object.entries(invocation).flatMap(([one, its]) => (texts(its) === undefined ? [] : [[one, texts(its) as string]])),
    );
    const rows = invocation.matrix ? combinations(invocation.matrix) : [{}];
    for (const row of rows) {
      const values = { ...plain, ...row };
      const base = invocation.name === undefined ? undefined : filled(invocation.name, values);
      const own =
        invocation.matrix && (base === undefined || base === invocation.name)
          ? [base ?? key, ...Object.values(row)].join("-")
          : (base ?? key);
      jobs.push(jobOf(key, invocation, own, values, where, at));
      if (invocation.matrix) aliases.set(invocation.matrix.alias ?? key, [...(aliases.get(invocation.matrix.alias ?? key) ?? []), own]);
    }
  }
  const requires = (job: CircleJob): readonly string[] => job.requires.flatMap((one) => aliases.get(one) ?? [one]);
  const triggers = asList(value["triggers"] as Json | undefined);
  const isScheduled = triggers.some((trigger) => isObject(trigger) && "schedule" in trigger);
  return { name, isScheduled, jobs: jobs.map((job) => ({ ...job, requires: requires(job) })), source };
}

/** "name@1.2.3" cannot change once published; a shorter version, "volatile" and "dev:" can (CircleCI Docs, "Orb concepts", Semantic versioning in orbs). */
const isMovable = (written: string): boolean => !/@\d+\.\d+\.\d+$/.test(written);

export function readConfig(
  document: JsonObject,
  about: { readonly repository: string; readonly path: string; readonly source: Source },
  at: Omit<At, "document">,
): CircleConfig {
  const { source } = about;
  const orbs = Object.entries(isObject(document["orbs"]) ? document["orbs"] : {}).flatMap(([name, written]) =>
    typeof written === "string" ? [{ name, written, isMovable: isMovable(written), source: inside(source, "orbs", name) }] : [],
  );
  const named = isObject(document["workflows"]) ? document["workflows"] : {};
  const workflows = Object.entries(named).flatMap(([name, value]) =>
    name !== "version" && isObject(value) ? [workflowOf(name, value, inside(source, "workflows", name), { ...at, document })] : [],
  );
  return { kind: "circleci/config", ...about, orbs, workflows, isSetup: document["setup"] === true };
}
