// The contract between those who write maskers and the engine that streams rows through them.
import type { z } from "zod";
import type { ByteSink } from "./byte-sink.ts";
import type { Prf } from "./prf/prf.ts";

/** What a value can be. Names are those of PostgreSQL's `format_type` without modifiers (`character varying`), or the nearest of them for other engines. */
export interface ColumnType {
  readonly type: string;
  /** In characters: of `character varying(n)` and `character(n)`. */
  readonly maxLength?: number;
  /** Of `numeric(precision, scale)`. */
  readonly precision?: number;
  readonly scale?: number;
  /** Of an enum, in its order. */
  readonly labels?: readonly string[];
  /** What an array holds, what a range spans, what a domain is over. */
  readonly element?: ColumnType;
  /** Of a composite type, in its order. */
  readonly fields?: readonly (ColumnType & { readonly name: string })[];
}

export interface Column extends ColumnType {
  readonly schema: string;
  readonly table: string;
  readonly name: string;
  /** Distinct rows must keep distinct values: the column alone is a key, or carries a unique index. */
  readonly isUnique: boolean;
  /** The key domain: columns with the same string map the same value to the same value, so children equal parents. */
  readonly domain: string;
}

/**
 * Other columns of the same row, as they are in production, for the maskers that say in `reads` which they want: one entry for each
 * name, in that order. The engine fills the same object again for each row.
 */
export interface Siblings {
  readonly bytes: Buffer;
  /** -1 for null. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/**
 * Compiled for one column: writes the masked form of one value to `out`. The bytes of the value stand in `input[start, end)`, in UTF-8, as
 * PostgreSQL's text output gives them and already unescaped from COPY; never null (nulls stay null); what it writes is escaped by the
 * caller. `input` never shares its memory with `out.bytes`. Throws `MaskError` for a value that it cannot mask.
 */
export type Masking = (input: Buffer, start: number, end: number, out: ByteSink, siblings?: Siblings) => void;

export type Dialect = "postgres" | "duckdb" | "spark";

/** Inside `keyed`: what can be made of the keyed function's value. */
export interface KeyedSql {
  /** All of it: 64 hexadecimal digits. */
  readonly hex: string;
  /** What `choose` by the given word picks from the list. */
  readonly pick: (word: number, from: readonly string[]) => string;
  /** A character of an alphabet of 32, by the five bits of a word that begin at `bits`. */
  readonly digit: (word: number, bits: number, alphabet: string) => string;
}

/** How a masker is said inside an engine. */
export interface SqlContext {
  readonly dialect: Dialect;
  /** The value: an SQL expression of the column's type. */
  readonly value: string;
  readonly concat: (parts: readonly string[]) => string;
  /** An expression over the keyed function at the value, as `derive(purposes…)` of the compiled one gives it. What is empty stays empty, unless `alsoEmpty`. */
  readonly keyed: (purposes: readonly string[], body: (keyed: KeyedSql) => string, alsoEmpty?: boolean) => string;
  /** The keyed function itself, for what is the same in every row. */
  readonly prf: (purposes: readonly string[]) => Prf;
}

/** Every masker by its id: for those that mask parts of a value with others. */
export type Maskers = ReadonlyMap<string, Masker<unknown>>;

export interface Masker<O> {
  /** Its folder, and its name in a policy. */
  readonly id: string;
  /** One plain sentence for the policy's reader. */
  readonly summary: string;
  readonly options: z.ZodType<O>;
  /** Where it may stand (see `fits`): canonical names of types, "*" for every type, or a kind: "array", "enum", "composite", "range". */
  readonly types: readonly string[];
  /** Whether distinct inputs stay distinct, so that it may stand on unique columns. */
  readonly keepsDistinct: (options: O, column: Column) => boolean;
  /** Whether the same value gives the same value under the same key and domain. */
  readonly deterministic: boolean;
  /** Why it cannot stand on this column with these options, before any row is read; undefined when it can. */
  readonly refuses?: (options: O, column: Column, maskers: Maskers) => string | undefined;
  /** The names of the other columns of the row that it wants to see. */
  readonly reads?: (options: O, column: Column) => readonly string[];
  /** `prf` is the one of the column's key domain: `createPrf(key).derive(column.domain)`. */
  readonly compile: (options: O, column: Column, prf: Prf, maskers: Maskers) => Masking;
  /** The same function inside an engine, when it can be said there. */
  readonly sql?: (options: O, column: Column, context: SqlContext) => string | undefined;
}
