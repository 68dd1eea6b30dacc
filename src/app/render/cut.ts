// The cut in words: the fewest changes that separate, what each closes, and why no fewer do.
import type { CheckResult } from "../../findings/result.ts";
import type { RenderOptions } from "./format.ts";
import { type Paint, paint, placeText, plural, safe, wrap } from "./text.ts";
import { numbersOf, toldOf } from "./told.ts";

const NUMBERS = ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve"];

export function cutBlock(result: CheckResult, p: Paint): string[] {
  const { cut } = result;
  if (cut === null) return [];
  const count = NUMBERS[cut.size] ?? String(cut.size);
  const one = cut.size === 1;
  const fewer = cut.lowerBound === cut.size ? (one ? "" : ", and no fewer do") : `, and at least ${cut.lowerBound} are needed`;
  const head = cut.complete
    ? `${count} ${one ? "change separates" : "changes separate"} everything that was seen${fewer}:`
    : `${count} ${one ? "change closes" : "changes close"} what can be closed without breaking what the charter grants; some ways stay open:`;
  const number = numbersOf(toldOf(result));
  const lines = cut.changes.map((change, index) => {
    const closes = [...new Set(change.closes.flatMap((id) => number.get(id) ?? []))];
    const about = closes.length > 0 ? p.dim(`closes ${closes.sort((a, b) => a - b).join(", ")}`) : "";
    const text = safe(change.instruction);
    return `${String(index + 1).padStart(4)}  ${wrap(text, 84, "      ")}  ${about}\n      ${p.dim(change.source ? placeText(change.source) : "")}`;
  });
  return [p.bold(head), ...lines];
}

export function renderCut(result: CheckResult, options: RenderOptions): string {
  const p = paint(options.color);
  if (result.cut === null) return `${p.green("✓")}  Nothing to cut: no statement is violated.\n`;
  const note = result.cut.complete
    ? []
    : [
        "",
        `What stays open rests on grants that the charter's own access rules or doors need; change the charter or the design. ${plural(result.findings.length, "finding")} in all.`,
      ];
  return `${[...cutBlock(result, p), ...note].join("\n")}\n`;
}
