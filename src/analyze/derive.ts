// Observations and charter in, derived estate out: runs every plane, then places what they found.
import { membership, walledPairs } from "../charter/membership.ts";
import type { Charter } from "../charter/schema.ts";
import type { Entity } from "../model/entity.ts";
import type { Gap } from "../model/gap.ts";
import { type Observation, type Observations, indexObservations } from "../model/observation.ts";
import type { IdentityToken, Rule } from "../model/rule.ts";
import { uncollected } from "./coverage.ts";
import type { Estate } from "./estate.ts";
import { accountsOfNobody } from "./people/accounts-of-nobody.ts";
import { rosterOf } from "./people/roster.ts";
import { isProductionTier } from "./reach/semantics.ts";
import type { KnownEstate, Plane } from "./plane.ts";

/** Pure: the same observations and charter give the same rules in the same order. */
export function derive(
  observed: readonly Observation[],
  declared: Charter,
  gaps: readonly Gap[],
  planes: readonly Plane[],
  asOf?: string,
): Estate {
  const observations = indexObservations(observed);
  // From here on the charter's people are everyone who is known, with all their accounts.
  const { charter, members, gaps: unmapped } = rosterOf(declared, observations);
  const entities = new Map<string, Entity>();
  const tokens: IdentityToken[] = [];
  const input = { observations, charter, gaps, ...(asOf !== undefined && { asOf }) };
  for (const plane of planes) {
    plane.entities(input, {
      // The first plane to name an entity describes it best: planes speak first of their own system.
      entity: (entity) => void (entities.has(entity.id) || entities.set(entity.id, entity)),
      token: (token) => void tokens.push(token),
    });
  }
  const places = membership(charter, unitNames(observations));
  const environmentOf = memo((id: string) => place(entities.get(id), places.environmentOf));
  const sharedOf = memo((id: string) => place(entities.get(id), places.sharedServiceOf));
  const known: KnownEstate = { ...input, entities, tokens, environmentOf, isShared: (id) => sharedOf(id) !== undefined };
  const derived = runRules(known, planes);
  const placed = [...entities.values()].filter((entity) => entity.kind === "cloud-account" && environmentOf(entity.id) !== undefined);
  const unseen = [
    ...unseenEnvironments(charter, entities, environmentOf),
    ...unaskedPeople(charter),
    ...unmapped,
    // Of a charter without people it is said already that nobody is asked about.
    ...(charter.people.length > 0 ? accountsOfNobody(charter, entities, derived.rules) : []),
    ...uncollected(charter, observations, gaps, placed),
  ];
  return {
    ...known,
    ...derived,
    gaps: [...derived.gaps, ...unseen],
    untaken: [...derived.untaken, ...unseen],
    members,
    walls: walledPairs(charter),
    gradeOf: places.gradeOf,
  };
}

/** An environment of which nothing was read proves nothing: no source stands in it, and no target. So does a charter without production. */
function unseenEnvironments(
  charter: Charter,
  entities: ReadonlyMap<string, Entity>,
  environmentOf: (id: string) => string | undefined,
): Gap[] {
  // A segment is the charter's own word: that it was declared does not say that anything of it was read.
  const seen = new Set([...entities.values()].filter(({ place }) => place.network === undefined).map(({ id }) => environmentOf(id)));
  const unseen = charter.environments
    .filter(({ name }) => !seen.has(name))
    .map(({ name }) => ({
      topic: "estate/environment",
      subject: name,
      what: `environment ${name}`,
      why: "nothing that was read belongs to it",
      clauses: [],
    }));
  if (charter.environments.some(({ tier }) => isProductionTier(tier))) return unseen;
  return [
    ...unseen,
    {
      topic: "estate/environment",
      subject: "production",
      what: "production",
      why: "the charter declares no environment of that tier",
      clauses: [],
    },
  ];
}

/** Asked of nobody, the single-person statement would be true of nothing. */
const unaskedPeople = (charter: Charter): Gap[] =>
  charter.people.length > 0
    ? []
    : [{ topic: "estate/people", subject: "people", what: "people", why: "the charter declares none", clauses: ["A2", "A6", "P3"] }];

function runRules(known: KnownEstate, planes: readonly Plane[]): { rules: Rule[]; gaps: Gap[]; untaken: Gap[] } {
  const rules: Rule[] = [];
  const gaps = [...known.gaps];
  const taken = new Set<Gap>();
  for (const plane of planes) {
    plane.rules(known, {
      rule: (rule) => void rules.push(rule),
      took: (gap) => void taken.add(gap),
      gap: (gap) => void gaps.push(gap),
    });
  }
  return { rules, gaps, untaken: gaps.filter((gap) => !taken.has(gap)) };
}

const place = (entity: Entity | undefined, of: (entity: Entity) => string | undefined): string | undefined =>
  entity ? of(entity) : undefined;

function memo(compute: (id: string) => string | undefined): (id: string) => string | undefined {
  const known = new Map<string, string | undefined>();
  return (id) => {
    if (!known.has(id)) known.set(id, compute(id));
    return known.get(id);
  };
}

/** Names of the organizational units above an account, from the root down: `Root`, `Workloads`, `Production`. */
function unitNames(observations: Observations): (account: string) => readonly string[] {
  const units = new Map(observations("aws/organizational-unit").map((unit) => [unit.id, unit]));
  const parents = new Map(
    observations("aws/account").flatMap((account) => (account.parent ? [[account.account, account.parent] as const] : [])),
  );
  return (account) => {
    const names: string[] = [];
    const seen = new Set<string>();
    for (let at = parents.get(account); at !== undefined && !seen.has(at); at = units.get(at)?.parent) {
      seen.add(at);
      names.unshift(units.get(at)?.name ?? at);
    }
    return names;
  };
}
