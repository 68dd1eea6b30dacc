// Clause B1: something exists that no environment and no shared service of the charter covers.
import type { Estate } from "../../analyze/estate.ts";
import { isWallSource } from "../../analyze/reach/semantics.ts";
import type { Entity } from "../../model/entity.ts";
import type { Check, Found } from "../check.ts";

/** Places that are themselves declared: an empty one is as forgotten as a full one. */
const PLACES: ReadonlySet<Entity["kind"]> = new Set(["cloud-account", "cluster", "namespace"]);

export const check: Check = {
  id: "entity-in-no-environment",
  clause: "B1",
  severity: "medium",
  title: "Something belongs to no environment",
  remediation: "Add it to an environment's boundary, or declare it as a shared service with what it serves.",
  evaluate: ({ estate }) => {
    const places = Map.groupBy(undeclared(estate), placeOf);
    return {
      findings: [...places].sort(([a], [b]) => (a < b ? -1 : 1)).map(([place, entities]) => found(estate, place, entities)),
      unknown: estate.gaps.filter((gap) => gap.clauses.includes("B1")).map((gap) => `${gap.what}: ${gap.why}`),
    };
  },
};

const undeclared = (estate: Estate): Entity[] =>
  [...estate.entities.values()].filter(
    (entity) =>
      (isWallSource(estate, entity) || isPlace(estate, entity)) &&
      estate.environmentOf(entity.id) === undefined &&
      !estate.isShared(entity.id),
  );

/** An account counts when the organization lists it and it is open: one that a policy names may be a vendor's. */
function isPlace(estate: Estate, { kind, place }: Entity): boolean {
  if (!PLACES.has(kind)) return false;
  if (kind !== "cloud-account") return true;
  return estate.observations("aws/account").some(({ account, status }) => account === place.awsAccount && status !== "SUSPENDED");
}

/** One finding for each account, namespace or repository: what a person would declare is a place, not every thing in it. */
function placeOf({ place, id }: Entity): string {
  if (place.cluster !== undefined)
    return place.namespace === undefined ? `k8s:${place.cluster}` : `k8s:${place.cluster}/-/Namespace/${place.namespace}`;
  if (place.repository !== undefined) return `github:${place.repository}`;
  if (place.awsAccount !== undefined) return `arn:aws:iam::${place.awsAccount}:root`;
  return place.host ?? place.database ?? id;
}

function found(estate: Estate, place: string, entities: readonly Entity[]): Found {
  const first = entities[0] as Entity;
  const label = estate.entities.get(place)?.label ?? (entities.length === 1 ? first.label : place.replace(/^github:/, ""));
  const things = entities.filter((entity) => entity.id !== place);
  const held =
    things.length === 0 ? "" : ` (${things.length} ${things.length === 1 ? "thing" : "things"} in it, ${things[0]?.label} the first)`;
  return {
    verdict: "violated",
    summary: `${label.charAt(0).toUpperCase()}${label.slice(1)} belongs to no environment${held}`,
    from: place,
    to: place,
    grant: place,
    count: entities.length,
    change: [`declare ${label} in the boundary of an environment, or as shared`],
    source: first.source,
  };
}
