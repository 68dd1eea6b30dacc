// Whether production's data stands in a lower environment: in full, from production's side, with nothing of production going down.
import { prfOfDomains } from "../engine/compile.ts";
import type { Maskers } from "../masker.ts";
import type { LoadedPolicy } from "../policy/load.ts";
import { type MaskPlan, planOf } from "../policy/plan.ts";
import type { PolicyProblem } from "../policy/problem.ts";
import { fail, ok, type Result } from "../../lib/result.ts";
import { type Aligned, alignRows } from "./aligned.ts";
import { drawSeeds } from "./fingerprints.ts";
import { findCanaries, type Hit, scanLower } from "./scan-lower.ts";
import { fingerprintProduction, sensitiveColumns } from "./sensitive.ts";
import type { Anonymity, Side } from "./side.ts";

export interface VerifyProgress {
  readonly phase: "production" | "lower" | "rows" | "constraints" | "done";
  readonly values: number;
  readonly bytes: number;
}

export interface Verification {
  readonly policy: LoadedPolicy;
  readonly production: Side;
  readonly lower: Side;
  readonly maskers: Maskers;
  /** With it, rows whose primary key was masked can be compared too. */
  readonly key?: Uint8Array;
  readonly onProgress?: (progress: VerifyProgress) => void;
}

export interface TableVerified {
  readonly id: string;
  readonly production: number;
  /** Absent: the table is not there. */
  readonly lower?: number;
  /** Why the two do not fit the policy. */
  readonly problem?: string;
}

export interface VerifyReport {
  /** `violated`: production's data is there, or what the policy promises does not hold. `unknown`: not everything could be compared. */
  readonly verdict: "separated" | "violated" | "unknown";
  readonly leaks: readonly Hit[];
  readonly risks: readonly Hit[];
  readonly unmasked: readonly Aligned[];
  readonly aligned: readonly Aligned[];
  /** Tables with masked columns whose rows could not be compared one by one. */
  readonly notAligned: readonly string[];
  readonly sensitive: readonly {
    readonly table: string;
    readonly column: string;
    readonly values: number;
    readonly nulls: number;
    readonly distinct: number;
  }[];
  readonly scanned: { readonly tables: number; readonly columns: number; readonly values: number; readonly bytes: number };
  readonly canaries: { readonly planted: number; readonly found: number };
  readonly tables: readonly TableVerified[];
  readonly orphans: readonly { readonly key: string; readonly rows: number }[];
  readonly unvalidated: readonly string[];
  readonly anonymity: readonly (Anonymity & {
    readonly table: string;
    readonly columns: readonly string[];
    readonly least: number;
    readonly isMet: boolean;
  })[];
  /** What was not compared, and why. */
  readonly gaps: readonly string[];
}

/** Reads both sides whole. Throws what either database throws: a comparison that broke off says nothing. */
export async function verifyMasking(verification: Verification): Promise<Result<VerifyReport, readonly PolicyProblem[]>> {
  const { policy, production, lower, maskers, key, onProgress } = verification;
  const plan = planOf(policy, production.inventory, maskers);
  if (!plan.ok) return fail(plan.error);
  const seeds = drawSeeds();
  const known = await fingerprintProduction(production, sensitiveColumns(plan.value, production), seeds, (values) =>
    onProgress?.({ phase: "production", values, bytes: 0 }),
  );
  const scanned = await scanLower(known, lower, (values, bytes) => onProgress?.({ phase: "lower", values, bytes }));
  const { values, bytes, leaks, risks } = scanned;
  onProgress?.({ phase: "rows", values, bytes });
  const { aligned, notAligned } = await alignRows(plan.value, production, lower, seeds, known.rows, {
    maskers,
    prf: key && prfOfDomains(key),
  });
  onProgress?.({ phase: "constraints", values, bytes });
  const canaries = findCanaries(known);
  const tables = await tablesOf(plan.value, production, lower, known.rows, scanned.rows);
  const orphans = await orphansOf(lower);
  const unvalidated = await lower.unvalidated();
  const anonymity = await anonymityOf(policy, lower);
  onProgress?.({ phase: "done", values, bytes });
  const unmasked = aligned.filter(({ verdict }) => verdict === "leak");
  const gaps = gapsOf(policy, lower, known.fingerprints.size, canaries);
  const isViolated =
    leaks.length + unmasked.length + orphans.length + unvalidated.length > 0 ||
    tables.some(({ problem }) => problem !== undefined) ||
    anonymity.some(({ isMet }) => !isMet);
  return ok({
    verdict: isViolated ? "violated" : gaps.length > 0 ? "unknown" : "separated",
    leaks,
    risks,
    unmasked,
    aligned,
    notAligned,
    sensitive: known.columns.map(({ table, name }, at) => ({
      table,
      column: name,
      values: known.values[at]?.rows ?? 0,
      nulls: known.values[at]?.nulls ?? 0,
      distinct: known.values[at]?.distinct ?? 0,
    })),
    scanned: {
      tables: lower.inventory.tables.filter(({ holdsRows }) => holdsRows).length,
      columns: lower.inventory.tables.reduce((sum, { columns, holdsRows }) => sum + (holdsRows ? columns.length : 0), 0),
      values,
      bytes,
    },
    canaries,
    tables,
    orphans,
    unvalidated,
    anonymity,
    gaps,
  });
}

/** Rows that were read are not counted again. */
async function tablesOf(
  plan: MaskPlan,
  production: Side,
  lower: Side,
  above: ReadonlyMap<string, number>,
  below: ReadonlyMap<string, number>,
): Promise<readonly TableVerified[]> {
  const tables: TableVerified[] = [];
  for (const { id, action, facts, columns } of plan.tables) {
    if (!facts.holdsRows) continue;
    const there = lower.inventory.tables.find((table) => table.id === id);
    const rows = there && (below.get(id) ?? 0);
    const dropped = columns.filter(({ name, rule }) => rule.kind === "drop" && there?.columns.some((column) => column.name === name));
    const problem =
      action === "drop" && there !== undefined
        ? "the policy leaves it out, and it is there"
        : action === "empty" && (rows ?? 0) > 0
          ? `the policy leaves it without rows, and it has ${rows}`
          : dropped.length > 0
            ? `the policy leaves out ${dropped.map(({ name }) => name).join(", ")}, and it is there`
            : undefined;
    tables.push({
      id,
      production: above.get(id) ?? (await production.count(facts)),
      ...(rows !== undefined && { lower: rows }),
      ...(problem !== undefined && { problem }),
    });
  }
  return tables;
}

async function orphansOf(lower: Side): Promise<VerifyReport["orphans"]> {
  const orphans: { key: string; rows: number }[] = [];
  for (const key of lower.inventory.foreignKeys) {
    const rows = await lower.orphans(key);
    if (rows > 0) orphans.push({ key: `${key.from} (${key.columns.join(", ")}) → ${key.to}`, rows });
  }
  return orphans;
}

async function anonymityOf({ policy }: LoadedPolicy, lower: Side): Promise<VerifyReport["anonymity"]> {
  const found: VerifyReport["anonymity"][number][] = [];
  for (const { table, columns, sensitive, k, l } of policy.anonymity) {
    const facts = lower.inventory.tables.find(({ id }) => id === table);
    if (facts === undefined) continue;
    const measured = await lower.anonymity(facts, columns, sensitive);
    // Without rows there is nobody to be told from anybody.
    const isMet = measured.rows === 0 || (measured.k >= k && (l === undefined || (measured.l ?? 0) >= l));
    found.push({ ...measured, table, columns, least: k, isMet });
  }
  return found;
}

function gapsOf({ policy }: LoadedPolicy, lower: Side, known: number, canaries: VerifyReport["canaries"]): readonly string[] {
  const gaps: string[] = [];
  if (known === 0) gaps.push("production has no sensitive value by this policy: nothing was compared");
  if (canaries.found < canaries.planted)
    gaps.push(`the scan missed ${canaries.planted - canaries.found} of ${canaries.planted} values that were put before it`);
  for (const { table } of policy.anonymity)
    if (!lower.inventory.tables.some(({ id }) => id === table)) gaps.push(`${table}, whose anonymity is to be measured, is not there`);
  if (lower.inventory.largeObjects > 0) gaps.push(`${lower.inventory.largeObjects} large objects were not read`);
  return gaps;
}
