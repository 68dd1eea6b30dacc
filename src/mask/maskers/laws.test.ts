import fc from "fast-check";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { POSTGRES_INSTALL, type PostgresServer, postgresPrograms, startPostgres } from "../../lib/postgres-support.ts";
import type { Column, ColumnType } from "../masker.ts";
import { createPrf } from "../prf/prf.ts";
import { maskText } from "../text-masking.ts";
import { type Choice, chosen, refusal } from "./choice.ts";
import { isCard } from "./card/masker.ts";
import { luhnDigit, mod97 } from "./checksum.ts";
import { formatAddress } from "./ip/address.ts";
import { isIban } from "./iban/masker.ts";
import { compileMasking, maskers } from "./registry.ts";

const key = Buffer.alloc(32, 3);
const otherKey = Buffer.alloc(32, 4);

interface Law {
  readonly choice: Choice;
  readonly type: ColumnType;
  readonly values: fc.Arbitrary<string>;
  /** Another key may give the same value by chance: few labels, few cities. */
  readonly isNarrow?: true;
  readonly holds?: (output: string) => boolean;
}

const TEXT: ColumnType = { type: "text" };
const narrow: ColumnType = { type: "character varying", maxLength: 25 };
const words = fc.string({ unit: "grapheme-composite", minLength: 1, maxLength: 40 }).filter((text) => !text.includes("\0"));
const within = (arbitrary: fc.Arbitrary<string>, most: number): fc.Arbitrary<string> =>
  arbitrary.filter((text) => [...text].length <= most);
const digits = (min: number, max: number): fc.Arbitrary<string> => fc.stringMatching(new RegExp(`^\\d{${min},${max}}$`));
const integers = (min: number, max: number): fc.Arbitrary<string> => fc.integer({ min, max }).map(String);
const date = fc
  .date({ min: new Date("0002-01-01"), max: new Date("9990-01-01"), noInvalidDate: true })
  .map((day) => day.toISOString().slice(0, 10));
const time = fc
  .date({ min: new Date("1900-01-01"), max: new Date("2100-01-01"), noInvalidDate: true })
  .map((day) => day.toISOString().replace("T", " ").replace("Z", ""));
const cardNumber = digits(15, 15).map((text) => text + String(luhnDigit(Uint8Array.from(text, Number), 0, 15)));
const iban = digits(18, 18).map((text) => `DE${String(98 - mod97(`${text}131400`)).padStart(2, "0")}${text}`);
const json = fc.json().map((text) => text.replaceAll("\\u0000", ""));
const stay = fc.tuple(date, date).map((days) => `[${days.toSorted().join(",")})`);
const noHost = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255)).map((parts) => `${parts.join(".")}.0/24`);

const laws: readonly Law[] = [
  { choice: "email", type: TEXT, values: fc.oneof(fc.emailAddress(), words), holds: (text) => /^[^@]+@example\.(com|net|org)$/.test(text) },
  { choice: "email", type: narrow, values: within(fc.oneof(fc.emailAddress(), words), 25) },
  { choice: { masker: "name", unique: true }, type: TEXT, values: words },
  { choice: { masker: "name", locale: "pl" }, type: narrow, values: within(words, 25), isNarrow: true },
  { choice: "integer", type: { type: "integer" }, values: integers(-0x7fff_ffff, 0x7fff_ffff) },
  { choice: "integer", type: { type: "smallint" }, values: integers(-0x7fff, 0x7fff) },
  { choice: "integer", type: { type: "bigint" }, values: fc.bigInt({ min: -(2n ** 63n) + 1n, max: 2n ** 63n - 1n }).map(String) },
  {
    choice: { masker: "integer", keepDigits: true },
    type: { type: "bigint" },
    values: fc.bigInt({ min: 1000n, max: 2n ** 63n - 1n }).map(String),
  },
  { choice: { masker: "integer", range: [-300, 99_999] }, type: { type: "integer" }, values: integers(-300, 99_999) },
  {
    choice: "integer",
    type: { type: "numeric", precision: 20, scale: 0 },
    values: fc.bigInt({ min: 0n, max: 10n ** 20n - 1n }).map(String),
  },
  { choice: "digits", type: TEXT, values: fc.oneof(digits(4, 30), words) },
  { choice: "text", type: TEXT, values: words },
  { choice: "text", type: narrow, values: within(words, 25) },
  { choice: "path", type: TEXT, values: fc.oneof(words, fc.stringMatching(/^(\/[a-z]{3,9}){1,4}\.[a-z]{3}$/)) },
  { choice: "hash", type: TEXT, values: words },
  { choice: "uuid", type: { type: "uuid" }, values: fc.uuid() },
  { choice: "mac", type: { type: "macaddr" }, values: fc.stringMatching(/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/) },
  { choice: { masker: "mac", keepVendor: true }, type: { type: "macaddr8" }, values: fc.stringMatching(/^[0-9a-f]{2}(:[0-9a-f]{2}){7}$/) },
  {
    choice: "ip",
    type: { type: "inet" },
    values: fc.oneof(fc.ipV4(), fc.uint8Array({ minLength: 16, maxLength: 16 }).map(formatAddress)),
  },
  { choice: "ip", type: { type: "cidr" }, values: noHost },
  { choice: "date", type: { type: "date" }, values: date },
  { choice: { masker: "date", days: 3000 }, type: { type: "timestamp with time zone" }, values: time.map((text) => `${text}+00`) },
  {
    choice: "number",
    type: { type: "numeric", precision: 12, scale: 2 },
    values: fc.integer({ min: 1000, max: 10 ** 9 }).map((cents) => (cents / 100).toFixed(2)),
  },
  {
    choice: "number",
    type: { type: "double precision" },
    values: fc.double({ noNaN: true, noDefaultInfinity: true, min: 1, max: 1e300 }).map(String),
  },
  { choice: { masker: "card", issuer: "keep" }, type: TEXT, values: cardNumber, holds: isCard },
  { choice: "card", type: TEXT, values: cardNumber, holds: isCard },
  { choice: "iban", type: TEXT, values: iban, holds: isIban },
  {
    choice: "phone",
    type: TEXT,
    values: integers(2_000_000, 9_999_999).map((rest) => `+1202${rest}`),
    holds: (text) => /^\+1202\d{7}$/.test(text),
  },
  { choice: { masker: "city", country: "DE" }, type: narrow, values: within(words, 25), isNarrow: true },
  { choice: { masker: "postcode", country: "GB" }, type: TEXT, values: words, holds: (text) => /^[A-Z]{2}\d \d[A-Z]{2}$/.test(text) },
  { choice: "address", type: TEXT, values: words },
  {
    choice: { masker: "bytes", as: "random" },
    type: { type: "bytea" },
    values: fc.stringMatching(/^([0-9a-f]{2}){8,40}$/).map((hex) => `\\x${hex}`),
  },
  { choice: "url", type: TEXT, values: fc.webUrl({ withQueryParameters: true, withFragments: true }), holds: (text) => URL.canParse(text) },
  { choice: "label", type: { type: "boolean" }, values: fc.constantFrom("t", "f"), isNarrow: true },
  { choice: { masker: "range", bounds: "date" }, type: { type: "daterange" }, values: stay },
  {
    choice: { masker: "range", bounds: "integer" },
    type: { type: "int4range" },
    values: fc.tuple(fc.nat(1000), fc.nat(1000)).map(([from, more]) => `[${from + 1},${from + more + 2})`),
  },
  {
    choice: { masker: "array", each: "text" },
    type: { type: "text[]" },
    values: fc
      .array(words, { minLength: 1, maxLength: 4 })
      .map((all) => `{${all.map((each) => `"${each.replaceAll(/["\\]/g, "\\$&")}"`).join(",")}}`),
    isNarrow: true,
  },
  { choice: "json", type: { type: "jsonb" }, values: json, isNarrow: true },
  {
    choice: { masker: "tsvector", as: "words" },
    type: { type: "tsvector" },
    values: fc.stringMatching(/^[a-z]{4,12}$/).map((each) => `'${each}':1`),
  },
];

const columnOf = (type: ColumnType): Column => ({ schema: "public", table: "t", name: "c", isUnique: false, domain: "d", ...type });
const nameOf = ({ choice, type }: Law): string => `${JSON.stringify(choice)} on ${type.type}`;

describe.each(laws.map((law) => [nameOf(law), law] as const))("%s", (_name, law) => {
  const column = columnOf(law.type);
  const one = compileMasking(law.choice, column, createPrf(key).derive("d"));
  const again = compileMasking(law.choice, column, createPrf(key).derive("d"));
  const other = compileMasking(law.choice, column, createPrf(otherKey).derive("d"));

  test("is deterministic, fits, and holds its form", () => {
    fc.assert(
      fc.property(law.values, (value) => {
        const output = maskText(one, value);
        expect(maskText(again, value)).toBe(output);
        expect(maskText(one, value)).toBe(output);
        if (column.maxLength !== undefined) expect([...output].length).toBeLessThanOrEqual(column.maxLength);
        if (law.holds !== undefined) expect(output).toSatisfy(law.holds);
      }),
      { numRuns: 60 },
    );
  });

  test("is another function under another key", () => {
    const values = fc.sample(law.values, { numRuns: 60, seed: 5 }).filter((value) => /[\p{L}\p{N}]{4}/u.test(value));
    const same = values.filter((value) => maskText(one, value) === maskText(other, value)).length;
    expect(same).toBeLessThanOrEqual(law.isNarrow === true ? values.length * 0.8 : values.length * 0.1);
  });

  const resolved = chosen(law.choice, maskers);
  if (resolved.ok && resolved.value.masker.keepsDistinct(resolved.value.options, column))
    test("keeps distinct values distinct", () => {
      const values = [...new Set(fc.sample(law.values, { numRuns: 400, seed: 9 }))];
      expect(new Set(values.map((value) => maskText(one, value))).size).toBe(values.length);
      expect(refusal(resolved.value, { ...column, isUnique: true }, maskers)).toBeUndefined();
    });
});

test("two domains share nothing, and one domain joins", () => {
  const inDomain = (domain: string): string =>
    maskText(compileMasking("integer", columnOf({ type: "integer" }), createPrf(key).derive(domain)), "42");
  expect(inDomain("customer.id")).toBe(inDomain("customer.id"));
  expect(inDomain("customer.id")).not.toBe(inDomain("order.id"));
  const wide = maskText(compileMasking("integer", columnOf({ type: "bigint" }), createPrf(key).derive("customer.id")), "42");
  expect(wide).toBe(inDomain("customer.id"));
});

const programs = postgresPrograms();
describe.skipIf(programs === undefined)(`in PostgreSQL (${POSTGRES_INSTALL})`, () => {
  let server: PostgresServer;
  let client: pg.Client;
  beforeAll(async () => {
    server = await startPostgres(programs as string);
    client = new pg.Client({ connectionString: server.url() });
    await client.connect();
  });
  afterAll(async () => {
    await client?.end();
    await server?.stop();
  });

  test.each(laws.map((law) => [nameOf(law), law] as const))("every value of %s parses as its type", async (_name, law) => {
    const masking = compileMasking(law.choice, columnOf(law.type), createPrf(key).derive("d"));
    const { type, precision, scale, maxLength } = law.type;
    const modifier = precision === undefined ? (maxLength === undefined ? "" : `(${maxLength})`) : `(${precision},${scale ?? 0})`;
    const outputs = fc.sample(law.values, { numRuns: 200, seed: 11 }).map((value) => maskText(masking, value));
    await client.query("CREATE TEMPORARY TABLE parsed (value text)");
    await client.query(`ALTER TABLE parsed ALTER value TYPE ${type}${modifier} USING NULL`);
    const { rowCount } = await client.query(`INSERT INTO parsed SELECT each::${type} FROM unnest($1::text[]) each`, [outputs]);
    await client.query("DROP TABLE parsed");
    expect(rowCount).toBe(outputs.length);
  });
});
