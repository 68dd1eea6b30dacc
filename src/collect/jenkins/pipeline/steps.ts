// Steps whose meaning the proof needs: scripts, inputs, builds of other jobs, checkouts, artifacts. Source: Jenkins, "Pipeline Steps Reference".
import type { JenkinsStep } from "../../../model/observations/jenkins.ts";
import type { Argument, Expression } from "../groovy/tree.ts";
import type { Draft, Frame, Sheet } from "./sheet.ts";
import { argumentOf, literalOf, namedOf, namedWithin, plainOf, textOf, writtenOf } from "./values.ts";

type Call = Extract<Expression, { kind: "call" }>;
type Step = (sheet: Sheet, frame: Frame, draft: Draft, call: Call) => void;

const first = (call: Call, name: string): Expression | undefined => argumentOf(namedOf(call.arguments), name) ?? plainOf(call.arguments)[0];

const isTrue = (value: Expression | undefined): boolean => value?.kind === "literal" && value.value === true;
const isFalse = (value: Expression | undefined): boolean => value?.kind === "literal" && value.value === false;

/** `frame.catches` beyond those of the stage keep a failure inside it. */
function base(frame: Frame, draft: Draft, source: JenkinsStep["source"]): Omit<JenkinsStep, "text"> {
  const swallowed = frame.catches.find((one) => !draft.catches.some((own) => own.id === one.id))?.why;
  return { with: {}, ...(swallowed !== undefined && { swallowed }), ...(frame.post !== undefined && { post: frame.post }), source };
}

const script: Step = (sheet, frame, draft, call) => {
  const source = sheet.at(call.line);
  const value = first(call, "script");
  const text = value === undefined ? undefined : textOf(value);
  const isIgnored = isTrue(argumentOf(call.arguments, "returnStatus")) ? { swallowed: "returnStatus" } : {};
  const own = { ...base(frame, draft, source), ...isIgnored };
  // A text that is put together is shown as written: what is asked of it are the commands in it.
  draft.steps.push({ ...own, text: sheet.clean(text ?? (value === undefined ? "" : written(value))) });
};

/** The literal parts of a text that is put together: `'kubectl apply -f ' + file`. */
function written(value: Expression, depth = 0): string {
  if (value.kind === "operation" && value.operator === "+" && depth < 500)
    return value.parts.map((part) => written(part, depth + 1)).join("");
  return textOf(value) ?? `\${${writtenOf(value)}}`;
}

const input: Step = (sheet, _frame, draft, call) => {
  draft.inputs.push(inputOf(sheet, call.arguments, draft.steps.length, call.line));
};

/** "submitter: comma-separated list of IDs of users or external group names who can respond to the input" (Pipeline: Input Step). */
export function inputOf(sheet: Sheet, all: readonly Argument[], at: number, line: number): Draft["inputs"][number] {
  const given = namedOf(all);
  const value = argumentOf(given, "submitter");
  const text = value === undefined ? undefined : literalOf(value);
  const submitters = (text ?? "").split(",").flatMap((one) => (one.trim() === "" ? [] : [one.trim()]));
  return {
    ...(submitters.length > 0 && { submitters }),
    isOpen: value !== undefined && text === undefined,
    message: textOf(argumentOf(given, "message") ?? plainOf(all)[0]) ?? "",
    at,
    source: sheet.at(line),
  };
}

const build: Step = (sheet, _frame, draft, call) => {
  const job = first(call, "job");
  const name = job === undefined ? undefined : literalOf(job);
  draft.builds.push({
    ...(name !== undefined && { job: name }),
    waits: !isFalse(argumentOf(call.arguments, "wait")),
    propagates: !isFalse(argumentOf(call.arguments, "propagate")),
    source: sheet.at(call.line),
  });
};

const checkout: Step = (sheet, _frame, draft, call) => {
  let url: string | undefined;
  let ref: string | undefined;
  for (const { name, value } of namedWithin(call.arguments)) {
    if (name === "url" || name === "remote") url ??= textOf(value);
    if (name === "branch") ref ??= textOf(value);
    if (name === "branches" && value.kind === "list")
      ref ??= textOf([...namedWithin([{ value: value.items[0] ?? value }])].find((one) => one.name === "name")?.value);
  }
  if (call.name === "git") url ??= textOf(plainOf(call.arguments)[0]);
  // `checkout scm`: the repository and commit that the definition is from.
  if (url === undefined) return;
  const clean = sheet.clean(url);
  draft.checkouts.push({ url: clean, ...(ref !== undefined && { ref: ref.replace(/^(?:\*|origin)\//, "") }), source: sheet.at(call.line) });
};

const artifacts: Step = (_sheet, _frame, draft, call) => {
  const named = namedOf(call.arguments);
  draft.artifacts.push(
    textOf(argumentOf(named, "artifacts") ?? argumentOf(named, "name") ?? argumentOf(named, "includes") ?? plainOf(call.arguments)[0]) ??
      "*",
  );
};

const unstash: Step = (_sheet, _frame, draft) => {
  draft.unstashes = true;
};

const copy: Step = (_sheet, _frame, draft, call) => {
  const project = argumentOf(namedOf(call.arguments), "projectName");
  draft.copiesFrom.push(project === undefined ? "*" : (literalOf(project) ?? "*"));
};

/** `step([$class: 'ArtifactArchiver', …])`: the older form names a class. */
const older: Step = (sheet, frame, draft, call) => {
  const kind = textOf(argumentOf(namedOf(call.arguments), "$class")) ?? "";
  if (kind.endsWith("ArtifactArchiver")) return artifacts(sheet, frame, draft, call);
  if (kind.endsWith("CopyArtifact")) return copy(sheet, frame, draft, call);
};

/** `load 'deploy.groovy'`: a file of the workspace, which is not followed. */
const load: Step = (sheet, frame, draft, call) => {
  const source = sheet.at(call.line);
  const name = textOf(first(call, "path")) ?? "a file";
  draft.steps.push({ ...base(frame, draft, source), text: "", uses: "load", with: { path: name }, isUnknown: true });
  sheet.problems.push({ what: `load runs ${name}, which was not read`, source, isStep: true });
};

type Setting = (sheet: Sheet, call: Call) => void;

const library: Setting = (sheet, call) => addLibrary(sheet, first(call, "identifier"), call.line);

export function addLibrary(sheet: Sheet, value: Expression | undefined, line: number): void {
  const all = value?.kind === "list" ? value.items : value === undefined ? [] : [value];
  for (const one of all) {
    const [name = "", version] = (textOf(one) ?? "*").split(/@(.*)/s);
    sheet.libraries.push({ name, ...(version !== undefined && { version }), source: sheet.at(line) });
  }
}

const properties: Setting = (sheet, call) => {
  const within = (value: Expression, depth = 0): void => {
    if (depth > 8) return;
    if (value.kind === "list") for (const item of value.items) within(item, depth + 1);
    if (value.kind !== "call") return;
    if (value.name === "parameters" || value.name === "pipelineTriggers")
      for (const { value: each } of value.arguments) within(each, depth + 1);
    else settingOf(sheet, value);
  };
  for (const { value } of call.arguments) within(value);
};

const TRIGGERS =
  /^(?:cron|pollSCM|upstream|githubPush|gitlab|GenericTrigger|genericTrigger|bitbucketPush|parameterizedCron|URLTrigger|dockerHubTrigger)$/;

/** One parameter or trigger of a pipeline. */
export function settingOf(sheet: Sheet, call: Call): void {
  if (TRIGGERS.test(call.name)) {
    sheet.triggers.push(call.name);
    const jobs = call.name === "upstream" ? (literalOf(first(call, "upstreamProjects")) ?? "*") : "";
    sheet.upstream.push(...jobs.split(",").flatMap((one) => (one.trim() === "" ? [] : [one.trim()])));
    return;
  }
  const name = literalOf(argumentOf(call.arguments, "name"));
  if (name !== undefined) sheet.parameters.push(name);
}

export const STEPS: Readonly<Record<string, Step>> = {
  sh: script,
  bat: script,
  powershell: script,
  pwsh: script,
  input,
  build,
  checkout,
  git: checkout,
  svn: checkout,
  archiveArtifacts: artifacts,
  archive: artifacts,
  stash: artifacts,
  fingerprint: () => undefined,
  unstash,
  copyArtifacts: copy,
  step: older,
  load,
};

/** Steps that say something of the whole pipeline. */
export const SETTINGS: Readonly<Record<string, Setting>> = { library, properties };
