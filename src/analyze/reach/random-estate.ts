// Test support: random small estates for the laws of the engine: entities in three environments or none, rules of every form, drawn by fast-check.
import * as fc from "fast-check";
import { Charter } from "../../charter/schema.ts";
import type { Entity, EntityKind } from "../../model/entity.ts";
import { CAPABILITIES, type Capability, fact, grant, type Rule } from "../../model/rule.ts";
import type { Estate } from "../estate.ts";

const ENVIRONMENTS = ["development", "test", "production"] as const;
const KINDS: readonly EntityKind[] = ["workload", "principal", "secret", "data-store", "change", "account", "guard"];

const charter = (people: number): Charter =>
  Charter.parse({
    bulkhead: 1,
    organization: { name: "random" },
    environments: ENVIRONMENTS.map((name) => ({
      name,
      tier: name,
      purpose: "p",
      owner: "o",
      data: "internal",
      boundary: { entities: [`${name}:*`] },
    })),
    people: Array.from({ length: people }, (_, i) => ({
      id: `p${i}`,
      name: `P${i}`,
      identities: { holds: i === 1 ? [`account:${i}`, `production:*`] : [`account:${i}`] },
    })),
    custodians: people > 2 ? [{ who: "person:p2", of: ["shared:0"], role: "keeper", controls: ["sealed"] }] : [],
  });

const source = { file: "random" };

const entityArb = fc.record({
  kind: fc.constantFrom(...KINDS),
  environment: fc.constantFrom(...ENVIRONMENTS, "shared" as const, "none" as const),
});

const factArb = (count: number) =>
  fc.record({ entity: fc.nat({ max: count - 1 }), capability: fc.constantFrom<Capability>(...CAPABILITIES) });

const ruleArb = (count: number) =>
  fc.record({
    needs: fc.array(factArb(count), { maxLength: 3 }),
    threshold: fc.boolean(),
    gives: factArb(count),
    may: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
    grants: fc.array(fc.nat({ max: 12 }), { minLength: 1, maxLength: 2 }),
  });

/** Twelve entities and up to forty rules: small enough to compare with a naive twin, rich enough to meet every kind of rule. */
export const estateArb: fc.Arbitrary<Estate> = fc
  .record({ kinds: fc.array(entityArb, { minLength: 6, maxLength: 12 }), people: fc.integer({ min: 0, max: 3 }) })
  .chain(({ kinds, people }) => {
    const ids = [
      ...kinds.map(({ environment }, i) => `${environment}:${i}`),
      ...Array.from({ length: people }, (_, i) => `account:${i}`),
      "shared:0",
    ];
    return fc.array(ruleArb(ids.length), { maxLength: 40 }).map((drawn) => {
      const entities = new Map<string, Entity>();
      kinds.forEach(({ kind, environment }, i) =>
        entities.set(`${environment}:${i}`, { id: `${environment}:${i}`, kind, label: `${kind} ${i}`, place: {}, source }),
      );
      for (let i = 0; i < people; i++)
        entities.set(`account:${i}`, { id: `account:${i}`, kind: "account", label: `account ${i}`, place: {}, source });
      const rules = drawn.map((each): Rule => {
        const needs = each.needs.map((f) => fact(f.capability, ids[f.entity] as string));
        return {
          family: "test/rule",
          needs,
          ...(each.threshold && needs.length > 1 && { atLeast: needs.length - 1 }),
          gives: fact(each.gives.capability, ids[each.gives.entity] as string),
          certainty: each.may ? "may" : "must",
          grants: each.grants.map((n) =>
            grant(`owner${n}`, n, { label: `grant ${n}`, change: `remove ${n}`, source, removable: n !== 12 }),
          ),
          how: "a rule",
          source,
        };
      });
      return estateOf(entities, rules, people);
    });
  });

export function estateOf(entities: ReadonlyMap<string, Entity>, rules: readonly Rule[], people: number): Estate {
  const environmentOf = (id: string): string | undefined => ENVIRONMENTS.find((name) => entities.has(id) && id.startsWith(`${name}:`));
  return {
    charter: charter(people),
    observations: () => [],
    entities,
    tokens: [],
    rules,
    gaps: [],
    untaken: [],
    environmentOf,
    isShared: (id) => id.startsWith("shared:"),
    gradeOf: () => undefined,
    members: [],
    walls: [
      { from: "development", to: "test" },
      { from: "development", to: "production" },
      { from: "test", to: "production" },
    ],
  };
}
