// What is asked of a project's past: deployments into each environment, and the runs that made them, which know their commit.
import { isObject, type JsonObject } from "../../lib/json.ts";
import { eachOf } from "../rest-asking.ts";
import { type Asker, part } from "./fetch.ts";

/** How many runs one question names. */
const AT_ONCE = 100;

/** Newest first, so it is enough when one is older (REST API, "Environmentdeployment Records - List"). */
export async function collectHistory(
  { asking, organization, concurrency }: Asker,
  project: string,
  environments: readonly JsonObject[],
  since: Date,
): Promise<void> {
  const of = `/${part(organization)}/${part(project)}/_apis`;
  const isEnough = (items: readonly JsonObject[]): boolean =>
    items.some((item) => Date.parse(String(item["queueTime"] ?? item["finishTime"])) < since.getTime());
  const runs = new Set<number>();
  await eachOf(environments, concurrency, async ({ id }) => {
    const records = await asking.list(`${of}/pipelines/environments/${String(id)}/environmentdeploymentrecords?top=100`, {
      key: "value",
      isEnough,
    });
    for (const { owner } of records ?? []) if (isObject(owner) && typeof owner["id"] === "number") runs.add(owner["id"]);
  });
  const all = [...runs].toSorted((a, b) => a - b);
  const batches = Array.from({ length: Math.ceil(all.length / AT_ONCE) }, (_, index) => all.slice(index * AT_ONCE, (index + 1) * AT_ONCE));
  await eachOf(batches, concurrency, async (batch) => {
    await asking.list(`${of}/build/builds?buildIds=${batch.join(",")}`, { key: "value" });
  });
}
