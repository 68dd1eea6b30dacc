// Template expressions and directives: `${{ parameters.x }}`, `${{ if }}`, `${{ each }}`. Source: Azure Pipelines, "Template expressions".
import {
  type AzureExpression,
  azureText,
  azureTruth,
  type AzureValue,
  evaluateAzure,
  parseAzureExpression,
} from "../../../lib/azure-expression.ts";
import { isObject, type Json, type JsonObject } from "../../../lib/json.ts";
import type { Source } from "../../../model/source.ts";
import { at, count, DEEPEST, type Frame, type Sheet, TooMuch } from "./sheet.ts";

const DIRECTIVE = /^\s*\$\{\{\s*(if|elseif|else|each|insert)\b([\s\S]*)\}\}\s*$/;
/** Threat: a text of nothing but `${{` is attacker-controlled. An expression ends where the next one begins, so each part is looked at once. */
const WHOLE = /^\s*\$\{\{((?:(?!\}\}|\$\{\{)[\s\S])*)\}\}\s*$/;
const PART = /\$\{\{((?:(?!\}\}|\$\{\{)[\s\S])*)\}\}/g;

/** A value that holds an expression which stayed open says nothing that can be compared. */
const isOpen = (value: Json): boolean => (typeof value === "string" ? value.includes("${{") : false);

/** `withDefaults`: parameters of the pipeline have the values that a push gives them; without, they are not known. */
function lookupIn(frame: Frame, withDefaults: boolean): (parts: readonly string[]) => AzureValue | undefined {
  return ([first = "", ...rest]) => {
    const scope = first.toLowerCase();
    let value: Json | undefined;
    if (Object.hasOwn(frame.loops, first)) value = frame.loops[first];
    else if (scope === "parameters") {
      if (frame.isRoot && !withDefaults) return undefined;
      value = frame.parameters as Json;
    } else if (scope === "variables") {
      const name = rest.join(".");
      value = Object.hasOwn(frame.variables, name) ? frame.variables[name] : undefined;
      return value === undefined || isOpen(value) || (typeof value === "string" && value.includes("$("))
        ? undefined
        : (value as AzureValue);
    } else return undefined;
    for (const part of rest) {
      if (!isObject(value) || !Object.hasOwn(value, part))
        return Array.isArray(value) ? (value as readonly AzureValue[])[Number(part)] : undefined;
      value = value[part];
    }
    return value === undefined || isOpen(value) ? undefined : (value as AzureValue);
  };
}

interface Told {
  /** With the defaults of the pipeline's parameters; undefined: not in the files. */
  readonly value: AzureValue | undefined;
  /** Who starts the run may choose otherwise. */
  readonly isChosen: boolean;
}

function tell(text: string, frame: Frame): Told {
  const parsed: AzureExpression | undefined = parseAzureExpression(text);
  if (parsed === undefined) return { value: undefined, isChosen: false };
  const fixed = evaluateAzure(parsed, lookupIn(frame, false));
  if (fixed !== undefined) return { value: fixed, isChosen: false };
  return { value: evaluateAzure(parsed, lookupIn(frame, true)), isChosen: true };
}

/** A text that is one expression is its value, of any kind; what stays open stays as it is written. */
function interpolated(text: string, frame: Frame): Json {
  const whole = WHOLE.exec(text)?.[1];
  if (whole !== undefined) {
    const { value, isChosen } = tell(whole, frame);
    return value === undefined || isChosen ? text : (value as Json);
  }
  return text.replaceAll(PART, (written, expression: string) => {
    const { value, isChosen } = tell(expression, frame);
    return value === undefined || isChosen ? written : azureText(value);
  });
}

export function expandValue(sheet: Sheet, value: Json, frame: Frame, depth = 0): Json {
  count(sheet);
  if (depth > DEEPEST) throw new TooMuch("its values are nested too deep");
  if (typeof value === "string") return value.includes("${{") ? interpolated(value, frame) : value;
  if (Array.isArray(value))
    return expandList(sheet, value as readonly Json[], { file: "" }, frame, undefined, depth + 1).map((one) => one.value);
  return isObject(value) ? expandMap(sheet, value, frame, depth + 1).value : value;
}

export interface Entry {
  readonly value: Json;
  readonly source: Source;
  readonly because?: string | undefined;
  readonly frame: Frame;
}

/** What of a chain of `if`, `elseif`, `else` was decided so far. */
type Chain = "none" | "taken" | "open" | "untaken";

interface Branch {
  readonly enters: boolean;
  readonly because?: string | undefined;
  readonly chain: Chain;
}

const both = (a: string | undefined, b: string | undefined): string | undefined =>
  a === undefined ? b : b === undefined || a === b ? a : `${a}; ${b}`;

function branchOf(word: string, text: string, chain: Chain, frame: Frame): Branch {
  if (word !== "if" && chain === "taken") return { enters: false, chain };
  const open = word !== "if" && chain === "open" ? "an earlier condition of the template is not decided by the files" : undefined;
  if (word === "else") return { enters: true, because: open, chain: "none" };
  const { value, isChosen } = tell(text, frame);
  const unsure = `whether ${text.trim().slice(0, 100)}, is not decided by the files`;
  if (value === undefined) return { enters: true, because: both(open, unsure), chain: "open" };
  const chosen = `who starts the run chooses whether ${text.trim().slice(0, 100)}`;
  if (azureTruth(value)) return { enters: true, because: open, chain: isChosen || open !== undefined ? "open" : "taken" };
  return isChosen
    ? { enters: true, because: both(open, chosen), chain: open === undefined ? "untaken" : "open" }
    : { enters: false, chain: chain === "open" ? "open" : "untaken" };
}

/** `${{ each x in parameters.list }}`: an entry for each; of a map, with `key` and `value`. Undefined: not in the files. */
function loopOf(text: string, frame: Frame): readonly Frame[] | undefined {
  const [, name, list] = /^\s*([\w-]+)\s+in\s+([\s\S]+)$/.exec(text) ?? [];
  if (name === undefined || list === undefined) return undefined;
  const { value } = tell(list, frame);
  const bound = (item: Json): Frame => ({ ...frame, loops: { ...frame.loops, [name]: item } });
  if (Array.isArray(value)) return (value as readonly Json[]).map(bound);
  return isObject(value) ? Object.entries(value).map(([key, item]) => bound({ key, value: item })) : undefined;
}

/** Entries of a list: those of conditions and loops stand among the others. */
export function expandList(
  sheet: Sheet,
  list: readonly Json[],
  source: Source,
  frame: Frame,
  because?: string,
  depth = 0,
): readonly Entry[] {
  if (depth > DEEPEST) throw new TooMuch("its conditions and loops are nested too deep");
  const entries: Entry[] = [];
  let chain: Chain = "none";
  for (const [index, item] of list.entries()) {
    count(sheet);
    const here = at(source, index);
    const key = isObject(item) && Object.keys(item).length === 1 ? (Object.keys(item)[0] as string) : undefined;
    const [, word, text = ""] = key === undefined ? [] : (DIRECTIVE.exec(key) ?? []);
    if (word === undefined || key === undefined) {
      chain = "none";
      const value = expandValue(sheet, item, frame, depth + 1);
      // A parameter that is a list of steps stands for its steps (Template expressions, "Insertion").
      if (Array.isArray(value) && typeof item === "string")
        for (const one of value as readonly Json[]) entries.push({ value: one, source: here, because, frame });
      else entries.push({ value, source: here, because, frame });
      continue;
    }
    const inner = (item as JsonObject)[key] as Json;
    const below = Array.isArray(inner) ? (inner as readonly Json[]) : [inner];
    const walk = (own: Frame, why: string | undefined): void =>
      void entries.push(...expandList(sheet, below, at(here, key), own, why, depth + 1));
    if (word === "each") {
      const frames = loopOf(text, frame);
      for (const own of frames ?? [frame])
        walk(own, frames === undefined ? both(because, `what ${text.trim().slice(0, 80)} holds is not in the files`) : because);
      continue;
    }
    const branch: Branch = word === "insert" ? { enters: true, chain } : branchOf(word, text, chain, frame);
    chain = branch.chain;
    if (branch.enters) walk(frame, both(because, branch.because));
  }
  return entries;
}

/** Members of a map: those under conditions are members like the others. */
export function expandMap(
  sheet: Sheet,
  map: JsonObject,
  frame: Frame,
  depth = 0,
): { readonly value: JsonObject; readonly because?: string | undefined } {
  if (depth > DEEPEST) throw new TooMuch("its conditions and loops are nested too deep");
  const members: [string, Json][] = [];
  let because: string | undefined;
  let chain: Chain = "none";
  const merge = (inner: Json, own: Frame): void => {
    if (!isObject(inner)) return;
    const told = expandMap(sheet, inner, own, depth + 1);
    because = both(because, told.because);
    members.push(...Object.entries(told.value));
  };
  for (const [key, inner] of Object.entries(map)) {
    count(sheet);
    const [, word, text = ""] = DIRECTIVE.exec(key) ?? [];
    if (word === undefined) {
      chain = "none";
      members.push([
        key.includes("${{") ? azureText(interpolated(key, frame) as AzureValue) : key,
        expandValue(sheet, inner, frame, depth + 1),
      ]);
    } else if (word === "insert") merge(expandValue(sheet, inner, frame, depth + 1), frame);
    else if (word === "each") {
      const frames = loopOf(text, frame);
      for (const own of frames ?? [frame]) merge(inner, own);
    } else {
      const branch = branchOf(word, text, chain, frame);
      chain = branch.chain;
      // What may or may not be a member is one where the files do not decide it, after those that surely are.
      if (branch.enters) merge(inner, frame);
      because = both(because, branch.enters ? branch.because : undefined);
    }
  }
  return { value: Object.fromEntries(members), because };
}
