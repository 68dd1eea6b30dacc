// Conditions of a statement: parsing, and evaluation to true, false or a residual in plain words.
import { asList, isObject, type Json } from "../../lib/json.ts";
import { covers, isLiteral, literally, matches, reachable } from "./patterns.ts";
import { OPERATORS, type Operator } from "./operators.ts";
import { expand } from "./variables.ts";

export interface Condition {
  readonly operator: Operator;
  /** Lower-case: condition keys are not case-sensitive (IAM User Guide, "Condition"). */
  readonly key: string;
  /** As written, for people. */
  readonly written: string;
  readonly values: readonly string[];
  readonly quantifier?: "all" | "any";
  readonly ifExists: boolean;
}

/**
 * What a request says for a key. `chosen`: the caller chooses among the texts that match `pattern` and none of `except`, and, where
 * `optional`, may leave the key out.
 */
export type ContextValue =
  | { readonly kind: "fixed"; readonly values: readonly string[] }
  | { readonly kind: "absent" }
  | { readonly kind: "chosen"; readonly pattern: string; readonly except: readonly string[]; readonly optional: boolean }
  /** A time, in milliseconds since 1970, that is `from` or later as the caller waits. Not `certain`: the key may also be missing. */
  | { readonly kind: "later"; readonly from: number; readonly certain: boolean }
  | { readonly kind: "residual" };

export type Context = (key: string) => ContextValue;

export const ABSENT: ContextValue = { kind: "absent" };
export const RESIDUAL: ContextValue = { kind: "residual" };
/** Any text, or none: sts:ExternalId, request tags. */
export const FREE: ContextValue = { kind: "chosen", pattern: "*", except: [], optional: true };
export const fixed = (...values: readonly string[]): ContextValue => ({ kind: "fixed", values });

export type Truth = "true" | "false" | "residual";

/** One way to satisfy the conditions: the context as narrowed by it, and what stays undecided. */
export interface Way {
  readonly context: Context;
  readonly residual: readonly string[];
}

/** undefined: the element does not follow the grammar or names an operator that does not exist. */
export function parseConditions(json: Json | undefined): readonly Condition[] | undefined {
  if (json === undefined) return [];
  if (!isObject(json)) return undefined;
  const conditions: Condition[] = [];
  for (const [name, keys] of Object.entries(json)) {
    const form = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/i.exec(name);
    const operator = form && OPERATORS.get((form[2] as string).toLowerCase());
    if (!form || !operator || !isObject(keys)) return undefined;
    for (const [written, values] of Object.entries(keys)) {
      const list = asList(values);
      if (!list.every((value) => ["string", "number", "boolean"].includes(typeof value))) return undefined;
      const quantifier = form[1] === undefined ? {} : { quantifier: /all/i.test(form[1]) ? ("all" as const) : ("any" as const) };
      conditions.push({
        operator,
        key: written.toLowerCase(),
        written,
        values: list.map(String),
        ifExists: form[3] !== undefined,
        ...quantifier,
      });
    }
  }
  return conditions;
}

/** The condition in plain words, for a rule's `because`. */
export const inWords = (condition: Condition): string =>
  `${condition.written} ${condition.operator.words} ${condition.values.slice(0, 3).join(" or ")}${condition.values.length > 3 ? " or …" : ""}`;

/** More ways than this are not told apart: the condition then stays residual. */
const MOST_WAYS = 64;

/** The ways in which a caller can make all conditions true; none: they are false. Used for statements that allow. */
export function waysToSatisfy(conditions: readonly Condition[], context: Context, expands: boolean): readonly Way[] {
  let ways: readonly Way[] = [{ context, residual: [] }];
  for (const condition of conditions) {
    const next: Way[] = [];
    for (const way of ways) next.push(...waysOf(condition, way, expands));
    if (next.length > MOST_WAYS) return [{ context, residual: conditions.map(inWords) }];
    ways = next;
  }
  return ways;
}

function waysOf(condition: Condition, way: Way, expands: boolean): readonly Way[] {
  const value = way.context(condition.key);
  if (value.kind === "chosen" && condition.operator.narrows && condition.quantifier === undefined) {
    const ways = condition.values.flatMap((single) => narrowed({ ...condition, values: [single] }, value, way, expands));
    return value.optional && condition.ifExists ? [...ways, fixKey(way, condition.key, ABSENT)] : ways;
  }
  const truth = evaluateCondition(condition, way.context, true, expands);
  if (truth === "false") return [];
  return truth === "true" ? [way] : [{ context: way.context, residual: [...way.residual, inWords(condition)] }];
}

/** The caller settles on this value (or pattern), so that what is evaluated later sees the same choice. */
function narrowed(condition: Condition, value: Extract<ContextValue, { kind: "chosen" }>, way: Way, expands: boolean): readonly Way[] {
  const truth = evaluateCondition(condition, way.context, true, expands);
  if (truth === "false") return [];
  const wanted = expand(condition.values[0] as string, way.context, expands);
  if (truth === "residual" || wanted === undefined || wanted === "residual") {
    return [{ context: way.context, residual: [...way.residual, inWords(condition)] }];
  }
  const pattern = condition.operator.globs ? wanted : literally(wanted);
  if (isLiteral(pattern)) return [fixKey(way, condition.key, fixed(wanted))];
  if (!covers(value.pattern, pattern)) return [way];
  return [fixKey(way, condition.key, { kind: "chosen", pattern, except: value.except, optional: false })];
}

const fixKey = (way: Way, key: string, value: ContextValue): Way => ({
  residual: way.residual,
  context: (asked) => (asked === key ? value : way.context(asked)),
});

/** Whether a statement that denies applies, when the caller avoids it where they can. */
export function deniesHold(conditions: readonly Condition[], context: Context, expands: boolean): Truth {
  let outcome: Truth = "true";
  for (const condition of conditions) {
    const truth = evaluateCondition(condition, context, false, expands);
    if (truth === "false") return "false";
    if (truth === "residual") outcome = "residual";
  }
  return outcome;
}

const not = (truth: Truth): Truth => (truth === "residual" ? truth : truth === "true" ? "false" : "true");

const truthOf = (value: boolean | undefined): Truth => (value === undefined ? "residual" : value ? "true" : "false");

/**
 * One condition. Where the caller chooses the value, they choose towards `wish`.
 *
 * A key that is not in the request: the condition is false, true for a negated operator, true with IfExists, true with ForAllValues and
 * false with ForAnyValue (IAM User Guide, "Condition operators", "…IfExists", "Null", and "Set operators for multivalued context keys").
 */
export function evaluateCondition(condition: Condition, context: Context, wish: boolean, expands: boolean): Truth {
  const { operator, quantifier } = condition;
  const value = context(condition.key);
  if (value.kind === "residual") return "residual";
  if (operator.name === "null") return evaluateNull(condition, value, wish);
  if (value.kind === "absent") {
    if (condition.ifExists || quantifier === "all") return "true";
    return quantifier === "any" ? "false" : truthOf(operator.negated);
  }
  const wanted: string[] = [];
  for (const text of condition.values) {
    const expanded = expand(text, context, expands);
    if (expanded === "residual") return "residual";
    if (expanded !== undefined) wanted.push(expanded);
  }
  if (value.kind === "later") return ofLater(condition, value, wanted);
  return value.kind === "fixed" ? ofFixed(condition, value.values, wanted) : ofChosen(condition, value, wanted, wish);
}

function ofFixed(condition: Condition, values: readonly string[], wanted: readonly string[]): Truth {
  const { operator, quantifier } = condition;
  const agrees = (value: string): boolean => wanted.some((text) => operator.agrees(value, text)) !== operator.negated;
  if (quantifier === "all") return truthOf(values.every(agrees));
  if (quantifier === "any") return truthOf(values.some(agrees));
  return truthOf(operator.negated ? values.every(agrees) : values.some(agrees));
}

/** What is past stays past: a time before `from` is out of reach, one that has been passed stays passed. The rest is open until then. */
function ofLater({ operator, ifExists }: Condition, value: Extract<ContextValue, { kind: "later" }>, wanted: readonly string[]): Truth {
  const times = wanted.map((text) => (/^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text)));
  if (times.length === 0 || times.some(Number.isNaN)) return "residual";
  const order = /^(?:date|numeric)(less|greater)than/.exec(operator.name)?.[1];
  if (order === "less" && !ifExists && times.every((time) => time < value.from)) return "false";
  if (order === "greater" && value.certain && times.some((time) => time < value.from)) return "true";
  return "residual";
}

function evaluateNull(condition: Condition, value: ContextValue, wish: boolean): Truth {
  if (value.kind === "later" && !value.certain) return "residual";
  const wantsAbsent = condition.values.some((text) => text.toLowerCase() === "true");
  if (value.kind !== "chosen") return truthOf((value.kind === "absent") === wantsAbsent);
  return value.optional ? truthOf(wish) : truthOf(!wantsAbsent);
}

function ofChosen(condition: Condition, value: Extract<ContextValue, { kind: "chosen" }>, wanted: readonly string[], wish: boolean): Truth {
  const { operator, quantifier } = condition;
  if (value.optional && missingGives(condition) === wish) return truthOf(wish);
  if (!operator.text) return value.pattern === "*" ? truthOf(wish) : "residual";
  if (quantifier !== undefined && value.pattern === "*") return truthOf(wish);
  const fold = (text: string): string => (operator.foldsCase ? text.toLowerCase() : text);
  const chosen = fold(value.pattern);
  const except = value.except.map(fold);
  const patterns = wanted.map((text) => fold(operator.globs ? text : literally(text)));
  const positiveWish = operator.negated ? !wish : wish;
  const positive = positiveWish ? canMatch(chosen, except, patterns) : truthOf(patterns.some((pattern) => covers(pattern, chosen)));
  return operator.negated ? not(positive) : positive;
}

function canMatch(chosen: string, except: readonly string[], patterns: readonly string[]): Truth {
  let outcome: Truth = "false";
  for (const pattern of patterns) {
    const hit = isLiteral(pattern)
      ? matches(chosen, pattern) && !except.some((other) => matches(other, pattern))
      : reachable(chosen, except, pattern);
    if (hit === true) return "true";
    if (hit === undefined) outcome = "residual";
  }
  return outcome;
}

const missingGives = (condition: Condition): boolean =>
  condition.ifExists || condition.quantifier === "all" || (condition.quantifier !== "any" && condition.operator.negated);
