// Which secrets expressions read.
import { isObject } from "../../lib/json.ts";

const EXPRESSION = /\$\{\{([\s\S]*?)\}\}/g;
const CONTEXT = /(?<![\w.-])secrets\b\s*(?:\.\s*([A-Za-z_][\w-]*)|\[\s*'([^']*)'\s*\])?/gi;

/**
 * Names after `secrets.` or in `secrets['…']`, as written; `*` where the whole context or a computed name is read (`toJSON(secrets)`,
 * `secrets[matrix.name]`). Source: GitHub Docs, "Contexts reference", secrets context.
 */
export function secretsNamed(...values: readonly unknown[]): readonly string[] {
  const names = new Set<string>();
  const visit = (value: unknown, bare: boolean): void => {
    if (typeof value === "string") {
      for (const [, expression] of value.matchAll(EXPRESSION)) inExpression(expression ?? "", names);
      if (bare && !value.includes("${{")) inExpression(value, names);
    } else if (Array.isArray(value)) for (const item of value) visit(item, false);
    // `if` is an expression without its braces (GitHub Docs, "Workflow syntax", jobs.<job_id>.if).
    else if (isObject(value)) for (const [key, item] of Object.entries(value)) visit(item, key === "if");
  };
  for (const value of values) visit(value, false);
  return [...names].sort();
}

function inExpression(expression: string, names: Set<string>): void {
  for (const [, dotted, quoted] of expression.replace(/'(?:[^']|'')*'/g, quotedName(expression)).matchAll(CONTEXT))
    names.add(dotted ?? quoted ?? "*");
}

/** Text between quotes is no expression, except as the name in `secrets['NAME']`. */
const quotedName =
  (expression: string) =>
  (literal: string, ...rest: unknown[]): string => {
    const offset = rest.at(-2) as number;
    return /secrets\s*\[\s*$/i.test(expression.slice(0, offset)) ? literal : "''";
  };
