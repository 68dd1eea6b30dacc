// Where a closure enters what it must stay out of: every grant by which it enters, each with its witness.
import { type Closure, close, holds, IMPLIED, NOT_DERIVED, release, SOURCE } from "./close.ts";
import { capabilityNumber, capabilityOf, entityOfFact, factNumber, impliedBy, type RuleBase } from "./rule-base.ts";
import { derivation, type WitnessStep } from "./witness.ts";

const CONTROL = capabilityNumber("control");

/** A question: from these sources, is any of these targets reached? `inside[entity]` is 1 for what lies behind the wall. */
export interface Question {
  readonly sources: readonly number[];
  readonly inside: Uint8Array;
  /** By fact: a bit for each statement whose target it is. Targets are facts over inside entities. */
  readonly targets: Uint8Array;
  /** By entity: not derived at all (what a custodian is declared to hold). */
  readonly without?: Uint8Array;
  readonly dropped?: Uint8Array;
}

/** One way in: a rule whose needs hold outside and whose conclusion is inside and leads to a target. */
export interface Crossing {
  readonly rule: number;
  readonly gives: number;
  /** Height of the conclusion by this rule, for choosing the shortest way of a grant. */
  readonly height: number;
  /** The statements whose targets it leads to, as bits. */
  readonly leads: number;
}

export interface Answer {
  /** The statements that have a target in the closure, as bits. */
  readonly reached: number;
  /** The closure stopped at the wall: what can be had without going in. */
  readonly outside: Closure;
  readonly crossings: readonly Crossing[];
}

/**
 * `reached` is decided by the full closure. Crossings come from the closure that stops at the wall, so that every one is a way in of its own, and
 * not a way back in by one who is already inside; those are kept whose conclusion leads, in the full closure, to a target.
 *
 * Every reached target has at least one crossing: its derivation has a first inside fact, and all needs of the rule giving it are outside facts.
 */
export function ask(base: RuleBase, question: Question, may: boolean): Answer {
  const limits = { may, ...(question.without && { without: question.without }), ...(question.dropped && { dropped: question.dropped }) };
  const outside = close(base, question.sources, { ...limits, stopAt: question.inside });
  if (!enters(outside, question.inside)) return { reached: 0, outside, crossings: [] };
  const full = close(base, question.sources, { ...limits, isPassing: true });
  const { useful, marked } = leadsTo(base, full, question.targets);
  const crossings: Crossing[] = [];
  for (const rule of outside.fired) {
    const gives = base.gives[rule] as number;
    if (question.inside[entityOfFact(gives)] !== 1 || question.without?.[entityOfFact(gives)] === 1) continue;
    // Whoever starts inside (a person with a role there) does not enter by coming back to where they started.
    if (outside.reason[gives] === SOURCE) continue;
    const leads = usefulWithImplied(useful, gives);
    if (leads !== 0) crossings.push({ rule, gives, height: heightBy(base, outside, rule), leads });
  }
  let reached = 0;
  for (let i = 0; i < full.order.length; i++) reached |= question.targets[full.order[i] as number] as number;
  for (const fact of marked) useful[fact] = 0;
  release(base, full);
  return { reached, outside, crossings };
}

function enters({ order }: Closure, inside: Uint8Array): boolean {
  for (let i = 0; i < order.length; i++) if (inside[entityOfFact(order[i] as number)] === 1) return true;
  return false;
}

function usefulWithImplied(useful: Uint8Array, fact: number): number {
  let bits = useful[fact] as number;
  for (const implied of impliedBy(fact)) bits |= useful[factNumber(entityOfFact(fact), implied)] as number;
  return bits;
}

function heightBy(base: RuleBase, closure: Closure, rule: number): number {
  const heights: number[] = [];
  for (let i = base.needsStart[rule] as number; i < (base.needsStart[rule + 1] as number); i++) {
    const need = base.needs[i] as number;
    if (closure.reason[need] !== NOT_DERIVED) heights.push(closure.height[need] as number);
  }
  heights.sort((a, b) => a - b);
  return 1 + (heights[(base.required[rule] as number) - 1] ?? 0);
}

/** Memory that questions over the same rules use one after another, all zero in between. */
interface Marks {
  readonly useful: Uint8Array;
  readonly fired: Uint8Array;
}

const marks = new WeakMap<RuleBase, Marks>();

function marksOf(base: RuleBase): Marks {
  const known = marks.get(base) ?? { useful: new Uint8Array(base.factCount), fired: new Uint8Array(base.ruleCount) };
  marks.set(base, known);
  return known;
}

/** By fact, the statements of which a derived target follows from it, by walking fired rules backwards. Whoever has read `useful` clears it where it is `marked`. */
function leadsTo(base: RuleBase, full: Closure, targets: Uint8Array): { readonly useful: Uint8Array; readonly marked: readonly number[] } {
  const { useful, fired } = marksOf(base);
  const queue: number[] = [];
  const mark = (fact: number, bits: number): void => {
    if (((useful[fact] as number) | bits) === useful[fact]) return;
    useful[fact]! |= bits;
    queue.push(fact);
  };
  for (let i = 0; i < full.order.length; i++) {
    const fact = full.order[i] as number;
    if (targets[fact] !== 0) mark(fact, targets[fact] as number);
  }
  for (let i = 0; i < full.fired.length; i++) fired[full.fired[i] as number] = 1;
  for (let next = 0; next < queue.length; next++) {
    const fact = queue[next] as number;
    const bits = useful[fact] as number;
    const control = factNumber(entityOfFact(fact), CONTROL);
    if (fact !== control && holds(full, control) && impliedBy(control).includes(capabilityOf(fact))) mark(control, bits);
    for (let i = base.makersStart[fact] as number; i < (base.makersStart[fact + 1] as number); i++) {
      const rule = base.makers[i] as number;
      if (fired[rule] !== 1) continue;
      for (let n = base.needsStart[rule] as number; n < (base.needsStart[rule + 1] as number); n++) {
        const need = base.needs[n] as number;
        if (holds(full, need)) mark(need, bits);
      }
    }
  }
  for (let i = 0; i < full.fired.length; i++) fired[full.fired[i] as number] = 0;
  return { useful, marked: queue };
}

/** The way in, and on from there to the nearest target that it alone leads to. Falls back to the way in when a target needs several together. */
export function witnessOf(
  base: RuleBase,
  question: Question,
  outside: Closure,
  crossing: Crossing,
  may: boolean,
): { steps: WitnessStep[]; target: number } {
  const onward = extend(base, question, outside, crossing, may);
  return { steps: derivation(base, outside, onward.target, onward.reasons), target: onward.target };
}

/** Breadth first from the crossing's conclusion, with everything outside already known. Cost follows what is visited, not the estate. */
function extend(base: RuleBase, question: Question, outside: Closure, crossing: Crossing, may: boolean) {
  const reasons = new Map<number, number>();
  const had = new Set<number>();
  const waiting = new Map<number, number>();
  const queue: number[] = [];
  const isOutside = (fact: number): boolean =>
    holds(outside, fact) && (question.inside[entityOfFact(fact)] !== 1 || outside.reason[fact] === SOURCE);
  const know = (fact: number, rule: number): void => {
    if (had.has(fact)) return;
    had.add(fact);
    reasons.set(fact, rule);
    queue.push(fact);
    for (const implied of impliedBy(fact)) {
      const also = factNumber(entityOfFact(fact), implied);
      if (!had.has(also) && !isOutside(also)) {
        had.add(also);
        reasons.set(also, IMPLIED);
        queue.push(also);
      }
    }
  };
  const missing = (rule: number): number => {
    let met = 0;
    for (let n = base.needsStart[rule] as number; n < (base.needsStart[rule + 1] as number); n++)
      if (isOutside(base.needs[n] as number)) met++;
    return (base.required[rule] as number) - met;
  };
  know(crossing.gives, crossing.rule);
  for (let next = 0; next < queue.length; next++) {
    const fact = queue[next] as number;
    if (((question.targets[fact] as number) & crossing.leads) !== 0) return { target: fact, reasons };
    for (let i = base.usersStart[fact] as number; i < (base.usersStart[fact + 1] as number); i++) {
      const rule = base.users[i] as number;
      if ((base.may[rule] === 1 && !may) || question.dropped?.[rule] === 1) continue;
      const left = (waiting.get(rule) ?? missing(rule)) - 1;
      waiting.set(rule, left);
      const gives = base.gives[rule] as number;
      if (left === 0 && !isOutside(gives) && question.without?.[entityOfFact(gives)] !== 1) know(gives, rule);
    }
  }
  return { target: crossing.gives, reasons };
}
