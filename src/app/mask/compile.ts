// bulkhead mask compile: a policy as SQL, or every column that keeps it from being that.
import { fail, ok, type Result } from "../../lib/result.ts";
import type { Dialect } from "../../mask/masker.ts";
import { formatPolicyProblems } from "../../mask/policy/problem.ts";
import { compilePlan } from "../../mask/sql/compile.ts";
import { planMask } from "./run.ts";

export interface CompileRequest {
  readonly policy: { readonly text: string; readonly file: string };
  /** Whose catalog the policy is met with. */
  readonly from: string;
  readonly key: Uint8Array;
  readonly dialect: Dialect;
}

/** The text, or what is wrong in words. */
export async function compilePolicy({ policy, from, key, dialect }: CompileRequest): Promise<Result<string, string>> {
  const plan = await planMask(policy, from);
  if (!plan.ok) return fail(formatPolicyProblems(plan.error));
  const compiled = compilePlan(plan.value, key, dialect);
  if (!compiled.ok) {
    const lines = compiled.error.map(
      ({ table, column, masker }) => `${policy.file}  ${table}.${column}: masker ${masker} cannot be said in SQL`,
    );
    return fail(
      `${lines.join("\n")}\n  Take hash, name, email, date, constant or redact with a word there, or copy with  bulkhead mask run.`,
    );
  }
  const header = `-- ${dialect}: ${compiled.value.length} tables masked by ${policy.file}. Holds keys derived from the masking key: for production's side alone.`;
  return ok([header, ...compiled.value.map(({ id, select }) => `\n-- ${id}\n${select};`), ""].join("\n"));
}
