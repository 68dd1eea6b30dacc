// What a verification and a history of a ledger look like.
import type { LedgerReport } from "../../ledger/verify.ts";
import { paint, plural, safe } from "../render/text.ts";
import type { History } from "./history.ts";

type Form = "terminal" | "json";

export function renderReport({ checkpoint, entries, consistentWith, problems }: LedgerReport, form: Form, color: boolean): string {
  if (form === "json") {
    const shown = {
      verdict: problems.length === 0 ? "intact" : "broken",
      ...(checkpoint && { origin: checkpoint.origin, size: checkpoint.size, root: Buffer.from(checkpoint.root).toString("base64") }),
      entries,
      consistentWith,
      problems: problems.map(({ code, message }) => ({ code, message })),
    };
    return `${JSON.stringify(shown, undefined, 2)}\n`;
  }
  const p = paint(color);
  const of = checkpoint ? `${safe(checkpoint.origin)}, ${plural(checkpoint.size, "entry", "entries")}` : "the ledger";
  if (problems.length > 0)
    return `${p.red("✗")}  ${p.bold("Broken")}   ${of}\n\n${problems.map(({ message }) => `   ${safe(message)}\n`).join("")}`;
  const grew = consistentWith > 0 ? `; it grew out of ${plural(consistentWith, "earlier checkpoint")}` : "";
  return `${p.green("✓")}  ${p.bold("Intact")}   ${of}: every entry and hash recomputed, signed as the policy asks${grew}\n`;
}

export function renderHistory(history: History, form: Form, color: boolean): string {
  const { verdicts, missed, lives, meanHoursToClose } = history;
  const runs = verdicts.map(({ index, at, entry: { body } }) => ({ index, at, ...body }));
  if (form === "json") {
    const shown = {
      runs: runs.map(({ findings, ...run }) => ({ ...run, findings })),
      missed,
      findings: lives,
      meanHoursToClose: meanHoursToClose ?? null,
    };
    return `${JSON.stringify(shown, undefined, 2)}\n`;
  }
  const p = paint(color);
  const tint = { separated: p.green, violated: p.red, unknown: p.yellow, "not-applicable": p.dim, "not-checked": p.dim };
  const lines = runs.map(
    ({ index, at, verdict, findings, gaps }) =>
      `  ${String(index).padStart(5)}  ${at.slice(0, 16).replace("T", " ")}  ${tint[verdict](verdict.padEnd(10))}  ${plural(findings.violated, "finding")}, ${plural(gaps, "gap")}`,
  );
  const open = lives.filter(({ closed }) => closed === undefined).length;
  const total = missed.reduce((sum, each) => sum + each.runs, 0);
  const summary = [
    `${plural(runs.length, "run")}, ${total === 0 ? "none missed" : p.yellow(`${total} missed`)}; ${plural(lives.length, "finding")}, ${open} open`,
    ...(meanHoursToClose === undefined ? [] : [`closed after ${meanHoursToClose.toFixed(1)} hours on average`]),
  ].join("; ");
  const misses = missed.map(
    ({ from, to, runs: count }) =>
      `  no run from ${from.slice(0, 16).replace("T", " ")} to ${to.slice(0, 16).replace("T", " ")}: ${plural(count, "run")} missed`,
  );
  return [summary, "", ...lines, ...(misses.length > 0 ? ["", ...misses] : []), ""].join("\n");
}
