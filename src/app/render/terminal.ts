// The verdict for a terminal: the answer, the worst way through the wall, what to change, what was not seen.
import type { CheckResult, Finding, Verdict } from "../../findings/result.ts";
import { cutBlock } from "./cut.ts";
import { findingBlock } from "./finding.ts";
import type { RenderOptions } from "./format.ts";
import { type Paint, paint, placeText, plural, safe, wrap } from "./text.ts";
import { causeWords, ownerWords, toldOf } from "./told.ts";

/** Findings printed hop by hop unless all are asked for; the rest get a line each. */
const IN_FULL = 5;
const LISTED = 40;
const GAPS_SHOWN = 12;

export const STATEMENT_NAMES = { wall: "Wall", singlePerson: "Single person", data: "Data" } as const;

export function renderTerminal(result: CheckResult, options: RenderOptions): string {
  const p = paint(options.color);
  const sections = [
    [heading(result, p)],
    statements(result, p),
    findings(result, p, options),
    cutBlock(result, p),
    clauses(result, p),
    notSeen(result, p),
  ];
  return `${sections
    .filter((section) => section.length > 0)
    .map((section) => section.join("\n"))
    .join("\n\n")}\n`;
}

/** `a`, `a and b`, `a, b and c`. */
const listed = (names: readonly (string | undefined)[]): string =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;

function heading(result: CheckResult, p: Paint): string {
  const of = (system: string): number => result.estate.systems.filter((each) => each.system === system).length;
  const projects = result.estate.systems.length - of("aws") - of("kubernetes") - of("github");
  const parts = [
    of("aws") > 0 ? plural(of("aws"), "account") : "",
    of("kubernetes") > 0 ? plural(of("kubernetes"), "cluster") : "",
    of("github") > 0 ? plural(of("github"), "repository", "repositories") : "",
    projects > 0 ? plural(projects, "project") : "",
    result.estate.counts.people > 0 ? plural(result.estate.counts.people, "person", "people") : "",
  ].filter((text) => text !== "");
  const files = `${plural(result.estate.files, "file")} read${result.unrecognized.length > 0 ? `, ${result.unrecognized.length} not recognized` : ""}`;
  return `${p.bold(`Bulkhead ${result.bulkhead}`)}   ${safe(result.organization)}   as of ${result.asOf.slice(0, 10)}   ${parts.join(", ")}; ${files}`;
}

const sign = (verdict: Verdict, p: Paint): string =>
  verdict === "violated" ? p.red("✗") : verdict === "separated" ? p.green("✓") : p.yellow("?");

function statements(result: CheckResult, p: Paint): string[] {
  return (Object.keys(STATEMENT_NAMES) as (keyof typeof STATEMENT_NAMES)[]).map((name) => {
    const verdict = result.statements[name];
    const word =
      verdict === "violated"
        ? p.red(verdict.padEnd(11))
        : verdict === "separated"
          ? p.green(verdict.padEnd(11))
          : p.yellow(verdict.padEnd(11));
    return `  ${sign(verdict, p)}  ${STATEMENT_NAMES[name].padEnd(14)}  ${word} ${statementWords(result, name)}`;
  });
}

/** What is behind a statement's verdict, in a few words. */
export function statementWords(result: CheckResult, name: keyof typeof STATEMENT_NAMES): string {
  const broken = result.findings.filter((finding) => finding.verdict === "violated" && finding.statements.includes(name));
  const open = result.findings.filter((finding) => finding.verdict === "unknown" && finding.statements.includes(name));
  const custodians = `${plural(result.custodians.length, "custodian")} declared`;
  if (result.statements[name] === "violated") {
    if (broken.length === 0) return "no way that is new";
    if (name === "singlePerson") {
      const people = new Set(broken.flatMap((finding) => finding.people));
      return `${plural(people.size, "person", "people")} can change production alone, ${plural(broken.length, "way")} (${custodians})`;
    }
    const into = new Set(broken.map((finding) => finding.toEnvironment));
    return name === "wall"
      ? `${plural(broken.length, "way")} into ${listed([...into])} from below`
      : `${plural(broken.length, "way")} by which production data can be read below`;
  }
  if (result.statements[name] === "unknown") {
    return open.length > 0 ? `${plural(open.length, "way")} that may be open` : `${plural(result.gaps.length, "input")} could not be read`;
  }
  return name === "singlePerson"
    ? `asked of ${plural(result.estate.counts.people, "person", "people")} (${custodians})`
    : "no way across, with a certificate";
}

function findings(result: CheckResult, p: Paint, options: RenderOptions): string[] {
  const known = result.baseline
    ? [p.dim(`${plural(result.baseline.known, "known finding")} of ${result.baseline.asOf.slice(0, 10)} not shown`)]
    : [];
  const told = toldOf(result);
  const inFull = options.all ? told.length : IN_FULL;
  const blocks = told.slice(0, inFull).map((each) => {
    const notes = [causeWords(each), ...each.beside.map((one) => also(one, each.finding)), ownerWords(each)].filter((note) => note !== "");
    return `${findingBlock(each.finding, each.number, p)}${notes.map((note) => `\n    ${p.dim(wrap(safe(note), 96, "      "))}`).join("")}\n`;
  });
  const rest = told.slice(inFull);
  const listed = rest.slice(0, LISTED).map((each) => {
    const { finding, number, beside } = each;
    const level =
      finding.verdict === "unknown"
        ? p.yellow("unknown ")
        : finding.severity === "critical" || finding.severity === "high"
          ? p.red(finding.severity.padEnd(8))
          : p.yellow(finding.severity.padEnd(8));
    const place = finding.path.at(-1)?.source ?? finding.source;
    return `${String(number).padStart(2)}  ${level}  ${wrap(safe(finding.summary), 84, " ".repeat(14))}  ${p.dim(`${finding.clause} · ${finding.id.slice(0, 6)}${beside.length > 0 ? ` and ${beside.length} more by one cause` : ""}`)}${place ? `\n              ${p.dim(placeText(place))}` : ""}`;
  });
  const more = rest.length > LISTED ? [p.dim(`and ${rest.length - LISTED} more: --format json, or --all`)] : [];
  const hint = rest.length > 0 ? [p.dim("Hop by hop: bulkhead explain FINGERPRINT FOLDER, or check --all")] : [];
  return [...known, ...blocks, ...listed, ...more, ...hint];
}

/** Another way by the same grant or the same cause, in a line. */
function also(finding: Finding, first: Finding): string {
  const isSame = finding.grant === first.grant;
  const by = !isSame
    ? finding.summary
    : finding.statements.includes("singlePerson")
      ? `By hand too: ${plural(finding.people.length, "person", "people")}, each alone`
      : `From ${finding.fromEnvironment} too`;
  return `${by}  ${finding.clause} · ${finding.id.slice(0, 6)}`;
}

function clauses(result: CheckResult, p: Paint): string[] {
  const named = (verdict: Verdict): string =>
    result.clauses
      .filter((clause) => clause.verdict === verdict)
      .map((clause) => clause.id)
      .join(" ");
  const rows: [Verdict, string][] = [
    ["violated", p.red("violated")],
    ["unknown", p.yellow("unknown")],
    ["separated", p.green("met")],
    ["not-checked", p.dim("not checked")],
  ];
  return [
    boundaries(result, p),
    `Clauses   ${rows
      .filter(([verdict]) => named(verdict) !== "")
      .map(([verdict, word]) => `${word} ${named(verdict)}`)
      .join("   ")}`,
    ...result.clauses.flatMap(({ id, shown = [] }) => shown.map((each) => `${id.padEnd(10)}${wrap(safe(each), 96, " ".repeat(10))}`)),
  ];
}

/** `Bounded   production account   test namespace`: by what each environment is kept apart, worse grades in another colour. */
function boundaries(result: CheckResult, p: Paint): string {
  const grades = result.environments.map(({ name, boundary, boundaryUnread }) => {
    const paint = boundary === "account" || boundary === "cluster" ? p.green : boundary === "namespace" ? p.yellow : p.red;
    return `${safe(name)} by ${boundaryUnread === undefined ? paint(safe(boundary)) : p.yellow(`${safe(boundary)} (not all read)`)}`;
  });
  return `Bounded   ${grades.join("   ")}`;
}

function notSeen(result: CheckResult, p: Paint): string[] {
  const row = (name: string, texts: readonly string[], shown: number): string[] => {
    if (texts.length === 0) return [];
    const lines = texts
      .slice(0, shown)
      .map((text, index) => `${(index === 0 ? name : "").padEnd(12)}${wrap(safe(text), 96, " ".repeat(12))}`);
    return texts.length > shown ? [...lines, `${" ".repeat(12)}${p.dim(`and ${texts.length - shown} more: --format json`)}`] : lines;
  };
  const gaps = result.gaps.map((gap) => `${gap.what} (${gap.why})${gap.clauses.length > 0 ? ` → ${gap.clauses.join(" ")}` : ""}`);
  const read = result.estate.systems.map((each) => `${each.system} ${each.scope}`);
  return [
    ...row("Read", [read.length > 0 ? read.join(", ") : "nothing"], 1),
    ...row("Not seen", gaps, GAPS_SHOWN),
    ...row(
      "Unread",
      result.unrecognized.map(({ file, why }) => `${file}: ${why}`),
      5,
    ),
    ...row("Assumed", result.assumptions, 8),
    ...row(
      "Custodians",
      result.custodians.map(({ who, role, controls }) => `${who}, ${role}: ${controls.join("; ")}`),
      8,
    ),
    ...row("Beyond", [result.notModeled.join("; ")], 1),
  ];
}
