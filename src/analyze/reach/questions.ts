// The statements as questions to the engine: sources, what lies inside, and targets, as numbers.
import type { Person } from "../../charter/schema.ts";
import { TIERS } from "../../charter/schema.ts";
import { globMatches } from "../../lib/glob.ts";
import type { Entity } from "../../model/entity.ts";
import type { Fact } from "../../model/rule.ts";
import type { Estate } from "../estate.ts";
import type { Question } from "./crossings.ts";
import { crossingGrant, type RuleBase } from "./rule-base.ts";
import {
  changes,
  connects,
  custody,
  discloses,
  lowestEnvironment,
  personSources,
  productionNames,
  wallQuestions,
  wallSources,
} from "./semantics.ts";

/** Bits of `Question.targets`. */
export const CHANGES = 1;
export const DISCLOSES = 2;
/** Clause B4, which is no statement: a connection into production. */
export const CONNECTS = 4;

export interface WallQuestion {
  readonly from: string;
  readonly question: Question;
}

export interface PeopleQuestion {
  /** People who start with the same capabilities; the question is asked for the first. */
  readonly people: readonly Person[];
  readonly question: Question;
}

const numbers = (base: RuleBase, facts: readonly Fact[]): number[] => [...new Set(facts.map((f) => base.factOf(f)))].filter((n) => n >= 0);

function target(
  base: RuleBase,
  estate: Estate,
  to: ReadonlySet<string>,
  data: ReadonlySet<string>,
  outsiders: ReadonlySet<string>,
  asksConnections: boolean,
) {
  const inside = new Uint8Array(base.entityIds.length);
  const targets = new Uint8Array(base.factCount);
  for (const entity of estate.entities.values()) {
    const environment = estate.environmentOf(entity.id);
    if (environment === undefined || !to.has(environment) || outsiders.has(entity.id)) continue;
    inside[base.entityOf(entity.id)] = 1;
    for (const f of changes(entity)) targets[base.factOf(f)]! |= CHANGES;
    if (!data.has(environment)) continue;
    for (const f of discloses(entity)) targets[base.factOf(f)]! |= DISCLOSES;
    if (asksConnections) for (const f of connects(entity)) targets[base.factOf(f)]! |= CONNECTS;
  }
  return { inside, targets };
}

/** One question for each environment below a wall. Unreviewed changes stand outside every wall, whichever environment their repository serves. */
export function wallQuestionsOf(base: RuleBase, estate: Estate): WallQuestion[] {
  const lowest = lowestEnvironment(estate.charter, TIERS);
  const production = productionNames(estate.charter);
  const outsiders = new Set([...estate.entities.values()].filter((entity) => entity.kind === "change").map((entity) => entity.id));
  return wallQuestions(estate).map(({ from, to }) => ({
    from,
    question: { sources: numbers(base, wallSources(estate, from, lowest)), ...target(base, estate, to, production, outsiders, true) },
  }));
}

/** One question for each class of people. */
export function peopleQuestionsOf(base: RuleBase, estate: Estate): PeopleQuestion[] {
  const production = productionNames(estate.charter);
  if (production.size === 0) return [];
  const { inside, targets } = target(base, estate, production, new Set(), new Set(), false);
  const classes = new Map<string, { people: Person[]; question: Question }>();
  for (const person of estate.charter.people) {
    const sources = numbers(base, personSources(estate, person));
    const held = custody(estate.charter, person);
    const key = JSON.stringify([sources.map((fact) => shapeOf(base, inside, fact)).sort(), held]);
    const known = classes.get(key);
    if (known) known.people.push(person);
    else {
      const without = held.length > 0 ? matchingEntities(base, held) : undefined;
      classes.set(key, { people: [person], question: { sources, inside, targets, ...(without && { without }) } });
    }
  }
  return [...classes.values()];
}

export function matchingEntities(base: RuleBase, patterns: readonly string[]): Uint8Array {
  const matched = new Uint8Array(base.entityIds.length);
  base.entityIds.forEach((id, entity) => {
    if (patterns.some((pattern) => globMatches(pattern, id))) matched[entity] = 1;
  });
  return matched;
}

/**
 * What a source is good for, without its name: two people are of one class when each of their sources has the same shape. A rule that needs the
 * source alone counts by what it gives (and, where that is a way in, by its grant, so that no grant is lost); any other rule counts as itself.
 */
function shapeOf(base: RuleBase, inside: Uint8Array, source: number): string {
  const uses: string[] = [];
  for (let i = base.usersStart[source] as number; i < (base.usersStart[source + 1] as number); i++) {
    const rule = base.users[i] as number;
    const alone = (base.needsStart[rule + 1] as number) - (base.needsStart[rule] as number) === 1;
    const gives = base.gives[rule] as number;
    if (!alone) uses.push(`r${rule}`);
    else uses.push(`${gives} ${base.may[rule]} ${inside[(gives / 8) | 0] === 1 ? (crossingGrant(base.rule(rule))?.id ?? rule) : ""}`);
  }
  return uses.sort().join(";");
}

/** Where an entity stands, for a starting step. */
export const placeName = (estate: Estate, entity: Entity | undefined): string =>
  entity === undefined
    ? "anywhere"
    : (estate.environmentOf(entity.id) ?? (estate.isShared(entity.id) ? "a shared service" : "no environment"));
