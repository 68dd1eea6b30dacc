// What is asked of an organization: users, groups and who is in them, and who has which right where.
import type { JsonObject } from "../../lib/json.ts";
import { eachOf } from "../rest-asking.ts";
import { type Asker, part } from "./fetch.ts";

/** Repositories, pipelines, environments and service connections ("Security namespace and permission reference"). */
const NAMESPACES = [
  "2e9eb7ed-3c0a-47d4-87c1-0ffdd275fd87",
  "33344d9c-fc72-4d6f-aba5-fa317101a7e9",
  "83d4c2e6-e57d-4d6e-892b-b87222b7ad20",
  "49b48001-ca20-4adc-8111-5b60c903a50c",
] as const;

/** How many descriptors one question names: addresses have a length. */
const AT_ONCE = 20;

export async function collectPeople({ asking, graph, organization, concurrency }: Asker): Promise<void> {
  const of = `/${part(organization)}/_apis`;
  const key = "value";
  await graph.list(`${of}/graph/users`, { key });
  const groups = (await graph.list(`${of}/graph/groups`, { key })) ?? [];
  await eachOf(groups, concurrency, async ({ descriptor }) => {
    await graph.list(`${of}/graph/memberships/${part(String(descriptor))}?direction=down`, { key });
  });
  const lists: JsonObject[] = [];
  for (const namespace of NAMESPACES)
    lists.push(...((await asking.list(`${of}/accesscontrollists/${namespace}?includeExtendedInfo=true`, { key })) ?? []));
  // Access lists name everyone by an older descriptor, which identities translate.
  const named = [...new Set(lists.flatMap(({ acesDictionary: entries }) => Object.keys((entries ?? {}) as JsonObject)))].toSorted();
  const batches = Array.from({ length: Math.ceil(named.length / AT_ONCE) }, (_, index) =>
    named.slice(index * AT_ONCE, (index + 1) * AT_ONCE),
  );
  await eachOf(batches, concurrency, async (batch) => {
    await graph.list(`${of}/identities?descriptors=${batch.map(part).join(",")}`, { key });
  });
}
