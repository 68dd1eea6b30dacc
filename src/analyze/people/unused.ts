// A4: grants into production of which the files say when they were last used.
import type { Estate } from "../estate.ts";
import { deployKeyId } from "../pipeline/ids.ts";
import { productionNames } from "../reach/semantics.ts";
import type { Source } from "../../model/source.ts";
import { isInCustody } from "./custody.ts";

const DAY_MS = 86_400_000;
/** What nobody used for a quarter, nobody needs. */
export const UNUSED_DAYS = 90;

export interface Grant {
  readonly id: string;
  readonly label: string;
  readonly environment: string;
  readonly change: string;
  readonly used?: { readonly last?: string; readonly created?: string };
  readonly source: Source;
}

/** `new`: too young to say. */
export type Use = "used" | "unused" | "new" | "not said";

export function useOf({ used }: Grant, asOf: string | undefined): Use {
  if (used === undefined || asOf === undefined) return "not said";
  const since = Date.parse(asOf) - UNUSED_DAYS * DAY_MS;
  if (used.last !== undefined) return Date.parse(used.last) < since ? "unused" : "used";
  if (used.created === undefined) return "not said";
  return Date.parse(used.created) < since ? "unused" : "new";
}

export function productionGrants(estate: Estate): readonly Grant[] {
  return [...deployKeys(estate), ...roles(estate)];
}

/** Keys that write to a repository from which production is deployed. */
function deployKeys({ observations, charter, entities, environmentOf }: Estate): readonly Grant[] {
  const production = productionNames(charter);
  const deploying = new Map(
    [...entities.values()].flatMap(({ id, place }) => {
      const environment = environmentOf(id);
      return place.repository !== undefined && environment !== undefined && production.has(environment)
        ? [[place.repository.toLowerCase(), environment] as const]
        : [];
    }),
  );
  return observations("github/repository-access").flatMap(({ repository, to, permission, used, source }) => {
    const environment = deploying.get(repository.toLowerCase());
    if (!("deployKey" in to) || permission === "read" || environment === undefined) return [];
    return [
      {
        id: deployKeyId(repository, to.deployKey),
        label: `deploy key ${to.deployKey} of ${repository}`,
        environment,
        change: `delete deploy key ${to.deployKey} of ${repository}`,
        ...(used && { used }),
        source,
      },
    ];
  });
}

/**
 * Roles of production that something outside production, or a person, acts as. A role for emergencies is there to be left alone, and one that only
 * custodians can take is theirs to keep.
 */
function roles(estate: Estate): readonly Grant[] {
  const { observations, charter, environmentOf, rules } = estate;
  const production = productionNames(charter);
  const breakGlass = new Set(charter.doors.flatMap((door) => (door.kind === "break-glass" ? [door.role] : [])));
  const takers = new Map<string, string[]>();
  for (const { gives, needs } of rules)
    if (gives.capability === "act-as" && needs[0] && gives.entity.includes(":role/"))
      takers.set(gives.entity, [...(takers.get(gives.entity) ?? []), needs[0].entity]);
  return observations("aws/role").flatMap(({ arn, name, account, path, used, source }) => {
    const environment = environmentOf(arn);
    if (environment === undefined || !production.has(environment) || breakGlass.has(arn) || path.startsWith("/aws-service-role/"))
      return [];
    const outside = (takers.get(arn) ?? []).filter((id) => environmentOf(id) !== environment && !id.endsWith(`:${account}:root`));
    if (outside.every((id) => isInCustody(charter, id))) return [];
    return [
      {
        id: arn,
        label: `role/${name} of account ${account}`,
        environment,
        change: `delete role/${name} of account ${account}, or take away the right to act as it`,
        ...(used && { used }),
        source,
      },
    ];
  });
}
