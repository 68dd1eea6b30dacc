// Which masker may stand on which type.
import type { ColumnType, Masker } from "../masker.ts";
import { canonicalType } from "../type-name.ts";

export const TEXT: readonly string[] = ["text", "character varying", "character", "citext", "name"];
export const INTEGERS: readonly string[] = ["smallint", "integer", "bigint"];
export const NUMBERS: readonly string[] = [...INTEGERS, "numeric", "real", "double precision"];
export const DATES: readonly string[] = ["date", "timestamp without time zone", "timestamp with time zone"];

/** PostgreSQL documentation, section 8.17.1. */
const RANGES = /^(int4|int8|num|ts|tstz|date)(multi)?range$/;

/** Of a type that is put together from others; undefined for the rest. */
export function kindOf(type: ColumnType): "array" | "enum" | "composite" | "range" | undefined {
  if (type.labels !== undefined) return "enum";
  if (type.fields !== undefined) return "composite";
  const name = canonicalType(type.type);
  if (name.endsWith("[]")) return "array";
  return RANGES.test(name) ? "range" : undefined;
}

/** A domain (a type over `element` that is neither array nor range) is what it is over. */
export const underlying = (type: ColumnType): ColumnType =>
  type.element !== undefined && kindOf(type) === undefined ? underlying(type.element) : type;

export function fits(masker: Pick<Masker<unknown>, "types">, type: ColumnType): boolean {
  if (masker.types.includes("*")) return true;
  const under = underlying(type);
  const kind = kindOf(under);
  return masker.types.includes(kind ?? canonicalType(under.type));
}

export const isText = (type: ColumnType): boolean => TEXT.includes(canonicalType(underlying(type).type));
