// The few functions of Terraform that only put literals together. Every other call is an expression that nothing here works out.
import { isObject, type Json } from "../../../lib/json.ts";
import { isKnown, known, textOf, UNKNOWN, type Value } from "./value.ts";

/** Longer texts are taken for made to grow. */
const LONGEST = 2 ** 20;

type Arguments = readonly Json[];

const lists = (args: Arguments): readonly (readonly Json[])[] | undefined =>
  args.every((arg): arg is Json[] => Array.isArray(arg)) ? args : undefined;
const objects = (args: Arguments): readonly Readonly<Record<string, Json>>[] | undefined => (args.every(isObject) ? args : undefined);
const texts = (args: Arguments): readonly string[] | undefined =>
  args.every((arg): arg is string => typeof arg === "string") ? args : undefined;

const distinct = (list: readonly Json[] | undefined): readonly Json[] | undefined =>
  list && [...new Map(list.map((item) => [JSON.stringify(item), item])).values()];

/** Each as Terraform documents it ("Functions"); undefined where the arguments are not of its kind. */
const FUNCTIONS: Readonly<Record<string, (args: Arguments) => Json | undefined>> = {
  jsonencode: ([value]) => (value === undefined ? undefined : encoded(value)),
  tostring: ([value]) => (typeof value === "object" ? undefined : String(value)),
  toset: ([list]) => distinct(lists([list ?? null])?.[0]),
  tolist: ([list]) => lists([list ?? null])?.[0],
  tomap: ([map]) => objects([map ?? null])?.[0],
  distinct: ([list]) => distinct(lists([list ?? null])?.[0]),
  compact: ([list]) => lists([list ?? null])?.[0]?.filter((item) => item !== "" && item !== null),
  concat: (args) => lists(args)?.flat(),
  flatten: ([list]) => lists([list ?? null])?.[0]?.flatMap((item) => (Array.isArray(item) ? (item as Json[]) : [item])),
  merge: (args) => {
    const all = objects(args);
    return all && Object.assign({}, ...all);
  },
  keys: ([map]) => (isObject(map) ? Object.keys(map).toSorted() : undefined),
  length: ([value]) =>
    Array.isArray(value) || typeof value === "string" ? value.length : isObject(value) ? Object.keys(value).length : undefined,
  join: ([separator, list]) => {
    const parts = Array.isArray(list) ? texts(list as Json[]) : undefined;
    return typeof separator === "string" ? parts?.join(separator) : undefined;
  },
  lower: ([value]) => texts([value ?? null])?.[0]?.toLowerCase(),
  upper: ([value]) => texts([value ?? null])?.[0]?.toUpperCase(),
  format: ([form, ...args]) => formatted(form, args),
};

/** `jsonencode` escapes what could end a script (Terraform documentation, "jsonencode"); decoded it is the same. */
const encoded = (value: Json): string => JSON.stringify(value);

/** `%s`, `%d` and `%%` alone; other verbs are not worked out. */
function formatted(form: Json | undefined, args: Arguments): string | undefined {
  if (typeof form !== "string" || /%(?![sd%])/.test(form)) return undefined;
  let next = 0;
  let isWhole = true;
  const text = form.replace(/%([sd%])/g, (_, verb: string) => {
    if (verb === "%") return "%";
    const value = args[next++];
    if (typeof value !== "string" && typeof value !== "number") isWhole = false;
    return String(value);
  });
  return isWhole && next === args.length ? text : undefined;
}

export function call(name: string, args: readonly Value[]): Value {
  // A set or list of which one item is not known is still a list; everything else needs all.
  if (!args.every(isKnown)) return ["tolist", "tomap"].includes(name) ? (args[0] ?? UNKNOWN) : UNKNOWN;
  const worked = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name]?.(args.map(({ json }) => json)) : undefined;
  return worked === undefined || (typeof worked === "string" && worked.length > LONGEST) ? UNKNOWN : known(worked);
}

/** `==`, `!=`, `!`, `&&`, `||` and the sign of a number. */
export function operate(operator: string, operands: readonly Value[]): Value {
  const [left, right] = operands;
  if (left === undefined || !operands.every(isKnown)) return UNKNOWN;
  const [a, b] = [left.json, right?.json];
  if (right === undefined) {
    if (operator === "!") return typeof a === "boolean" ? known(!a) : UNKNOWN;
    return operator === "-" && typeof a === "number" ? known(-a) : UNKNOWN;
  }
  if (operator === "==" || operator === "!=") return known((JSON.stringify(a) === JSON.stringify(b)) === (operator === "=="));
  if (typeof a !== "boolean" || typeof b !== "boolean") return UNKNOWN;
  return operator === "&&" ? known(a && b) : operator === "||" ? known(a || b) : UNKNOWN;
}

export function joinedText(parts: readonly Value[]): Value {
  const texts_ = parts.map(textOf);
  if (texts_.includes(undefined)) return UNKNOWN;
  const text = texts_.join("");
  return text.length > LONGEST ? UNKNOWN : known(text);
}
