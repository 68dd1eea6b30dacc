// From a policy as the CLI prints it (an object, JSON text, or percent-encoded text) to a decoded document that keeps to the grammar.
import { isObject, type Json } from "../../lib/json.ts";
import { fail, ok, type Result } from "../../lib/result.ts";
import { inside, type Source } from "../source.ts";
import { validatePolicy, type PolicyUse } from "./policy-grammar.ts";

export interface PolicyFailure {
  readonly why: string;
  readonly source: Source;
}

/**
 * The decoded policy. IAM's API percent-encodes documents after RFC 3986 (IAM API Reference, RoleDetail: "URL-encoded JSON text"), the CLI
 * decodes them, and other services give JSON as text.
 */
export function decodePolicy(value: unknown): Result<Json, string> {
  if (isObject(value)) return ok(value);
  if (typeof value !== "string") return fail("the policy is neither an object nor text");
  const text = value.trimStart();
  try {
    return ok(JSON.parse(text.startsWith("%") ? decodeURIComponent(text) : text) as Json);
  } catch {
    return fail("the policy is text that is neither JSON nor percent-encoded JSON");
  }
}

const shown = (pointer: string): string => (pointer === "" ? "" : `${pointer}: `);

/** Decodes and validates. On failure the source points to the first breach, as far as the file's own structure goes. */
export function readPolicy(value: unknown, source: Source, use: PolicyUse): Result<Json, PolicyFailure> {
  const decoded = decodePolicy(value);
  if (!decoded.ok) return fail({ why: `${decoded.error}; collect it again`, source });
  const problems = validatePolicy(decoded.value, use);
  const first = problems[0];
  if (!first) return ok(decoded.value);
  const why = problems.slice(0, 3).map((p) => `${shown(p.pointer)}${p.problem}; ${p.remedy}`);
  if (problems.length > 3) why.push(`${problems.length - 3} more`);
  const at = isObject(value)
    ? first.pointer
        .split("/")
        .slice(1)
        .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    : [];
  return fail({ why: why.join(". "), source: inside(source, ...at) });
}
