// What `bulkhead start` tells at its end: what there is, the verdict, the five best changes, what was not seen, and where the rest is written.
import type { CheckResult, Verdict } from "../../findings/result.ts";
import type { BestChange } from "../start/best-changes.ts";
import { environmentsByTier } from "./html-crossings.ts";
import { STATEMENT_NAMES, statementWords } from "./terminal.ts";
import { type Paint, paint, plural, safe, wrap } from "./text.ts";

export interface Told {
  readonly result: CheckResult;
  readonly changes: readonly BestChange[];
  /** Path of the folder with the files, as the person may type it. */
  readonly folder: string;
  readonly estate: string;
  readonly files: readonly string[];
}

const WORDS: Readonly<Record<string, string>> = {
  "environments.svg": "the environments and the ways across",
  "pipelines.svg": "how changes reach production",
  "report.html": "every finding, hop by hop",
  "access-matrix.md": "who can do what where: a draft to strike from",
  "access-matrix.csv": "the same, for a spreadsheet",
  "result.json": "the result, for a program",
};

export function renderStart(told: Told, color: boolean): string {
  const p = paint(color);
  const sections = [inventory(told.result, p), verdict(told.result, p), changes(told, p), unseen(told.result, p), written(told, p)];
  return `${sections
    .filter((section) => section.length > 0)
    .map((section) => section.join("\n"))
    .join("\n\n")}\n`;
}

function inventory(result: CheckResult, p: Paint): readonly string[] {
  const environments = environmentsByTier(result);
  const width = Math.max(...environments.map(({ name }) => name.length), 10);
  const systems = Map.groupBy(result.estate.systems, ({ system }) => system);
  const read = [...systems].map(
    ([system, own]) =>
      `${system} (${own
        .map(({ scope }) => safe(scope))
        .slice(0, 4)
        .join(", ")}${own.length > 4 ? `, and ${own.length - 4} more` : ""})`,
  );
  return [
    p.bold("What there is"),
    ...environments.map(
      ({ name, tier, entities, boundary }) =>
        `  ${safe(name).padEnd(width)}  ${plural(entities, "thing").padEnd(12)}  bounded by ${boundary}${name === tier ? "" : `  (${tier})`}`,
    ),
    ...(result.shared ?? []).map(({ name, serves }) => `  ${p.dim(`${safe(name)}, shared by ${serves.map(safe).join(", ")}`)}`),
    ...(read.length > 0
      ? [
          `  ${p.dim(wrap(`read: ${read.join("; ")}; ${plural(result.estate.files, "file")}, ${plural(result.estate.counts.people, "person", "people")}`, 96, "    "))}`,
        ]
      : []),
  ];
}

const mark = (verdict: Verdict, p: Paint): string =>
  verdict === "violated" ? p.red("✗ violated ") : verdict === "separated" ? p.green("✓ separated") : p.yellow("? unknown  ");

function verdict(result: CheckResult, p: Paint): readonly string[] {
  const names = Object.keys(STATEMENT_NAMES) as (keyof typeof STATEMENT_NAMES)[];
  return [
    p.bold("Are they separated?"),
    ...names.map((name) => `  ${STATEMENT_NAMES[name].padEnd(14)} ${mark(result.statements[name], p)}  ${statementWords(result, name)}`),
  ];
}

function changes({ changes: best, result }: Told, p: Paint): readonly string[] {
  if (best.length === 0) return [];
  const violated = result.findings.filter((finding) => finding.verdict === "violated").length;
  const lines = best.flatMap(({ instruction, closes, instead }, index) => {
    const [first] = closes;
    const severities = Map.groupBy(closes, ({ severity }) => severity);
    const counts = [...severities].map(([severity, own]) => `${own.length} ${severity}`).join(", ");
    return [
      `  ${index + 1}  ${wrap(safe(instruction), 90, "     ")}`,
      `     ${p.dim(wrap(`closes ${counts}: ${safe(first?.summary ?? "")}`, 90, "     "))}`,
      ...(instead === undefined ? [] : [`     ${p.yellow(wrap(`in place of a review of the environment: ${instead}`, 90, "     "))}`]),
    ];
  });
  return [
    p.bold(
      best.length === 1
        ? "The change that does most"
        : `The ${["", "", "two", "three", "four", "five"][best.length] ?? ""} changes that do most, of ${plural(violated, "finding")}`,
    ),
    ...lines,
  ];
}

const GAPS_SHOWN = 4;

function unseen({ gaps }: CheckResult, p: Paint): readonly string[] {
  if (gaps.length === 0) return [];
  return [
    p.bold(`Not seen: ${plural(gaps.length, "input")}, so what they hold stays unknown`),
    ...gaps.slice(0, GAPS_SHOWN).map(({ what, why }) => `  ${p.dim(wrap(`${safe(what)}: ${safe(why)}`, 92, "    "))}`),
    ...(gaps.length > GAPS_SHOWN ? [`  ${p.dim(`and ${gaps.length - GAPS_SHOWN} more, in the report`)}`] : []),
  ];
}

function written({ folder, estate, files }: Told, p: Paint): readonly string[] {
  const width = Math.max(...files.map((name) => name.length));
  return [
    p.bold(`Written below ${folder}`),
    ...files.map((name) => `  ${name.padEnd(width)}  ${p.dim(WORDS[name] ?? "")}`),
    "",
    `Next: answer what is left in ${estate === "." ? "" : `${estate}/`}bulkhead.yaml (QUESTION marks it), then  bulkhead check ${estate}`,
  ];
}
