// The result as SARIF 2.1.0, for code scanning: a rule a check, a result a finding with its walk as a code flow, gaps as notifications.
import type { Check } from "../../checks/check.ts";
import { FRAMEWORKS } from "../../checks/packs/frameworks.ts";
import { checks } from "../../checks/registry.ts";
import { isExcepted } from "../../findings/exception.ts";
import type { CheckResult, Finding, FindingSource, Severity, Step } from "../../findings/result.ts";
import { between } from "./finding.ts";
import { safe } from "./text.ts";
import { primarySource } from "./told.ts";

const SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/** Paths are relative to the folder that was checked; the consumer says where that is (SARIF 3.14.14). */
const ROOT = "%SRCROOT%";

const LEVELS = { critical: "error", high: "error", medium: "warning", low: "note" } as const satisfies Record<Severity, string>;

/** GitHub Docs, SARIF support for code scanning: over 9.0 is critical, 7.0 to 8.9 high, 4.0 to 6.9 medium, 0.1 to 3.9 low. */
const SECURITY_SEVERITY: Readonly<Record<Severity, string>> = { critical: "9.5", high: "8.0", medium: "5.5", low: "3.0" };

type Rule = Pick<Check, "id" | "clause" | "severity" | "title" | "remediation">;

export function renderSarif(result: CheckResult): string {
  return `${JSON.stringify({ $schema: SCHEMA, version: "2.1.0", runs: [run(result)] }, undefined, 2)}\n`;
}

function run(result: CheckResult): object {
  const rules = rulesOf(result);
  const files = filesSeen();
  const results = result.findings.map((finding) => resultOf(finding, rules, files, result.charter.file));
  const notifications = notificationsOf(result, files);
  const topics = [...new Set(notifications.map((each) => each.descriptor.id))];
  return {
    tool: {
      driver: {
        name: "Bulkhead",
        version: result.bulkhead,
        semanticVersion: result.bulkhead,
        shortDescription: { text: "Keeps development, test and production apart, and proves it." },
        rules: rules.map((rule) => descriptorOf(rule, result)),
        notifications: topics.map((id) => ({ id, shortDescription: message(TOPICS[id] ?? `What could not be read: ${id}`) })),
      },
    },
    automationDetails: { id: `bulkhead/${encodeURIComponent(result.organization.toWellFormed())}/` },
    columnKind: "utf16CodeUnits",
    originalUriBaseIds: { [ROOT]: { description: { text: "The folder that was checked." } } },
    invocations: [{ executionSuccessful: true, toolExecutionNotifications: notifications }],
    artifacts: files.artifacts(),
    results,
    properties: {
      verdict: result.verdict,
      statements: result.statements,
      profile: result.profile,
      organization: safe(result.organization),
      asOf: result.asOf,
      charter: result.charter.hash,
      estate: result.estate.hash,
      exceptions: result.exceptions,
    },
  };
}

/** Every check, also those without a finding, so that a consumer knows what was asked; then what an older result may name. */
function rulesOf(result: CheckResult): readonly Rule[] {
  const rules = new Map<string, Rule>(checks.map((check) => [check.id, check]));
  for (const { check, clause, severity, title, remediation } of result.findings)
    if (!rules.has(check)) rules.set(check, { id: check, clause, severity, title, remediation });
  return [...rules.values()];
}

// `helpUri` stays out: it must be absolute (SARIF 3.49.12), and these pages have no address of their own. `help` names the page instead.
function descriptorOf(rule: Rule, result: CheckResult): object {
  const clause = result.clauses.find((each) => each.id === rule.clause)?.title;
  const asks = `Clause ${rule.clause}${clause === undefined ? "" : `: ${clause}`}.`;
  const page = `docs/checks.md#${rule.id}`;
  return {
    id: rule.id,
    shortDescription: message(rule.title),
    fullDescription: message(`${rule.title}. ${asks}`),
    help: {
      ...message(`${rule.remediation}\n${asks}\nMore: ${page}`),
      markdown: doubled(`${rule.remediation}\n\n${asks}\n\nMore: \`${page}\``),
    },
    defaultConfiguration: { level: LEVELS[rule.severity] },
    properties: {
      tags: ["security", rule.clause, ...(FRAMEWORKS[rule.clause] ?? [])],
      precision: "very-high",
      "security-severity": SECURITY_SEVERITY[rule.severity],
      documentation: page,
    },
  };
}

function resultOf(finding: Finding, rules: readonly Rule[], files: Files, charterFile: string): object {
  const violated = finding.verdict === "violated";
  const cut = finding.cut.length > 0 ? ` Change: ${finding.cut.join("; ")}.` : "";
  const text = `${finding.summary}${between(finding) === "" ? "" : ` (${between(finding)})`}.${cut}`;
  return {
    ruleId: finding.check,
    ruleIndex: rules.findIndex((rule) => rule.id === finding.check),
    // 3.27.9: `open` is a proof-based tool's word for a problem that is neither shown nor ruled out; 3.27.10: its level is then `none`.
    kind: violated ? "fail" : "open",
    level: violated ? LEVELS[finding.severity] : "none",
    message: message(text),
    locations: [location(primarySource(finding) ?? { file: charterFile }, files, finding.to)],
    ...(finding.path.length > 0 && { codeFlows: [codeFlow(finding, files)] }),
    partialFingerprints: { "bulkhead/v1": finding.id },
    // 3.27.23: all results of a run have the property, or none has.
    suppressions: suppressionsOf(finding),
    properties: {
      severity: finding.severity,
      clause: finding.clause,
      ...(finding.fromEnvironment !== undefined && { fromEnvironment: safe(finding.fromEnvironment) }),
      ...(finding.toEnvironment !== undefined && { toEnvironment: safe(finding.toEnvironment) }),
      statements: finding.statements,
      count: finding.count,
      people: finding.people.length,
      ...(finding.cause !== undefined && { cause: finding.cause }),
    },
  };
}

function suppressionsOf(finding: Finding): readonly object[] {
  if (finding.exception === undefined || !isExcepted(finding)) return [];
  const { owner, reason, control, expires } = finding.exception;
  const justification = safe(`${reason}. Meanwhile: ${control}. Accepted by ${owner} until ${expires}.`);
  return [{ kind: "external", status: "accepted", justification }];
}

function codeFlow(finding: Finding, files: Files): object {
  const locations = finding.path.map((step) => ({
    location: { ...location(step.source, files, step.to), message: message(stepText(step)) },
    executionOrder: step.id,
    importance: step.grant === finding.grant ? "essential" : "important",
    properties: {
      rule: step.rule,
      gives: `${step.gives.capability} ${safe(step.gives.entity)}`,
      needs: step.needs,
      ...(step.grant !== undefined && { grant: safe(step.grant) }),
    },
  }));
  return { message: message(finding.summary), threadFlows: [{ locations }] };
}

const stepText = (step: Step): string => `${step.how}${step.because === undefined ? "" : ` (not certain: ${step.because})`}`;

interface Notification {
  readonly descriptor: { readonly id: string };
  readonly level: "warning" | "note";
  readonly message: { readonly text: string };
  readonly locations?: readonly object[];
}

const UNRECOGNIZED = "estate/unrecognized-file";
const TOPICS: Readonly<Record<string, string>> = { [UNRECOGNIZED]: "A file that no collector recognizes" };

/** What was not seen is said as loudly as what was: a consumer that shows no result must still be able to show these. */
function notificationsOf(result: CheckResult, files: Files): readonly Notification[] {
  const gaps = result.gaps.map((gap): Notification => {
    const clauses = gap.clauses.length > 0 ? ` Concerns ${gap.clauses.join(", ")}.` : "";
    return {
      descriptor: { id: safe(gap.topic) },
      level: "warning",
      message: message(`${gap.what} was not read: ${gap.why}.${clauses}`),
      ...(gap.source && { locations: [location(gap.source, files, gap.subject)] }),
    };
  });
  const unread = result.unrecognized.map(({ file, why }): Notification => ({
    descriptor: { id: UNRECOGNIZED },
    level: "note",
    message: message(`${file} was not used: ${why}.`),
    locations: [location({ file }, files)],
  }));
  return [...gaps, ...unread];
}

function location(source: FindingSource, files: Files, entity?: string): object {
  const { line, pointer } = source;
  return {
    physicalLocation: {
      artifactLocation: files.at(source.file),
      ...(line !== undefined && { region: { startLine: Math.max(1, line) } }),
      ...(pointer !== undefined && { properties: { pointer: safe(pointer) } }),
    },
    ...(entity !== undefined && { logicalLocations: [{ fullyQualifiedName: safe(entity), kind: "resource" }] }),
  };
}

/** The files that results point at, numbered as they are met. */
interface Files {
  readonly at: (file: string) => object;
  readonly artifacts: () => readonly object[];
}

function filesSeen(): Files {
  const indices = new Map<string, number>();
  return {
    at: (file) => {
      const index = indices.get(file) ?? indices.size;
      indices.set(file, index);
      return { ...uriOf(file), index };
    },
    artifacts: () => [...indices.keys()].map((file) => ({ location: uriOf(file) })),
  };
}

/** RFC 3986: everything but unreserved characters is percent-encoded in each segment, also a colon, which would make the first a scheme. */
function uriOf(file: string): object {
  const path = file.toWellFormed().split("/").map(encodeURIComponent).join("/");
  return file.startsWith("/") ? { uri: `file://${path}` } : { uri: path === "" ? "." : path, uriBaseId: ROOT };
}

/** 3.11.5: braces are doubled, or a name such as `{0}` would be taken for a placeholder. */
const doubled = (text: string): string => text.replaceAll("{", "{{").replaceAll("}", "}}");

/** Threat: an attacker-controlled name that reads as an embedded link, `[text](target)` (3.11.6). A space takes the link apart. */
const message = (text: string): { readonly text: string } => ({ text: doubled(safe(text).toWellFormed()).replaceAll("](", "] (") });
