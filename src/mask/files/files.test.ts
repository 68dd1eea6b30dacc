// Laws of files: what is kept comes out byte by byte, what is masked equals what every other engine makes, and what is not whole is refused.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, beforeEach, beforeAll, describe, expect, test } from "vitest";
import { loadPolicy } from "../policy/load.ts";
import { formatPolicyProblems } from "../policy/problem.ts";
import type { RunReport } from "../report.ts";
import { maskFolder } from "./run.ts";

const KEY = new Uint8Array(32).fill(5);
let home: string;
let from: string;
let to: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "bulkhead-files-"));
  [from, to] = [join(home, "in"), join(home, "out")];
});
beforeEach(() => {
  for (const folder of [from, to]) rmSync(folder, { recursive: true, force: true });
  mkdirSync(from);
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

async function mask(files: Readonly<Record<string, string | Uint8Array>>, tables: string): Promise<RunReport> {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(from, name), content);
  const policy = loadPolicy(`masking: 1\ntables:\n${tables}`, "masking.yaml");
  if (!policy.ok) throw new Error(formatPolicyProblems(policy.error));
  const result = await maskFolder({ from, to, policy: policy.value, key: KEY });
  if (!result.ok) throw new Error(formatPolicyProblems(result.error));
  return result.value;
}
const output = (name: string): string => readFileSync(join(to, name), "utf8");
const HASH = "[0-9a-f]{32}";

describe("CSV", () => {
  const RULES = "  a.csv:\n    columns: { id: keep, who: { mask: hash, domain: who }, note: keep }\n";

  test("kept fields, quotes, line ends and the byte order mark come out as they were", async () => {
    const text = '\u{feff}id,who,"note"\r\n1,Ann,"say ""hi"", then\r\ngo"\r\n2,,\r\n"3","B ""x""",plain';
    const report = await mask({ "a.csv": text }, RULES);
    expect(output("a.csv")).toMatch(
      new RegExp(`^\u{feff}id,who,"note"\r\n1,${HASH},"say ""hi"", then\r\ngo"\r\n2,,\r\n"3","${HASH}",plain$`),
    );
    expect(report.tables[0]).toMatchObject({ rows: 3, columns: [{}, { nulls: 1, changed: 2, unchanged: 0 }, {}] });
  });

  test("a dropped column goes with its separator, and other separators are told by the header", async () => {
    await mask({ "a.csv": "id;who;note\n1;Ann;x\n2;Ben;\n" }, '  a.csv:\n    columns: { id: drop, who: "null", note: keep }\n');
    expect(output("a.csv")).toBe("who;note\n;x\n;\n");
  });

  test("equal values of one domain are equal in every file and format", async () => {
    await mask(
      { "a.csv": "id,who,note\n1,Ann,\n", "b.jsonl": '{"who":"Ann"}\n' },
      `${RULES}  b.jsonl:\n    columns: { who: { mask: hash, domain: who } }\n`,
    );
    expect(output("b.jsonl").slice(8, 40)).toBe(output("a.csv").split("\n")[1]?.split(",")[1]);
  });

  test("any fields come through whole", async () => {
    const field = fc.string({ unit: fc.constantFrom("a", '"', ",", "\n", "\r\n", "é", " ") });
    const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(field, field), { minLength: 1 }), async (records) => {
        rmSync(to, { recursive: true, force: true });
        const text = `x,y\n${records.map((each) => each.map(quoted).join(",")).join("\n")}\n`;
        await mask({ "a.csv": text }, "  a.csv:\n    columns: { x: keep, y: keep }\n");
        expect(output("a.csv")).toBe(text);
      }),
      { numRuns: 100 },
    );
  });

  test.each([
    ["too few fields", "id,who,note\n1,Ann\n", /a.csv:2 {2}a record has 2 fields/],
    ["an open quote", 'id,who,note\n1,"Ann,x\n', /a quoted field has no end/],
    ["a quote inside", 'id,who,note\n1,An"n,x\n', /a.csv:2 {2}a quote stands inside/],
    ["text after a quote", 'id,who,note\n1,"An"n,x\n', /something follows the end/],
    ["two columns of a name", "id,id\n", /two columns are named "id"/],
    ["a column that is not declared", "id,who,note,more\n", /column "more" of a.csv \(text\) is not declared/],
  ])("%s is refused, and nothing is left", async (_, text, message) => {
    await expect(mask({ "a.csv": text }, RULES)).rejects.toThrow(message);
    expect(readdirSync(home)).toEqual(["in"]);
  });
});

describe("JSON lines", () => {
  test("kept members keep every digit, and masked ones their kind", async () => {
    const text = '{"id":12345678901234567890,"who":"Ann \\"x\\"","more":{"a":[1,"}"]},"n":5.50}\n\n{"who":null,"id":1e400, "n":-7}\n';
    await mask({ "a.jsonl": text }, "  a.jsonl:\n    columns: { id: keep, who: { mask: hash }, more: keep, n: { mask: number } }\n");
    const [first = "", second = ""] = output("a.jsonl").split("\n");
    expect(first).toMatch(new RegExp(`^{"id":12345678901234567890,"who":"${HASH}","more":{"a":\\[1,"}"\\]},"n":-?[0-9.]+}$`));
    expect(second).toMatch(/^{"who":null,"id":1e400,"n":-?[0-9.]+}$/);
  });

  test.each([
    ["no JSON", '{"a":1', /a.jsonl:1 {2}is no JSON object/],
    ["no object", "[1]", /is no JSON object/],
    ["a member twice", '{"a":1,"\\u0061":2}', /member "a" stands twice/],
    ["a member that is not declared", '{"a":1}\n{"b":2}', /column "b" of a.jsonl/],
  ])("%s is refused", async (_, text, message) => {
    await expect(mask({ "a.jsonl": text }, "  a.jsonl:\n    columns: { a: keep }\n")).rejects.toThrow(message);
  });
});

test("Parquet: texts and numbers come through, and what would lose something is refused", async () => {
  const who = Array.from({ length: 50 }, (_, at) => (at % 5 === 0 ? null : `Person ${at}`));
  const columnData = [
    { name: "id", data: who.map((__, at) => BigInt(at) + 9007199254740993n), type: "INT64" as const },
    { name: "who", data: who, type: "STRING" as const },
    { name: "x", data: who.map((__, at) => at / 3), type: "DOUBLE" as const },
  ];
  const report = await mask(
    { "a.parquet": new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: 20 })) },
    "  a.parquet:\n    columns: { id: keep, who: { mask: hash }, x: keep }\n",
  );
  expect(report.tables[0]).toMatchObject({ rows: 50, columns: [{}, { nulls: 10, changed: 40 }, {}] });
  const rows = await parquetReadObjects({ file: await asyncBufferFromFile(join(to, "a.parquet")) });
  expect(rows.map(({ id, x }) => [id, x])).toEqual(who.map((__, at) => [BigInt(at) + 9007199254740993n, at / 3]));
  expect(rows.every(({ who: masked }, at) => (who[at] === null ? masked === null : new RegExp(`^${HASH}$`).test(String(masked))))).toBe(
    true,
  );
  expect(readFileSync(join(to, "a.parquet"), "latin1")).not.toContain("Person");
  rmSync(to, { recursive: true });
  const dates = [{ name: "at", data: [new Date()], type: "TIMESTAMP" as const }];
  await expect(
    mask({ "a.parquet": new Uint8Array(parquetWriteBuffer({ columnData: dates })) }, "  a.parquet:\n    columns: { at: keep }\n"),
  ).rejects.toThrow(/column at has type INT64 TIMESTAMP/);
});

test("a file of another format is refused", async () => {
  await expect(mask({ "a.xlsx": "x" }, "  a.xlsx: drop\n")).rejects.toThrow(/is no file of a format that is masked/);
});
