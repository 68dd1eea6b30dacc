// Lists in pages: whatever the server does on the way, what counts in the end is one whole list, or a failure.
import fc from "fast-check";
import { expect, test } from "vitest";
import type { JsonObject } from "../../lib/json.ts";
import { fail, ok, type Result } from "../../lib/result.ts";
import type { Failure } from "./fetch-client.ts";
import { type Get, pagesOf } from "./fetch-list.ts";

const EXPIRED: Failure = { status: 410, error: "Error from server (Expired): The provided continue parameter is too old" };
const LARGE: Failure = { status: 200, error: "the answer is too large", isTooLarge: true };

/** A list of so many objects that answers as the API conventions say; tokens run out at some requests, and no page may hold more than `most`. */
function listOf(count: number, most: number, expiring: ReadonlySet<number>): { readonly get: Get; readonly asked: () => number } {
  let requests = 0;
  const get: Get = (_, query) => {
    const from = Number(query["continue"] ?? 0);
    if (query["continue"] !== undefined && expiring.has(requests++)) return Promise.resolve(fail(EXPIRED));
    const to = Math.min(count, query["limit"] === undefined ? count : from + Number(query["limit"]));
    if (to - from > most) return Promise.resolve(fail(LARGE));
    const items = Array.from({ length: to - from }, (_, i) => ({ metadata: { name: `n${from + i}` } }));
    return Promise.resolve(ok({ items, metadata: to < count ? { continue: String(to) } : {} } as JsonObject));
  };
  return { get, asked: () => requests };
}

async function collected(get: Get, chunkSize: number): Promise<Result<readonly string[], Failure>> {
  const names: string[] = [];
  const pages = pagesOf(get, "/api/v1/pods", chunkSize);
  for (let next = await pages.next(); ; next = await pages.next()) {
    if (next.done) return next.value ? fail(next.value) : ok(names);
    if (next.value.kind === "restart") names.length = 0;
    else names.push(...next.value.items.map(({ metadata }) => String((metadata as JsonObject)["name"])));
  }
}

test("every object comes once and in order, however large pages may be and whenever a token runs out", async () => {
  const expiring = fc.uniqueArray(fc.nat({ max: 20 }), { maxLength: 2 });
  await fc.assert(
    fc.asyncProperty(
      fc.nat({ max: 60 }),
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 70 }),
      expiring,
      async (count, size, most, at) => {
        const expected = Array.from({ length: count }, (_, i) => `n${i}`);
        expect(await collected(listOf(count, most, new Set(at)).get, size)).toEqual(ok(expected));
      },
    ),
  );
});

test("a list whose tokens run out again and again is asked for as a whole", async () => {
  const always = listOf(10, 100, new Set(Array.from({ length: 100 }, (_, i) => i)));
  expect(await collected(always.get, 3)).toMatchObject({ ok: true, value: { length: 10 } });
  expect(always.asked()).toBe(3);
});

test.each<[string, JsonObject | Failure, string]>([
  ["an object too large to read even alone", LARGE, "too large"],
  ["no list", { items: "x" }, "no list"],
  ["items that are no objects", { items: [1] }, "no objects"],
  ["the same page for ever", { items: [], metadata: { continue: "again" } }, "same page"],
  ["an error", { status: 403, error: "Error from server (Forbidden): pods is forbidden" }, "forbidden"],
])("%s is a failure", async (_, answer, why) => {
  const isFailure = "status" in answer && "error" in answer;
  const result = await collected(() => Promise.resolve(isFailure ? fail(answer as Failure) : ok(answer as JsonObject)), 4);
  expect(result).toMatchObject({ ok: false, error: { error: expect.stringContaining(why) as string } });
});

test("a list of nothing may say so by null, as Go writes an empty one", async () => {
  expect(await collected(() => Promise.resolve(ok({ items: null, metadata: {} })), 4)).toEqual(ok([]));
});
