// Expressions of Azure Pipelines, as templates and conditions write them. Source: Azure Pipelines, "Expressions": literals, index and property, functions.

export type AzureValue = null | boolean | number | string | readonly AzureValue[] | { readonly [key: string]: AzureValue };

export type AzureExpression =
  | { readonly kind: "literal"; readonly value: null | boolean | number | string }
  /** `parameters.x`, `variables['Build.SourceBranch']`; a part that is computed is `undefined`. */
  | { readonly kind: "path"; readonly parts: readonly (string | undefined)[] }
  | { readonly kind: "call"; readonly name: string; readonly given: readonly AzureExpression[] };

/** Threat: expressions are attacker-controlled. People write them shorter, and nest them less. */
const LONGEST = 8_000;
const DEEPEST = 60;

const TOKEN = /\s*(?:('(?:[^']|'')*')|(-?\d+(?:\.\d+)*)|([A-Za-z_][\w-]*)|(\*)|([()[\].,]))/y;

interface Reading {
  readonly tokens: readonly string[];
  at: number;
}

function tokensOf(text: string): readonly string[] | undefined {
  if (text.length > LONGEST) return undefined;
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  let at = 0;
  while (at < text.length && text.slice(at).trim() !== "") {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(text);
    if (found === null) return undefined;
    tokens.push(found[0].trim());
    at = TOKEN.lastIndex;
  }
  return tokens;
}

/** Undefined: it is none, or is longer or deeper than any that people write. */
export function parseAzureExpression(text: string): AzureExpression | undefined {
  const tokens = tokensOf(text);
  if (tokens === undefined || tokens.length === 0) return undefined;
  const reading: Reading = { tokens, at: 0 };
  const value = expression(reading, 0);
  return reading.at === tokens.length ? value : undefined;
}

function expression(reading: Reading, depth: number): AzureExpression | undefined {
  const token = reading.tokens[reading.at++];
  if (token === undefined || depth > DEEPEST) return undefined;
  if (token.startsWith("'")) return { kind: "literal", value: token.slice(1, -1).replaceAll("''", "'") };
  // A version (`1.2.3`) is a text that is compared by its parts: as it is written.
  if (/^-?\d/.test(token)) return { kind: "literal", value: /^-?\d+(?:\.\d+)?$/.test(token) ? Number(token) : token };
  if (!/^[A-Za-z_]/.test(token)) return undefined;
  if (/^(?:true|false)$/i.test(token)) return { kind: "literal", value: token.toLowerCase() === "true" };
  if (/^null$/i.test(token)) return { kind: "literal", value: null };
  return reading.tokens[reading.at] === "(" ? call(reading, token, depth) : path(reading, token, depth);
}

function call(reading: Reading, name: string, depth: number): AzureExpression | undefined {
  reading.at++;
  const given: AzureExpression[] = [];
  while (reading.tokens[reading.at] !== ")") {
    const value = expression(reading, depth + 1);
    if (value === undefined) return undefined;
    given.push(value);
    if (reading.tokens[reading.at] === ",") reading.at++;
    else if (reading.tokens[reading.at] !== ")") return undefined;
  }
  reading.at++;
  return { kind: "call", name: name.toLowerCase(), given };
}

function path(reading: Reading, first: string, depth: number): AzureExpression | undefined {
  const parts: (string | undefined)[] = [first];
  for (;;) {
    const sign = reading.tokens[reading.at];
    if (sign === ".") {
      const name = reading.tokens[reading.at + 1];
      if (name === undefined || !/^[\w*-]/.test(name)) return undefined;
      parts.push(name);
      reading.at += 2;
    } else if (sign === "[") {
      reading.at++;
      const index = expression(reading, depth + 1);
      if (index === undefined || reading.tokens[reading.at++] !== "]") return undefined;
      parts.push(index.kind === "literal" && index.value !== null ? String(index.value) : undefined);
    } else return { kind: "path", parts };
  }
}

/** What a path stands for; undefined: it is known when the run is queued, or while it runs. */
export type Lookup = (parts: readonly string[]) => AzureValue | undefined;

const isTruthy = (value: AzureValue): boolean => !(value === null || value === false || value === 0 || value === "");

const asText = (value: AzureValue): string =>
  value === null
    ? ""
    : typeof value === "boolean"
      ? value
        ? "True"
        : "False"
      : typeof value === "object"
        ? JSON.stringify(value)
        : String(value);

/** "Converts right parameter to match type of left parameter. Ordinal ignore-case comparison for Strings." */
function isEqual(left: AzureValue, right: AzureValue): boolean {
  if (typeof left === "boolean") return left === isTruthy(right);
  if (typeof left === "number") return left === Number(asText(right));
  return asText(left).toLowerCase() === asText(right).toLowerCase();
}

/** Undefined: it depends on what the lookup does not know. */
export function evaluateAzure(value: AzureExpression, lookup: Lookup, depth = 0): AzureValue | undefined {
  if (depth > DEEPEST) return undefined;
  if (value.kind === "literal") return value.value;
  if (value.kind === "path") return value.parts.includes(undefined) ? undefined : lookup(value.parts as readonly string[]);
  const each = (): readonly (AzureValue | undefined)[] => value.given.map((one) => evaluateAzure(one, lookup, depth + 1));
  if (value.name === "and" || value.name === "or") {
    const values = each();
    const stop = value.name === "or";
    if (values.some((one) => one !== undefined && isTruthy(one) === stop)) return stop;
    return values.includes(undefined) ? undefined : !stop;
  }
  const given = each();
  const reader = Object.hasOwn(FUNCTIONS, value.name) ? FUNCTIONS[value.name] : undefined;
  return reader === undefined || given.includes(undefined) ? undefined : reader(given as readonly AzureValue[]);
}

const lower = (value: AzureValue | undefined): string => asText(value ?? null).toLowerCase();

const FUNCTIONS: Readonly<Record<string, (given: readonly AzureValue[]) => AzureValue | undefined>> = {
  eq: ([a = null, b = null]) => isEqual(a, b),
  ne: ([a = null, b = null]) => !isEqual(a, b),
  not: ([a = null]) => !isTruthy(a),
  xor: ([a = null, b = null]) => isTruthy(a) !== isTruthy(b),
  in: ([needle = null, ...all]) => all.some((one) => isEqual(needle, one)),
  notin: ([needle = null, ...all]) => !all.some((one) => isEqual(needle, one)),
  gt: ([a = null, b = null]) => Number(asText(a)) > Number(asText(b)),
  ge: ([a = null, b = null]) => Number(asText(a)) >= Number(asText(b)),
  lt: ([a = null, b = null]) => Number(asText(a)) < Number(asText(b)),
  le: ([a = null, b = null]) => Number(asText(a)) <= Number(asText(b)),
  contains: ([a, b]) => lower(a).includes(lower(b)),
  startswith: ([a, b]) => lower(a).startsWith(lower(b)),
  endswith: ([a, b]) => lower(a).endsWith(lower(b)),
  containsvalue: ([all = null, needle = null]) =>
    typeof all === "object" && all !== null ? Object.values(all as Record<string, AzureValue>).some((one) => isEqual(one, needle)) : false,
  coalesce: (given) => given.find((one) => one !== null && one !== "") ?? null,
  lower: ([a]) => lower(a),
  upper: ([a = null]) => asText(a).toUpperCase(),
  trim: ([a = null]) => asText(a).trim(),
  length: ([a = null]) =>
    Array.isArray(a) || typeof a === "string" ? a.length : typeof a === "object" && a !== null ? Object.keys(a).length : asText(a).length,
  replace: ([a = null, from = null, to = null]) => (asText(from) === "" ? asText(a) : asText(a).replaceAll(asText(from), () => asText(to))),
  split: ([a = null, by = null]) => asText(a).slice(0, LONGEST).split(asText(by)),
  join: ([by = null, all = null]) => (Array.isArray(all) ? (all as readonly AzureValue[]).map(asText).join(asText(by)) : asText(all)),
  iif: ([condition = null, a = null, b = null]) => (isTruthy(condition) ? a : b),
  format: ([text = null, ...all]) =>
    asText(text).replaceAll(/\{(\d+)\}/g, (whole, index: string) =>
      all[Number(index)] === undefined ? whole : asText(all[Number(index)] as AzureValue),
    ),
  converttojson: ([a = null]) => JSON.stringify(a),
};

export const azureText = asText;
export const azureTruth = isTruthy;
