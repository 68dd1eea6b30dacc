// bulkhead mask run and check-policy: which engine masks from where to where.
import { fail, type Result } from "../../lib/result.ts";
import { intoFile, maskDump, planDump } from "../../mask/dump/run.ts";
import { maskFolder, planFolder } from "../../mask/files/run.ts";
import { MaskError } from "../../mask/error.ts";
import { formatPolicyProblems, type PolicyProblem } from "../../mask/policy/problem.ts";
import { loadPolicy } from "../../mask/policy/load.ts";
import type { MaskPlan } from "../../mask/policy/plan.ts";
import { maskMysql, planMysql } from "../../mask/mysql/run.ts";
import { maskDatabase, planDatabase, type Progress } from "../../mask/postgres/run.ts";
import type { SubsetRequest } from "../../mask/postgres/subset.ts";
import type { RunReport } from "../../mask/report.ts";
import { dumpOf } from "./open-dump.ts";
import { placeOf, shownPlace } from "./source.ts";

export { formatPolicyProblems };
export type { MaskPlan, PolicyProblem, Progress, RunReport, SubsetRequest };

export interface MaskRequest {
  readonly policy: { readonly text: string; readonly file: string };
  readonly from: string;
  readonly to: string;
  readonly key: Uint8Array;
  readonly jobs?: number;
  readonly replace?: boolean;
  readonly subset?: SubsetRequest;
  readonly onProgress?: (progress: Progress) => void;
}

export async function runMask({ policy, from, to, ...more }: MaskRequest): Promise<Result<RunReport, readonly PolicyProblem[]>> {
  const loaded = loadPolicy(policy.text, policy.file);
  if (!loaded.ok) return fail(loaded.error);
  const [source, target] = [placeOf(from), placeOf(to)];
  if (source.kind === "postgres" && target.kind === "postgres") return maskDatabase({ from, to, policy: loaded.value, ...more });
  if (more.subset !== undefined)
    throw new MaskError("NOT_APPLICABLE", "a part of the rows is taken from PostgreSQL to PostgreSQL only\n  Leave  --where  out.");
  const onProgress = (rows: number, bytes: number): void => more.onProgress?.({ phase: "rows", rows, bytes, rowsOf: 0 });
  if (source.kind === "mysql" && target.kind === "mysql") return maskMysql({ from, to, policy: loaded.value, ...more, onProgress });
  if (source.kind === "folder" && "path" in target) return maskFolder({ from, to, policy: loaded.value, key: more.key, onProgress });
  const dump = dumpOf(source);
  if (dump !== undefined && target.kind !== "postgres" && target.kind !== "mysql") {
    return intoFile(to, (out) => maskDump({ ...dump, policy: loaded.value, key: more.key, out, onProgress }));
  }
  throw unknownWay(from, to);
}

/** What would be done, without reading a row: the policy met with what the source holds. */
export async function planMask(policy: MaskRequest["policy"], from: string): Promise<Result<MaskPlan, readonly PolicyProblem[]>> {
  const loaded = loadPolicy(policy.text, policy.file);
  if (!loaded.ok) return fail(loaded.error);
  const source = placeOf(from);
  if (source.kind === "postgres") return planDatabase(from, loaded.value);
  if (source.kind === "mysql") return planMysql(from, loaded.value);
  if (source.kind === "folder") return planFolder(from, loaded.value);
  const dump = dumpOf(source);
  if (dump !== undefined) return planDump(dump.open, dump.dialect, loaded.value);
  throw unknownWay(from, undefined);
}

function unknownWay(from: string, to: string | undefined): MaskError {
  const way = to === undefined ? shownPlace(from) : `${shownPlace(from)} to ${shownPlace(to)}`;
  return new MaskError(
    "NOT_APPLICABLE",
    `no engine masks from ${way}\n  Databases are masked into databases of their kind, dumps into files, folders into folders. Check that what is to be read is there.`,
  );
}
