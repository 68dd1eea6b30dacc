// Policy variables: `${aws:username}`, `${aws:PrincipalTag/team, 'none'}`, `${*}` (IAM User Guide, "Policy variables and tags").
import type { Context } from "./condition.ts";
import { literally } from "./patterns.ts";

const VARIABLE = /\$\{([^}]*)\}/g;

/**
 * The text with its variables filled in; their values never act as wildcards. undefined: a variable has no value and no default, so the
 * text matches nothing. `residual`: the value is not known.
 */
export function expand(text: string, context: Context, expands: boolean): string | "residual" | undefined {
  if (!expands || !text.includes("${")) return text;
  let missing = false;
  let residual = false;
  const filled = text.replace(VARIABLE, (_, inner: string) => {
    if (inner === "*" || inner === "?" || inner === "$") return literally(inner);
    const [key = "", fallback] = inner.split(/,\s*/, 2);
    const value = context(key.trim().toLowerCase());
    if (value.kind === "fixed" && value.values.length === 1) return literally(value.values[0] as string);
    if (value.kind === "absent" && fallback !== undefined) return literally(fallback.trim().replace(/^'(.*)'$/, "$1"));
    if (value.kind === "absent") missing = true;
    else residual = true;
    return "";
  });
  if (residual) return "residual";
  return missing ? undefined : filled;
}
