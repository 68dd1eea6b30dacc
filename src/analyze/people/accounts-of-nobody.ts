// Accounts that can do something and that nobody is known to hold: one person may have one of them beside their own.
import type { Charter } from "../../charter/schema.ts";
import type { Entity } from "../../model/entity.ts";
import type { Gap } from "../../model/gap.ts";
import type { Rule } from "../../model/rule.ts";
import { personSources, type WithEntities } from "../reach/semantics.ts";

/** How many are named; the rest is counted. */
const NAMED = 5;

/**
 * One gap for each system. An account that nobody holds may be the second account of somebody who is asked about, whose approval then counts as
 * another's; or of somebody whom nobody asks about. What some rule gives (a user of a cluster that a role becomes) has a holder.
 */
export function accountsOfNobody(charter: Charter, entities: ReadonlyMap<string, Entity>, rules: readonly Rule[]): readonly Gap[] {
  const estate: WithEntities = { charter, entities };
  const held = new Set(charter.people.flatMap((person) => personSources(estate, person).map(({ entity }) => entity.toLowerCase())));
  const given = new Set(rules.flatMap(({ needs, gives }) => (needs.length > 0 ? [gives.entity] : [])));
  const open = new Map<string, Entity[]>();
  const seen = new Set<string>();
  for (const { needs } of rules)
    for (const { capability, entity: id } of needs) {
      if (capability !== "act-as" || seen.has(id)) continue;
      seen.add(id);
      const entity = entities.get(id);
      const system = entity?.kind === "account" ? systemOf(id) : undefined;
      if (!entity || system === undefined || held.has(id.toLowerCase()) || given.has(id)) continue;
      open.set(system, [...(open.get(system) ?? []), entity]);
    }
  return [...open].map(([system, accounts]) => {
    const names = accounts.map(({ label }) => label).toSorted();
    const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : "";
    return {
      topic: "identity/unmapped",
      subject: system,
      what: `who has ${names.slice(0, NAMED).join(", ")}${more} of ${system}`,
      why: "no person of the charter, of a directory or of a personnel file holds it",
      clauses: ["A2", "A6"],
      ...(accounts[0] && { source: accounts[0].source }),
    };
  });
}

/** Users of forges and clusters. Groups are no accounts, and the system's own users are nobody's. */
function systemOf(id: string): string | undefined {
  const forge = /^(github|gitlab|jenkins|azure):@/.exec(id)?.[1];
  if (forge !== undefined) return forge;
  const [, cluster, user] = /^k8s:([^/]+)\/-\/User\.rbac\.authorization\.k8s\.io\/(.*)$/.exec(id) ?? [];
  return cluster === undefined || user === undefined || user.startsWith("system:") ? undefined : `cluster ${cluster}`;
}
