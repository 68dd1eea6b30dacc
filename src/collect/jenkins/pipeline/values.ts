// Literal texts, names and ids in the arguments of a step.
import type { Argument, Expression } from "../groovy/tree.ts";

/** A text as written, `${…}` in it kept; a number or a switch as text; undefined: a value that is not in the file. */
export function textOf(value: Expression | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (value.kind === "text") return value.value;
  if (value.kind === "literal" && value.value !== null) return String(value.value);
  if (value.kind === "operation" && value.operator === "()") return textOf(value.parts[0]);
  // Methods of a text that change blanks alone: `'''…'''.stripIndent()`.
  if (value.kind === "call" && value.on !== undefined && /^(?:stripIndent|stripMargin|trim|toString)$/.test(value.name))
    return textOf(value.on);
  return undefined;
}

/** A text without open parts. */
export const literalOf = (value: Expression | undefined): string | undefined =>
  value?.kind === "text" && value.isOpen ? undefined : textOf(value);

/** What a value is written as: for conditions and labels that are only shown. */
export function writtenOf(value: Expression, depth = 0): string {
  if (depth > 12) return "…";
  const each = (list: readonly Expression[], between: string): string => list.map((one) => writtenOf(one, depth + 1)).join(between);
  switch (value.kind) {
    case "text":
      return JSON.stringify(value.value.slice(0, 80));
    case "literal":
      return String(value.value);
    case "name":
      return value.name;
    case "list":
      return `[${each(value.items, ", ")}]`;
    case "map":
      return "[…]";
    case "closure":
      return "{…}";
    case "member":
      return `${writtenOf(value.of, depth + 1)}.${value.name}`;
    case "call":
      return `${value.on ? `${writtenOf(value.on, depth + 1)}.` : ""}${value.name}(${each(
        value.arguments.map((one) => one.value),
        ", ",
      )})`;
    default:
      return value.parts.length === 1
        ? `${value.operator === "()" ? "" : value.operator}${each(value.parts, "")}`
        : each(value.parts, ` ${value.operator} `);
  }
}

export const argumentOf = (given: readonly Argument[], name: string): Expression | undefined =>
  given.find((one) => one.name === name)?.value;

/** Arguments without a name that are no closures. */
export const plainOf = (given: readonly Argument[]): readonly Expression[] =>
  given.flatMap((one) => (one.name === undefined && one.value.kind !== "closure" ? [one.value] : []));

/** Arguments by name, also where they are given as one map: `checkout([$class: 'GitSCM', …])`. */
export function namedOf(given: readonly Argument[]): readonly Argument[] {
  const maps = given.flatMap((one) => (one.name === undefined && one.value.kind === "map" ? one.value.entries : []));
  return [...given.filter((one) => one.name !== undefined), ...maps];
}

/** Parts deeper than this belong to no step that people write. */
const DEEPEST = 12;

/** Every named value anywhere in the arguments, closures left out. */
export function* namedWithin(given: readonly Argument[], depth = 0): Generator<Argument & { readonly name: string }> {
  if (depth > DEEPEST) return;
  for (const { name, value } of given) {
    if (name !== undefined) yield { name, value };
    if (value.kind === "map") yield* namedWithin(value.entries, depth + 1);
    if (value.kind === "list")
      yield* namedWithin(
        value.items.map((item) => ({ value: item })),
        depth + 1,
      );
    if (value.kind === "call") yield* namedWithin(value.arguments, depth + 1);
  }
}

export const closuresOf = (given: readonly Argument[]): readonly Extract<Expression, { kind: "closure" }>[] =>
  given.flatMap((one) => (one.value.kind === "closure" ? [one.value] : []));
