// The smallest set of changes that separates, verified by asking again; nothing that the charter grants may be lost by it.
import { type Fact, fact, type Grant } from "../../model/rule.ts";
import type { Estate } from "../estate.ts";
import { close, holds, release } from "./close.ts";
import { ask, type Question, witnessOf } from "./crossings.ts";
import { smallestHittingSet } from "./hitting-set.ts";
import { peopleQuestionsOf, wallQuestionsOf } from "./questions.ts";
import { crossingGrant, type RuleBase } from "./rule-base.ts";
import { changes, personSources, UNDECLARED } from "./semantics.ts";

export interface Change {
  readonly grant: Grant;
  /** `narrow`: the grant keeps what it gives to those above the wall. `add`: something missing is put in place. */
  readonly change: "remove" | "narrow" | "add";
}

export interface Cut {
  readonly changes: readonly Change[];
  /** No smaller set of candidate changes separates (relative to the candidates: the removable grants of the estate). */
  readonly lowerBound: number;
  /** False when some way across holds no grant that could be changed without breaking what the charter grants. */
  readonly complete: boolean;
}

interface Candidates {
  readonly grants: readonly Grant[];
  /** By grant number: the rules that fall when it is narrowed to what stays above the wall. */
  readonly rules: readonly (readonly number[])[];
  readonly ofRule: ReadonlyMap<number, readonly number[]>;
  readonly narrowable: readonly boolean[];
}

/**
 * Implicit hitting sets: every witness is a set of grants of which one must go, so a smallest hitting set of the witnesses found so far bounds the
 * cut from below; when dropping it separates, it is a smallest cut. Otherwise the new witnesses are added and the search goes on. Terminates,
 * because every round adds a set that the last choice did not meet.
 */
export function smallestCut(base: RuleBase, estate: Estate): Cut {
  const questions = [...wallQuestionsOf(base, estate).filter(({ from }) => from !== UNDECLARED), ...peopleQuestionsOf(base, estate)].map(
    ({ question }) => question,
  );
  const candidates = candidatesOf(base, questions);
  const access = accessOf(base, estate);
  const preferred = new Set<number>();
  const forbidden = new Set<number>();
  const sets: number[][] = [];
  let complete = true;
  for (;;) {
    const usable = sets.map((set) => set.filter((each) => !forbidden.has(each)));
    if (usable.some((set) => set.length === 0)) complete = false;
    const solution = smallestHittingSet(
      usable.filter((set) => set.length > 0),
      (each) => (preferred.has(each) ? 0 : 1),
    );
    const breaking = breaks(base, candidates, access, solution.chosen);
    if (breaking !== undefined) {
      forbidden.add(breaking);
      continue;
    }
    const found = witnesses(base, questions, droppedBy(base, candidates, solution.chosen), candidates, preferred);
    const fresh = found.filter((set) => set.some((each) => !forbidden.has(each)) && !sets.some((known) => sameSet(known, set)));
    if (found.length > 0 && fresh.length === 0) complete = false;
    if (fresh.length === 0)
      return { changes: solution.chosen.map((each) => changeOf(candidates, each)), lowerBound: solution.lowerBound, complete };
    sets.push(...fresh);
  }
}

const sameSet = (a: readonly number[], b: readonly number[]): boolean => a.length === b.length && a.every((each, i) => each === b[i]);

function changeOf(candidates: Candidates, number: number): Change {
  const grant = candidates.grants[number] as Grant;
  return { grant, change: grant.adds ? "add" : candidates.narrowable[number] ? "narrow" : "remove" };
}

/** Removable grants of the rules that fire below a wall. A grant that also has rules which do not fire there can be narrowed to those. */
function candidatesOf(base: RuleBase, questions: readonly Question[]): Candidates {
  const firing = new Uint8Array(base.ruleCount);
  for (const question of questions) {
    // What fires only once someone is inside is production's own business, and no candidate: narrowing a grant leaves it alone.
    const closure = close(base, question.sources, {
      may: false,
      stopAt: question.inside,
      ...(question.without && { without: question.without }),
    });
    for (const rule of closure.fired) firing[rule] = 1;
    release(base, closure);
  }
  const index = new Map<string, number>();
  const grants: Grant[] = [];
  const rules: number[][] = [];
  const ofRule = new Map<number, number[]>();
  for (let rule = 0; rule < base.ruleCount; rule++) {
    if (firing[rule] !== 1) continue;
    const numbers: number[] = [];
    for (const each of base.rule(rule).grants) {
      if (!each.removable) continue;
      let number = index.get(each.id);
      if (number === undefined) {
        number = grants.length;
        index.set(each.id, number);
        grants.push(each);
        rules.push([]);
      }
      (rules[number] as number[]).push(rule);
      numbers.push(number);
    }
    ofRule.set(rule, numbers);
  }
  const narrowable = grants.map(() => false);
  for (let rule = 0; rule < base.ruleCount; rule++) {
    if (firing[rule] === 1) continue;
    for (const each of base.rule(rule).grants) {
      const number = index.get(each.id);
      if (number !== undefined) narrowable[number] = true;
    }
  }
  return { grants, rules, ofRule, narrowable };
}

function droppedBy(base: RuleBase, candidates: Candidates, chosen: readonly number[]): Uint8Array {
  const dropped = new Uint8Array(base.ruleCount);
  for (const each of chosen) for (const rule of candidates.rules[each] as readonly number[]) dropped[rule] = 1;
  return dropped;
}

/** One set of candidate numbers for each way that is still open. An empty set says that the way holds nothing removable. */
function witnesses(
  base: RuleBase,
  questions: readonly Question[],
  dropped: Uint8Array,
  candidates: Candidates,
  preferred: Set<number>,
): number[][] {
  const found = new Map<string, number[]>();
  for (const asked of questions) {
    const question = { ...asked, dropped };
    const answer = ask(base, question, false);
    const seen = new Set<string>();
    for (const crossing of answer.crossings) {
      const named = crossingGrant(base.rule(crossing.rule));
      if (named && seen.has(named.id)) continue;
      if (named) seen.add(named.id);
      const { steps } = witnessOf(base, question, answer.outside, crossing, false);
      const numbers = new Set(steps.flatMap((step) => (step.rule < 0 ? [] : (candidates.ofRule.get(step.rule) ?? []))));
      const at = named && candidates.ofRule.get(crossing.rule)?.find((each) => candidates.grants[each]?.id === named.id);
      if (at !== undefined) preferred.add(at);
      const set = [...numbers].sort((a, b) => a - b);
      found.set(set.join(","), set);
    }
    release(base, answer.outside);
  }
  return [...found.values()];
}

interface Access {
  readonly sources: readonly number[];
  readonly reaches: readonly number[];
  /** What is granted in an environment is had there, and not by way of another environment. */
  readonly stopAt: Uint8Array;
}

/** What the charter grants and the estate gives today: each of these must still be there after the cut. */
function accessOf(base: RuleBase, estate: Estate): Access[] {
  const { access, doors } = estate.charter;
  const granted = access.flatMap((rule) =>
    rule.in.map((environment) => ({ who: whoOf(estate, rule.who), reads: rule.may === "read", environment })),
  );
  const deploying = doors.flatMap((door) =>
    door.kind === "gate" ? [{ who: [fact("control", door.deployer)], reads: false, environment: door.to }] : [],
  );
  return [...granted, ...deploying].flatMap(({ who, reads, environment }): Access[] => {
    const sources = who.map((f) => base.factOf(f)).filter((f) => f >= 0);
    const stopAt = new Uint8Array(base.entityIds.length);
    const wanted: number[] = [];
    for (const entity of estate.entities.values()) {
      const at = estate.environmentOf(entity.id);
      if (at !== environment) stopAt[base.entityOf(entity.id)] = at === undefined ? 0 : 1;
      else wanted.push(...(reads ? [fact("read", entity.id)] : changes(entity)).map((f) => base.factOf(f)));
    }
    const closure = close(base, sources, { may: false, stopAt });
    const reaches = wanted.filter((f) => holds(closure, f));
    release(base, closure);
    return reaches.length > 0 ? [{ sources, reaches, stopAt }] : [];
  });
}

function whoOf(estate: Estate, who: string): Fact[] {
  const group = who.startsWith("group:") ? who.slice(6) : undefined;
  const person = who.startsWith("person:") ? who.slice(7) : undefined;
  if (group === undefined && person === undefined) return [fact("control", who), fact("act-as", who)];
  return estate.charter.people
    .filter((each) => each.id === person || (group !== undefined && each.groups.includes(group)))
    .flatMap((each) => personSources(estate, each));
}

/** A chosen grant without which some access is lost: the first that breaks it alone, else the last of those that break it together. */
function breaks(base: RuleBase, candidates: Candidates, access: readonly Access[], chosen: readonly number[]): number | undefined {
  const lost = (numbers: readonly number[]): boolean => {
    const dropped = droppedBy(base, candidates, numbers);
    return access.some(({ sources, reaches, stopAt }) => {
      const closure = close(base, sources, { may: false, dropped, stopAt });
      const isLost = !reaches.some((f) => holds(closure, f));
      release(base, closure);
      return isLost;
    });
  };
  if (chosen.length === 0 || !lost(chosen)) return undefined;
  return chosen.find((each) => lost([each])) ?? chosen.at(-1);
}

/** Whether the rules that the changes remove leave no certain way across. */
export const cutSeparates = (base: RuleBase, estate: Estate, cut: Cut): boolean => {
  const ids = new Set(cut.changes.map(({ grant }) => grant.id));
  const questions = [...wallQuestionsOf(base, estate).filter(({ from }) => from !== UNDECLARED), ...peopleQuestionsOf(base, estate)].map(
    ({ question }) => question,
  );
  const candidates = candidatesOf(base, questions);
  const chosen = candidates.grants.flatMap((grant, number) => (ids.has(grant.id) ? [number] : []));
  const dropped = droppedBy(base, candidates, chosen);
  return questions.every((question) => ask(base, { ...question, dropped }, false).reached === 0);
};
