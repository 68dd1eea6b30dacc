// Conditions of stages and jobs: whether they ask that what stands before succeeded, and on which branches they hold. Source: Azure Pipelines, "Conditions".
import { type AzureExpression, type AzureValue, evaluateAzure, azureTruth, parseAzureExpression } from "../../../lib/azure-expression.ts";

export type Truth = boolean | undefined;

/** What a run is of: a branch by name; or any branch but some. */
export type Head = { readonly branch: string } | { readonly except: readonly string[] };

const BRANCH = /^build\.(?:sourcebranch|sourcebranchname)$/;

function lookup(head: Head, variables: Readonly<Record<string, string>>): (parts: readonly string[]) => AzureValue | undefined {
  return ([first = "", ...rest]) => {
    const name = rest.join(".");
    if (first.toLowerCase() !== "variables") return undefined;
    if (BRANCH.test(name.toLowerCase())) {
      if (!("branch" in head)) return undefined;
      return name.toLowerCase() === "build.sourcebranch" ? `refs/heads/${head.branch}` : (head.branch.split("/").at(-1) ?? head.branch);
    }
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    return value === undefined || value.includes("$") ? undefined : value;
  };
}

const STATES: ReadonlySet<string> = new Set(["succeeded", "succeededorfailed", "always", "failed", "canceled"]);

/** Functions of state are true here, but for those that ask for a failure: what they hold back is asked apart. */
function withoutState(value: AzureExpression): AzureExpression {
  if (value.kind !== "call") return value;
  if (STATES.has(value.name)) return { kind: "literal", value: value.name !== "failed" && value.name !== "canceled" };
  return { ...value, given: value.given.map(withoutState) };
}

/** A comparison with a branch that stands apart is false on any other. */
function onOthers(value: AzureExpression, except: readonly string[]): Truth {
  if (value.kind === "literal") return azureTruth(value.value);
  if (value.kind !== "call") return undefined;
  const each = value.given.map((one) => onOthers(one, except));
  if (value.name === "and") return each.includes(false) ? false : each.every((one) => one === true) ? true : undefined;
  if (value.name === "or") return each.includes(true) ? true : each.every((one) => one === false) ? false : undefined;
  if (value.name === "not") return each[0] === undefined ? undefined : !each[0];
  const [left, right] = value.given;
  const isOfBranch = left?.kind === "path" && BRANCH.test(left.parts.slice(1).join(".").toLowerCase());
  const name = right?.kind === "literal" ? String(right.value).replace(/^refs\/heads\//, "") : undefined;
  if (isOfBranch && name !== undefined && except.includes(name))
    return value.name === "eq" ? false : value.name === "ne" ? true : undefined;
  return undefined;
}

export function holds(condition: string | undefined, head: Head, variables: Readonly<Record<string, string>>): Truth {
  if (condition === undefined) return true;
  const parsed = parseAzureExpression(condition.replaceAll(/^\s*\$\[|\]\s*$/g, ""));
  if (parsed === undefined) return undefined;
  const value = withoutState(parsed);
  if (!("branch" in head)) return onOthers(value, head.except);
  const told = evaluateAzure(value, lookup(head, variables));
  return told === undefined ? undefined : azureTruth(told);
}

/**
 * "By default, a stage runs if all dependencies succeeded … when you specify a condition, the default is overwritten": one that does not ask
 * `succeeded()` runs whatever became of what stands before it. Undefined: it asks.
 */
export function despite(condition: string | undefined): string | undefined {
  if (condition === undefined) return undefined;
  const parsed = parseAzureExpression(condition);
  if (parsed === undefined) return /\bsucceeded\s*\(/i.test(condition) ? undefined : `condition: ${condition.slice(0, 120)}`;
  return asks(parsed) ? undefined : `its condition does not ask succeeded(): ${condition.slice(0, 120)}`;
}

/** `succeeded()` must hold: alone, or as one part of an `and`. */
const asks = (value: AzureExpression): boolean =>
  value.kind === "call" &&
  (value.name === "succeeded" || (value.name === "and" && value.given.some(asks)) || (value.name === "or" && value.given.every(asks)));

/** Names of branches that a condition compares with. */
export function branchesIn(condition: string | undefined): readonly string[] {
  return [...(condition ?? "").matchAll(/'refs\/heads\/([^'*?]{1,200})'/g)].map((found) => found[1] as string);
}
