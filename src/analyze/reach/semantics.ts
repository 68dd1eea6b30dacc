// The three statements, said once: which facts are sources and which are targets. Search and certificate checker both read this, and only this.
import type { Charter, Person, Tier } from "../../charter/schema.ts";
import { globMatches } from "../../lib/glob.ts";
import type { Entity, EntityKind } from "../../model/entity.ts";
import { type Fact, fact } from "../../model/rule.ts";
import type { Estate } from "../estate.ts";

/** Kinds whose members are controlled by whoever is in their environment: the non-person entities of the wall. */
const SOURCE_KINDS: ReadonlySet<EntityKind> = new Set([
  "principal",
  "workload",
  "job",
  "runner",
  "secret",
  "data-store",
  "host",
  "endpoint",
  "image",
  "resource",
]);

/** Kinds that are part of the machinery of rules, or people: never a target of a statement. */
const NEVER_TARGET: ReadonlySet<EntityKind> = new Set(["person", "account", "guard", "change", "environment"]);

/** What holds data itself, and what contains all that does: whoever has an account or a cluster reads what is in it, also what was never listed. */
const HOLDS_DATA: ReadonlySet<EntityKind> = new Set(["data-store", "secret", "resource", "cloud-account", "cluster", "namespace"]);

const PRODUCTION_TIERS: ReadonlySet<Tier> = new Set<Tier>(["production", "disaster-recovery"]);

/** The name under which entities in no environment appear: they may be sources. */
export const UNDECLARED = "undeclared";

export const isProductionTier = (tier: Tier): boolean => PRODUCTION_TIERS.has(tier);

export const productionNames = (charter: Charter): ReadonlySet<string> =>
  new Set(charter.environments.filter((environment) => isProductionTier(environment.tier)).map((environment) => environment.name));

/** The first environment of the lowest tier: where an unreviewed change stands. */
export function lowestEnvironment(charter: Charter, order: readonly Tier[]): string {
  const sorted = [...charter.environments].sort((a, b) => order.indexOf(a.tier) - order.indexOf(b.tier));
  return (sorted[0] as { name: string }).name;
}

/** Credentials that the charter declares to be in custody (an account's root user): no source of the wall. */
const inCustody = (charter: Charter, id: string): boolean => charter.custodians.some((custodian) => custodian.who === id);

export function isWallSource(estate: Estate, entity: Entity): boolean {
  return SOURCE_KINDS.has(entity.kind) && entity.usedByPeopleOnly !== true && !inCustody(estate.charter, entity.id);
}

/** Sources of the wall and of the data statement from one environment; from UNDECLARED, what stands in no environment. */
export function wallSources(estate: Estate, from: string, lowest: string): Fact[] {
  const sources: Fact[] = [];
  for (const entity of estate.entities.values()) {
    if (entity.kind === "change") {
      if (from === lowest) sources.push(fact("author", entity.id));
    } else if (isWallSource(estate, entity)) {
      const environment = estate.environmentOf(entity.id);
      if (environment === from || (from === UNDECLARED && environment === undefined && !estate.isShared(entity.id))) {
        sources.push(fact("control", entity.id));
      }
    }
  }
  return sources;
}

/** Environments from which the walls are asked about, UNDECLARED last, each with the environments it must not reach. */
export function wallQuestions(estate: Estate): { readonly from: string; readonly to: ReadonlySet<string> }[] {
  const above = new Map<string, Set<string>>();
  for (const { from, to } of estate.walls) above.set(from, (above.get(from) ?? new Set()).add(to));
  const questions = [...above].map(([from, to]) => ({ from, to: to as ReadonlySet<string> }));
  const production = productionNames(estate.charter);
  if (production.size > 0) questions.push({ from: UNDECLARED, to: production });
  return questions;
}

/** Capabilities over an inside entity that break the wall, and that break the data statement. */
export const changes = (entity: Entity): Fact[] =>
  NEVER_TARGET.has(entity.kind) ? [] : [fact("control", entity.id), fact("write", entity.id)];

export const discloses = (entity: Entity): Fact[] => (HOLDS_DATA.has(entity.kind) ? [fact("read", entity.id)] : []);

/** Capabilities over an entity of production that clause B4 asks about; they break no statement. */
export const connects = (entity: Entity): Fact[] => (NEVER_TARGET.has(entity.kind) ? [] : [fact("connect", entity.id)]);

/** As much of an estate as says what a person starts with. */
export type WithEntities = Pick<Estate, "charter" | "entities">;

/** What one person starts with: every account, role and bot they hold. Patterns reach the entities that exist. */
export function personSources(estate: WithEntities, person: Person): Fact[] {
  const { github, gitlab, jenkins, azure, aws, kubernetes, holds } = person.identities;
  const accounts = [
    ...github.map((login) => `github:@${login}`),
    ...(gitlab ?? []).map((name) => `gitlab:@${name}`),
    ...(jenkins ?? []).map((name) => `jenkins:@${name}`),
    ...(azure ?? []).map((name) => `azure:@${name.toLowerCase()}`),
  ];
  const sources: Fact[] = accounts.map((id) => fact("act-as", id));
  for (const id of [...aws, ...holds]) {
    if (id.includes("*")) sources.push(...matching(estate, id).map((found) => fact("act-as", found)));
    else sources.push(fact("act-as", id));
  }
  const users = new Set(kubernetes);
  for (const entity of estate.entities.values()) {
    if (users.size === 0) break;
    const user = /^k8s:[^/]+\/-\/User\.rbac\.authorization\.k8s\.io\/(.*)$/.exec(entity.id);
    if (user && users.has(user[1] as string)) sources.push(fact("act-as", entity.id));
  }
  sources.push(fact("act-as", `person:${person.id}`));
  return sources;
}

const matching = (estate: WithEntities, pattern: string): string[] => [...estate.entities.keys()].filter((id) => globMatches(pattern, id));

/** What a custodian is declared to hold: in their own closure it is an assumption, and nothing is derived over it. */
export const custody = (charter: Charter, person: Person): readonly string[] =>
  charter.custodians.filter((custodian) => custodian.who === `person:${person.id}`).flatMap((custodian) => custodian.of);
