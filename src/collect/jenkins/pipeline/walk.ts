// The steps of a Jenkinsfile in the order in which they stand → stages. Source: Jenkins, "Pipeline Steps Reference"; Handbook, "Scripted Pipeline".
import { pathOf } from "../groovy/parser.ts";
import type { Argument, Expression, Statement } from "../groovy/tree.ts";
import { HARMLESS, OBJECTS, WRAPPERS } from "./known.ts";
import { both, closeStage, count, type Frame, type Sheet, sideBySide, stageFor } from "./sheet.ts";
import { SETTINGS, STEPS } from "./steps.ts";
import { argumentOf, closuresOf, literalOf, namedOf, namedWithin, plainOf, textOf, writtenOf } from "./values.ts";
import { truthOf } from "./when.ts";

export type Call = Extract<Expression, { kind: "call" }>;

export function walk(sheet: Sheet, frame: Frame, statements: readonly Statement[]): void {
  for (const statement of statements) {
    count(sheet);
    walkStatement(sheet, frame, statement);
  }
}

function walkStatement(sheet: Sheet, frame: Frame, statement: Statement): void {
  switch (statement.kind) {
    case "expression":
      return walkValue(sheet, frame, statement.value);
    case "assign":
      return assign(sheet, frame, statement.name, statement.value);
    case "if": {
      const condition = truthOf(statement.condition);
      walkValue(sheet, frame, statement.condition);
      walk(sheet, { ...frame, condition: both(frame.condition, condition) }, statement.holds);
      return walk(sheet, { ...frame, condition: both(frame.condition, { not: condition }) }, statement.otherwise);
    }
    case "loop":
      return walk(sheet, frame, statement.body);
    case "try":
      return walkTry(sheet, frame, statement);
    case "leave":
      return statement.value === undefined ? undefined : walkValue(sheet, frame, statement.value);
    default:
      return undefined;
  }
}

function assign(sheet: Sheet, frame: Frame, name: string, value: Expression | undefined): void {
  if (value === undefined) return;
  const root = name.split(/[.[]/)[0] ?? name;
  const text = textOf(value);
  if (name.startsWith("env.") && text !== undefined && sheet.open !== undefined) sheet.open.variables[name.slice("env.".length)] = text;
  if (root !== "") sheet.values.set(root, [...(sheet.values.get(root) ?? []), value]);
  walkValue(sheet, frame, value);
}

/** A failure goes on past the `try` unless some handler throws again (or there is none). */
function walkTry(sheet: Sheet, frame: Frame, { body, handlers, after }: Extract<Statement, { kind: "try" }>): void {
  const isCaught = handlers.some((handler) => !throwsAgain(handler));
  walk(sheet, isCaught ? catching(sheet, frame, "a catch that does not throw again") : frame, body);
  for (const handler of handlers) walk(sheet, { ...frame, post: "failure" }, handler);
  walk(sheet, { ...frame, post: "always" }, after);
}

const throwsAgain = (handler: readonly Statement[]): boolean =>
  handler.some(
    (one) =>
      (one.kind === "leave" && one.word === "throw") ||
      (one.kind === "expression" && one.value.kind === "call" && one.value.name === "error" && one.value.on === undefined),
  );

export const catching = (sheet: Sheet, frame: Frame, why: string): Frame => ({
  ...frame,
  catches: [...frame.catches, { id: sheet.catches++, why }],
});

/** Values that hold calls run them; closures that are only named run where they are called. */
function walkValue(sheet: Sheet, frame: Frame, value: Expression, depth = 0): void {
  if (depth > 100) return;
  if (value.kind === "call") return walkCall(sheet, frame, value);
  if (value.kind === "operation") for (const part of value.parts) walkValue(sheet, frame, part, depth + 1);
  if (value.kind === "member") walkValue(sheet, frame, value.of, depth + 1);
  if (value.kind === "name" && sheet.methods.has(value.name)) return;
}

function walkCall(sheet: Sheet, frame: Frame, call: Call): void {
  count(sheet);
  if (call.on !== undefined) return walkMethod(sheet, frame, call, call.on);
  const { name } = call;
  if (name === "stage") return walkStage(sheet, frame, call);
  if (name === "parallel") return walkParallel(sheet, frame, call);
  const method = sheet.methods.get(name);
  if (method !== undefined) return walkLocal(sheet, frame, call, method);
  if (Object.hasOwn(SETTINGS, name)) return SETTINGS[name]?.(sheet, call);
  const special = Object.hasOwn(STEPS, name) ? STEPS[name] : undefined;
  const credentials = credentialsIn(sheet, call);
  if (special !== undefined) {
    const draft = stageFor(sheet, frame, sheet.at(call.line));
    draft.credentials.push(...credentials);
    special(sheet, frame, draft, call);
    return runBlocks(sheet, frame, call);
  }
  const inner = wrapped(sheet, frame, call, credentials);
  if (!WRAPPERS.has(name) && !HARMLESS.has(name) && !name.startsWith("new ")) unknownStep(sheet, frame, call, name);
  else for (const { value } of call.arguments) if (value.kind !== "closure") walkValue(sheet, frame, value);
  runBlocks(sheet, inner, call);
}

/** What a block adds to the steps inside it. Where a stage is open, its own steps are what it adds to. */
function wrapped(sheet: Sheet, frame: Frame, call: Call, credentials: Frame["credentials"]): Frame {
  const labels = call.name === "node" ? labelsOf(call) : [];
  const images = imagesIn(sheet, call);
  if (sheet.open !== undefined) {
    sheet.open.credentials.push(...credentials);
    sheet.open.labels.push(...labels);
    sheet.open.images.push(...images);
  }
  const own = {
    ...frame,
    credentials: [...frame.credentials, ...credentials],
    labels: [...frame.labels, ...labels],
    images: [...frame.images, ...images],
  };
  return call.name === "catchError" || call.name === "warnError" ? catching(sheet, own, call.name) : own;
}

const labelsOf = (call: Call): readonly string[] => {
  const given = plainOf(call.arguments)[0] ?? argumentOf(call.arguments, "label");
  return given === undefined ? [] : [literalOf(given) ?? "*"];
};

function runBlocks(sheet: Sheet, frame: Frame, call: Call): void {
  for (const block of closuresOf(call.arguments)) walk(sheet, frame, block.body);
}

/** `stage('Build') { … }`, and the older `stage 'Build'`, which names what follows. */
function walkStage(sheet: Sheet, frame: Frame, call: Call): void {
  const given = plainOf(call.arguments)[0] ?? argumentOf(call.arguments, "name");
  const name = given === undefined ? "stage" : (textOf(given) ?? writtenOf(given));
  const blocks = closuresOf(call.arguments);
  closeStage(sheet);
  if (blocks.length === 0) {
    sheet.title = name;
    return void stageFor(sheet, frame, sheet.at(call.line));
  }
  const before = sheet.drafts.length;
  const title = sheet.title;
  sheet.title = undefined;
  const inner = { ...frame, parents: [...frame.parents, name] };
  // The stage stands where it is named, not where its first step is.
  stageFor(sheet, inner, sheet.at(call.line));
  for (const block of blocks) walk(sheet, inner, block.body);
  closeStage(sheet);
  dropEmpty(sheet, before);
  sheet.title = title;
}

/** A stage that only holds other stages is none itself: those wait for what it waited for. */
function dropEmpty(sheet: Sheet, at: number): void {
  const draft = sheet.drafts[at];
  if (draft === undefined || sheet.drafts.length === at + 1) return;
  const isEmpty = [draft.steps, draft.inputs, draft.builds, draft.checkouts, draft.artifacts, draft.copiesFrom].every(
    (list) => list.length === 0,
  );
  if (!isEmpty || draft.unstashes) return;
  sheet.drafts.splice(at, 1);
  const moved = (all: readonly number[]): readonly number[] => [
    ...new Set(all.flatMap((index) => (index === at ? draft.after : [index > at ? index - 1 : index]))),
  ];
  for (const [index, one] of sheet.drafts.entries()) if (index >= at) sheet.drafts[index] = { ...one, after: moved(one.after) };
  sheet.frontier = moved(sheet.frontier);
}

/** Branches by name: `parallel a: { … }, b: { … }`, a map, or a name to which closures were given before. */
function walkParallel(sheet: Sheet, frame: Frame, call: Call): void {
  const found: { readonly name: string; readonly value: Expression }[] = [];
  const entries = (given: readonly Argument[]): void => {
    for (const { name, value } of given) if (name !== "failFast") found.push({ name: name ?? "branch", value });
  };
  for (const { name, value } of call.arguments) {
    if (name !== undefined) entries([{ name, value }]);
    else if (value.kind === "map") entries(value.entries);
    else for (const one of sheet.values.get(pathOf(value)) ?? []) entries(one.kind === "map" ? one.entries : [{ value: one }]);
  }
  const branches = found.flatMap(({ name, value }) => {
    const bodies = bodiesOf(sheet, value);
    return bodies.map((body) => () => walk(sheet, { ...frame, parents: [...frame.parents, name] }, body));
  });
  if (branches.length === 0) return unknownStep(sheet, frame, call, writtenOf(call).slice(0, 80));
  const { title } = sheet;
  sideBySide(
    sheet,
    branches.map((branch) => () => {
      sheet.title = undefined;
      branch();
    }),
  );
  sheet.title = title;
}

/** A closure, or a method of this file that gives one. */
function bodiesOf(sheet: Sheet, value: Expression): readonly (readonly Statement[])[] {
  if (value.kind === "closure") return [value.body];
  if (value.kind !== "call") return [];
  const body = sheet.methods.get(value.name) ?? closuresOf(value.arguments)[0]?.body;
  const given = (body ?? []).flatMap((one) =>
    (one.kind === "leave" || one.kind === "expression") && one.value !== undefined ? [one.value] : [],
  );
  return given.flatMap((one) =>
    one.kind === "closure"
      ? [one.body]
      : one.kind === "map"
        ? one.entries.flatMap(({ value: each }) => (each.kind === "closure" ? [each.body] : []))
        : [],
  );
}

function walkLocal(sheet: Sheet, frame: Frame, call: Call, body: readonly Statement[]): void {
  if (frame.calls.includes(call.name) || frame.calls.length > 20) return;
  for (const { value } of call.arguments) if (value.kind !== "closure") walkValue(sheet, frame, value);
  walk(sheet, { ...frame, calls: [...frame.calls, call.name] }, body);
  runBlocks(sheet, frame, call);
}

/** `docker.image('node:20').inside { … }`, `list.each { … }`, `library.deploy()`. */
function walkMethod(sheet: Sheet, frame: Frame, call: Call, on: Expression): void {
  const path = pathOf(on);
  const image =
    on.kind === "call" && on.name === "image" && on.on !== undefined && pathOf(on.on) === "docker"
      ? textOf(plainOf(on.arguments)[0])
      : undefined;
  const at = sheet.at(call.line);
  if (image !== undefined && call.name !== "push") {
    const images = [{ name: image, source: at }];
    sheet.open?.images.push(...images);
    return runBlocks(sheet, { ...frame, images: [...frame.images, ...images] }, call);
  }
  if (path === "docker") return walkDocker(sheet, frame, call);
  if (on.kind === "call") walkCall(sheet, frame, on);
  const root = path.split(".")[0] ?? "";
  const held = sheet.values.get(root);
  const isPlain = held !== undefined && held.every((one) => one.kind !== "call" || HARMLESS.has(one.name) || one.name.startsWith("new "));
  if (root !== "" && !OBJECTS.has(root) && !isPlain) unknownStep(sheet, frame, call, `${path}.${call.name}`);
  for (const { value } of call.arguments) if (value.kind !== "closure") walkValue(sheet, frame, value);
  runBlocks(sheet, frame, call);
}

function walkDocker(sheet: Sheet, frame: Frame, call: Call): void {
  const source = sheet.at(call.line);
  if (call.name === "withRegistry") {
    const id = plainOf(call.arguments)[1];
    const credentials = id === undefined ? [] : [{ id: literalOf(id) ?? "*", source }];
    sheet.open?.credentials.push(...credentials);
    return runBlocks(sheet, { ...frame, credentials: [...frame.credentials, ...credentials] }, call);
  }
  if (call.name === "build") {
    const draft = stageFor(sheet, frame, source);
    draft.steps.push({ text: "", uses: "docker.build", with: { image: textOf(plainOf(call.arguments)[0]) ?? "" }, source });
  }
  runBlocks(sheet, frame, call);
}

/** What a step of a library or plugin does is not in the file. */
function unknownStep(sheet: Sheet, frame: Frame, call: Call, name: string): void {
  const source = sheet.at(call.line);
  const draft = stageFor(sheet, frame, source);
  const given = Object.fromEntries(
    call.arguments.flatMap(({ name: key, value }, index) => {
      const text = textOf(value);
      return text === undefined ? [] : [[key ?? String(index), text]];
    }),
  );
  const swallowed = frame.catches.find((one) => !draft.catches.includes(one))?.why;
  draft.steps.push({
    text: "",
    uses: name,
    with: given,
    isUnknown: true,
    ...(swallowed !== undefined && { swallowed }),
    ...(frame.post !== undefined && { post: frame.post }),
    source,
  });
  sheet.problems.push({ what: `what the step ${name} does is not in the file`, source, isStep: true });
}

const CREDENTIAL = /(?:credentials?(?:Id)?|kubeconfigId|registryCredentialsId|vaultCredentialId)$/i;

/** Ids of credentials anywhere in the arguments. Steps name them `credentialsId`, or something that ends so. */
function credentialsIn(sheet: Sheet, call: Call): { readonly id: string; readonly source: ReturnType<Sheet["at"]> }[] {
  const source = sheet.at(call.line);
  const found: string[] = [];
  for (const { name, value } of namedWithin(call.arguments)) {
    if (!CREDENTIAL.test(name)) continue;
    const values = value.kind === "list" ? value.items : [value];
    for (const one of values) if (one.kind !== "map" && one.kind !== "closure" && one.kind !== "call") found.push(literalOf(one) ?? "*");
  }
  if (call.name === "sshagent")
    for (const one of plainOf(call.arguments)) if (one.kind === "list") found.push(...one.items.map((id) => literalOf(id) ?? "*"));
  return [...new Set(found)].filter((id) => id !== "").map((id) => ({ id, source }));
}

/** Images of a pod's containers, named or in its YAML. */
function imagesIn(sheet: Sheet, call: Call): { readonly name: string; readonly source: ReturnType<Sheet["at"]> }[] {
  if (!/^(?:podTemplate|withDockerContainer)$/.test(call.name)) return [];
  const source = sheet.at(call.line);
  const named = [...namedWithin(call.arguments)].flatMap(({ name, value }) => (name === "image" ? [textOf(value)] : []));
  const first = call.name === "withDockerContainer" ? [textOf(plainOf(call.arguments)[0])] : [];
  const yaml = textOf(argumentOf(namedOf(call.arguments), "yaml"));
  return [...named, ...first, ...(yaml === undefined ? [] : imagesOfYaml(yaml))].flatMap((name) =>
    name === undefined ? [] : [{ name, source }],
  );
}

/** Lines of a pod's definition that name an image: the rest of it is not needed. */
export const imagesOfYaml = (yaml: string): readonly string[] =>
  [...yaml.matchAll(/^[ \t-]*image:[ \t]*["']?([^\s"'#]+)/gm)].map((match) => match[1] as string);
