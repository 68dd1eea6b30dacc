// Foreign keys and the references that only people know of: what refers to what, and whether the rules of both ends agree.
import { canonicalJson } from "../../lib/json.ts";
import type { ForeignKey, Inventory, TableFacts } from "../inventory.ts";
import type { LoadedPolicy } from "./load.ts";
import type { ColumnPlan, MaskPlan, Rule, TablePlan } from "./plan.ts";
import { type Path, type PolicyProblem, quoted } from "./problem.ts";

/** A foreign key of the database, or one that the policy declares. */
export interface Referring extends ForeignKey {
  /** Whether the database holds to it: then rows must find their parents. */
  readonly isEnforced: boolean;
  /** Of a polymorphic one: the rows in which it holds. */
  readonly when?: { readonly column: string; readonly is: string };
}

export function referencesOf(
  { policy, file, locate }: LoadedPolicy,
  inventory: Inventory,
): { readonly value: readonly Referring[]; readonly problems: readonly PolicyProblem[] } {
  const problems: PolicyProblem[] = [];
  const known = new Map(inventory.tables.map((table) => [table.id, table]));
  const owner = (id: string): string => known.get(id)?.partitionOf ?? id;
  const enforced = inventory.foreignKeys.map((key) => ({ ...key, from: owner(key.from), to: owner(key.to), isEnforced: true }));
  const declared = policy.references.map((reference, index): Referring => {
    const add = (path: Path, message: string): void => {
      problems.push({ file, ...locate(["references", index, ...path]), message, remedy: "Check the name, or take the reference out." });
    };
    missing(
      known.get(reference.from),
      reference.from,
      [...reference.columns, ...(reference.when ? [reference.when.column] : [])],
      "from",
      add,
    );
    missing(known.get(reference.to), reference.to, reference.toColumns, "to", add);
    if (reference.columns.length !== reference.toColumns.length)
      add(["toColumns"], `${reference.columns.length} columns refer to ${reference.toColumns.length}`);
    const { from, columns, to, toColumns, when } = reference;
    return { name: `references[${index}]`, from: owner(from), columns, to: owner(to), toColumns, isEnforced: false, ...(when && { when }) };
  });
  return { value: [...enforced, ...declared], problems };
}

function missing(
  table: TableFacts | undefined,
  id: string,
  columns: readonly string[],
  member: "from" | "to",
  add: (path: Path, message: string) => void,
): void {
  if (table === undefined) return add([member], `there is no table ${quoted(id)}`);
  for (const column of columns)
    if (!table.columns.some(({ name }) => name === column)) add([member], `table ${id} has no column ${quoted(column)}`);
}

const isSame = (a: Rule, b: Rule): boolean =>
  a.kind === b.kind &&
  (a.kind !== "mask" || (b.kind === "mask" && a.masker === b.masker && canonicalJson(a.options) === canonicalJson(b.options)));

const described = (rule: Rule): string => (rule.kind === "mask" ? `masked by ${rule.masker}` : rule.kind === "null" ? "null" : "kept");

/** Children must equal their parents: a key masked at one end only would find no row at the other. */
export function referenceProblems(
  { file, locate }: LoadedPolicy,
  plan: MaskPlan,
  references: readonly Referring[],
): readonly PolicyProblem[] {
  const tables = new Map(plan.tables.map((table) => [table.id, table]));
  const problems: PolicyProblem[] = [];
  for (const reference of references) {
    const child = tables.get(reference.from);
    const parent = tables.get(reference.to);
    // A key to what is left out is left out with it.
    if (child?.action !== "copy" || parent === undefined || parent.action === "drop") continue;
    const ends = reference.columns.map(
      (name, index) => [columnOf(child, name), columnOf(parent, reference.toColumns[index] ?? "")] as const,
    );
    if (ends.some(([from, to]) => from === undefined || to === undefined || from.rule.kind === "drop" || to.rule.kind === "drop")) continue;
    if (ends.some(([from]) => from?.rule.kind === "null")) continue;
    if (parent.action === "empty") {
      if (reference.isEnforced)
        problems.push({
          file,
          ...locate(["tables", child.id], "key"),
          message: `rows of ${child.id} refer to ${parent.id} (${reference.name}), which is emptied`,
          remedy: `Empty ${child.id} too, make ${reference.columns.join(", ")} null, or drop ${parent.id}.`,
        });
      continue;
    }
    for (const [from, to] of ends)
      if (from && to && !isSame(from.rule, to.rule))
        problems.push({
          file,
          ...locate(["tables", child.id, "columns", from.name]),
          message: `${child.id}.${from.name} is ${described(from.rule)}, but refers to ${parent.id}.${to.name} (${reference.name}), which is ${described(to.rule)}`,
          remedy: "Write  inherit  here, so that it follows the column it refers to.",
        });
  }
  return problems;
}

const columnOf = (table: TablePlan, name: string): ColumnPlan | undefined => table.columns.find((column) => column.name === name);
