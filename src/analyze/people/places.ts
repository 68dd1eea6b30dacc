// From where production is deployed: what a person would have to author, approve or edit.
import type { Estate } from "../estate.ts";
import { productionNames } from "../reach/semantics.ts";

/** Repositories and projects with an environment of production, and the organizations above them. */
export function deployingPlaces(estate: Estate): ReadonlyMap<string, ReadonlySet<string>> {
  const production = productionNames(estate.charter);
  const places = new Map<string, Set<string>>();
  const add = (id: string, environment: string): void => void places.set(id, (places.get(id) ?? new Set()).add(environment));
  for (const { id, place } of estate.entities.values()) {
    const environment = estate.environmentOf(id);
    if (environment === undefined || !production.has(environment)) continue;
    if (place.repository !== undefined) {
      add(`github:${place.repository}`, environment);
      add(`github:${place.repository.split("/")[0]}`, environment);
    }
    if (place.project !== undefined) add(place.project, environment);
  }
  return places;
}
