// From a closure back to a derivation that a person can walk: steps in an order in which each rests only on earlier ones.
import { type Closure, IMPLIED, NOT_DERIVED, SOURCE } from "./close.ts";
import { capabilityNumber, entityOfFact, factNumber, type RuleBase } from "./rule-base.ts";

/** `rule` is -1 for a starting point. `needs` are positions of earlier steps. */
export interface WitnessStep {
  readonly fact: number;
  readonly rule: number;
  readonly needs: readonly number[];
}

const CONTROL = capabilityNumber("control");

/** The fact a derivation really rests on: for an implied one, the control it follows from. */
export function carrier(closure: Closure, fact: number): number {
  return closure.reason[fact] === IMPLIED ? factNumber(entityOfFact(fact), CONTROL) : fact;
}

/** The needs a rule was fired by: all of them, or the `atLeast` ones of least height. */
export function usedNeeds(base: RuleBase, closure: Closure, rule: number): number[] {
  const all: number[] = [];
  for (let i = base.needsStart[rule] as number; i < (base.needsStart[rule + 1] as number); i++) {
    const need = base.needs[i] as number;
    if (closure.reason[need] !== NOT_DERIVED) all.push(need);
  }
  const required = base.required[rule] as number;
  if (all.length <= required) return all;
  return all.sort((a, b) => (closure.height[a] as number) - (closure.height[b] as number) || a - b).slice(0, required);
}

/**
 * A derivation of `goal`. `overrides` gives other reasons (a rule, or IMPLIED) for some facts: the crossing rule and the way on from it. It must not create a cycle:
 * every overriding rule's needs are derived without the facts that come after it. Iterative, so that a chain of 100,000 steps does not overflow.
 */
export function derivation(
  base: RuleBase,
  closure: Closure,
  goal: number,
  overrides: ReadonlyMap<number, number> = new Map(),
): WitnessStep[] {
  const steps: WitnessStep[] = [];
  const position = new Map<number, number>();
  const reasonOf = (fact: number): number => overrides.get(fact) ?? (closure.reason[fact] as number);
  const settle = (fact: number): number => {
    const override = overrides.get(fact);
    if (override === IMPLIED) return factNumber(entityOfFact(fact), CONTROL);
    return override === undefined ? carrier(closure, fact) : fact;
  };
  const stack: { fact: number; opened: boolean }[] = [{ fact: settle(goal), opened: false }];
  while (stack.length > 0) {
    const top = stack[stack.length - 1] as { fact: number; opened: boolean };
    if (position.has(top.fact)) {
      stack.pop();
      continue;
    }
    const reason = reasonOf(top.fact);
    const needs = reason < 0 ? [] : needsFor(base, closure, reason, overrides).map(settle);
    if (!top.opened) {
      top.opened = true;
      for (const need of needs.toReversed()) if (!position.has(need)) stack.push({ fact: need, opened: false });
      continue;
    }
    stack.pop();
    position.set(top.fact, steps.length);
    steps.push({
      fact: top.fact,
      rule: reason === SOURCE ? -1 : reason,
      needs: [...new Set(needs)].map((need) => position.get(need) as number),
    });
  }
  return steps;
}

function needsFor(base: RuleBase, closure: Closure, rule: number, overrides: ReadonlyMap<number, number>): number[] {
  const required = base.required[rule] as number;
  const needs = Array.from(base.needs.subarray(base.needsStart[rule] as number, base.needsStart[rule + 1] as number));
  if (needs.length === required) return needs;
  const derived = usedNeeds(base, closure, rule);
  if (derived.length >= required) return derived;
  return [...derived, ...needs.filter((need) => overrides.has(need) && !derived.includes(need))].slice(0, required);
}
