// The certificate of a separated statement: the closed sets, so that nobody has to trust the search.
import { hashOf, sha256 } from "../../lib/hash.ts";
import { type Fact, factText, type Rule } from "../../model/rule.ts";
import type { Estate } from "../estate.ts";
import { close } from "./close.ts";
import type { Statement } from "./decide.ts";
import { matchingEntities } from "./questions.ts";
import { factAt, type RuleBase } from "./rule-base.ts";
import { TIERS } from "../../charter/schema.ts";
import { custody, lowestEnvironment, personSources, wallQuestions, wallSources } from "./semantics.ts";

/** A set of facts that holds the sources, is closed under every rule (may-rules included), and holds no target. */
export interface ClosedSet {
  readonly statement: Statement;
  /** The environment below, or the person. */
  readonly from: readonly string[];
  readonly sources: readonly string[];
  readonly closed: readonly string[];
}

/** Rules by content, in an order that does not depend on how they were derived. */
export const rulesHash = (rules: readonly Rule[]): string =>
  sha256(
    rules
      .map((rule) =>
        JSON.stringify([
          rule.family,
          rule.certainty,
          rule.atLeast ?? null,
          rule.needs.map(factText).sort(),
          factText(rule.gives),
          rule.grants.map((g) => g.id),
        ]),
      )
      .sort()
      .join("\n"),
  );

/** Which entity stands in which environment. */
export const membershipHash = (estate: Estate): string =>
  hashOf([...estate.entities.keys()].sort().map((id) => [id, estate.environmentOf(id) ?? null, estate.isShared(id)]));

/**
 * Closed sets for the statements that are separated: one for each environment below a wall (it serves wall and data, whose sources are the same) and
 * one for each person, since a class is a matter of the search.
 */
export function closedSets(base: RuleBase, estate: Estate, statements: readonly Statement[]): ClosedSet[] {
  const sets: ClosedSet[] = [];
  const lowest = lowestEnvironment(estate.charter, TIERS);
  const text = (fact: number): string => factText(factAt(base, fact));
  // A source that no rule mentions has no number; it is in its set all the same.
  const closed = (sources: readonly Fact[], without?: Uint8Array): string[] => {
    const numbered = sources.map((f) => base.factOf(f));
    const derived = close(base, numbered, { may: true, ...(without && { without }) }).order;
    const unmentioned = sources.filter((_, i) => (numbered[i] as number) < 0).map(factText);
    return [...new Set([...Array.from(derived, text), ...unmentioned])].sort();
  };
  for (const statement of ["wall", "data"] as const) {
    if (!statements.includes(statement)) continue;
    for (const { from } of wallQuestions(estate)) {
      const sources = wallSources(estate, from, lowest);
      sets.push({ statement, from: [from], sources: sources.map(factText).sort(), closed: closed(sources) });
    }
  }
  if (statements.includes("singlePerson")) {
    for (const person of estate.charter.people) {
      const held = custody(estate.charter, person);
      const without = held.length > 0 ? matchingEntities(base, held) : undefined;
      const sources = personSources(estate, person);
      sets.push({ statement: "singlePerson", from: [person.id], sources: sources.map(factText).sort(), closed: closed(sources, without) });
    }
  }
  return sets;
}
