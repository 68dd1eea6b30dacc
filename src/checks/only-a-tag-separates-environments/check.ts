// Clause B3: things of one domain are told apart as environments by their tags alone.
import { unseenDomain } from "../../analyze/domains.ts";
import type { Estate } from "../../analyze/estate.ts";
import { classify } from "../../charter/classify.ts";
import type { Tier } from "../../charter/schema.ts";
import type { Entity } from "../../model/entity.ts";
import type { Check, Found } from "../check.ts";
import { labelOf, placeWords } from "../words.ts";
import { UNDECLARED } from "../../analyze/reach/semantics.ts";

export const check: Check = {
  id: "only-a-tag-separates-environments",
  clause: "B3",
  severity: "medium",
  title: "Only a tag separates environments",
  remediation: "Move what is tagged as another environment into that environment's account; a tag never counts as a boundary.",
  evaluate: ({ estate }) => {
    const groups = Map.groupBy(tagged(estate), ({ account, environment, tier }) => `${account} ${environment} ${tier}`);
    return {
      findings: [...groups.values()].map((group) => found(estate, group)),
      unknown: estate.charter.environments.flatMap((environment) => unseenDomain(estate, environment)),
    };
  },
};

interface Tagged {
  readonly entity: Entity;
  readonly account: string;
  /** Where the boundaries put it. */
  readonly environment: string;
  /** What its tags say. */
  readonly tier: Tier;
}

/** Tiers that stand beside each other: a tag that names the one is no other environment than the other. */
const BESIDE: Readonly<Partial<Record<Tier, Tier>>> = { sandbox: "development", "disaster-recovery": "production" };

const level = (tier: Tier): Tier => BESIDE[tier] ?? tier;

/** What the charter declares shared serves several environments, and its parts may be tagged by whom they serve. */
function* tagged(estate: Estate): Iterable<Tagged> {
  const tiers = new Map(estate.charter.environments.map(({ name, tier }) => [name, tier]));
  const undeclared = new Map<string, Set<Tier>>();
  const pending: Tagged[] = [];
  for (const entity of estate.entities.values()) {
    const account = entity.place.awsAccount;
    if (account === undefined || entity.labels === undefined || estate.isShared(entity.id)) continue;
    const said = classify({ name: "", labels: entity.labels });
    if (said.kind !== "proposed" || said.tier === undefined) continue;
    const environment = estate.environmentOf(entity.id);
    const own = environment === undefined ? undefined : tiers.get(environment);
    const one = { entity, account, environment: environment ?? UNDECLARED, tier: said.tier };
    if (own !== undefined) {
      if (level(own) !== level(said.tier)) yield one;
      continue;
    }
    undeclared.set(account, (undeclared.get(account) ?? new Set()).add(level(said.tier)));
    pending.push(one);
  }
  // In an account of no environment one tag says nothing yet; two of them are two environments that nothing else tells apart.
  for (const one of pending) if ((undeclared.get(one.account)?.size ?? 0) > 1) yield one;
}

function found(estate: Estate, group: readonly Tagged[]): Found {
  const { entity, account, environment, tier } = group[0] as Tagged;
  const things = group.length === 1 ? entity.label : `${group.length} things (${entity.label} the first)`;
  const root = `arn:aws:iam::${account}:root`;
  return {
    verdict: "violated",
    summary: `Only a tag separates ${things} of ${tier} from ${placeWords(environment)} in ${labelOf(estate, root)}; a tag never counts`,
    from: root,
    to: entity.id,
    ...(environment !== UNDECLARED && { toEnvironment: environment }),
    grant: `${root}#tag/${tier}`,
    count: group.length,
    change: [`move what is tagged as ${tier} into an account of its own, or declare where it belongs`],
    source: entity.source,
  };
}
