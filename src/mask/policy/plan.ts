// A policy met with an inventory: what will become of each column, or every reason why the run may not start. Reads no row.
import { fail, ok, type Result } from "../../lib/result.ts";
import type { Json } from "../../lib/json.ts";
import type { ColumnFacts, Inventory, TableFacts } from "../inventory.ts";
import type { Column, Maskers } from "../masker.ts";
import { chosen } from "../maskers/choice.ts";
import { declaredRules, type Declared } from "./declared.ts";
import { domainsOf } from "./domains.ts";
import { fitProblems } from "./fits.ts";
import type { LoadedPolicy } from "./load.ts";
import { byPlace, type PolicyProblem } from "./problem.ts";
import { referenceProblems, referencesOf, type Referring } from "./references.ts";
import type { MaskingPolicy } from "./schema.ts";

export type Rule =
  | { readonly kind: "keep" | "null" | "drop" | "generated" }
  | {
      readonly kind: "mask";
      readonly masker: string;
      readonly options: Json;
      /** Columns of the row that the masker wants to see. */
      readonly reads: readonly string[];
    };

export interface ColumnPlan {
  readonly name: string;
  readonly facts: ColumnFacts;
  readonly rule: Rule;
  /** What the masker is compiled for: where a foreign key stands, the column that it leads to, so that children equal parents. */
  readonly column: Column;
}

export interface TablePlan {
  readonly id: string;
  readonly facts: TableFacts;
  readonly action: "copy" | "empty" | "drop";
  /** In the source's order. Empty for a table that is dropped. */
  readonly columns: readonly ColumnPlan[];
}

/** Plain data: it is sent to threads. */
export interface MaskPlan {
  readonly tables: readonly TablePlan[];
  /** Foreign keys, and the references that the policy declares. */
  readonly references: readonly Referring[];
  readonly settings: Pick<MaskingPolicy, "comments" | "privileges" | "largeObjects" | "materializedViews">;
}

/** Every problem at once, in the order of the policy's text: an undeclared table or column is one. */
export function planOf(loaded: LoadedPolicy, inventory: Inventory, maskers: Maskers): Result<MaskPlan, readonly PolicyProblem[]> {
  const declared = declaredRules(loaded, inventory);
  const references = referencesOf(loaded, inventory);
  const problems: PolicyProblem[] = [...declared.problems, ...references.problems, ...largeObjectProblems(loaded, inventory)];
  // Without every rule nothing can be said about how they fit together.
  if (problems.length > 0) return fail(problems.toSorted(byPlace));
  const domains = domainsOf(loaded, inventory, declared.value, references.value);
  if (!domains.ok) return fail(domains.error.toSorted(byPlace));
  const tables = inventory.tables.map((table) => tablePlan(table, declared.value, domains.value.columnOf, domains.value.ruleOf, maskers));
  const plan: MaskPlan = { tables, references: references.value, settings: settingsOf(loaded.policy) };
  const further = [...referenceProblems(loaded, plan, references.value), ...fitProblems(loaded, plan, maskers)];
  return further.length > 0 ? fail(further.toSorted(byPlace)) : ok(plan);
}

const settingsOf = ({ comments, privileges, largeObjects, materializedViews }: MaskingPolicy): MaskPlan["settings"] => ({
  comments,
  privileges,
  largeObjects,
  materializedViews,
});

function largeObjectProblems({ policy, file, locate }: LoadedPolicy, { largeObjects }: Inventory): readonly PolicyProblem[] {
  if (largeObjects === 0 || policy.largeObjects === "drop") return [];
  const message = `the source holds ${largeObjects} large objects, which no rule of a column reaches`;
  return [{ file, ...locate(["largeObjects"]), message, remedy: "Write  largeObjects: drop  to leave them out." }];
}

function tablePlan(
  table: TableFacts,
  declared: Declared,
  columnOf: (table: string, column: string) => Column,
  ruleOf: (table: string, column: string) => Rule,
  maskers: Maskers,
): TablePlan {
  // A partition's rows are its table's.
  const owner = table.partitionOf ?? table.id;
  const action = declared.actions.get(owner) ?? "drop";
  const columns = table.columns.map((facts): ColumnPlan => {
    const column = columnOf(owner, facts.name);
    return { name: facts.name, facts, rule: withReads(ruleOf(owner, facts.name), column, maskers), column };
  });
  return { id: table.id, facts: table, action, columns: action === "drop" ? [] : columns };
}

function withReads(rule: Rule, column: Column, maskers: Maskers): Rule {
  if (rule.kind !== "mask") return rule;
  const choice = chosen({ ...(rule.options as object), masker: rule.masker }, maskers);
  const reads = choice.ok ? (choice.value.masker.reads?.(choice.value.options, column) ?? []) : [];
  return { ...rule, reads };
}
