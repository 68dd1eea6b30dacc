// Puts everything a check found into the one stable result, in a stable order, with lines for what is shown.
import { unseenDomain } from "../analyze/domains.ts";
import type { Estate } from "../analyze/estate.ts";
import { closedSets, membershipHash, rulesHash } from "../analyze/reach/certificate.ts";
import type { Cut } from "../analyze/reach/cut.ts";
import { type Decision, STATEMENTS, type Step, type Way } from "../analyze/reach/decide.ts";
import type { Charter, Environment } from "../charter/schema.ts";
import type { Found } from "../checks/check.ts";
import { FRAMEWORKS } from "../checks/packs/frameworks.ts";
import type { CheckAnswer } from "../checks/run.ts";
import { CLAUSES } from "../findings/clause.ts";
import { applyExceptions, isExcepted } from "../findings/exception.ts";
import { fingerprintOf } from "../findings/fingerprint.ts";
import type { Certificate, CheckResult, Finding, Step as FindingStep, Verdict } from "../findings/result.ts";
import { locate } from "../lib/locate.ts";
import { gapId } from "../model/gap.ts";
import type { Grant } from "../model/rule.ts";
import type { Source } from "../model/source.ts";
import { groupsOf } from "./groups.ts";
import type { EstateReading } from "./read-estate.ts";
import { VERSION } from "./version.ts";

export interface Material {
  readonly charter: Charter;
  readonly charterHash: string;
  readonly charterFile: string;
  readonly reading: EstateReading;
  readonly estate: Estate;
  readonly decision: Decision;
  readonly cut: Cut;
  readonly answers: readonly CheckAnswer[];
  readonly asOf: string;
}

const SEVERITIES = ["critical", "high", "medium", "low"] as const;

/** What no plane looks at yet: printed with every separated verdict, so that nobody reads more into it. */
const NOT_MODELED = [
  "what a router, firewall, service mesh or network plugin of which no rules were read lets through, and what listens behind an open port",
  "what software inside a workload does with what it reads",
  "what a stored secret opens, beyond equal values, what configuration names, and what the charter's credentials say",
  "stolen devices, coerced people, the forge's and the cloud's own staff",
];

export function resultOf(material: Material): CheckResult {
  const { charter, reading, estate, decision, answers, asOf } = material;
  const told = telling(reading, estate);
  const { lined } = told;
  const found = answers.flatMap((answer) => answer.findings.map((each) => findingOf(answer, each, told)));
  const findings = withCauses(applyExceptions(found, charter.exceptions, asOf).sort(bySeverity));
  const clauses = clausesOf(answers, findings, estate);
  const cut = cutOf(material, findings, lined);
  return {
    bulkhead: VERSION,
    profile: charter.profile,
    organization: charter.organization.name,
    asOf,
    charter: { hash: material.charterHash, file: material.charterFile },
    estate: {
      hash: reading.hash,
      files: reading.files,
      manifests: [...reading.manifests],
      collected: reading.collected ? [reading.collected[0], reading.collected[1]] : null,
      asGiven: [...reading.asGiven],
      systems: systemsOf(estate),
      counts: { entities: estate.entities.size, rules: estate.rules.length, people: estate.charter.people.length },
    },
    verdict: overall([...Object.values(decision.statements), ...clauses.map((clause) => clause.verdict)]),
    exceptions: findings.filter(isExcepted).length,
    statements: { ...decision.statements },
    clauses,
    environments: charter.environments.map((environment) => environmentOf(estate, environment)),
    doors: doorsOf(charter),
    shared: charter.shared.map(({ name, purpose, serves }) => ({ name, purpose, serves: [...serves] })),
    findings,
    groups: groupsOf(estate, findings, cut),
    gaps: estate.gaps.map((gap) => ({ ...gap, clauses: [...gap.clauses], ...(gap.source && { source: lined(gap.source) }) })),
    assumptions: assumptionsOf(material),
    custodians: charter.custodians.map(({ who, role, of, controls }) => ({ who, role, of: [...of], controls: [...controls] })),
    notModeled: NOT_MODELED,
    cut,
    unrecognized: [...reading.unrecognized],
    certificate: certificateOf(material),
  };
}

export function overall(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes("violated")) return "violated";
  return verdicts.includes("unknown") ? "unknown" : "separated";
}

/** Certain before possible, worse before lesser, ways that break a statement before what is said of a single thing, short walks before long ones. */
function bySeverity(a: Finding, b: Finding): number {
  return (
    Number(a.verdict === "unknown") - Number(b.verdict === "unknown") ||
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    Number(a.path.length === 0) - Number(b.path.length === 0) ||
    precedence(a) - precedence(b) ||
    a.path.length - b.path.length ||
    (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  );
}

/** Ways by one grant into one environment are mended together: the first of them is told, the others beside it. Sorted findings in and out. */
function withCauses(findings: readonly Finding[]): Finding[] {
  const first = new Map<string, Finding>();
  const keyOf = (finding: Finding): string => JSON.stringify([finding.grant, finding.toEnvironment, finding.verdict]);
  for (const finding of findings.filter((each) => each.path.length > 0)) {
    const known = first.get(keyOf(finding));
    if (!known || precedence(finding) < precedence(known)) first.set(keyOf(finding), finding);
  }
  return findings.map((finding) => {
    const cause = finding.path.length > 0 ? first.get(keyOf(finding)) : undefined;
    return cause && cause !== finding ? { ...finding, cause: cause.id } : finding;
  });
}

/** What starts at an unreviewed change, then what starts in an environment, then what a person does. */
function precedence(finding: Finding): number {
  if (finding.statements.includes("singlePerson")) return 2;
  return finding.path.some((step) => step.rule === "source" && step.gives.capability === "author") ? 0 : 1;
}

type Lined = (source: Source) => Source;

/** What turns ids into what people read: lines for sources, words for gaps. */
interface Telling {
  readonly lined: Lined;
  readonly because: (because: string) => string;
}

function telling(reading: EstateReading, estate: Estate): Telling {
  const gaps = new Map(estate.gaps.map((gap) => [gapId(gap), `${gap.what} is not known: ${gap.why}`]));
  return { lined: lines(reading), because: (because) => gaps.get(because) ?? because };
}

function lines(reading: EstateReading): Lined {
  return (source) => {
    if (source.line !== undefined) return source;
    const file = reading.textOf(source.file);
    const at = file && nearest(file, source.pointer ?? "", source.document ?? 0);
    return at ? { ...source, line: at.line } : source;
  };
}

/** A pointer may go on into a document that stands in the file as text, as policies do in many formats: then the text's place is shown. */
function nearest(file: NonNullable<ReturnType<EstateReading["textOf"]>>, pointer: string, document: number): { line: number } | undefined {
  for (let at = pointer; ; at = at.slice(0, at.lastIndexOf("/"))) {
    const found = locate(file.text, file.format, at, document);
    if (found || at === "") return found;
  }
}

function findingOf({ check }: CheckAnswer, found: Found, told: Telling): Finding {
  return {
    id: fingerprintOf(check.id, found.grant, found.fromEnvironment, found.toEnvironment),
    check: check.id,
    clause: check.clause,
    severity: check.severity,
    verdict: found.verdict,
    title: check.title,
    summary: found.summary,
    ...(found.fromEnvironment !== undefined && { fromEnvironment: found.fromEnvironment }),
    ...(found.toEnvironment !== undefined && { toEnvironment: found.toEnvironment }),
    from: found.from,
    to: found.to,
    grant: found.grant,
    count: found.count ?? 1,
    people: [...(found.people ?? [])],
    statements: [...(found.way?.statements ?? [])],
    path: found.way ? stepsOf(found.way, told) : [],
    cut: [...found.change],
    remediation: check.remediation,
    frameworks: [...(FRAMEWORKS[check.clause] ?? [])],
    ...(found.source && { source: told.lined(found.source) }),
  };
}

export type ShownStep = FindingStep;

/** A step as results hold it: rule by family, source with its line. */
export function stepShown(reading: EstateReading, estate: Estate): (step: Step) => FindingStep {
  const told = telling(reading, estate);
  return (step) => shown(step, told, { file: "" });
}

const stepsOf = (way: Way, told: Telling): FindingStep[] => way.steps.map((step) => shown(step, told, way.rule.source));

function shown(step: Step, { lined, because }: Telling, otherwise: Source): FindingStep {
  const { rule } = step;
  return {
    id: step.id,
    gives: step.gives,
    needs: [...step.needs],
    from: step.from,
    to: step.to,
    rule: rule?.family ?? "source",
    how: step.how,
    ...(rule?.grants[0] && { grant: rule.grants[0].id }),
    ...(rule && tellsMore(rule.grants) && { through: rule.grants.map((each) => throughOf(each, lined)) }),
    certainty: rule?.certainty ?? "must",
    ...(rule?.because !== undefined && { because: because(rule.because) }),
    source: lined(rule?.grants[0]?.source ?? rule?.source ?? step.source ?? otherwise),
  };
}

/** Number of the policy statement that the grant is, from 1 (src/analyze/identity/emission.ts writes the pointer). */
const statementOf = ({ source }: Grant): number | undefined => {
  const index = /\/Statement\/(\d+)$/.exec(source.pointer ?? "")?.[1];
  return index === undefined ? undefined : Number(index) + 1;
};

/** More than the step's own sentence and place: several grants together, or which statement of a policy decides. */
const tellsMore = (grants: readonly Grant[]): boolean => grants.length > 1 || grants.some((each) => statementOf(each) !== undefined);

function throughOf(grant: Grant, lined: Lined) {
  const { id, label, change, source } = grant;
  const statement = statementOf(grant);
  return { grant: id, label, change, source: lined(source), ...(statement !== undefined && { statement }) };
}

function clausesOf(answers: readonly CheckAnswer[], findings: readonly Finding[], estate: Estate): CheckResult["clauses"] {
  return CLAUSES.map(({ id, title }) => {
    const asked = answers.filter((answer) => answer.check.clause === id);
    const own = findings.filter((finding) => finding.clause === id).map((finding) => finding.id);
    const gap = estate.untaken.find((each) => each.clauses.includes(id) || each.clauses.length === 0);
    if (asked.length === 0) return { id, title, verdict: "not-checked" as const, findings: [], reason: "no check for it yet" };
    const reason = asked.find((answer) => answer.reason !== undefined)?.reason ?? (gap && `${gap.what}: ${gap.why}`);
    if (asked.every((answer) => answer.verdict === "not-applicable"))
      return { id, title, verdict: "not-applicable" as const, findings: own, ...(reason && { reason }) };
    const verdict = overall([
      ...asked.map((answer) => (answer.verdict === "not-applicable" ? "separated" : answer.verdict)),
      ...(gap ? (["unknown"] as const) : []),
    ]);
    const shown = asked.flatMap((answer) => answer.shown ?? []);
    return { id, title, verdict, findings: own, ...(verdict === "unknown" && reason && { reason }), ...(shown.length > 0 && { shown }) };
  });
}

function doorsOf({ doors, promotion }: Charter): NonNullable<CheckResult["doors"]> {
  return doors.map((door) => {
    const { kind, name, to } = door;
    if (door.kind === "mask") return { kind, name, from: door.from, to, through: door.runner };
    if (door.kind === "break-glass") return { kind, name, to, through: door.role, maximumMinutes: door.maximumMinutes };
    const stages = promotion.filter((stage) => stage.to === to);
    const stage = stages.length === 1 ? stages[0] : undefined;
    return { kind, name, to, through: door.deployer, ...(stage && { from: stage.from, approvals: stage.approvals }) };
  });
}

function systemsOf(estate: Estate): CheckResult["estate"]["systems"] {
  const counts = new Map<string, number>();
  for (const { place } of estate.entities.values()) {
    const scope = place.cluster
      ? `kubernetes ${place.cluster}`
      : place.repository
        ? `github ${place.repository}`
        : place.awsAccount
          ? `aws ${place.awsAccount}`
          : place.project?.replace(":", " ");
    if (scope) counts.set(scope, (counts.get(scope) ?? 0) + 1);
  }
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([scope, entities]) => ({ system: scope.split(" ")[0] as string, scope: scope.slice(scope.indexOf(" ") + 1), entities }));
}

function environmentOf(estate: Estate, environment: Environment): CheckResult["environments"][number] {
  const { name, tier, isolated } = environment;
  const [unread] = unseenDomain(estate, environment);
  return {
    name,
    tier,
    entities: countIn(estate, name),
    boundary: estate.gradeOf(name) ?? "empty",
    ...(unread !== undefined && { boundaryUnread: unread }),
    ...(isolated && { isolated }),
  };
}

const countIn = (estate: Estate, name: string): number =>
  [...estate.entities.keys()].filter((id) => estate.environmentOf(id) === name).length;

function assumptionsOf({ reading }: Material): string[] {
  const given = reading.asGiven.map((place) => `${place} is complete as given (no manifest says what was asked)`);
  return [...reading.assumptions, ...given];
}

function cutOf({ cut, decision, reading }: Material, findings: readonly Finding[], lined: Lined): CheckResult["cut"] {
  const isOpen = decision.ways.some(({ isConnection, verdict }) => isConnection && verdict === "violated");
  const broken = isOpen || STATEMENTS.some((statement) => decision.statements[statement] === "violated");
  if (!broken || reading.files === 0) return null;
  const changes = cut.changes.map(({ grant, change }) => ({
    grant: grant.id,
    change,
    label: grant.label,
    instruction: grant.change,
    closes: findings
      .filter((finding) => finding.grant === grant.id || finding.path.some((step) => step.grant === grant.id))
      .map((finding) => finding.id),
    source: lined(grant.source),
  }));
  return { changes, size: changes.length, lowerBound: cut.lowerBound, complete: cut.complete };
}

/** For the statements that are separated; none when no statement is. */
function certificateOf({ charterHash, reading, estate, decision, asOf, ...rest }: Material): Certificate | null {
  const statements = STATEMENTS.filter((statement) => decision.statements[statement] === "separated");
  if (statements.length === 0) return null;
  return {
    bulkhead: "certificate/1",
    version: VERSION,
    asOf,
    charter: charterHash,
    estate: reading.hash,
    rules: rulesHash(estate.rules),
    membership: membershipHash(estate),
    statements,
    closures: closedSets(decision.base, estate, statements).map((set) => ({
      ...set,
      from: [...set.from],
      sources: [...set.sources],
      closed: [...set.closed],
    })),
    gaps: estate.gaps.map(gapId),
    assumptions: assumptionsOf({ charterHash, reading, estate, decision, asOf, ...rest }),
  };
}
