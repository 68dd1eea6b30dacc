// The checker: verifies that closed sets prove the statements. Independent of the engine: plain sets of text, no interning, no search.
import { TIERS } from "../../charter/schema.ts";
import { globMatches } from "../../lib/glob.ts";
import { CAPABILITIES, type Fact, fact, factText, IMPLIED, type Rule } from "../../model/rule.ts";
import type { Estate } from "../estate.ts";
import type { ClosedSet } from "./certificate.ts";
import type { Statement } from "./decide.ts";
import { changes, custody, discloses, lowestEnvironment, personSources, productionNames, wallQuestions, wallSources } from "./semantics.ts";

export type CertificateProblem =
  | { readonly code: "CLOSURE_MISSING"; readonly statement: Statement; readonly from: string }
  | { readonly code: "SOURCE_OUTSIDE"; readonly statement: Statement; readonly from: string; readonly fact: string }
  | { readonly code: "NOT_CLOSED"; readonly statement: Statement; readonly from: string; readonly fact: string; readonly by: string }
  | { readonly code: "TARGET_INSIDE"; readonly statement: Statement; readonly from: string; readonly fact: string };

interface Obligation {
  readonly statement: Statement;
  readonly from: string;
  readonly sources: readonly Fact[];
  readonly isTarget: ReadonlySet<string>;
  /** Entities of which a custodian is declared to hold control: nothing about them need be in the set. */
  readonly isHeld: (entity: string) => boolean;
}

const nothingHeld = (): boolean => false;

const worked = new WeakMap<Estate, Map<Statement, readonly Obligation[]>>();

/** What has to be shown for a statement, worked out once from the estate and the charter. */
function obligations(estate: Estate, statement: Statement): readonly Obligation[] {
  const known = worked.get(estate) ?? new Map<Statement, readonly Obligation[]>();
  worked.set(estate, known);
  const made = known.get(statement) ?? [...workOut(estate, statement)];
  known.set(statement, made);
  return made;
}

function* workOut(estate: Estate, statement: Statement): Iterable<Obligation> {
  const production = productionNames(estate.charter);
  const targetsIn = (environments: ReadonlySet<string>, of: typeof changes): Set<string> => {
    const targets = new Set<string>();
    for (const entity of estate.entities.values()) {
      const environment = estate.environmentOf(entity.id);
      if (environment !== undefined && environments.has(environment)) for (const f of of(entity)) targets.add(factText(f));
    }
    return targets;
  };
  if (statement === "singlePerson") {
    const isTarget = targetsIn(production, changes);
    for (const person of estate.charter.people) {
      const held = custody(estate.charter, person);
      const isHeld = held.length === 0 ? nothingHeld : (entity: string) => held.some((pattern) => globMatches(pattern, entity));
      yield { statement, from: person.id, sources: personSources(estate, person), isTarget, isHeld };
    }
    return;
  }
  const lowest = lowestEnvironment(estate.charter, TIERS);
  for (const { from, to } of wallQuestions(estate)) {
    const isTarget =
      statement === "wall" ? targetsIn(to, changes) : targetsIn(new Set([...to].filter((name) => production.has(name))), discloses);
    yield { statement, from, sources: wallSources(estate, from, lowest), isTarget, isHeld: nothingHeld };
  }
}

/** Every problem found; an empty list is the proof that each statement is separated. Gaps are the caller's matter: an untaken one refutes the claim. */
export function checkClosedSets(estate: Estate, statements: readonly Statement[], sets: readonly ClosedSet[]): CertificateProblem[] {
  const problems: CertificateProblem[] = [];
  for (const statement of statements) {
    for (const obligation of obligations(estate, statement)) {
      const set = sets.find((each) => each.statement === statement && each.from.includes(obligation.from));
      if (!set) problems.push({ code: "CLOSURE_MISSING", statement, from: obligation.from });
      else problems.push(...checkOne(asText(estate.rules), obligation, new Set(set.closed)));
    }
  }
  return problems;
}

/** A rule as the certificate speaks of facts: as text, each need once. */
interface TextRule {
  readonly rule: Rule;
  readonly gives: string;
  readonly needs: readonly string[];
  readonly required: number;
}

const texts = new WeakMap<readonly Rule[], readonly TextRule[]>();

/** Written out once for an estate, however many sets are checked against it. */
function asText(rules: readonly Rule[]): readonly TextRule[] {
  const known = texts.get(rules);
  if (known) return known;
  const made = rules.map((rule) => {
    const needs = [...new Set(rule.needs.map(factText))];
    return { rule, gives: factText(rule.gives), needs, required: rule.atLeast ?? needs.length };
  });
  texts.set(rules, made);
  return made;
}

function checkOne(rules: readonly TextRule[], obligation: Obligation, closed: ReadonlySet<string>): CertificateProblem[] {
  const { statement, from, isHeld, isTarget } = obligation;
  const problems: CertificateProblem[] = [];
  const missing = (f: Fact): boolean => !isHeld(f.entity) && !closed.has(factText(f));
  for (const source of obligation.sources) {
    if (missing(source)) problems.push({ code: "SOURCE_OUTSIDE", statement, from, fact: factText(source) });
  }
  for (const { rule, gives, needs, required } of rules) {
    if (closed.has(gives) || isHeld(rule.gives.entity)) continue;
    let met = 0;
    for (const need of needs) if (closed.has(need)) met++;
    if (met >= required) problems.push({ code: "NOT_CLOSED", statement, from, fact: gives, by: `${rule.family}: ${rule.how}` });
  }
  for (const text of closed) {
    const capability = CAPABILITIES.find((each) => text.startsWith(`${each} `));
    const entity = text.slice((capability?.length ?? 0) + 1);
    for (const implied of (capability && IMPLIED[capability]) ?? []) {
      const also = fact(implied, entity);
      if (missing(also)) problems.push({ code: "NOT_CLOSED", statement, from, fact: factText(also), by: `implied by ${text}` });
    }
    if (isTarget.has(text)) problems.push({ code: "TARGET_INSIDE", statement, from, fact: text });
  }
  return problems;
}
