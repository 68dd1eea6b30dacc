// Clause B1: something exists that no environment and no shared service of the charter covers.
import type { Entity } from "../../model/entity.ts";
import { isWallSource } from "../../analyze/reach/semantics.ts";
import type { Check, Found } from "../check.ts";

export const check: Check = {
  id: "entity-in-no-environment",
  clause: "B1",
  severity: "medium",
  title: "Something belongs to no environment",
  remediation: "Add it to an environment's boundary, or declare it as a shared service with what it serves.",
  evaluate: ({ estate }) => {
    const places = new Map<string, Entity[]>();
    for (const entity of estate.entities.values()) {
      if (!isWallSource(estate, entity) || estate.environmentOf(entity.id) !== undefined || estate.isShared(entity.id)) continue;
      const place = placeOf(entity);
      places.set(place, [...(places.get(place) ?? []), entity]);
    }
    return { findings: [...places].sort(([a], [b]) => (a < b ? -1 : 1)).map(([place, entities]) => found(place, entities)) };
  },
};

/** One finding for each account, namespace or repository: what a person would declare is a place, not every thing in it. */
function placeOf({ place, id }: Entity): string {
  if (place.cluster !== undefined) return `k8s:${place.cluster}/-/Namespace/${place.namespace ?? "-"}`;
  if (place.repository !== undefined) return `github:${place.repository}`;
  if (place.awsAccount !== undefined) return `arn:aws:iam::${place.awsAccount}:root`;
  return place.host ?? place.database ?? id;
}

function found(place: string, entities: readonly Entity[]): Found {
  const first = entities[0] as Entity;
  return {
    verdict: "violated",
    summary: `${place} belongs to no environment (${entities.length} ${entities.length === 1 ? "thing" : "things"} in it, ${first.label} the first)`,
    from: place,
    to: place,
    grant: place,
    count: entities.length,
    change: [`declare ${place} in the boundary of an environment, or as shared`],
    source: first.source,
  };
}
