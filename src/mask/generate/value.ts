// One plausible value of a column, in PostgreSQL's text form: by what its name says it is, else by its type.
import { createRequire } from "node:module";
import type { Faker } from "@faker-js/faker";
import { hintsOf } from "../discover/column-name.ts";
import type { Kind } from "../discover/kind.ts";
import { MaskError } from "../error.ts";
import type { ColumnFacts, TableFacts } from "../inventory.ts";
import { type Locale, lists } from "../lists/lists.ts";
import type { ColumnType } from "../masker.ts";
import { kindOf, underlying } from "../maskers/types.ts";
import { canonicalType } from "../type-name.ts";
import type { Limits } from "./constraint.ts";
import type { Random } from "./random.ts";

export interface Wanted {
  readonly table: TableFacts;
  readonly column: ColumnFacts;
  readonly limits: Limits;
  readonly random: Random;
  readonly locale: Locale;
}

const TODAY = Date.UTC(2026, 0, 1);
const DAY = 86_400_000;

export function valueOf({ table, column, limits, random, locale }: Wanted): string {
  if (limits.values !== undefined && limits.values.length > 0) return random.pick(limits.values);
  const kind = hintsOf(column.name, table.name)[0];
  const named = kind !== undefined && kind.confidence >= 0.45 ? byKind(kind.kind, random, locale) : undefined;
  return byType(underlying(column), limits, random, named, column.name);
}

const WORDS =
  "amber anchor apple arrow autumn basket beacon bridge candle canyon cedar circle cloud copper coral cotton crystal delta ember falcon feather forest garden glacier granite harbor hazel island ivory jasmine juniper kettle lantern lemon linen maple marble meadow mirror north ocean olive orchard paper pebble pepper pine planet pocket quartz river saddle silver spring stone summer thunder timber valley velvet violet walnut willow window winter".split(
    " ",
  );

const words = (random: Random, count: number): string => Array.from({ length: count }, () => random.pick(WORDS)).join(" ");
const digits = (random: Random, count: number): string => Array.from({ length: count }, () => String(random.below(10))).join("");
const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** Undefined for kinds that the type alone makes. Addresses under RFC 2606's domains, phones of the range that nobody has. */
function byKind(kind: Kind, random: Random, locale: Locale): string | undefined {
  const { given, family, city, street } = lists[locale];
  const ascii = (text: string): string =>
    text
      .normalize("NFD")
      .toLowerCase()
      .replaceAll(/[^a-z]/g, "");
  switch (kind) {
    case "given-name":
      return random.pick(given);
    case "family-name":
      return random.pick(family);
    case "full-name":
      return `${random.pick(given)} ${random.pick(family)}`;
    case "username":
      return `${ascii(random.pick(given))}${random.below(10_000)}`;
    case "email":
      return `${ascii(random.pick(given))}.${ascii(random.pick(family))}${random.below(100_000)}@example.com`;
    case "phone":
      return `+1 202-555-01${digits(random, 2)}`;
    case "address":
      return `${1 + random.below(200)} ${random.pick(street)}`;
    case "city":
      return random.pick(city);
    case "postcode":
      return digits(random, 5);
    case "url":
      return `https://www.example.com/${random.pick(WORDS)}`;
    case "password":
      return "!";
    case "gender":
      return random.pick(["female", "male", "diverse"]);
    case "free-text":
      return `${capital(words(random, 4 + random.below(8)))}.`;
    default:
      return undefined;
  }
}

const between = (random: Random, limits: Limits, low: number, high: number): number => {
  const min = limits.min ?? Math.min(low, limits.max ?? low);
  const max = limits.max ?? Math.max(high, min + high - low);
  return min + random.next() * (max - min);
};

const LARGEST: Readonly<Record<string, number>> = { smallint: 0x7fff, integer: 0x7fff_ffff, bigint: Number.MAX_SAFE_INTEGER };

function integer(random: Random, limits: Limits, type: string): string {
  const min = Math.ceil(limits.min ?? Math.min(1, limits.max ?? 1));
  const max = Math.floor(limits.max ?? Math.min(min + 999, LARGEST[type] ?? Number.MAX_SAFE_INTEGER));
  return String(min + random.below(Math.max(1, max - min + 1)));
}

function numeric(random: Random, limits: Limits, { precision, scale = 2 }: ColumnType): string {
  const most = precision === undefined ? 1000 : 10 ** Math.min(precision - scale, 4) - 1;
  return between(random, limits, 0, Math.max(most, 0)).toFixed(Math.max(scale, 0));
}

function day(random: Random, limits: Limits, years = 5): Date {
  const to =
    limits.to === undefined ? (limits.from === undefined ? TODAY : Date.parse(limits.from) + years * 365 * DAY) : Date.parse(limits.to);
  const from = limits.from === undefined ? to - years * 365 * DAY : Date.parse(limits.from);
  return new Date(from + random.below(Math.max(1, Math.floor((to - from) / DAY) + 1)) * DAY);
}

const moment = (random: Random, limits: Limits): string => {
  const at = new Date(day(random, limits).getTime() + random.below(86_400) * 1000);
  return at
    .toISOString()
    .replace("T", " ")
    .replace(/\.\d+Z$/, "");
};

const require = createRequire(import.meta.url);

/** Strings that a pattern takes, of the part of regular expressions that the library knows. */
function fromPattern(pattern: string, random: Random): string {
  const { faker } = require("@faker-js/faker/locale/en") as { readonly faker: Faker };
  faker.seed(random.below(0x7fff_ffff));
  return faker.helpers.fromRegExp(
    pattern
      .replaceAll(/^\^|\$$/g, "")
      .replaceAll(String.raw`\d`, "[0-9]")
      .replaceAll(String.raw`\w`, "[A-Za-z0-9]"),
  );
}

function text(random: Random, limits: Limits, { maxLength }: ColumnType, named: string | undefined, name: string): string {
  if (limits.pattern !== undefined) return fromPattern(limits.pattern, random);
  const most = Math.min(maxLength ?? 255, limits.maxLength ?? 255);
  const least = limits.minLength ?? 0;
  const isCode = most <= 4 || /(^|_)(code|key|iso|abbr\w*)$/i.test(name);
  let made =
    named ??
    (isCode
      ? Array.from({ length: Math.min(most, Math.max(3, least)) }, () => String.fromCharCode(65 + random.below(26))).join("")
      : capital(words(random, 1 + random.below(3))));
  while (made.length < least) made += random.pick(WORDS);
  return [...made].slice(0, most).join("").trim().padEnd(least, "x");
}

const list = (element: ColumnType, limits: Limits, random: Random, name: string): string =>
  `{${Array.from({ length: 1 + random.below(3) }, () => `"${byType(underlying(element), limits, random, undefined, name).replaceAll(/["\\]/g, "\\$&")}"`).join(",")}}`;

function range(element: ColumnType, random: Random): string {
  const bounds = [byType(element, {}, random, undefined, ""), byType(element, {}, random, undefined, "")];
  const [low, high] = bounds.toSorted((a, b) => (Number.isNaN(Number(a)) ? (a < b ? -1 : 1) : Number(a) - Number(b)));
  return `["${low}","${high}"]`;
}

const MADE: Readonly<Record<string, (random: Random, limits: Limits) => string>> = {
  boolean: (random) => random.pick(["t", "f"]),
  real: (random, limits) => between(random, limits, 0, 1000).toFixed(2),
  "double precision": (random, limits) => between(random, limits, 0, 1000).toFixed(3),
  money: (random, limits) => between(random, limits, 0, 1000).toFixed(2),
  date: (random, limits) => day(random, limits).toISOString().slice(0, 10),
  "timestamp without time zone": moment,
  "timestamp with time zone": (random, limits) => `${moment(random, limits)}+00`,
  "time without time zone": (random) => new Date(random.below(86_400) * 1000).toISOString().slice(11, 19),
  "time with time zone": (random) => `${new Date(random.below(86_400) * 1000).toISOString().slice(11, 19)}+00`,
  interval: (random) => `${1 + random.below(30)} days`,
  uuid: (random) => {
    const hex = Array.from({ length: 32 }, (_, at) =>
      at === 12 ? "4" : at === 16 ? "89ab"[random.below(4)] : random.below(16).toString(16),
    ).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  },
  json: (random) => JSON.stringify({ [random.pick(WORDS)]: random.below(100) }),
  jsonb: (random) => JSON.stringify({ [random.pick(WORDS)]: random.below(100) }),
  bytea: (random) => `\\x${Array.from({ length: 8 }, () => random.below(256).toString(16).padStart(2, "0")).join("")}`,
  // RFC 5737 and RFC 7042, section 2.1.1: for documentation.
  inet: (random) => `192.0.2.${random.below(256)}`,
  cidr: (random) => `198.51.100.${random.below(256)}/32`,
  macaddr: (random) => `00:00:5e:00:53:${random.below(256).toString(16).padStart(2, "0")}`,
  macaddr8: (random) => `00:00:5e:ff:fe:00:53:${random.below(256).toString(16).padStart(2, "0")}`,
  tsvector: (random) => words(random, 3),
  xml: (random) => `<${random.pick(WORDS)}/>`,
  hstore: (random) => `"${random.pick(WORDS)}"=>"${random.below(100)}"`,
  point: (random) => `(${random.below(100)},${random.below(100)})`,
  oid: (random) => String(1 + random.below(10_000)),
  '"char"': (random) => String.fromCharCode(65 + random.below(26)),
};

function byType(type: ColumnType, limits: Limits, random: Random, named: string | undefined, name: string): string {
  const kind = kindOf(type);
  if (type.labels !== undefined) return random.pick(type.labels);
  if (kind === "array") return list(type.element ?? { type: type.type.replace(/(\[\])+$/, "") }, limits, random, name);
  if (kind === "range" && type.element !== undefined)
    return type.type.includes("multirange") ? "{}" : range(underlying(type.element), random);
  if (type.fields !== undefined)
    return `(${type.fields.map((field) => `"${byType(underlying(field), {}, random, undefined, field.name).replaceAll(/["\\]/g, "$&$&")}"`).join(",")})`;
  const canonical = canonicalType(type.type);
  if (canonical in LARGEST) return integer(random, limits, canonical);
  if (canonical === "numeric") return numeric(random, limits, type);
  if (["text", "character varying", "character", "citext", "name"].includes(canonical)) return text(random, limits, type, named, name);
  if (hintsBirth(name) && canonical === "date")
    return day(random, { ...limits, to: limits.to ?? "2007-12-31" }, 60)
      .toISOString()
      .slice(0, 10);
  const make = MADE[canonical];
  if (make === undefined) throw new MaskError("EXHAUSTED", `no value is made up for the type ${type.type}`);
  return make(random, limits);
}

const hintsBirth = (name: string): boolean => hintsOf(name, "")[0]?.kind === "birth-date";
