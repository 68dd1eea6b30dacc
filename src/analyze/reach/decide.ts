// The verdict on the three statements, with every way across: the search that the certificate makes unnecessary to trust.
import type { Gap } from "../../model/gap.ts";
import type { Fact, Rule } from "../../model/rule.ts";
import { factText } from "../../model/rule.ts";
import type { Source } from "../../model/source.ts";
import type { Estate } from "../estate.ts";
import { type Closure, release } from "./close.ts";
import { type Answer, ask, type Crossing, type Question, witnessOf } from "./crossings.ts";
import {
  CHANGES,
  CONNECTS,
  DISCLOSES,
  type PeopleQuestion,
  peopleQuestionsOf,
  placeName,
  type WallQuestion,
  wallQuestionsOf,
} from "./questions.ts";
import { buildRuleBase, crossingGrant, factAt, type RuleBase } from "./rule-base.ts";
import { UNDECLARED } from "./semantics.ts";
import type { WitnessStep } from "./witness.ts";

export type Statement = "wall" | "singlePerson" | "data";
export const STATEMENTS: readonly Statement[] = ["wall", "singlePerson", "data"];
export type StatementVerdict = "separated" | "violated" | "unknown";

/** One step of a way across, in words. `needs` names earlier steps by id; ids count from 1. */
export interface Step {
  readonly id: number;
  readonly gives: Fact;
  readonly needs: readonly number[];
  readonly from: string;
  readonly to: string;
  /** Absent for a starting point. */
  readonly rule?: Rule;
  readonly how: string;
  /** Of a starting point: where the thing was read. */
  readonly source?: Source;
}

/** One way across: a crossing grant between two environments, with the shortest walk. */
export interface Way {
  /** The statements it breaks; none for a way that only opens a connection, which clause B4 is about. */
  readonly statements: readonly Statement[];
  readonly isConnection: boolean;
  readonly verdict: "violated" | "unknown";
  /** Environment below; `people` for the single-person statement. */
  readonly from: string;
  readonly to: string;
  readonly rule: Rule;
  readonly grant: string;
  /** Facts that cross by this grant. */
  readonly count: number;
  readonly target: Fact;
  readonly steps: readonly Step[];
  /** Ids of the people who can start it. */
  readonly people: readonly string[];
}

export interface Decision {
  readonly base: RuleBase;
  readonly statements: Readonly<Record<Statement, StatementVerdict>>;
  readonly ways: readonly Way[];
  /** Ways that something unread could itself have held: told as gaps and not as ways, and still no check that would report one is answered. */
  readonly hidden: readonly Way[];
  /** Statements that no known way breaks and that some gap leaves open, with what the gap is. */
  readonly openedByGaps: Readonly<Record<Statement, readonly string[]>>;
}

interface Group {
  readonly from: string;
  readonly to: string;
  readonly grant: string;
  readonly isHidden: boolean;
  readonly isConnection: boolean;
  readonly verdict: "violated" | "unknown";
  readonly gives: Set<number>;
  readonly people: Set<string>;
  /** The crossings that are shortest to the wall: one of them will be told. */
  readonly nearest: Found[];
  leads: number;
}

/** Crossings of one grant that are tried for the shortest walk to a target. */
const MOST_TRIED = 12;

interface Reached {
  must: number;
  may: number;
}

export function decide(estate: Estate): Decision {
  const base = buildRuleBase(estate.entities.keys(), estate.rules);
  const walls = wallQuestionsOf(base, estate);
  const people = peopleQuestionsOf(base, estate);
  const hasMay = base.may.includes(1);
  const groups = new Map<string, Group>();
  const wall: Reached = { must: 0, may: 0 };
  for (const each of walls) askWall(base, estate, each, hasMay, groups, wall);
  const single: Reached = { must: 0, may: 0 };
  const starts: Start[] = [];
  for (const each of people) starts.push(askPeople(base, estate, each, hasMay, groups, single));
  const told = withoutEchoes([...groups.values()]);
  const waysOf = (isHidden: boolean): Way[] =>
    told
      .filter((group) => group.isHidden === isHidden)
      .map((group) => wayOf(base, estate, group, starts))
      .sort(compareWays);
  const opened = openedBy(estate);
  const verdict = (statement: Statement, must: number, may: number): StatementVerdict =>
    must !== 0 ? "violated" : may !== 0 || opened[statement].length > 0 ? "unknown" : "separated";
  return {
    base,
    statements: {
      wall: verdict("wall", wall.must & CHANGES, wall.may & CHANGES),
      singlePerson: verdict("singlePerson", single.must, single.may),
      data: verdict("data", wall.must & DISCLOSES, wall.may & DISCLOSES),
    },
    ways: waysOf(false),
    hidden: waysOf(true),
    openedByGaps: opened,
  };
}

/** What anyone can walk is told from where it is certain; that something in no environment may walk it too adds nothing. */
function withoutEchoes(groups: readonly Group[]): readonly Group[] {
  const wayOf = (group: Group): string => JSON.stringify([group.to, group.grant, group.isConnection]);
  const certain = new Set(groups.filter((group) => group.verdict === "violated" && group.from !== "people").map(wayOf));
  return groups.filter((group) => group.from !== UNDECLARED || !certain.has(wayOf(group)));
}

const ONLY: Readonly<Record<Statement, ReadonlySet<string>>> = {
  singlePerson: new Set(["A2", "A4", "A5", "A6", "P3"]),
  data: new Set(["D1", "D2", "D3", "B6"]),
  wall: new Set(["A1", "B5"]),
};

/** Clauses that are answered without the statements: a gap of these alone opens no statement. */
const APART: ReadonlySet<string> = new Set(["B1", "B2", "B3", "B4", "B7", "S1", "S2", "S3", "S4", "S5", "S6"]);

/** An untaken gap opens the statements its clauses belong to; one that names no clause, or clauses of several, opens all. */
export function gapOpens(gap: Gap, statement: Statement): boolean {
  const concerned = gap.clauses.filter((clause) => !APART.has(clause));
  if (gap.clauses.length > 0 && concerned.length === 0) return false;
  const only = concerned.length === 0 ? undefined : STATEMENTS.find((each) => concerned.every((clause) => ONLY[each].has(clause)));
  return only === undefined || only === statement;
}

function openedBy(estate: Estate): Record<Statement, string[]> {
  const of = (statement: Statement): string[] =>
    estate.untaken.filter((gap) => gapOpens(gap, statement)).map((gap) => `${gap.what}: ${gap.why}`);
  return { wall: of("wall"), singlePerson: of("singlePerson"), data: of("data") };
}

function askWall(
  base: RuleBase,
  estate: Estate,
  { from, question }: WallQuestion,
  hasMay: boolean,
  groups: Map<string, Group>,
  reached: Reached,
): void {
  // Entities in no environment are may-sources only: where they stand is not known, so what they do is never certain to come from below.
  const must: Answer | undefined = from === UNDECLARED ? undefined : ask(base, question, false);
  const may = hasMay || must === undefined ? ask(base, question, true) : must;
  reached.must |= must?.reached ?? 0;
  reached.may |= may.reached;
  if (must)
    for (const crossing of must.crossings)
      collect(base, estate, groups, { crossing, question, outside: must.outside, verdict: "violated", from, people: [] });
  if (may !== must)
    for (const crossing of may.crossings)
      collect(base, estate, groups, { crossing, question, outside: may.outside, verdict: "unknown", from, people: [] });
}

function askPeople(
  base: RuleBase,
  estate: Estate,
  each: PeopleQuestion,
  hasMay: boolean,
  groups: Map<string, Group>,
  reached: Reached,
): Start {
  const people = each.people.map((person) => person.id);
  const { question } = each;
  const must = ask(base, question, false);
  const may = hasMay ? ask(base, question, true) : must;
  reached.must |= must.reached;
  reached.may |= may.reached;
  for (const crossing of must.crossings)
    collect(base, estate, groups, { crossing, question, outside: must.outside, verdict: "violated", from: "people", people });
  if (may !== must)
    for (const crossing of may.crossings)
      collect(base, estate, groups, { crossing, question, outside: may.outside, verdict: "unknown", from: "people", people });
  const start = { people, facts: bitsOf(base, must.outside.order) };
  for (const answer of new Set([must, may])) if (answer.crossings.length === 0) release(base, answer.outside);
  return start;
}

/** What a class of people can come to have outside production. */
interface Start {
  readonly people: readonly string[];
  /** A bit for each fact: classes of people are many, and what they have in a large estate is nearly all of it. */
  readonly facts: Uint32Array;
}

function bitsOf(base: RuleBase, facts: Int32Array): Uint32Array {
  const bits = new Uint32Array((base.factCount >>> 5) + 1);
  for (let i = 0; i < facts.length; i++) {
    const fact = facts[i] as number;
    bits[fact >>> 5]! |= 1 << (fact & 31);
  }
  return bits;
}

const hasBit = (bits: Uint32Array, fact: number): boolean => ((bits[fact >>> 5] as number) & (1 << (fact & 31))) !== 0;

interface Found {
  readonly crossing: Crossing;
  readonly question: Question;
  readonly outside: Closure;
  readonly verdict: "violated" | "unknown";
  readonly from: string;
  readonly people: readonly string[];
}

/** A way in that breaks a statement is told as that, and beside it the connection alone where the grant is of a connection. */
function collect(base: RuleBase, estate: Estate, groups: Map<string, Group>, found: Found): void {
  const { crossing } = found;
  const breaks = crossing.leads & (CHANGES | DISCLOSES);
  const opens = crossing.leads & CONNECTS;
  const isConnection = base.rule(crossing.rule).gives.capability === "connect";
  if (breaks !== 0) collectPart(base, estate, groups, { ...found, crossing: { ...crossing, leads: breaks } });
  if (opens !== 0 && (breaks === 0 || isConnection))
    collectPart(base, estate, groups, { ...found, crossing: { ...crossing, leads: opens } });
}

function collectPart(base: RuleBase, estate: Estate, groups: Map<string, Group>, found: Found): void {
  const { crossing, verdict, from } = found;
  const rule = base.rule(crossing.rule);
  const isConnection = crossing.leads === CONNECTS;
  // A gap that could itself have held the way in is listed as a gap, not told as a way that someone could walk.
  const isHidden = verdict === "unknown" && rule.certainty === "may" && rule.needs.length === 0;
  const to = estate.environmentOf(rule.gives.entity) ?? "production";
  const key = JSON.stringify([from, to, grantId(rule), isHidden, isConnection]);
  const known = groups.get(key);
  // What is certain for one is not made uncertain, nor widened, by what is only possible for another.
  if (known?.verdict === "violated" && verdict === "unknown") return;
  const group =
    known?.verdict === verdict
      ? known
      : {
          from,
          to,
          grant: grantId(rule),
          isHidden,
          isConnection,
          verdict,
          gives: new Set<number>(),
          people: new Set<string>(),
          nearest: [],
          leads: 0,
        };
  groups.set(key, group);
  group.gives.add(crossing.gives);
  group.leads |= crossing.leads;
  for (const person of found.people) group.people.add(person);
  group.nearest.push(found);
  group.nearest.sort((a, b) => rankOf(base, estate, a) - rankOf(base, estate, b));
  group.nearest.length = Math.min(group.nearest.length, MOST_TRIED);
}

/** Above any height: what does not start at an unreviewed change ranks after what does. */
const BY_CHANGE = 100_000;

/** Among ways by one grant the one that starts at an unreviewed change is told, since anyone can walk it; then the shortest. */
function rankOf(base: RuleBase, estate: Estate, { crossing }: { readonly crossing: Crossing }): number {
  const byChange = base.rule(crossing.rule).needs.some((need) => estate.entities.get(need.entity)?.kind === "change");
  return (byChange ? 0 : BY_CHANGE) + crossing.height;
}

const grantId = (rule: Rule): string => crossingGrant(rule)?.id ?? `${rule.family} ${factText(rule.gives)}`;

function wayOf(base: RuleBase, estate: Estate, group: Group, starts: readonly Start[]): Way {
  const may = group.verdict === "unknown";
  const { steps, target, crossing } = shortest(base, estate, group, may);
  const rule = base.rule(crossing.rule);
  const single = group.from === "people";
  const statements: Statement[] = single ? ["singlePerson"] : [];
  if (!single && (group.leads & CHANGES) !== 0) statements.push("wall");
  if (!single && (group.leads & DISCLOSES) !== 0) statements.push("data");
  return {
    statements,
    isConnection: group.isConnection,
    verdict: group.verdict,
    from: group.from,
    to: group.to,
    rule,
    grant: grantId(rule),
    count: group.gives.size,
    target: factAt(base, target),
    steps: inWords(base, estate, steps),
    people: single ? [...group.people].sort() : starters(steps, starts),
  };
}

/** The fewest steps among the nearest crossings; one that starts at an unreviewed change before one that does not. */
function shortest(base: RuleBase, estate: Estate, group: Group, may: boolean) {
  const told = group.nearest.map((found) => ({
    ...witnessOf(base, found.question, found.outside, found.crossing, may),
    crossing: found.crossing,
    found,
  }));
  const byChange = told.filter(({ found }) => rankOf(base, estate, found) < BY_CHANGE);
  const lengthOf = ({ steps }: (typeof told)[number]): number => steps.length + (startsAtStore(base, estate, steps) ? BY_STORE : 0);
  return (byChange.length > 0 ? byChange : told).reduce((best, each) => (lengthOf(each) < lengthOf(best) ? each : best));
}

/** What runs code is told before what only holds data: people see at once how it could be walked. */
const BY_STORE = 8;

const startsAtStore = (base: RuleBase, estate: Estate, steps: readonly WitnessStep[]): boolean =>
  steps.some(({ rule, fact }) => rule < 0 && estate.entities.get(factAt(base, fact).entity)?.kind === "data-store");

/** People whose own closure has a fact that rests on nothing but the starting points: those who can take the first step. */
function starters(steps: readonly WitnessStep[], starts: readonly Start[]): string[] {
  const first = steps.filter(
    (step) => step.rule >= 0 && step.needs.length > 0 && step.needs.every((need) => (steps[need] as WitnessStep).rule < 0),
  );
  return starts
    .filter(({ facts }) => first.some((step) => hasBit(facts, step.fact)))
    .flatMap(({ people }) => people)
    .sort();
}

export function inWords(base: RuleBase, estate: Estate, steps: readonly WitnessStep[]): Step[] {
  return steps.map((step, index) => {
    const gives = factAt(base, step.fact);
    const firstNeed = step.needs[0];
    const from = firstNeed === undefined ? gives.entity : factAt(base, (steps[firstNeed] as WitnessStep).fact).entity;
    const needs = step.needs.map((need) => need + 1);
    const entity = estate.entities.get(gives.entity);
    if (step.rule < 0)
      return {
        id: index + 1,
        gives,
        needs,
        from,
        to: gives.entity,
        how: startingWords(estate, gives),
        ...(entity && { source: entity.source }),
      };
    const rule = base.rule(step.rule);
    return { id: index + 1, gives, needs, from, to: gives.entity, rule, how: rule.how };
  });
}

function startingWords(estate: Estate, gives: Fact): string {
  const entity = estate.entities.get(gives.entity);
  const label = entity?.label ?? gives.entity;
  if (gives.capability === "author") return `someone proposes an ${label}`;
  if (gives.capability === "act-as") return `a person signs in as ${label}`;
  return `${label} stands in ${placeName(estate, entity)}`;
}

const SEVERITY = { violated: 0, unknown: 1 } as const;

function compareWays(a: Way, b: Way): number {
  return (
    SEVERITY[a.verdict] - SEVERITY[b.verdict] ||
    a.steps.length - b.steps.length ||
    compareText(a.from, b.from) ||
    compareText(a.to, b.to) ||
    compareText(a.grant, b.grant)
  );
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
