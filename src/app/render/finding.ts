// One finding for a terminal: the sentence, the walk hop by hop, what to change.
import type { CheckResult, Finding, Step } from "../../findings/result.ts";
import type { RenderOptions } from "./format.ts";
import { type Paint, paint, placeText, plural, safe, wrap } from "./text.ts";

const WIDTH = 74;

/** `development → production`, or the one environment it is about. */
export function between(finding: Finding): string {
  const to = finding.toEnvironment;
  if (finding.statements.includes("singlePerson")) return `people → ${to ?? "production"}`;
  return finding.fromEnvironment !== undefined && to !== undefined ? `${finding.fromEnvironment} → ${to}` : (to ?? "");
}

export function whoStarts(finding: Finding): string {
  if (finding.people.length === 0) return "";
  const names =
    finding.people.length <= 4
      ? finding.people.join(", ")
      : `${finding.people.slice(0, 3).join(", ")} and ${finding.people.length - 3} more`;
  return finding.statements.includes("singlePerson") ? names : `${plural(finding.people.length, "person", "people")} can start it`;
}

/** Heading and walk, without what `explain` adds. */
export function findingBlock(finding: Finding, number: number, p: Paint, folder?: string): string {
  const label =
    finding.verdict === "unknown"
      ? p.yellow("unknown ")
      : finding.severity === "critical"
        ? p.red("critical")
        : finding.severity === "high"
          ? p.red("high    ")
          : p.yellow(finding.severity.padEnd(8));
  const id = p.dim(`${finding.clause} · ${finding.id}`);
  const lines = [`${String(number).padStart(2)}  ${label}  ${p.bold(wrap(safe(finding.summary), WIDTH, " ".repeat(14)))}  ${id}`];
  const about = [between(finding), finding.count > 1 ? `${finding.count} things at once` : "", whoStarts(finding)].filter(
    (text) => text !== "",
  );
  if (about.length > 0) lines.push(`    ${p.dim(about.join(", "))}`);
  if (finding.exception) {
    const { owner, reason, expires, expired } = finding.exception;
    lines.push(
      `    ${p.yellow(expired ? `exception expired on ${expires}` : `accepted until ${expires}`)} by ${safe(owner)}: ${safe(reason)}`,
    );
  }
  lines.push(...walk(finding.path, p));
  if (finding.path.length === 0 && finding.source) lines.push(`    ${p.dim(placeText(finding.source))}`);
  for (const change of finding.cut) lines.push(`    ${p.green("Change")}  ${wrap(safe(change), WIDTH, " ".repeat(12))}`);
  if (folder !== undefined) lines.push(`    ${p.dim(`./bulkhead explain ${finding.id.slice(0, 6)} ${folder}`)}`);
  return lines.join("\n");
}

/** Widest line of a walk; what is longer is broken, and the place stands beside its last line. */
const WALK = 70;

export function walk(path: readonly Step[], p: Paint): string[] {
  const texts = path.map((step) => wrap(stepText(step), WALK, "\n").split(/\n+/));
  const column = Math.max(0, ...texts.map((lines) => (lines.at(-1) as string).length)) + 2;
  return path.map((step, index) => {
    const lines = texts[index] as string[];
    const last = `${(lines.at(-1) as string).padEnd(column)}${p.dim(placeText(step.source))}`;
    return `    ${String(step.id).padStart(2)}  ${[...lines.slice(0, -1), last].join(`\n${" ".repeat(8)}`)}`;
  });
}

const stepText = (step: Step): string => `${safe(step.how)}${step.because === undefined ? "" : ` (not certain: ${safe(step.because)})`}`;

/** Which statement of which policy, or which other grant, and where it stands. */
function through(path: readonly Step[], row: (name: string, text: string) => string): string[] {
  return path.flatMap(({ id, through: grants }) =>
    (grants ?? []).flatMap(({ label, source, statement }, i) => {
      const which = statement === undefined || / statement /.test(label) ? label : `${label}, statement ${statement}`;
      return [row(i === 0 ? `Step ${id} by` : "", which), row("", placeText(source))];
    }),
  );
}

/** Everything about one finding. */
export function renderFinding(finding: Finding, result: CheckResult, options: RenderOptions): string {
  const p = paint(options.color);
  const number = result.findings.indexOf(finding) + 1;
  const row = (name: string, text: string): string => `${p.dim(name.padEnd(14))}${wrap(safe(text), WIDTH, " ".repeat(14))}`;
  const rests = finding.path
    .filter((step) => step.needs.length > 1)
    .map((step) => `step ${step.id} needs steps ${step.needs.join(" and ")}`);
  const lines = [
    findingBlock(finding, number, p),
    "",
    row("Check", `${finding.check}: ${finding.title}`),
    row("Clause", `${finding.clause}  ${result.clauses.find((clause) => clause.id === finding.clause)?.title ?? ""}`),
    row("From", finding.from),
    row("To", finding.to),
    ...(finding.grant === undefined ? [] : [row("Grant", finding.grant)]),
    ...through(finding.path, row),
    ...(rests.length > 0 ? [row("Together", rests.join("; "))] : []),
    ...(finding.people.length > 0 ? [row("People", finding.people.join(", "))] : []),
    row("To mend it", finding.remediation),
    row("Frameworks", finding.frameworks.join(", ")),
    row("Fingerprint", finding.id),
  ];
  return `${lines.join("\n")}\n`;
}
