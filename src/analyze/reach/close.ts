// Forward chaining: from sources to everything that follows, in order of height, each fact once, each rule at most once.
import { entityOfFact, factNumber, impliedBy, type RuleBase } from "./rule-base.ts";

export const NOT_DERIVED = -1;
export const SOURCE = -2;
export const IMPLIED = -3;

/**
 * The least fixpoint of the rules over the sources. `reason[fact]` is the index of the rule that first gave it (a derivation of least height), or
 * one of the constants above. `order` lists the facts in the order they were derived, so every fact stands after the facts it rests on.
 */
export interface Closure {
  readonly reason: Int32Array;
  readonly order: Int32Array;
  readonly height: Uint16Array;
  /** Rules all of whose needs are met, also when their fact was already there. In order of firing. */
  readonly fired: Int32Array;
}

export interface CloseOptions {
  /** May-rules take part. */
  readonly may: boolean;
  /** By entity: facts over it are derived and nothing is derived from them, unless they are sources. */
  readonly stopAt?: Uint8Array;
  /** By entity: facts over it are not derived at all. */
  readonly without?: Uint8Array;
  /** By rule: rules left out, to try a cut. */
  readonly dropped?: Uint8Array;
  /** `order` and `fired` hold until the next closure over the same rules only: they are not copied out of its memory. */
  readonly isPassing?: boolean;
}

/**
 * Counters over Horn clauses (Dowling and Gallier 1984): linear in the size of the rules. The queue is first-in first-out and every rule adds one to
 * the height of the last need it waited for, so heights never decrease along the queue and the first derivation found is one of least height.
 */
export function close(base: RuleBase, sources: Iterable<number>, options: CloseOptions): Closure {
  const { gives, usersStart, users, may } = base;
  const { waiting, order, fired, free } = scratchOf(base);
  const { reason, height } = free.pop() ?? {
    reason: new Int32Array(base.factCount).fill(NOT_DERIVED),
    height: new Uint16Array(base.factCount),
  };
  waiting.set(base.required);
  let derived = 0;
  let firedCount = 0;
  const { stopAt, without, dropped } = options;

  const derive = (fact: number, why: number, at: number): void => {
    if (reason[fact] !== NOT_DERIVED || without?.[entityOfFact(fact)] === 1) return;
    reason[fact] = why;
    height[fact] = at;
    order[derived++] = fact;
    const implied = impliedBy(fact);
    for (let i = 0; i < implied.length; i++) {
      const also = factNumber(entityOfFact(fact), implied[i] as number);
      if (reason[also] !== NOT_DERIVED) continue;
      reason[also] = IMPLIED;
      height[also] = at;
      order[derived++] = also;
    }
  };
  const fire = (rule: number, at: number): void => {
    if ((may[rule] === 1 && !options.may) || dropped?.[rule] === 1) return;
    fired[firedCount++] = rule;
    derive(gives[rule] as number, rule, at);
  };

  for (const source of sources) if (source >= 0) derive(source, SOURCE, 0);
  for (const rule of base.unconditional) fire(rule, 1);
  for (let next = 0; next < derived; next++) {
    const fact = order[next] as number;
    if (stopAt?.[entityOfFact(fact)] === 1 && reason[fact] !== SOURCE) continue;
    const at = Math.min(65_535, (height[fact] as number) + 1);
    for (let i = usersStart[fact] as number; i < (usersStart[fact + 1] as number); i++) {
      const rule = users[i] as number;
      if (--waiting[rule]! === 0) fire(rule, at);
    }
  }
  if (options.isPassing) return { reason, height, order: order.subarray(0, derived), fired: fired.subarray(0, firedCount) };
  return { reason, height, order: order.slice(0, derived), fired: fired.slice(0, firedCount) };
}

/** Memory that closures over the same rules use one after another: at a million rules, allocating it anew costs more than the closure. */
interface Scratch {
  readonly waiting: Uint16Array;
  readonly order: Int32Array;
  readonly fired: Int32Array;
  readonly free: Pick<Closure, "reason" | "height">[];
}

const scratches = new WeakMap<RuleBase, Scratch>();

function scratchOf(base: RuleBase): Scratch {
  const known = scratches.get(base);
  if (known) return known;
  const made: Scratch = {
    waiting: new Uint16Array(base.ruleCount),
    order: new Int32Array(base.factCount),
    fired: new Int32Array(base.ruleCount),
    free: [],
  };
  scratches.set(base, made);
  return made;
}

/** Gives a closure's memory back. The closure must not be looked at afterwards. */
export function release(base: RuleBase, closure: Closure): void {
  for (const fact of closure.order) closure.reason[fact] = NOT_DERIVED;
  scratchOf(base).free.push({ reason: closure.reason, height: closure.height });
}

export const holds = (closure: Closure, fact: number): boolean => fact >= 0 && closure.reason[fact] !== NOT_DERIVED;
