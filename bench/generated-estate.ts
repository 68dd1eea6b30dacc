// A seeded estate at scale: realistic shapes of rules, planted ways across, and near-misses that must stay silent.
import type { Estate } from "../src/analyze/estate.ts";
import { Charter } from "../src/charter/schema.ts";
import type { Entity, EntityKind } from "../src/model/entity.ts";
import { type Capability, fact, type Grant, type Rule } from "../src/model/rule.ts";

/** Mulberry32: the same seed gives the same estate on every machine. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const ENVIRONMENTS = ["development", "test", "staging", "production"] as const;
const KINDS: readonly EntityKind[] = ["principal", "principal", "workload", "workload", "secret", "data-store", "job", "resource"];
const CAPABILITY_OF: Partial<Record<EntityKind, Capability>> = { secret: "read", "data-store": "write", principal: "act-as" };

export interface Generated {
  readonly estate: Estate;
  /** Grant ids of the planted ways across, each of which must be found. */
  readonly planted: readonly string[];
  /** Grant ids of near-misses, none of which may be reported. */
  readonly nearMisses: readonly string[];
}

/**
 * `entities` stand in four environments; rules stay inside an environment or lead from a higher one to a lower one (production may read what is
 * below), so that only planted rules cross upward. A near-miss needs a guard that nobody can defeat, or an approval that nobody below can give.
 */
export function generate(options: {
  readonly entities: number;
  readonly rules: number;
  readonly planted: number;
  readonly people: number;
  readonly seed: number;
}): Generated {
  const next = random(options.seed);
  const pick = (n: number): number => Math.floor(next() * n);
  const entities = new Map<string, Entity>();
  const kinds: EntityKind[] = [];
  const ids: string[] = [];
  const source = { file: "generated" };
  const perEnvironment = Math.floor(options.entities / ENVIRONMENTS.length);
  ENVIRONMENTS.forEach((environment) => {
    for (let i = 0; i < perEnvironment; i++) {
      const kind = KINDS[pick(KINDS.length)] as EntityKind;
      const id = `${environment}/${kind}/${i}`;
      ids.push(id);
      kinds.push(kind);
      entities.set(id, { id, kind, label: id, place: {}, source });
    }
  });
  const grantOf = (id: string): Grant => ({ id, label: id, change: `remove ${id}`, source, removable: true });
  const rules: Rule[] = [];
  const add = (needs: Rule["needs"], gives: Rule["gives"], grant: Grant, certainty: Rule["certainty"] = "must"): void =>
    void rules.push({ family: "bench/rule", needs, gives, certainty, grants: [grant], how: "a generated rule", source });
  const capability = (entity: number): Capability => CAPABILITY_OF[kinds[entity] as EntityKind] ?? "control";
  const inside = (environment: number): number => environment * perEnvironment + pick(perEnvironment);
  const upward = () => {
    const to = 1 + pick(3);
    return { low: inside(pick(to)), high: inside(to) };
  };
  const planted: string[] = [];
  const nearMisses: string[] = [];
  const accounts = plantPeople(options.people, add, (n) => ids[inside(3)] ?? `${n}`, grantOf, entities, source);
  for (let i = 0; i < options.planted; i++) {
    const { low, high } = upward();
    const hop = `shared/hop/${i}`;
    add([fact(capability(low), ids[low] as string)], fact("act-as", hop), grantOf(`planted-hop-${i}`));
    add([fact("act-as", hop)], fact("control", ids[high] as string), grantOf(`planted-${i}`));
    planted.push(`planted-${i}`);
    const miss = upward();
    const guarded = i % 2 === 0 ? fact("defeat", `guard/${i}`) : fact("approve", `gate/${i}`);
    add(
      [fact(capability(miss.low), ids[miss.low] as string), guarded],
      fact("control", ids[miss.high] as string),
      grantOf(`near-miss-${i}`),
    );
    nearMisses.push(`near-miss-${i}`);
  }
  const grants = Array.from({ length: 5000 }, (_, i) => grantOf(`grant-${i}`));
  while (rules.length < options.rules) {
    const environment = pick(4);
    const from = inside(environment);
    const to = inside(next() < 0.1 ? pick(environment + 1) : environment);
    const needs = [fact(capability(from), ids[from] as string)];
    if (next() < 0.3) needs.push(fact("connect", ids[inside(environment)] as string));
    add(
      needs,
      fact(next() < 0.02 ? "connect" : capability(to), ids[to] as string),
      grants[pick(grants.length)] as Grant,
      next() < 0.01 ? "may" : "must",
    );
  }
  return { estate: estateOf(entities, rules, accounts), planted, nearMisses };
}

type Add = (needs: Rule["needs"], gives: Rule["gives"], grant: Grant) => void;

/** People who may read, and none who may write: their classes are what costs. */
function plantPeople(
  count: number,
  add: Add,
  anyProduction: (n: number) => string,
  grantOf: (id: string) => Grant,
  entities: Map<string, Entity>,
  source: { file: string },
): string[] {
  const teams = Array.from({ length: 20 }, (_, team) => Array.from({ length: 10 }, () => anyProduction(team)));
  return Array.from({ length: count }, (_, i) => {
    const id = `github:@person${i}`;
    entities.set(id, { id, kind: "account", label: `person${i}`, place: {}, source });
    for (const target of teams[i % teams.length] as string[]) add([fact("act-as", id)], fact("connect", target), grantOf(`team-${i % 20}`));
    return id;
  });
}

function estateOf(entities: Map<string, Entity>, rules: readonly Rule[], accounts: readonly string[]): Estate {
  const charter = Charter.parse({
    bulkhead: 1,
    organization: { name: "generated" },
    environments: ENVIRONMENTS.map((name) => ({ name, tier: name, purpose: "p", owner: "o", data: "internal", boundary: {} })),
    people: accounts.map((account, i) => ({ id: `p${i}`, name: `P${i}`, identities: { github: [account.slice("github:@".length)] } })),
  });
  const environmentOf = (id: string): string | undefined => {
    const name = id.slice(0, id.indexOf("/"));
    return (ENVIRONMENTS as readonly string[]).includes(name) ? name : undefined;
  };
  return {
    charter,
    observations: () => [],
    entities,
    tokens: [],
    rules,
    gaps: [],
    untaken: [],
    environmentOf,
    isShared: (id) => id.startsWith("shared/"),
    gradeOf: () => "account",
    members: [],
    walls: ENVIRONMENTS.flatMap((from, i) => ENVIRONMENTS.slice(i + 1).map((to) => ({ from, to }))),
  };
}
