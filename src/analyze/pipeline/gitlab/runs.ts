// On which contents a GitLab job runs: its rules, or only and except, asked of every kind of pipeline that the content can start.
import { globMatches } from "../../../lib/glob.ts";
import type { GitlabFilter, GitlabJob, GitlabPipeline, GitlabRule } from "../../../model/observations/gitlab.ts";
import { evaluate, isTrue, type Truth, type Value, type Variables } from "./conditions.ts";

/** A pipeline that some content can start, by what its predefined variables then say. */
export interface Start {
  readonly kind: "branch" | "merge request" | "tag";
  /** The ref's name; not known for what an author names. */
  readonly name: Value;
  readonly isProtected: boolean;
  readonly defaultBranch: string | undefined;
}

const SET: Value = { isSet: true };
const OPEN: Value = { isSet: false };

/** Predefined variables that the kind of pipeline decides (Docs, "Predefined CI/CD variables reference"). */
function predefined({ kind, name, isProtected, defaultBranch }: Start): (variable: string) => Value | undefined {
  const fixed: Readonly<Record<string, Value>> = {
    CI: "true",
    GITLAB_CI: "true",
    CI_COMMIT_BRANCH: kind === "branch" ? name : null,
    CI_COMMIT_TAG: kind === "tag" ? name : null,
    CI_COMMIT_REF_NAME: name,
    CI_COMMIT_REF_SLUG: typeof name === "string" ? name.toLowerCase().replaceAll(/[^a-z0-9]/g, "-") : name,
    CI_COMMIT_REF_PROTECTED: String(isProtected),
    CI_DEFAULT_BRANCH: defaultBranch ?? SET,
    CI_PIPELINE_SOURCE:
      kind === "merge request" ? "merge_request_event" : { isSet: true, except: ["merge_request_event", "external_pull_request_event"] },
    CI_OPEN_MERGE_REQUESTS: OPEN,
    CI_EXTERNAL_PULL_REQUEST_IID: null,
  };
  return (variable) => {
    if (Object.hasOwn(fixed, variable)) return fixed[variable];
    if (variable.startsWith("CI_MERGE_REQUEST_")) return kind === "merge request" ? (variable.endsWith("_ID") ? SET : OPEN) : null;
    return undefined;
  };
}

/** The job's own variables as written; anything else may be set in the project, or by whoever starts the pipeline. */
export function variablesAt(start: Start, written: Readonly<Record<string, string>>): Variables {
  const given = predefined(start);
  return (name) => {
    const value = given(name);
    if (value !== undefined) return value;
    const own = Object.hasOwn(written, name) ? written[name] : undefined;
    if (own === undefined) return OPEN;
    // A text with variables in it takes their values; one that a person types into the form starts with what is written.
    return own.includes("$") ? substituted(own, given) : own;
  };
}

function substituted(text: string, given: (name: string) => Value | undefined): Value {
  const name = /^\$\{?(\w+)\}?$/.exec(text)?.[1];
  return name === undefined ? OPEN : (given(name) ?? OPEN);
}

export interface Outcome {
  readonly runs: Truth;
  readonly isManual: boolean;
  readonly mayFail: boolean;
}

const NEVER: Outcome = { runs: false, isManual: false, mayFail: false };

const mayFailOf = (job: GitlabJob, isManual: boolean, inRules: boolean, rule?: GitlabRule): boolean =>
  rule?.allowFailure ?? job.allowFailure ?? (isManual && !inRules);

/** "Rules are evaluated in order until the first match" (Docs, "rules"). A rule that may or may not match leaves what follows open too. */
function byRules(job: GitlabJob, rules: readonly GitlabRule[], variables: Variables): Outcome {
  let isOpen = false;
  for (const rule of rules) {
    const condition = rule.if === undefined ? true : evaluate(rule.if, variables);
    const matches: Truth = condition === false ? false : rule.onFiles ? undefined : condition;
    if (matches === false) continue;
    const when = rule.when ?? job.when;
    const runs = when !== "never";
    const isManual = when === "manual";
    const outcome = { isManual, mayFail: mayFailOf(job, isManual, true, rule) };
    if (matches === true) return { ...outcome, runs: isOpen && !runs ? undefined : isOpen ? undefined : runs };
    if (runs) isOpen = true;
    else if (!isOpen) isOpen = restMayRun(rules, rule);
    if (matches === undefined && runs && rule === rules.at(-1)) return { ...outcome, runs: undefined };
  }
  return isOpen ? { runs: undefined, isManual: false, mayFail: mayFailOf(job, false, true) } : NEVER;
}

/** After a rule that may say "never", the others decide, but not for certain. */
const restMayRun = (rules: readonly GitlabRule[], rule: GitlabRule): boolean => rules.slice(rules.indexOf(rule) + 1).length > 0;

const KEYWORDS: Readonly<Record<string, (start: Start) => Truth>> = {
  branches: ({ kind }) => kind === "branch",
  tags: ({ kind }) => kind === "tag",
  merge_requests: ({ kind }) => kind === "merge request",
  pushes: ({ kind }) => (kind === "merge request" ? false : undefined),
  schedules: ({ kind }) => (kind === "merge request" ? false : undefined),
  web: ({ kind }) => (kind === "merge request" ? false : undefined),
  api: ({ kind }) => (kind === "merge request" ? false : undefined),
  triggers: ({ kind }) => (kind === "merge request" ? false : undefined),
  pipelines: ({ kind }) => (kind === "merge request" ? false : undefined),
  chat: () => undefined,
  external: () => undefined,
  external_pull_requests: () => undefined,
};

function refMatches(ref: string, start: Start): Truth {
  const [name = ""] = ref.split("@");
  const keyword = Object.hasOwn(KEYWORDS, name) ? KEYWORDS[name] : undefined;
  if (keyword) return keyword(start);
  if (start.kind === "merge request") return false;
  const pattern = /^\/.*\/\w*$/.test(name) ? `$CI_COMMIT_REF_NAME =~ ${name}` : `$CI_COMMIT_REF_NAME == "${name.replaceAll('"', "")}"`;
  return evaluate(pattern, variablesAt(start, {}));
}

/** All members of `only` must hold, any of `except` excludes; within `refs` and `variables` one suffices (Docs, "only and except"). */
function filterHolds(filter: GitlabFilter, start: Start, variables: Variables, every: boolean): Truth {
  const any = (truths: readonly Truth[]): Truth =>
    truths.includes(true) ? true : truths.every((truth) => truth === false) ? false : undefined;
  const parts: Truth[] = [];
  if (filter.refs) parts.push(any(filter.refs.map((ref) => refMatches(ref, start))));
  if (filter.variables) parts.push(any(filter.variables.map((text) => evaluate(text, variables))));
  if (filter.onFiles || filter.kubernetes) parts.push(undefined);
  if (!every) return any(parts);
  return parts.includes(false) ? false : parts.every((part) => part === true) ? true : undefined;
}

/** Whether a pipeline of this kind is created at all (Docs, "workflow:rules"). */
function isCreated(pipeline: GitlabPipeline, variables: Variables): Truth {
  if (pipeline.workflow === undefined) return true;
  let isOpen = false;
  for (const rule of pipeline.workflow) {
    const truth = rule.if === undefined ? (rule.onFiles ? undefined : true) : rule.onFiles ? undefined : evaluate(rule.if, variables);
    if (truth === false) continue;
    if (truth === true) return isOpen ? undefined : rule.when !== "never";
    isOpen = true;
  }
  return isOpen ? undefined : false;
}

/** "If a job does not use only, except, or rules, then only is set to branches and tags" (Docs, "only and except"). */
export function outcomeOf(pipeline: GitlabPipeline, job: GitlabJob, start: Start): Outcome {
  const variables = variablesAt(start, job.variables);
  const created = isCreated(pipeline, variables);
  if (created === false) return NEVER;
  const outcome = job.rules ? byRules(job, job.rules, variables) : byFilters(job, start, variables);
  return created === undefined && outcome.runs === true ? { ...outcome, runs: undefined } : outcome;
}

function byFilters(job: GitlabJob, start: Start, variables: Variables): Outcome {
  const isManual = job.when === "manual";
  if (job.when === "never") return NEVER;
  const child = job.parents.length > 0;
  const only = job.only ?? (child ? {} : { refs: ["branches", "tags"] });
  const included = Object.keys(only).length === 0 ? true : filterHolds(only, start, variables, true);
  const excluded = job.except === undefined ? false : filterHolds(job.except, start, variables, false);
  const runs: Truth = included === false || excluded === true ? false : included === true && excluded === false ? true : undefined;
  return { runs, isManual, mayFail: mayFailOf(job, isManual, false) };
}

/** A pattern of a protected name as a value: it is set, and is none of the names that stand apart from it. */
export const namedLike = (pattern: string, others: readonly string[]): Value =>
  pattern.includes("*") ? { isSet: true, except: others.filter((name) => !globMatches(pattern, name)) } : pattern;

export { isTrue };
