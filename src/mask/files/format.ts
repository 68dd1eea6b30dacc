// What each format of files tells about itself, and how its rows are masked: one contract for all.
import type { ColumnFacts } from "../inventory.ts";
import type { FieldCount, FieldRule } from "../engine/row.ts";

export interface FileMasking {
  /** By column, in the order in which the rules were asked for. */
  readonly rule: (column: string) => FieldRule;
  readonly columns: readonly string[];
  /** Opened for writing. */
  readonly out: number;
}

export interface FileDone {
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly counts: ReadonlyMap<string, FieldCount>;
}

export interface FileFormat {
  readonly endings: readonly string[];
  /** Every column that any row has. */
  readonly columns: (file: string) => Promise<readonly ColumnFacts[]>;
  readonly mask: (file: string, masking: FileMasking) => Promise<FileDone>;
}

/** A column of which the format says nothing but its name. */
export const textColumn = (name: string, type = "text"): ColumnFacts => ({
  name,
  type,
  written: type,
  isNullable: true,
  isGenerated: false,
});
