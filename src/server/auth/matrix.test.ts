// The authorization matrix: every route, for every role, about what is one's own and about another's, asked of the whole server.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requestOf, type Scene, scene, type Who, WHO, type Whose } from "./matrix-support.ts";

/** Who may: everyone, or these about their own, about another's, or about either. Who is not named may not. */
type Row =
  | { readonly who: "everyone" }
  | { readonly any: readonly Who[] }
  | { readonly own: readonly Who[]; readonly other: readonly Who[] };

const MATRIX = JSON.parse(readFileSync(new URL("./matrix.json", import.meta.url), "utf8")) as Readonly<Record<string, Row>>;

const may = (row: Row, who: Who, whose: Whose): boolean =>
  "who" in row ? true : "any" in row ? row.any.includes(who) : row[whose].includes(who);

/** What says no because of who asks. Anything else, a wrong code for example, comes after that. */
const REFUSALS = new Set(["not-signed-in", "not-allowed", "no-credential", "forbidden", "not-found"]);

const folder = mkdtempSync(join(tmpdir(), "bulkhead-matrix-"));
let all: Scene;
let address = 0;
beforeAll(async () => void (all = await scene(folder)));
afterAll(async () => {
  await all.close();
  rmSync(folder, { recursive: true, force: true });
});

test("every route stands in the matrix, and nothing else does", () => {
  expect(Object.keys(MATRIX).toSorted()).toEqual(all.routes);
});

describe.each(Object.entries(MATRIX))("%s", (route, row) => {
  test.each(WHO)("%s", async (who) => {
    for (const whose of ["own", "other"] as const) {
      // Each from an address of its own: how often one may fail is another test's question.
      const remoteAddress = `198.51.100.${++address % 250}`;
      const { url, payload, headers } = await requestOf(all, route, who, whose);
      const [method] = route.split(" ");
      const answer = await all.app.inject({
        method: method as "GET",
        url: url as string,
        headers: { ...(await all.headersOf(who)), ...headers },
        remoteAddress,
        ...(payload !== undefined && { payload }),
      });
      const code =
        answer.statusCode < 400 || !String(answer.headers["content-type"]).includes("problem")
          ? ""
          : (answer.json() as { code: string }).code;
      expect([who, whose, !REFUSALS.has(code)], `${answer.statusCode} ${code}`).toEqual([who, whose, may(row, who, whose)]);
      expect(answer.statusCode, answer.body).toBeLessThan(500);
    }
  });
});
