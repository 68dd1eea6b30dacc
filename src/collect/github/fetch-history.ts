// What is asked of a repository's past: deployments with what became of them, who approved them, and what each brought since the one before.
import { isObject, type JsonObject } from "../../lib/json.ts";
import { eachOf } from "../rest-asking.ts";
import { type Asker, part } from "./fetch.ts";

/** Newest first, so it is enough when one is older. Source: REST API, "List deployments"; "List pull requests", `sort` and `direction`. */
export async function collectHistory({ asking, owner, concurrency }: Asker, name: string, since: Date): Promise<void> {
  const of = `/repos/${part(owner)}/${part(name)}`;
  const isOld = (field: string) => (items: readonly JsonObject[]) =>
    items.some((item) => Date.parse(String(item[field])) < since.getTime());
  const deployments = (await asking.list(`${of}/deployments?per_page=100`, { isEnough: isOld("created_at") })) ?? [];
  const isCut = deployments.some((one) => Date.parse(String(one["created_at"])) < since.getTime());
  const recent = deployments.filter((one) => Date.parse(String(one["created_at"])) >= since.getTime());
  // What was deployed in the period may have been tested before it began.
  const earlier: JsonObject[] = [];
  if (isCut)
    await eachOf([...new Set(recent.map(({ sha }) => String(sha)))], concurrency, async (sha) => {
      earlier.push(...((await asking.list(`${of}/deployments?sha=${part(sha)}&per_page=100`)) ?? []));
    });
  const all = new Map([...deployments, ...earlier].map((one) => [String(one["id"]), one]));
  const runs = new Set<string>();
  await eachOf([...all.keys()], concurrency, async (id) => {
    for (const status of (await asking.list(`${of}/deployments/${part(id)}/statuses?per_page=100`)) ?? []) {
      const run = /\/actions\/runs\/(\d+)(?:\/|$)/.exec(String(status["log_url"] || status["target_url"] || ""))?.[1];
      if (run !== undefined) runs.add(run);
    }
  });
  await eachOf([...runs], concurrency, async (run) => {
    await asking.one(`${of}/actions/runs/${run}`);
    await asking.list(`${of}/actions/runs/${run}/approvals`);
  });
  await eachOf(comparisons([...all.values()], since), concurrency, async (range) => {
    await asking.list(`${of}/compare/${range}?per_page=100`, { key: "commits" });
  });
  if (recent.length > 0) await reviews({ asking, owner, concurrency }, of, isOld("updated_at"));
}

/** `BASE...HEAD` of every two deployments that follow on one another in an environment, of which the later is in the period. */
function comparisons(deployments: readonly JsonObject[], since: Date): readonly string[] {
  const ranges = [...Map.groupBy(deployments, ({ environment }) => String(environment)).values()].flatMap((found) => {
    const inTime = found.toSorted((a, b) => Date.parse(String(a["created_at"])) - Date.parse(String(b["created_at"])));
    return inTime.flatMap((later, index) => {
      const before = inTime[index - 1];
      if (!before || before["sha"] === later["sha"] || Date.parse(String(later["created_at"])) < since.getTime()) return [];
      return [`${part(String(before["sha"]))}...${part(String(later["sha"]))}`];
    });
  });
  return [...new Set(ranges)];
}

async function reviews({ asking, concurrency }: Asker, of: string, isEnough: (items: readonly JsonObject[]) => boolean): Promise<void> {
  const pulls = (await asking.list(`${of}/pulls?state=closed&sort=updated&direction=desc&per_page=100`, { isEnough })) ?? [];
  const merged = pulls.filter((pull) => isObject(pull) && typeof pull["merged_at"] === "string");
  await eachOf(merged, concurrency, async ({ number }) => {
    await asking.list(`${of}/pulls/${String(number)}/reviews?per_page=100`);
  });
}
