// One list of an API server, page by page: what a large cluster holds never stands in memory at once.
import { isObject, type JsonObject } from "../../lib/json.ts";
import type { Result } from "../../lib/result.ts";
import type { Failure } from "./fetch-client.ts";

export type Page = { readonly kind: "items"; readonly items: readonly JsonObject[] } | { readonly kind: "restart" };

export type Get = (path: string, query: Readonly<Record<string, string>>) => Promise<Result<JsonObject, Failure>>;

const MOST_RESTARTS = 3;

/**
 * Yields pages, or a restart after which the pages so far count no more; returns the failure that ended it, if one did.
 *
 * A token runs out with the compaction of the history, after five minutes as etcd is set; the server then answers 410, and a list that should
 * be one state of the cluster has to begin anew. When it runs out again and again, it is asked for as a whole.
 * Source: Kubernetes API concepts, "Retrieving large results sets in chunks"; client-go, tools/pager.
 */
export async function* pagesOf(get: Get, path: string, chunkSize: number): AsyncGenerator<Page, Failure | undefined> {
  let size = chunkSize;
  let restarts = 0;
  const seen = new Set<string>();
  for (let token = ""; ;) {
    const isWhole = restarts >= MOST_RESTARTS;
    const answer = await get(path, { ...(!isWhole && { limit: String(size) }), ...(token !== "" && { continue: token }) });
    if (!answer.ok) {
      if (answer.error.isTooLarge && !isWhole && size > 1) size = Math.max(1, size >> 2);
      else if (answer.error.status === 410 && token !== "") {
        restarts++;
        token = "";
        seen.clear();
        yield { kind: "restart" };
      } else return answer.error;
      continue;
    }
    const items = answer.value["items"];
    if (!Array.isArray(items) && items !== null) return { status: 200, error: "the answer is no list" };
    const objects = ((items ?? []) as readonly unknown[]).filter(isObject);
    if (objects.length !== (items ?? []).length) return { status: 200, error: "the list holds items that are no objects" };
    yield { kind: "items", items: objects };
    const { metadata } = answer.value;
    const next = isObject(metadata) && typeof metadata["continue"] === "string" ? metadata["continue"] : "";
    if (next === "") return undefined;
    if (seen.has(next)) return { status: 200, error: "the server sent the same page twice" };
    seen.add(next);
    token = next;
  }
}
