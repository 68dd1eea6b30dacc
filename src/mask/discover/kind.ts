// What personal or secret data can be, and what masks it.
import type { Choice } from "../maskers/choice.ts";

export const KINDS = [
  ...["given-name", "family-name", "full-name", "username", "email", "phone", "address", "city", "postcode", "location"],
  ...["birth-date", "national-id", "card", "iban", "ip", "mac", "url", "secret", "password", "gender", "salary", "health", "free-text"],
] as const;
export type Kind = (typeof KINDS)[number];

export interface KindFacts {
  /** In words, for the policy's comments. */
  readonly title: string;
  /** Maskers in order of preference: the first that may stand on the column is proposed. */
  readonly maskers: readonly Choice[];
  /** Types of column that can hold it: a flag called `email_verified` holds none. */
  readonly types: readonly string[];
}

const TEXT = ["text", "character varying", "character", "citext", "name"];
const NUMBERS = ["smallint", "integer", "bigint", "numeric", "real", "double precision"];
const DATES = ["date", "timestamp without time zone", "timestamp with time zone"];

const facts = (title: string, types: readonly string[], ...maskers: readonly Choice[]): KindFacts => ({
  title,
  types,
  maskers: [...maskers, "text", "hash"],
});

export const kindFacts: Readonly<Record<Kind, KindFacts>> = {
  "given-name": facts("given name", TEXT, { masker: "name", part: "given" }),
  "family-name": facts("family name", TEXT, { masker: "name", part: "family" }),
  "full-name": facts("name of a person", TEXT, "name", { masker: "name", unique: true }),
  username: facts("name of an account", TEXT, "text"),
  email: facts("e-mail address", TEXT, "email"),
  phone: facts("phone number", [...TEXT, "bigint", "numeric"], "phone", "digits", "integer"),
  address: facts("street address", TEXT, "address"),
  city: facts("city", TEXT, "city"),
  postcode: facts("postcode", [...TEXT, "integer"], "postcode", "integer"),
  location: facts("position on the map", ["numeric", "real", "double precision", ...TEXT], { masker: "number", percent: 1 }),
  "birth-date": facts("date of birth", [...DATES, ...TEXT], "date"),
  "national-id": facts("national identifier", [...TEXT, ...NUMBERS], "text", "integer"),
  card: facts("card number", [...TEXT, "bigint", "numeric"], "card", "digits", "integer"),
  iban: facts("bank account", TEXT, "iban"),
  ip: facts("IP address", ["inet", "cidr", ...TEXT], "ip"),
  mac: facts("hardware address", ["macaddr", "macaddr8", ...TEXT], "mac"),
  url: facts("web address of a person", TEXT, "url", "text"),
  secret: facts("token or key", [...TEXT, "bytea", "uuid"], "hash", { masker: "bytes", as: "empty" }, "uuid"),
  password: facts("password or its hash", [...TEXT, "bytea"], { masker: "redact", word: "!" }, "hash", { masker: "bytes", as: "empty" }),
  gender: facts("gender", [...TEXT, "boolean", "enum", ...NUMBERS], "label", { masker: "redact" }),
  salary: facts("income or balance", [...NUMBERS, "money"], { masker: "number", percent: 20 }),
  health: facts("health, faith, origin or conviction", [...TEXT, "enum"], { masker: "redact", word: "redacted" }, "label"),
  "free-text": facts("free text", TEXT, "free-text", { masker: "redact", word: "redacted" }),
};
