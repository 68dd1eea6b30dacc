// The values that a matrix can take. Source: GitHub Docs, "Workflow syntax", jobs.<job_id>.strategy.matrix.
import { isObject } from "../../lib/json.ts";
import { at, isWholeExpression, type Node, refuse } from "./reader.ts";
import { scriptWithoutSecrets } from "../../lib/secret-text.ts";

type Matrix = Readonly<Record<string, readonly string[]>>;

/**
 * Every value each key can have: own values and those of `include`. An `exclude` of one key alone takes its value away; one of several keys takes
 * combinations away and is not applied: more values than there are is the safe side. `dynamic`: not even the keys are known.
 */
export function matrixOf(node: Node): Matrix | "dynamic" | undefined {
  const { value } = node;
  if (value === undefined) return undefined;
  if (isWholeExpression(value)) return "dynamic";
  if (!isObject(value)) return refuse(node, "a matrix is a map or an expression");
  const values: Values = new Map();
  for (const key of Object.keys(value)) if (key !== "include" && key !== "exclude") own(values, key, at(node, key));
  const exclude = entries(at(node, "exclude"));
  if (exclude !== "dynamic") for (const entry of exclude) take(values, entry);
  const include = entries(at(node, "include"));
  if (include === "dynamic") return "dynamic";
  for (const entry of include) for (const [key, each] of Object.entries(entry)) add(values, key, each);
  const shown = (item: string): string => scriptWithoutSecrets(item, node.sheet.fingerprint);
  return Object.fromEntries([...values].map(([key, set]) => [key, [...set].map(shown)]));
}

type Values = Map<string, Set<string>>;
type Entry = Readonly<Record<string, unknown>>;

function own(values: Values, key: string, node: Node): void {
  if (!Array.isArray(node.value) && !isWholeExpression(node.value)) refuse(node, "values of a matrix are a list or an expression");
  for (const item of Array.isArray(node.value) ? node.value : [node.value]) add(values, key, item);
}

function entries(node: Node): readonly Entry[] | "dynamic" {
  const { value } = node;
  if (value === undefined) return [];
  if (isWholeExpression(value)) return "dynamic";
  if (!Array.isArray(value)) {
    refuse(node, "must be a list of maps or an expression");
    return [];
  }
  if (value.some(isWholeExpression)) return "dynamic";
  return value.flatMap((item, index): readonly Entry[] => (isObject(item) ? [item] : (refuse(at(node, index), "must be a map"), [])));
}

/** Members of a value that is a map stand under `key.member`. */
function add(values: Values, key: string, value: unknown): void {
  if (isObject(value)) {
    for (const [member, each] of Object.entries(value)) add(values, `${key}.${member}`, each);
    return;
  }
  values.set(key, (values.get(key) ?? new Set()).add(itemText(value)));
}

const itemText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

function take(values: Values, entry: Entry): void {
  const [only, ...others] = Object.entries(entry);
  if (only && others.length === 0 && !isObject(only[1])) values.get(only[0])?.delete(itemText(only[1]));
}
