// What is asked of a project's past: deployments, who approved those into protected environments, and what each brought since the one before.
import type { JsonObject } from "../../lib/json.ts";
import { eachOf } from "../rest-asking.ts";
import { type Asker, part } from "./fetch.ts";

const timeOf = (deployment: JsonObject): number => Date.parse(String(deployment["created_at"]));
const environmentOf = ({ environment }: JsonObject): string =>
  String(typeof environment === "object" && environment !== null && "name" in environment ? environment.name : "");

/** Newest first, so it is enough when one is older (Docs, "Deployments", `order_by` and `sort`). */
export async function collectHistory({ asking, concurrency }: Asker, name: string, since: Date): Promise<void> {
  const of = `/projects/${part(name)}`;
  const isEnough = (items: readonly JsonObject[]): boolean => items.some((item) => timeOf(item) < since.getTime());
  const all = (await asking.list(`${of}/deployments?order_by=created_at&sort=desc&per_page=100`, { isEnough })) ?? [];
  // Approvals are asked for where an environment is protected, and only there.
  const rules = (await asking.list(`${of}/protected_environments?per_page=100`)) ?? [];
  const asked = new Set(rules.map((rule) => String(rule["name"])));
  const into = all.filter((one) => asked.has(environmentOf(one)) && timeOf(one) >= since.getTime() && one["status"] === "success");
  const requests = new Set<string>();
  await eachOf(into, concurrency, async ({ id }) => {
    await asking.one(`${of}/deployments/${String(id)}`);
    for (const { iid } of (await asking.list(`${of}/deployments/${String(id)}/merge_requests?per_page=100`)) ?? [])
      requests.add(String(iid));
  });
  await eachOf([...requests], concurrency, async (iid) => void (await asking.one(`${of}/merge_requests/${iid}/approvals`)));
  await eachOf(comparisons(all, into), concurrency, async ([base, head]) => {
    await asking.one(`${of}/repository/compare?from=${part(base)}&to=${part(head)}`);
  });
}

/** Of each deployment that was asked about, and the one before it in its environment. */
function comparisons(all: readonly JsonObject[], into: readonly JsonObject[]): readonly (readonly [string, string])[] {
  const pairs = into.flatMap((later) => {
    const before = all
      .filter((one) => environmentOf(one) === environmentOf(later) && one["status"] === "success" && timeOf(one) < timeOf(later))
      .toSorted((a, b) => timeOf(b) - timeOf(a))[0];
    return !before || before["sha"] === later["sha"] ? [] : [[String(before["sha"]), String(later["sha"])] as const];
  });
  return [...new Map(pairs.map((pair) => [pair.join(" "), pair])).values()];
}
