// A4: who administers, at any time, the places from which production is deployed.
import type { Estate } from "../estate.ts";
import type { Rule } from "../../model/rule.ts";
import { isCustodianOf } from "./custody.ts";
import { deployingPlaces } from "./places.ts";
import { whoIs } from "./who.ts";

/** Rules by which an account administers an organization, a repository or a project of a forge. */
const ADMINISTERS: ReadonlySet<string> = new Set(["github/org-owner", "github/repository-admin", "pipeline/administer"]);

export interface Administration {
  /** Entity id of the organization, repository or project. */
  readonly of: string;
  readonly label: string;
  /** The charter's environments that are deployed to from there. */
  readonly environments: readonly string[];
  readonly people: readonly { readonly id: string; readonly name: string; readonly rule: Rule }[];
  readonly isCertain: boolean;
}

/** One for each place, with those who are no declared custodians of it. Bots and keys are no people; who holds them is asked where people are. */
export function administrations(estate: Estate): readonly Administration[] {
  const { rules, entities, charter } = estate;
  const deploys = deployingPlaces(estate);
  const who = whoIs(estate);
  const byPlace = new Map<string, Rule[]>();
  for (const rule of rules) {
    if (!ADMINISTERS.has(rule.family) || rule.gives.capability !== "control" || rule.needs[0]?.capability !== "act-as") continue;
    if (deploys.has(rule.gives.entity)) byPlace.set(rule.gives.entity, [...(byPlace.get(rule.gives.entity) ?? []), rule]);
  }
  return [...byPlace].flatMap(([of, all]): readonly Administration[] => {
    const found = all.flatMap((rule) => {
      const account = entities.get(rule.needs[0]?.entity ?? "");
      const person = account && who.ofAccount(account.id);
      if (account?.kind !== "account" || (person && isCustodianOf(charter, person.id, of))) return [];
      return [{ id: person?.id ?? account.id, name: person?.name ?? account.label, rule }];
    });
    const certain = found.filter(({ rule }) => rule.certainty === "must");
    const told = certain.length > 0 ? certain : found;
    const people = [...new Map(told.map((one) => [one.id, one])).values()];
    if (people.length === 0) return [];
    return [
      { of, label: entities.get(of)?.label ?? of, environments: [...(deploys.get(of) ?? [])], people, isCertain: certain.length > 0 },
    ];
  });
}
