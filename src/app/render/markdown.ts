// The result as a pull-request comment: the answer, the worst ways with their walks folded, the cut, and what was not seen.
import type { CheckResult, FindingSource, Step } from "../../findings/result.ts";
import { between, whoStarts } from "./finding.ts";
import { fitting, inCode, inHtml, inProse } from "./markdown-text.ts";
import { STATEMENT_NAMES, statementWords } from "./terminal.ts";
import { placeText, plural } from "./text.ts";
import { besideWords, causeWords, numbersOf, ownerWords, type Told, toldOf } from "./told.ts";

/** GitHub refuses a comment of more than 65,536 characters. */
export const LIMIT = 60_000;

/** What comes after the findings is reckoned first, so that no number of findings pushes out what was not seen. */
const ROOM_AFTER = 20_000;
const CHANGES_SHOWN = 15;
const LINES_SHOWN = 12;

export function renderMarkdown(result: CheckResult): string {
  const told = toldOf(result);
  const head = [...heading(result), ...statements(result)].join("\n");
  const tail = [...fitting([...cut(result, told), ...notSeen(result)], ROOM_AFTER), "", ...footer(result)].join("\n");
  const room = LIMIT - head.length - tail.length - 200;
  const blocks = told.map(findingBlock);
  const shown = fitting(blocks, room);
  const left = blocks.length - shown.length;
  const note =
    left > 0 ? [`${plural(left, "more finding")} not shown here: this comment is full. See \`bulkhead check --format html\`.`, ""] : [];
  return `${[head, ...shown, ...note, tail].join("\n").trimEnd()}\n`;
}

const WORDS = {
  violated: "violated",
  separated: "separated",
  unknown: "unknown",
  "not-applicable": "not applicable",
  "not-checked": "not checked",
};

function heading(result: CheckResult): string[] {
  const known = result.baseline
    ? [
        "",
        `Only what is new since ${inProse(result.baseline.asOf.slice(0, 10))}: ${plural(result.baseline.known, "known finding")} left out.`,
      ]
    : [];
  return [`### Bulkhead: ${WORDS[result.verdict]}`, ...known, ""];
}

function statements(result: CheckResult): string[] {
  const rows = (Object.keys(STATEMENT_NAMES) as (keyof typeof STATEMENT_NAMES)[]).map(
    (name) => `| ${STATEMENT_NAMES[name]} | **${WORDS[result.statements[name]]}** | ${inProse(statementWords(result, name))} |`,
  );
  return ["| statement | verdict | |", "| --- | --- | --- |", ...rows, ""];
}

function findingBlock(told: Told): string {
  const { finding, number, beside } = told;
  const notes = [causeWords(told), ownerWords(told)].filter((text) => text !== "");
  const level = finding.verdict === "unknown" ? "unknown" : finding.severity;
  const about = [between(finding), whoStarts(finding)].filter((text) => text !== "");
  const { exception } = finding;
  return [
    "<details>",
    `<summary>${number}. <b>${level}</b> · ${inHtml(finding.summary)} · ${inHtml(finding.clause)} · <code>${inHtml(finding.id)}</code></summary>`,
    "",
    ...(about.length > 0 ? [about.map(inProse).join(", "), ""] : []),
    ...(exception
      ? [
          `${exception.expired ? "The exception expired on" : "Accepted until"} ${inProse(exception.expires)} by ${inProse(exception.owner)}: ${inProse(exception.reason)}`,
          "",
        ]
      : []),
    ...finding.path.map(walkLine),
    ...(finding.path.length === 0 && finding.source ? [`At ${place(finding.source)}`] : []),
    "",
    ...finding.cut.map((change) => `**Change**: ${inProse(change)}\n`),
    ...beside.map(
      (each) => `${inProse(besideWords(each, finding))}: ${inProse(each.summary)} · ${inProse(each.clause)} · ${inCode(each.id)}\n`,
    ),
    ...notes.map((note) => `${inProse(note)}\n`),
    "</details>",
    "",
  ].join("\n");
}

function walkLine(step: Step): string {
  const unsure = step.because === undefined ? "" : ` (not certain: ${inProse(step.because)})`;
  return `${step.id}. ${inProse(step.how)}${unsure} ${place(step.source)}`;
}

const place = (source: FindingSource): string => inCode(placeText(source));

function cut(result: CheckResult, told: readonly Told[]): string[] {
  if (result.cut === null || result.cut.changes.length === 0) return [];
  const { changes, size, lowerBound, complete } = result.cut;
  const number = numbersOf(told);
  const lines = changes.slice(0, CHANGES_SHOWN).map(({ instruction, closes, source }, index) => {
    const numbers = [...new Set(closes.flatMap((id) => number.get(id) ?? []))].sort((a, b) => a - b);
    const about = numbers.length > 0 ? `, closes ${numbers.slice(0, 20).join(", ")}${numbers.length > 20 ? " and more" : ""}` : "";
    return `${index + 1}. ${inProse(instruction)}${about}${source ? ` ${place(source)}` : ""}`;
  });
  const least = lowerBound === size ? "" : `; at least ${lowerBound} are needed`;
  const title = complete
    ? `**${plural(size, "change")} ${size === 1 ? "separates" : "separate"} everything that was seen**${least}`
    : `**${plural(size, "change")} ${size === 1 ? "closes" : "close"} what can be closed without breaking what the charter grants**; some ways stay open`;
  return [title, "", ...lines, ...more(changes.length, CHANGES_SHOWN), ""];
}

function notSeen(result: CheckResult): string[] {
  const gaps = result.gaps.map(
    ({ what, why, clauses }) => `${inProse(what)} (${inProse(why)})${clauses.length > 0 ? ` → ${inProse(clauses.join(" "))}` : ""}`,
  );
  const unread = result.unrecognized.map(({ file, why }) => `${inCode(file)}: ${inProse(why)}`);
  const grades = result.environments.map(
    ({ name, boundary, boundaryUnread }) =>
      `${inProse(name)} by ${inProse(boundary)}${boundaryUnread === undefined ? "" : ` (${inProse(boundaryUnread)})`}`,
  );
  return [
    ...list("Bounded", grades),
    ...list(
      "Seen",
      result.clauses.flatMap(({ id, shown = [] }) => shown.map((each) => `${inProse(each)} (${inProse(id)})`)),
    ),
    ...list("Not seen", gaps),
    ...list("Not recognized", unread),
    ...list("Assumed", result.assumptions.map(inProse)),
  ];
}

function list(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  return [`**${title}**`, "", ...lines.slice(0, LINES_SHOWN).map((line) => `- ${line}`), ...more(lines.length, LINES_SHOWN), ""];
}

const more = (count: number, shown: number): string[] => (count > shown ? ["", `and ${count - shown} more`] : []);

function footer(result: CheckResult): string[] {
  const { counts, files } = result.estate;
  const seen = `${plural(counts.entities, "thing")} in ${plural(files, "file")}`;
  return [
    `<sub>${inProse(result.organization)}, Bulkhead ${inProse(result.bulkhead)}, as of ${inProse(result.asOf)}; ${seen}; charter ${inCode(result.charter.hash.slice(0, 12))}, estate ${inCode(result.estate.hash.slice(0, 12))}</sub>`,
  ];
}
