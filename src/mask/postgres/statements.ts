// The two COPY statements of a table, and the fields that flow between them.
import type { SourceField } from "../engine/compile.ts";
import type { ColumnPlan, TablePlan } from "../policy/plan.ts";
import { quotedName, quotedTable } from "./connect.ts";

export interface CopyStatements {
  /** In the order of the row: what is masked comes first, so that the rest of a row is copied unseen. */
  readonly fields: readonly SourceField[];
  readonly read: (where: string | undefined) => string;
  /** `isWhole`: the table was emptied in the same transaction, and nobody else can see it. */
  readonly write: (isWhole: boolean) => string;
  /** Where rows go: a partition's key may change under the mask, so then its table decides anew. */
  readonly into: string;
  readonly isRouted: boolean;
}

export function copyStatements(table: TablePlan, tables: readonly TablePlan[]): CopyStatements {
  const written = table.columns.filter(({ rule }) => rule.kind !== "drop" && rule.kind !== "generated");
  const masked = written.filter(({ rule }) => rule.kind === "mask");
  const others = written.filter(({ rule }) => rule.kind !== "mask");
  const isWritten = new Set(written.map(({ name }) => name));
  const readOnly = [...new Set(masked.flatMap(({ rule }) => (rule.kind === "mask" ? rule.reads : [])))]
    .filter((name) => !isWritten.has(name) || table.columns.find((each) => each.name === name)?.rule.kind === "null")
    .map((name) => table.columns.find((each) => each.name === name))
    .filter((plan): plan is ColumnPlan => plan !== undefined);
  // A column that is nulled and read stands twice in a row: as what is read, and as null.
  const fields: readonly SourceField[] = [
    ...masked.map((plan) => ({ plan, isReadOnly: false })),
    ...others.map((plan) => ({ plan: { ...plan, rule: { kind: "keep" as const } }, isReadOnly: false })),
    ...readOnly.map((plan) => ({ plan, isReadOnly: true })),
  ];
  const select = [
    ...masked.map(({ name }) => quotedName(name)),
    // The value never leaves the server.
    ...others.map(({ name, rule }) => (rule.kind === "null" ? "NULL" : quotedName(name))),
    ...readOnly.map(({ name }) => quotedName(name)),
  ].join(", ");
  const names = [...masked, ...others].map(({ name }) => quotedName(name)).join(", ");
  const { into, isRouted } = destination(table, tables);
  return {
    fields,
    read: (where) =>
      `COPY (SELECT ${select} FROM ONLY ${quotedTable(table.facts)}${where === undefined ? "" : ` WHERE ${where}`}) TO STDOUT`,
    write: (isWhole) => `COPY ${into} (${names}) FROM STDIN${isWhole && !isRouted ? " WITH (FREEZE)" : ""}`,
    into,
    isRouted,
  };
}

function destination(table: TablePlan, tables: readonly TablePlan[]): { readonly into: string; readonly isRouted: boolean } {
  const root = tables.find(({ id }) => id === table.facts.partitionOf);
  if (root === undefined) return { into: quotedTable(table.facts), isRouted: false };
  // Keys of every level: a partition may be divided again.
  const keys = new Set(
    tables.filter(({ id, facts }) => id === root.id || facts.partitionOf === root.id).flatMap(({ facts }) => facts.partitionKey),
  );
  const isKept = table.columns.every(({ name, rule }) => rule.kind === "keep" || rule.kind === "generated" || !keys.has(name));
  return isKept ? { into: quotedTable(table.facts), isRouted: false } : { into: quotedTable(root.facts), isRouted: true };
}
