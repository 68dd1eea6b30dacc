// `pipeline { … }`: the declarative form. Source: Jenkins Handbook, "Pipeline Syntax", Declarative Pipeline.
import type { Argument, Expression, Statement } from "../groovy/tree.ts";
import { both, closeStage, count, type Frame, type Sheet, sideBySide, stageFor } from "./sheet.ts";
import { addLibrary, inputOf, settingOf } from "./steps.ts";
import { closuresOf, literalOf, plainOf, textOf } from "./values.ts";
import { type Call, imagesOfYaml, walk } from "./walk.ts";
import { whenOf } from "./when.ts";

/** Directives of a block by their names; a bare word (`agent` alone) has no arguments. */
const callsIn = (body: readonly Statement[]): readonly Call[] =>
  body.flatMap((statement) => (statement.kind === "expression" && statement.value.kind === "call" ? [statement.value] : []));

const blockOf = (call: Call): readonly Statement[] => closuresOf(call.arguments)[0]?.body ?? [];

const PIPELINE: ReadonlySet<string> = new Set("agent environment options parameters triggers tools libraries stages post".split(" "));
const STAGE: ReadonlySet<string> = new Set(
  "agent when input environment options tools steps stages parallel matrix post failFast axes excludes".split(" "),
);

function checkWords(sheet: Sheet, body: readonly Statement[], known: ReadonlySet<string>, of: string): void {
  for (const statement of body) {
    const value = statement.kind === "expression" ? statement.value : undefined;
    const name = value?.kind === "call" || value?.kind === "name" ? value.name : undefined;
    if (name === undefined || !known.has(name))
      sheet.problems.push({ what: `${name ?? "a statement"} in ${of}, which is not known here`, source: sheet.at(statement.line) });
  }
}

/** False: it has no stages, which Jenkins refuses ("stages: … Required"). */
export function readDeclarative(sheet: Sheet, root: Frame, body: readonly Statement[]): boolean {
  checkWords(sheet, body, PIPELINE, "pipeline");
  const calls = callsIn(body);
  const of = (name: string): readonly Call[] => calls.filter((call) => call.name === name);
  for (const call of [...of("parameters"), ...of("triggers")]) for (const each of callsIn(blockOf(call))) settingOf(sheet, each);
  for (const call of of("libraries")) for (const each of callsIn(blockOf(call))) addLibrary(sheet, plainOf(each.arguments)[0], each.line);
  const frame = withDirectives(sheet, root, calls);
  const stages = of("stages");
  for (const call of stages) runStages(sheet, frame, call);
  closeStage(sheet);
  for (const call of of("post")) pipelinePost(sheet, frame, call);
  return stages.length > 0;
}

function pipelinePost(sheet: Sheet, frame: Frame, post: Call): void {
  const before = sheet.frontier;
  for (const condition of callsIn(blockOf(post))) {
    sheet.frontier = before;
    const despite = condition.name === "success" ? {} : { despite: `post: ${condition.name}` };
    walk(sheet, { ...frame, parents: ["post", condition.name], post: condition.name, ...despite }, blockOf(condition));
    closeStage(sheet);
  }
}

function runStages(sheet: Sheet, frame: Frame, stages: Call): void {
  for (const call of callsIn(blockOf(stages))) if (call.name === "stage") runStage(sheet, frame, call);
}

function runStage(sheet: Sheet, outer: Frame, stage: Call): void {
  count(sheet);
  const given = plainOf(stage.arguments)[0];
  const name = (given && textOf(given)) ?? "stage";
  const body = blockOf(stage);
  checkWords(sheet, body, STAGE, `stage ${name}`);
  const calls = callsIn(body);
  const when = calls.find((call) => call.name === "when");
  const condition = both(outer.condition, when && whenOf(blockOf(when)));
  const named = { ...outer, parents: [...outer.parents, name], ...(condition && { condition }) };
  const frame = withDirectives(sheet, named, calls);
  closeStage(sheet);
  const matrix = calls.find((call) => call.name === "matrix");
  const inner = calls.find((call) => call.name === "stages");
  const parallel = calls.find((call) => call.name === "parallel");
  if (parallel !== undefined)
    sideBySide(
      sheet,
      callsIn(blockOf(parallel))
        .filter((call) => call.name === "stage")
        .map((call) => () => runStage(sheet, frame, call)),
    );
  else if (matrix !== undefined) runMatrix(sheet, frame, matrix);
  else if (inner !== undefined) runStages(sheet, frame, inner);
  else {
    stageFor(sheet, frame, sheet.at(stage.line));
    for (const steps of calls.filter((call) => call.name === "steps")) walk(sheet, frame, blockOf(steps));
  }
  for (const post of calls.filter((call) => call.name === "post"))
    for (const each of callsIn(blockOf(post))) walk(sheet, { ...frame, post: each.name }, blockOf(each));
  closeStage(sheet);
}

/** Its stages run once for each cell: what they do is the same, but for the variables of the axes, whose values stay open. */
function runMatrix(sheet: Sheet, frame: Frame, matrix: Call): void {
  const calls = callsIn(blockOf(matrix));
  const when = calls.find((call) => call.name === "when");
  const condition = both(frame.condition, when && whenOf(blockOf(when)));
  const inner = withDirectives(sheet, { ...frame, ...(condition && { condition }) }, calls);
  for (const stages of calls.filter((call) => call.name === "stages")) runStages(sheet, inner, stages);
}

/** What `agent`, `environment` and `input` of a pipeline or stage give everything below them. */
function withDirectives(sheet: Sheet, frame: Frame, calls: readonly Call[]): Frame {
  let own = frame;
  for (const call of calls) {
    if (call.name === "agent") own = { ...own, ...agentOf(sheet, call) };
    if (call.name === "environment") own = withEnvironment(sheet, own, blockOf(call));
    if (call.name === "input") own = { ...own, inputs: [...own.inputs, inputDirective(sheet, call)] };
  }
  return own;
}

/** `input { message '…'; submitter 'alice,bob' }`: each of its lines is an argument. */
function inputDirective(sheet: Sheet, call: Call): ReturnType<typeof inputOf> {
  const all = callsIn(blockOf(call)).flatMap((each): readonly Argument[] => {
    const value = plainOf(each.arguments)[0];
    return value === undefined ? [] : [{ name: each.name, value }];
  });
  return inputOf(sheet, all.length > 0 ? all : call.arguments, 0, call.line);
}

/** "agent any", "none", a label, a container: that of a stage takes the place of the pipeline's. */
function agentOf(sheet: Sheet, agent: Call): Pick<Frame, "labels" | "images" | "credentials"> | object {
  const labels: string[] = [];
  const images: { name: string; source: ReturnType<Sheet["at"]> }[] = [];
  const read = (call: Call, depth: number): void => {
    const value = plainOf(call.arguments)[0];
    const text = value === undefined ? undefined : textOf(value);
    const source = sheet.at(call.line);
    if (call.name === "label") labels.push((value && literalOf(value)) ?? "*");
    if ((call.name === "image" || call.name === "docker") && text !== undefined) images.push({ name: text, source });
    if (call.name === "yaml" && text !== undefined) for (const name of imagesOfYaml(text)) images.push({ name, source });
    if (depth < 4) for (const each of callsIn(blockOf(call))) read(each, depth + 1);
  };
  for (const each of callsIn(blockOf(agent))) read(each, 0);
  return { labels, images };
}

function withEnvironment(sheet: Sheet, frame: Frame, body: readonly Statement[]): Frame {
  const variables: Record<string, string> = { ...frame.variables };
  const credentials = [...frame.credentials];
  for (const statement of body) {
    if (statement.kind !== "assign" || statement.value === undefined) continue;
    const id = credentialOf(statement.value);
    const text = textOf(statement.value);
    if (id !== undefined) credentials.push({ id, source: sheet.at(statement.line) });
    else if (text !== undefined) variables[statement.name] = sheet.cleanVariable(statement.name, text);
  }
  return { ...frame, variables, credentials };
}

/** "The environment block has a special helper method credentials()". */
function credentialOf(value: Expression): string | undefined {
  if (value.kind !== "call" || value.name !== "credentials" || value.on !== undefined) return undefined;
  const given = plainOf(value.arguments)[0];
  return (given && literalOf(given)) ?? "*";
}
