// What the policy declares against what is there: a table or column that only one of the two knows stops the run.
import type { Json } from "../../lib/json.ts";
import type { Inventory } from "../inventory.ts";
import type { LoadedPolicy } from "./load.ts";
import { type PolicyProblem, quoted } from "./problem.ts";
import type { ColumnRule } from "./schema.ts";

export type DeclaredRule =
  | { readonly kind: "keep" | "null" | "drop" | "inherit" }
  | { readonly kind: "mask"; readonly masker: string; readonly options: Json; readonly domain: string | undefined };

export interface Declared {
  /** By table. Partitions are not in it. */
  readonly actions: ReadonlyMap<string, "copy" | "empty" | "drop">;
  readonly rules: ReadonlyMap<string, ReadonlyMap<string, DeclaredRule>>;
}

export const ruleName = "Write  keep, null, drop, inherit, { mask: NAME }  or  { synthetic: NAME }.";

export function declaredRules(
  { policy, file, locate }: LoadedPolicy,
  inventory: Inventory,
): { readonly value: Declared; readonly problems: readonly PolicyProblem[] } {
  const problems: PolicyProblem[] = [];
  const actions = new Map<string, "copy" | "empty" | "drop">();
  const rules = new Map<string, ReadonlyMap<string, DeclaredRule>>();
  const known = new Map(inventory.tables.map((table) => [table.id, table]));
  for (const id of Object.keys(policy.tables)) {
    const table = known.get(id);
    const at = { file, ...locate(["tables", id], "key") };
    if (table === undefined)
      problems.push({
        ...at,
        message: `table ${quoted(id)} is declared, and is not there`,
        remedy: "Take it out of the policy, or check its name.",
      });
    else if (table.partitionOf !== undefined)
      problems.push({
        ...at,
        message: `${quoted(id)} is a partition of ${table.partitionOf}`,
        remedy: `Declare ${table.partitionOf} alone: its partitions follow it.`,
      });
  }
  for (const table of inventory.tables) {
    if (table.partitionOf !== undefined) continue;
    const rule = policy.tables[table.id];
    if (rule === undefined) {
      const columns = table.columns.map(({ name }) => name).join(", ");
      problems.push({
        file,
        ...locate(["tables"], "key"),
        message: `table ${quoted(table.id)} is not declared`,
        remedy: `Add it with a rule for each column (${columns}), or as  ${table.id}: drop.`,
      });
      continue;
    }
    actions.set(table.id, typeof rule === "string" ? rule : "copy");
    if (typeof rule === "string") continue;
    const declared = new Map(Object.entries(rule.columns).map(([name, each]) => [name, ruleOf(each)]));
    rules.set(table.id, declared);
    const names = new Set(table.columns.map(({ name }) => name));
    for (const name of declared.keys())
      if (!names.has(name))
        problems.push({
          file,
          ...locate(["tables", table.id, "columns", name], "key"),
          message: `column ${quoted(name)} of ${table.id} is declared, and is not there`,
          remedy: "Take it out of the policy, or check its name.",
        });
    for (const { name, written } of table.columns)
      if (!declared.has(name))
        problems.push({
          file,
          ...locate(["tables", table.id], "key"),
          message: `column ${quoted(name)} of ${table.id} (${written}) is not declared`,
          remedy: ruleName,
        });
  }
  return { value: { actions, rules }, problems };
}

function ruleOf(rule: ColumnRule): DeclaredRule {
  if (rule === null) return { kind: "null" };
  if (typeof rule === "string") return { kind: rule };
  if ("mask" in rule) return { kind: "mask", masker: rule.mask, options: (rule.options ?? {}) as Json, domain: rule.domain };
  return { kind: "mask", masker: "synthetic", options: { ...rule.options, method: rule.synthetic } as Json, domain: rule.domain };
}
