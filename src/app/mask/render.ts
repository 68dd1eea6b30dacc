// What a run did, and what a plan would do, in words.
import type { MaskPlan } from "../../mask/policy/plan.ts";
import type { RunReport } from "../../mask/report.ts";

const number = (value: number): string => value.toLocaleString("en");

export function renderRun(report: RunReport, format: "terminal" | "json"): string {
  if (format === "json") return `${JSON.stringify(report, null, 2)}\n`;
  const lines = report.tables.flatMap((table) => {
    if (table.action !== "copy") return [`  ${table.id}  ${table.action === "drop" ? "left out" : "without rows"}`];
    const masked = table.columns.filter(({ rule }) => rule === "mask");
    return [
      `  ${table.id}  ${number(table.rows)} rows`,
      ...masked.map(
        ({ name, masker, nulls = 0, changed = 0, unchanged = 0 }) =>
          `      ${name}  ${masker ?? ""}: ${number(changed)} changed, ${number(unchanged)} equal to before, ${number(nulls)} null`,
      ),
    ];
  });
  const rows = report.tables.reduce((sum, table) => sum + table.rows, 0);
  const left = report.leftOut.map((each) => `  left out: ${each}`);
  return [`Masked ${number(rows)} rows of ${report.tables.length} tables.`, "", ...lines, ...left, ""].join("\n");
}

export function renderPlan(plan: MaskPlan, format: "terminal" | "json"): string {
  if (format === "json") {
    const tables = plan.tables.map(({ id, action, columns }) => ({
      id,
      action,
      columns: columns.map(({ name, rule, column }) => ({ name, ...rule, ...(rule.kind === "mask" && { domain: column.domain }) })),
    }));
    return `${JSON.stringify({ tables, settings: plan.settings }, null, 2)}\n`;
  }
  const lines = plan.tables.flatMap(({ id, action, columns, facts }) => [
    `  ${id}  ${action === "copy" ? `${number(facts.rows)} rows by the statistics` : action === "drop" ? "left out" : "without rows"}`,
    ...columns.flatMap(({ name, rule, column }) => {
      if (rule.kind === "keep" || action !== "copy") return [];
      return [`      ${name}  ${rule.kind === "mask" ? `${rule.masker}, domain ${column.domain}` : rule.kind}`];
    }),
  ]);
  return ["The policy declares every column. Nothing was read but the catalog.", "", ...lines, ""].join("\n");
}
