// Which statements of a dump come down as they are, which are left out, and which carry rows. One that is not known is refused.
import type { MaskPlan } from "../policy/plan.ts";
import type { Dialect } from "./lexer.ts";
import type { Token } from "./tokens.ts";

export type Pass = "pass" | "skip" | "copy" | "insert" | "refuse";

type Settings = MaskPlan["settings"];
type Way = Pass | ((settings: Settings) => Pass);

const privileges: Way = (settings) => (settings.privileges === "keep" ? "pass" : "skip");
const comments: Way = (settings) => (settings.comments === "keep" ? "pass" : "skip");
const views: Way = (settings) => (settings.materializedViews === "refresh" ? "pass" : "skip");
const objects: Way = (settings) => (settings.largeObjects === "drop" ? "skip" : "refuse");

/** By the words that a statement begins with, the more specific first. `*` is any one word. What pg_dump writes: src/bin/pg_dump/pg_dump.c. */
const POSTGRES: readonly (readonly [string, Way])[] = [
  ["set", "pass"],
  ["reset", "pass"],
  ["select pg_catalog . set_config", "pass"],
  ["select pg_catalog . setval", "pass"],
  ["select setval", "pass"],
  ["select pg_catalog . lo_", objects],
  ["select lo_", objects],
  ["begin", "pass"],
  ["start transaction", "pass"],
  ["commit", "pass"],
  ["end", "pass"],
  ["copy", "copy"],
  ["insert into", "insert"],
  ["comment on", comments],
  ["grant", privileges],
  ["revoke", privileges],
  ["alter default privileges", privileges],
  ["alter large object", objects],
  ["security label", "skip"],
  ["refresh materialized view", views],
  ["create publication", "skip"],
  ["alter publication", "skip"],
  ["create subscription", "skip"],
  ["alter subscription", "skip"],
  ["create server", "skip"],
  ["alter server", "skip"],
  ["create user mapping", "skip"],
  ["create foreign", "skip"],
  ["alter foreign", "skip"],
  ["create role", "refuse"],
  ["alter role", "refuse"],
  ["create user", "refuse"],
  ["create database", "refuse"],
  ["alter database", "refuse"],
  ["alter", "pass"],
  ["create", "pass"],
  ["drop", "pass"],
];

const MYSQL: readonly (readonly [string, Way])[] = [
  ["set password", "refuse"],
  ["set", "pass"],
  ["use", "refuse"],
  ["lock tables", "pass"],
  ["unlock tables", "pass"],
  ["commit", "pass"],
  ["begin", "pass"],
  ["start transaction", "pass"],
  ["insert", "insert"],
  ["replace", "insert"],
  ["create user", "refuse"],
  ["create server", "refuse"],
  ["create database", "pass"],
  ["create schema", "pass"],
  ["create", "pass"],
  ["alter", "pass"],
  ["drop user", "refuse"],
  ["drop", "pass"],
  ["analyze", "skip"],
];

export function passOf(dialect: Dialect, tokens: readonly Token[], settings: Settings): Pass {
  const begin = tokens
    .slice(0, 6)
    .map(({ text }) => text)
    .join(" ");
  const owner = dialect === "postgres" && settings.privileges === "drop" && isOwner(tokens);
  if (owner) return "skip";
  for (const [words, way] of dialect === "postgres" ? POSTGRES : MYSQL)
    if (begin === words || begin.startsWith(words.endsWith("_") ? words : `${words} `))
      return typeof way === "string" ? way : way(settings);
  return "refuse";
}

/** ALTER … OWNER TO: the role need not be there. */
const isOwner = (tokens: readonly Token[]): boolean =>
  tokens[0]?.text === "alter" && tokens.at(-3)?.text === "owner" && tokens.at(-2)?.text === "to";
