// What a change opens and closes, for a terminal or a pull request.
import type { Finding } from "../../findings/result.ts";
import type { Difference } from "../diff.ts";
import { between, findingBlock } from "./finding.ts";
import { paint, plural, safe } from "./text.ts";

export function renderDifference(changed: Difference, format: "terminal" | "markdown", color: boolean): string {
  return format === "markdown" ? asMarkdown(changed) : asText(changed, color);
}

function asText(changed: Difference, color: boolean): string {
  const p = paint(color);
  const lines = [`${plural(changed.opened.length, "finding")} opened, ${changed.closed.length} closed, ${changed.unchanged} unchanged`];
  for (const { name, before, after } of changed.statements) lines.push(`  ${name}: ${before} → ${after}`);
  if (changed.opened.length > 0)
    lines.push("", p.red("Opened"), ...changed.opened.map((finding, index) => findingBlock(finding, index + 1, p)));
  if (changed.closed.length > 0)
    lines.push("", p.green("Closed"), ...changed.closed.map((finding) => `  ${finding.id}  ${safe(finding.summary)}`));
  if (changed.gapsOpened.length > 0) lines.push("", p.yellow("No longer seen"), ...changed.gapsOpened.map((gap) => `  ${safe(gap)}`));
  if (changed.gapsClosed.length > 0) lines.push("", "Now seen", ...changed.gapsClosed.map((gap) => `  ${safe(gap)}`));
  return `${lines.join("\n")}\n`;
}

function asMarkdown(changed: Difference): string {
  const row = (finding: Finding): string =>
    `| ${finding.severity} | ${cell(finding.summary)} | ${cell(between(finding))} | \`${finding.id}\` |`;
  const table = (title: string, findings: readonly Finding[]): string[] =>
    findings.length === 0
      ? []
      : ["", `**${title}**`, "", "| severity | what | between | finding |", "| --- | --- | --- | --- |", ...findings.map(row)];
  const moved = changed.statements.map(({ name, before, after }) => `${name}: ${before} → ${after}`);
  const lines = [
    `### Bulkhead: ${changed.opened.length} opened, ${changed.closed.length} closed, ${changed.unchanged} unchanged`,
    ...(moved.length > 0 ? ["", moved.join("; ")] : []),
    ...table("Opened", changed.opened),
    ...table("Closed", changed.closed),
    ...(changed.gapsOpened.length > 0 ? ["", `No longer seen: ${changed.gapsOpened.map(cell).join("; ")}`] : []),
  ];
  return `${lines.join("\n")}\n`;
}

/** Threat: an attacker-controlled name that closes the table, opens a link or mentions someone. */
export const cell = (text: string): string =>
  safe(text)
    .replace(/[\\`*_{}[\]<>|#@!~]/g, (c) => (c === "@" ? "@\u200b" : `\\${c}`))
    .replaceAll("\n", " ");
