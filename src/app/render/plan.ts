// What a plan opens and closes, for a terminal, a pull request or a program.
import type { PlanCheck } from "../plan.ts";
import { cell, renderDifference } from "./difference.ts";
import { safe } from "./text.ts";

export function renderPlan(file: string, checked: PlanCheck, format: "terminal" | "markdown" | "json", color: boolean): string {
  const { changed, resources, before, after } = checked;
  if (format === "json") {
    const verdicts = { before: before.result.verdict, after: after.result.verdict };
    return `${JSON.stringify({ plan: file, resources, verdicts, ...changed }, undefined, 2)}\n`;
  }
  const says = resources.length === 1 ? "1 resource changes" : `${resources.length} resources change`;
  const difference = renderDifference(changed, format, color);
  return format === "markdown" ? `${difference}\nPlan ${cell(file)}: ${says}.\n` : `${safe(file)}: ${says}\n${difference}`;
}
