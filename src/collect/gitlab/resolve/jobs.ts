// A resolved configuration → its jobs. Source: GitLab Docs, "CI/CD YAML syntax reference".
import { asList, isObject, type Json, type JsonObject } from "../../../lib/json.ts";
import type { GitlabJob, GitlabTrigger } from "../../../model/observations/gitlab.ts";
import { inside, type Source } from "../../../model/source.ts";
import { GLOBAL } from "../ci-file.ts";
import { isPartial, type Sheet } from "./config.ts";
import { filterOf, flat, matrixOf, named, needsOf, rulesOf, scalar, texts, variablesOf } from "./values.ts";

const KEYWORDS: ReadonlySet<string> = new Set(
  (
    "after_script allow_failure artifacts before_script cache coverage dast_configuration dependencies environment except extends hooks id_tokens " +
    "identity image inherit inputs interruptible manual_confirmation needs only pages parallel release resource_group retry rules run script " +
    "secrets services stage start_in tags timeout trigger variables when publish type"
  ).split(" "),
);

/** What `default:` may give a job that says nothing itself; `inherit: default` narrows it. */
const DEFAULTS =
  "after_script artifacts before_script cache hooks id_tokens identity image interruptible retry services tags timeout".split(" ");

/** "If stages is not defined, the default pipeline stages are .pre, build, test, deploy, .post" (Docs, "stages"). */
export function stagesOf(config: JsonObject): readonly string[] {
  const given = texts(config["stages"] ?? config["types"]);
  const middle = given.length > 0 ? given.filter((stage) => stage !== ".pre" && stage !== ".post") : ["build", "test", "deploy"];
  return [".pre", ...middle, ".post"];
}

export function jobsOf(config: JsonObject, parents: readonly string[], sheet: Sheet): readonly GitlabJob[] {
  const stages = stagesOf(config);
  const names = Object.keys(config).filter((name) => !GLOBAL.has(name) && !name.startsWith("."));
  const jobs = names.flatMap((name) => jobOf(name, config, stages, parents, sheet) ?? []);
  checkNeeds(jobs, sheet);
  return jobs;
}

function checkNeeds(jobs: readonly GitlabJob[], sheet: Sheet): void {
  const known = new Set(jobs.map((job) => job.name));
  for (const job of jobs)
    for (const need of job.needs ?? [])
      if (
        need.project === undefined &&
        need.pipeline === undefined &&
        !need.optional &&
        need.job !== "" &&
        !known.has(need.job) &&
        !isPartial(sheet)
      )
        sheet.problems.push({ what: `${job.name} needs ${need.job}, which is no job`, source: job.source, isFatal: true });
}

/** Defaults stand in `default:`, and, in the older form, at the top. */
function withDefaults(job: JsonObject, config: JsonObject): JsonObject {
  const shared = isObject(config["default"]) ? config["default"] : {};
  const inherit = isObject(job["inherit"]) ? job["inherit"]["default"] : undefined;
  const inherits = (key: string): boolean => inherit === undefined || inherit === true || (Array.isArray(inherit) && inherit.includes(key));
  const given = DEFAULTS.flatMap((key): readonly [string, Json][] => {
    const value = shared[key] ?? config[key];
    return value !== undefined && job[key] === undefined && inherits(key) ? [[key, value]] : [];
  });
  return { ...Object.fromEntries(given), ...job };
}

function variablesFor(job: JsonObject, config: JsonObject): Readonly<Record<string, string>> {
  const inherit = isObject(job["inherit"]) ? job["inherit"]["variables"] : undefined;
  const shared = variablesOf(config["variables"]);
  const kept = Object.entries(shared).filter(
    ([name]) => inherit === undefined || inherit === true || (Array.isArray(inherit) && inherit.includes(name)),
  );
  return { ...Object.fromEntries(kept), ...variablesOf(job["variables"]) };
}

function jobOf(
  name: string,
  config: JsonObject,
  stages: readonly string[],
  parents: readonly string[],
  sheet: Sheet,
): GitlabJob | undefined {
  const source = sheet.sources.get(name) ?? { file: "" };
  const value = config[name];
  const refuse = (what: string): undefined => {
    sheet.problems.push({ what, source, isFatal: !isPartial(sheet) });
    return undefined;
  };
  if (!isObject(value)) return refuse(`${name} is no map, so no job`);
  const job = withDefaults(value, config);
  for (const key of Object.keys(value))
    if (!KEYWORDS.has(key))
      sheet.problems.push({ what: `${name} has a member ${key} that is not known here`, source: inside(source, key), isFatal: false });
  if (job["script"] === undefined && job["trigger"] === undefined && job["run"] === undefined && job["pages"] === undefined)
    return refuse(`${name} has no script, run or trigger`);
  const stage = scalar(job["stage"] ?? job["type"]) ?? "test";
  if (!stages.includes(stage) && !stage.includes("$")) return refuse(`${name} is in stage ${stage}, which is none of the stages`);
  return { name, parents, stage, ...whatItRuns(job, config), ...whenItRuns(job), ...whatItTakes(job, source), source };
}

function whatItRuns(job: JsonObject, config: JsonObject) {
  const image = named(job["image"]);
  const trigger = triggerOf(job["trigger"]);
  const matrix = matrixOf(job["parallel"]);
  const steps = flat(job["run"]).flatMap((step) => (isObject(step) ? texts(step["script"] ?? step["step"]) : []));
  return {
    script: [...texts(job["before_script"]), ...texts(job["script"]), ...steps, ...texts(job["after_script"])],
    ...(image !== undefined && { image }),
    services: flat(job["services"]).flatMap((service) => named(service) ?? []),
    tags: texts(job["tags"]),
    variables: variablesFor(job, config),
    ...(trigger && { trigger }),
    ...(matrix && { matrix }),
  };
}

function whenItRuns(job: JsonObject) {
  const allow = job["allow_failure"];
  const rules = rulesOf(job["rules"]);
  const only = filterOf(job["only"]);
  const except = filterOf(job["except"]);
  const needs = needsOf(job["needs"]);
  return {
    when: scalar(job["when"]) ?? "on_success",
    ...(allow !== undefined && { allowFailure: allow !== false }),
    ...(needs && { needs }),
    ...(rules && { rules }),
    ...(only && { only }),
    ...(except && { except }),
  };
}

function whatItTakes(job: JsonObject, source: Source) {
  const environment = named(job["environment"]);
  const action = isObject(job["environment"]) ? scalar(job["environment"]["action"]) : undefined;
  const artifacts = isObject(job["artifacts"]) ? job["artifacts"] : {};
  const tokens = isObject(job["id_tokens"]) ? job["id_tokens"] : {};
  const dependencies = job["dependencies"] === undefined ? undefined : texts(job["dependencies"]);
  return {
    ...(environment !== undefined && {
      environment: { name: environment, action: action ?? "start", source: inside(source, "environment") },
    }),
    ...(dependencies && { dependencies }),
    artifacts: texts(artifacts["paths"]),
    cache: flat(job["cache"]).some((cache) => isObject(cache) && cache["policy"] !== "push"),
    idTokens: Object.fromEntries(Object.entries(tokens).map(([name, token]) => [name, isObject(token) ? texts(token["aud"]) : []])),
    secrets: isObject(job["secrets"]) ? Object.keys(job["secrets"]) : [],
  };
}

function triggerOf(value: Json | undefined): GitlabTrigger | undefined {
  if (value === undefined || value === null) return undefined;
  const map: JsonObject = isObject(value) ? value : { project: value };
  const project = scalar(map["project"]);
  const branch = scalar(map["branch"]);
  const includes = asList(map["include"] as Json | readonly Json[] | undefined);
  const local = (include: Json): string | undefined => scalar(include) ?? (isObject(include) ? scalar(include["local"]) : undefined);
  return {
    ...(project !== undefined && { project }),
    ...(branch !== undefined && { branch }),
    files: includes.flatMap((include) => local(include)?.replace(/^\/+/, "") ?? []),
    unread: includes.filter((include) => local(include) === undefined).map(describe),
    waits: scalar(map["strategy"]) !== undefined,
  };
}

const describe = (include: Json): string => {
  if (!isObject(include)) return String(include);
  const artifact = scalar(include["artifact"]);
  if (artifact !== undefined) return `${artifact}, which job ${scalar(include["job"]) ?? ""} makes`;
  return Object.entries(include)
    .map(([key, one]) => `${key} ${scalar(one) ?? ""}`)
    .join(" ");
};
