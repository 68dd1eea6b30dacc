// `rules: if` of GitLab, in three values: true, false, or not known from the files.

/** A variable's value: a text, null where it is not set, or not known (then `except` cannot be it, and `isSet` says that it has one). */
export type Value = string | null | { readonly isSet: boolean; readonly except?: readonly string[] };

export type Variables = (name: string) => Value;

export type Truth = boolean | undefined;

const UNKNOWN: Value = { isSet: false };

const TOKEN = /\s*(?:(\|\||&&|==|!=|=~|!~|\(|\)|!(?!=|~))|"([^"]*)"|'([^']*)'|\$\{?(\w+)\}?|(null)\b|\/((?:\\.|[^/\\])+)\/(\w*))/y;

type Token =
  | { readonly kind: "operator"; readonly text: string }
  | { readonly kind: "value"; readonly value: Value }
  | { readonly kind: "pattern"; readonly source: string; readonly flags: string };

function tokensOf(text: string, variables: Variables): readonly Token[] | undefined {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  const end = text.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const match = TOKEN.exec(text);
    if (match === null) return undefined;
    const [, operator, double, single, name, nothing, pattern, flags] = match;
    if (operator !== undefined) tokens.push({ kind: "operator", text: operator });
    else if (pattern !== undefined) tokens.push({ kind: "pattern", source: pattern, flags: flags ?? "" });
    else tokens.push({ kind: "value", value: nothing === undefined ? (double ?? single ?? variables(name ?? "")) : null });
  }
  return tokens;
}

const not = (truth: Truth): Truth => (truth === undefined ? undefined : !truth);
const and = (a: Truth, b: Truth): Truth => (a === false || b === false ? false : a === true && b === true ? true : undefined);
const or = (a: Truth, b: Truth): Truth => (a === true || b === true ? true : a === false && b === false ? false : undefined);

const known = (value: Value): value is string | null => value === null || typeof value === "string";

/** A variable alone is true when it is set and not empty (Docs, "Specify when jobs run with rules", Compare a variable). */
export const isTrue = (value: Value): Truth => (known(value) ? value !== null && value !== "" : value.isSet ? true : undefined);

function equal(a: Value, b: Value): Truth {
  if (known(a) && known(b)) return a === b;
  const [open, other] = known(a) ? [b, a] : [a, b];
  if (known(open) || !known(other)) return undefined;
  if (other === null || other === "") return open.isSet ? false : undefined;
  return open.except?.includes(other) === true ? false : undefined;
}

/** RE2 in GitLab; what JavaScript cannot read stays open. An attacker-controlled pattern is never run on more than a name. */
function matches(value: Value, pattern: Token | undefined): Truth {
  const source = pattern?.kind === "pattern" ? pattern : undefined;
  if (!known(value) || source === undefined) return undefined;
  if (value === null) return false;
  // Nested repetition can take exponential time: such a pattern stays open.
  if (/[+*}]\s*\)[+*{]/.test(source.source)) return undefined;
  try {
    return new RegExp(source.source, source.flags.replaceAll(/[^ims]/g, "")).test(value.slice(0, 300));
  } catch {
    return undefined;
  }
}

/** "&& is evaluated before ||" (Docs, "Specify when jobs run with rules"). What is not understood is not known. */
export function evaluate(text: string, variables: Variables): Truth {
  const tokens = tokensOf(text, variables);
  if (tokens === undefined) return undefined;
  const parser = { tokens, at: 0 };
  const truth = anyOf(parser);
  return parser.at === tokens.length ? truth : undefined;
}

interface Parser {
  readonly tokens: readonly Token[];
  at: number;
}

const takes = (parser: Parser, text: string): boolean => {
  const token = parser.tokens[parser.at];
  if (token?.kind !== "operator" || token.text !== text) return false;
  parser.at++;
  return true;
};

function anyOf(parser: Parser): Truth {
  let truth = allOf(parser);
  while (takes(parser, "||")) truth = or(truth, allOf(parser));
  return truth;
}

function allOf(parser: Parser): Truth {
  let truth = comparison(parser);
  while (takes(parser, "&&")) truth = and(truth, comparison(parser));
  return truth;
}

function comparison(parser: Parser): Truth {
  if (takes(parser, "!")) return not(comparison(parser));
  if (takes(parser, "(")) {
    const inner = anyOf(parser);
    return takes(parser, ")") ? inner : undefined;
  }
  const left = valueAt(parser);
  if (takes(parser, "==")) return equal(left, valueAt(parser));
  if (takes(parser, "!=")) return not(equal(left, valueAt(parser)));
  if (takes(parser, "=~")) return matches(left, parser.tokens[parser.at++]);
  if (takes(parser, "!~")) return not(matches(left, parser.tokens[parser.at++]));
  return isTrue(left);
}

function valueAt(parser: Parser): Value {
  const token = parser.tokens[parser.at++];
  return token?.kind === "value" ? token.value : UNKNOWN;
}
