// The values that a matrix can take. Source: GitHub Docs, "Workflow syntax", jobs.<job_id>.strategy.matrix.
import { isObject } from "../../lib/json.ts";
import { at, isExpression, type Node, refuse } from "./reader.ts";

type Matrix = Readonly<Record<string, readonly string[]>>;

/**
 * Every value each key can have: own values and those of `include`. `exclude` takes combinations away and is not applied, so that a value it
 * removes everywhere is still listed: more values than there are is the safe side. `dynamic`: not even the keys are known.
 */
export function matrixOf(node: Node): Matrix | "dynamic" | undefined {
  const { value } = node;
  if (value === undefined || value === null) return undefined;
  if (isExpression(value)) return "dynamic";
  if (!isObject(value)) return refuse(node, "a matrix is a map or an expression");
  const values = new Map<string, Set<string>>();
  const include = at(node, "include");
  if (isExpression(include.value)) return "dynamic";
  for (const key of Object.keys(value)) {
    if (key === "include" || key === "exclude") continue;
    const member = at(node, key);
    for (const item of Array.isArray(member.value) ? member.value : [member.value]) add(values, key, item);
  }
  if (Array.isArray(include.value)) {
    for (const item of include.value) {
      if (isExpression(item)) return "dynamic";
      if (isObject(item)) for (const [key, each] of Object.entries(item)) add(values, key, each);
    }
  }
  return Object.fromEntries([...values].map(([key, set]) => [key, [...set]]));
}

/** Members of a value that is a map stand under `key.member`. */
function add(values: Map<string, Set<string>>, key: string, value: unknown): void {
  if (isObject(value)) {
    for (const [member, each] of Object.entries(value)) add(values, `${key}.${member}`, each);
    return;
  }
  const set = values.get(key) ?? new Set<string>();
  set.add(typeof value === "string" ? value : JSON.stringify(value));
  values.set(key, set);
}
