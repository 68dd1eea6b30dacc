// The rules as the engine wants them: entities and facts interned to integers, needs in one flat array, built once and then read only.
import { CAPABILITIES, type Capability, type Fact, type Grant, IMPLIED, type Rule } from "../../model/rule.ts";

const WIDTH = CAPABILITIES.length;
const CAPABILITY_INDEX = new Map<Capability, number>(CAPABILITIES.map((capability, index) => [capability, index]));

/** For each capability, the capabilities it implies over the same entity. */
const IMPLIED_INDEX: readonly (readonly number[])[] = CAPABILITIES.map((capability) =>
  (IMPLIED[capability] ?? []).map((implied) => CAPABILITY_INDEX.get(implied) as number),
);

/**
 * Rules in columns. A fact is `entity × 8 + capability`; rule r needs `needs[needsStart[r] .. needsStart[r+1]]`, of which `required[r]` suffice.
 * `usersStart`/`users` list, for each fact, the rules that need it; `makersStart`/`makers`, the rules that give it.
 */
export interface RuleBase {
  readonly entityIds: readonly string[];
  readonly factCount: number;
  readonly ruleCount: number;
  readonly gives: Int32Array;
  readonly needsStart: Int32Array;
  readonly needs: Int32Array;
  readonly required: Uint16Array;
  readonly may: Uint8Array;
  readonly unconditional: readonly number[];
  readonly usersStart: Int32Array;
  readonly users: Int32Array;
  readonly makersStart: Int32Array;
  readonly makers: Int32Array;
  /** The fact's number, or -1 when no rule mentions its entity. */
  readonly factOf: (fact: Fact) => number;
  readonly entityOf: (id: string) => number;
  /** What the rule said of itself. */
  readonly rule: (index: number) => Rule;
}

export const capabilityOf = (fact: number): number => fact % WIDTH;
export const entityOfFact = (fact: number): number => (fact / WIDTH) | 0;
export const impliedBy = (fact: number): readonly number[] => IMPLIED_INDEX[fact % WIDTH] as readonly number[];
export const capabilityNumber = (capability: Capability): number => CAPABILITY_INDEX.get(capability) as number;
export const factNumber = (entity: number, capability: number): number => entity * WIDTH + capability;

export function factAt(base: RuleBase, fact: number): Fact {
  return { capability: CAPABILITIES[fact % WIDTH] as Capability, entity: base.entityIds[entityOfFact(fact)] as string };
}

/** The first grant names the rule; a rule without grants is named by itself. */
export const crossingGrant = (rule: Rule): Grant | undefined => rule.grants[0];

/** Interns the rules. `entities` are known even when no rule mentions them, so that every one can be a source or a target. */
export function buildRuleBase(entities: Iterable<string>, rules: readonly Rule[]): RuleBase {
  const entityIds: string[] = [];
  const index = new Map<string, number>();
  const intern = (id: string): number => {
    let number = index.get(id);
    if (number === undefined) {
      number = entityIds.length;
      entityIds.push(id);
      index.set(id, number);
    }
    return number;
  };
  for (const id of entities) intern(id);
  const number = (f: Fact): number => intern(f.entity) * WIDTH + (CAPABILITY_INDEX.get(f.capability) as number);
  const columns = fillColumns(rules, number);
  const factCount = entityIds.length * WIDTH;
  const users = invert(factCount, columns.needsStart, columns.needs);
  const makers = invert(factCount, identityStarts(rules.length), columns.gives);
  return {
    entityIds,
    factCount,
    ruleCount: rules.length,
    ...columns,
    usersStart: users.start,
    users: users.items,
    makersStart: makers.start,
    makers: makers.items,
    factOf: (f) => {
      const entity = index.get(f.entity);
      return entity === undefined ? -1 : entity * WIDTH + (CAPABILITY_INDEX.get(f.capability) as number);
    },
    entityOf: (id) => index.get(id) ?? -1,
    rule: (i) => rules[i] as Rule,
  };
}

function fillColumns(rules: readonly Rule[], number: (f: Fact) => number) {
  const count = rules.length;
  const gives = new Int32Array(count);
  const needsStart = new Int32Array(count + 1);
  const required = new Uint16Array(count);
  const may = new Uint8Array(count);
  const unconditional: number[] = [];
  let needs = new Int32Array(Math.max(16, count * 2));
  let end = 0;
  for (let r = 0; r < count; r++) {
    const rule = rules[r] as Rule;
    const start = end;
    for (const need of rule.needs) {
      const fact = number(need);
      // INVARIANT: a need stands once, so that `atLeast` counts distinct facts and a counter reaches zero exactly once.
      if (needs.subarray(start, end).includes(fact)) continue;
      if (end === needs.length) {
        const grown = new Int32Array(needs.length * 2);
        grown.set(needs);
        needs = grown;
      }
      needs[end++] = fact;
    }
    const distinct = end - start;
    required[r] = rule.atLeast ?? distinct;
    // A threshold above the number of distinct needs can never be met: the rule stays, and never fires.
    if (required[r] === 0) unconditional.push(r);
    gives[r] = number(rule.gives);
    may[r] = rule.certainty === "may" ? 1 : 0;
    needsStart[r + 1] = end;
  }
  return { gives, needsStart, needs: needs.slice(0, end), required, may, unconditional };
}

const identityStarts = (count: number): Int32Array => Int32Array.from({ length: count + 1 }, (_, i) => i);

/** From "item lists of rules" to "rule lists of items", by counting sort. */
function invert(itemCount: number, starts: Int32Array, items: Int32Array) {
  const start = new Int32Array(itemCount + 1);
  for (let i = 0; i < items.length; i++) start[(items[i] as number) + 1]!++;
  for (let i = 0; i < itemCount; i++) start[i + 1]! += start[i] as number;
  const fill = start.slice();
  const inverted = new Int32Array(items.length);
  for (let owner = 0; owner + 1 < starts.length; owner++) {
    for (let i = starts[owner] as number; i < (starts[owner + 1] as number); i++) {
      const item = items[i] as number;
      inverted[fill[item]!++] = owner;
    }
  }
  return { start, items: inverted };
}
