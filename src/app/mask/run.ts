// bulkhead mask run and check-policy: which engine masks from where to where.
import { fail, type Result } from "../../lib/result.ts";
import { MaskError } from "../../mask/error.ts";
import { formatPolicyProblems, type PolicyProblem } from "../../mask/policy/problem.ts";
import { loadPolicy } from "../../mask/policy/load.ts";
import type { MaskPlan } from "../../mask/policy/plan.ts";
import { maskDatabase, planDatabase, type Progress } from "../../mask/postgres/run.ts";
import type { RunReport } from "../../mask/report.ts";

export { formatPolicyProblems };
export type { MaskPlan, PolicyProblem, Progress, RunReport };

export interface MaskRequest {
  readonly policy: { readonly text: string; readonly file: string };
  readonly from: string;
  readonly to: string;
  readonly key: Uint8Array;
  readonly jobs?: number;
  readonly replace?: boolean;
  readonly onProgress?: (progress: Progress) => void;
}

const isPostgres = (place: string): boolean => /^postgres(ql)?:\/\//.test(place);

export async function runMask({ policy, from, to, ...more }: MaskRequest): Promise<Result<RunReport, readonly PolicyProblem[]>> {
  const loaded = loadPolicy(policy.text, policy.file);
  if (!loaded.ok) return fail(loaded.error);
  if (isPostgres(from) && isPostgres(to)) return maskDatabase({ from, to, policy: loaded.value, ...more });
  throw unknownWay(from, to);
}

/** What would be done, without reading a row: the policy met with what the source holds. */
export async function planMask(policy: MaskRequest["policy"], from: string): Promise<Result<MaskPlan, readonly PolicyProblem[]>> {
  const loaded = loadPolicy(policy.text, policy.file);
  if (!loaded.ok) return fail(loaded.error);
  if (isPostgres(from)) return planDatabase(from, loaded.value);
  throw unknownWay(from, undefined);
}

const unknownWay = (from: string, to: string | undefined): MaskError =>
  new MaskError(
    "NOT_APPLICABLE",
    `no engine masks from ${shown(from)}${to === undefined ? "" : ` to ${shown(to)}`}\n  Write postgres://HOST/NAME for both.`,
  );

/** An address may hold a password. */
const shown = (place: string): string => place.replace(/\/\/[^@/]*@/, "//");
