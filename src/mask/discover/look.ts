// Values go by, column after column: counts for texts, and counts for each path of JSON.
import { MaskError } from "../error.ts";
import type { ColumnFacts, Inventory, TableFacts } from "../inventory.ts";
import { canonicalType } from "../type-name.ts";
import { rewriteArray } from "../maskers/literal.ts";
import { rewriteJson } from "../maskers/json/rewrite.ts";
import { kindOf, underlying } from "../maskers/types.ts";
import { type Classified, LEAST_CONFIDENCE, type Tally, classify, createTally } from "./classify.ts";

export interface ColumnFinding {
  readonly table: TableFacts;
  readonly column: ColumnFacts;
  /** Undefined where nothing points at a kind. */
  readonly classified: Classified | undefined;
  /** Of JSON: what stands at which path. */
  readonly paths: readonly { readonly path: string; readonly classified: Classified }[];
  /** Values that were looked at: not null, not empty. */
  readonly looked: number;
  /** Values that could not be read as their type. */
  readonly unread: number;
  /** Forms of a few values: `Aaaa Aaaaaa`. */
  readonly forms: readonly string[];
}

export interface Discovery {
  readonly inventory: Inventory;
  readonly findings: readonly ColumnFinding[];
  /** Whether every row was looked at. */
  readonly isFull: boolean;
}

/** A document with names that are data has no end of paths. */
const MOST_PATHS = 500;

export interface Look {
  readonly add: (value: string) => void;
  readonly finding: () => ColumnFinding;
}

/** Whether a column's values are looked at at all; the others are judged by name and type. */
export const isLookedAt = (column: ColumnFacts): boolean =>
  !["bytea", "tsvector", "boolean"].includes(canonicalType(underlying(column).type));

export function lookAt(table: TableFacts, column: ColumnFacts): Look {
  const tally = createTally();
  const paths = new Map<string, Tally>();
  let unread = 0;
  const under = underlying(column);
  const isJson = ["json", "jsonb"].includes(canonicalType(under.type));
  const addPart = (path: string, value: string): void => {
    let part = paths.get(path);
    if (part === undefined && paths.size < MOST_PATHS) paths.set(path, (part = createTally()));
    part?.add(value);
  };
  const read = (value: string): void => {
    if (isJson) rewriteJson(value, (path, leaf) => (addPart(pathOf(path), leaf), leaf));
    else if (kindOf(under) === "array") rewriteArray(value, (element) => (tally.add(element), element));
    else tally.add(value);
  };
  return {
    add: (value) => {
      try {
        read(value);
      } catch (error) {
        if (!(error instanceof MaskError)) throw error;
        unread++;
      }
    },
    finding: () => ({
      table,
      column,
      classified: isJson ? undefined : classify({ table: table.name, name: column.name, type: column, tally }),
      paths: [...paths].flatMap(([path, part]) => {
        const classified = classify({
          table: table.name,
          name: path.split(/[.\]['*]+/).findLast((each) => each !== "" && each !== "$") ?? column.name,
          type: { type: "text" },
          tally: part,
        });
        return classified === undefined || classified.confidence < LEAST_CONFIDENCE ? [] : [{ path, classified }];
      }),
      looked: tally.count() + [...paths.values()].reduce((most, part) => Math.max(most, part.count()), 0),
      unread,
      forms: [...tally.forms],
    }),
  };
}

const pathOf = (steps: readonly string[]): string =>
  `$${steps.map((step) => (step === "*" ? "[*]" : /^[A-Za-z_][\w-]*$/.test(step) ? `.${step}` : `['${step.replaceAll("'", "")}']`)).join("")}`;
