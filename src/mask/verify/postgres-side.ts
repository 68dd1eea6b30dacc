// PostgreSQL as a side of a comparison: one snapshot, read by COPY.
import { type ByteSink, byteSink } from "../byte-sink.ts";
import { unescapeField } from "../engine/copy-text.ts";
import { FieldCountError } from "../engine/row.ts";
import type { TableFacts } from "../inventory.ts";
import { quotedName, quotedTable } from "../postgres/connect.ts";
import { copyOut } from "../postgres/copy.ts";
import { openSnapshot } from "../postgres/run.ts";
import type { Fields, Side } from "./side.ts";

const TAB = 9;
const BACKSLASH = 92;
const CAPITAL_N = 78;

export async function postgresSide(url: string): Promise<Side> {
  const { source, inventory } = await openSnapshot(url);
  const number = async (text: string): Promise<number> => {
    const { rows } = await source.query<{ count: string }>(text);
    return Number(rows[0]?.count);
  };
  const tableOf = (id: string): TableFacts => {
    const found = inventory.tables.find((table) => table.id === id);
    if (found === undefined) throw new Error(`a foreign key names ${id}, which is no table`);
    return found;
  };
  return {
    inventory,
    rowName: "ctid",
    rows: (table, columns, onRow) => {
      const isBinary = columns.map((name) => table.columns.find((column) => column.name === name)?.type === "bytea");
      const take = splitter(columns.length, isBinary, onRow);
      const text = `COPY (SELECT ${columns.map(quotedName).join(", ")} FROM ONLY ${quotedTable(table)}) TO STDOUT`;
      return copyOut(source, text, (bytes, start, end) => take(bytes, start, end - 1)).done;
    },
    count: (table) => number(`SELECT count(*) FROM ONLY ${quotedTable(table)}`),
    orphans: ({ from, columns, to, toColumns }) => {
      const pairs = columns.map((column, at) => `parent.${quotedName(toColumns[at] as string)} = child.${quotedName(column)}`);
      // MATCH SIMPLE: a row with a null among its columns refers to nothing and need not (PostgreSQL, "CREATE TABLE", REFERENCES).
      const whole = columns.map((column) => `child.${quotedName(column)} IS NOT NULL`);
      return number(
        `SELECT count(*) FROM ${quotedTable(tableOf(from))} child WHERE ${whole.join(" AND ")}
         AND NOT EXISTS (SELECT 1 FROM ${quotedTable(tableOf(to))} parent WHERE ${pairs.join(" AND ")})`,
      );
    },
    unvalidated: async () => {
      const { rows } = await source.query<{ name: string }>(
        `SELECT conrelid::regclass || '.' || conname AS name FROM pg_constraint WHERE NOT convalidated AND conrelid <> 0 ORDER BY 1`,
      );
      return rows.map(({ name }) => name);
    },
    anonymity: async (table, columns, sensitive) => {
      const group = columns.map(quotedName).join(", ");
      const distinct = sensitive === undefined ? "NULL::bigint" : `count(DISTINCT ${quotedName(sensitive)})`;
      const { rows } = await source.query<{ k: string | null; l: string | null; unique: string; rows: string | null }>(
        `SELECT min(size) AS k, min(kinds) AS l, count(*) FILTER (WHERE size = 1) AS unique, sum(size) AS rows
         FROM (SELECT count(*) AS size, ${distinct} AS kinds FROM ${quotedTable(table)} GROUP BY ${group}) groups`,
      );
      const [row] = rows;
      return {
        k: Number(row?.k ?? 0),
        unique: Number(row?.unique ?? 0),
        rows: Number(row?.rows ?? 0),
        ...(sensitive !== undefined && { l: Number(row?.l ?? 0) }),
      };
    },
    close: () => source.end(),
  };
}

/** A row of COPY text into its fields. What has an escape, or is binary, is written out into a buffer of its own. */
function splitter(count: number, isBinary: readonly boolean[], onRow: (fields: Fields) => void) {
  const starts = new Int32Array(count);
  const ends = new Int32Array(count);
  const hasEscapes = new Uint8Array(count);
  const written: ByteSink = byteSink(64 * 1024);
  return (bytes: Buffer, start: number, end: number): void => {
    let field = 0;
    let needsWriting = false;
    starts[0] = start;
    hasEscapes[0] = 0;
    for (let at = start; at <= end; at++) {
      const byte = at === end ? TAB : (bytes[at] as number);
      if (byte === BACKSLASH) hasEscapes[field] = 1;
      if (byte !== TAB) continue;
      ends[field] = at;
      const from = starts[field] as number;
      if (hasEscapes[field] === 1) {
        if (at - from === 2 && bytes[from + 1] === CAPITAL_N) starts[field] = -1;
        else needsWriting = true;
      }
      field++;
      if (at === end) break;
      if (field >= count) throw new FieldCountError("a row has more fields than were asked for");
      starts[field] = at + 1;
      hasEscapes[field] = 0;
    }
    if (count > 0 && field !== count) throw new FieldCountError("a row has fewer fields than were asked for");
    if (!needsWriting) return onRow({ bytes, starts, ends });
    writeOut(bytes, starts, ends, isBinary, written);
    onRow({ bytes: written.bytes, starts, ends });
  };
}

function writeOut(bytes: Buffer, starts: Int32Array, ends: Int32Array, isBinary: readonly boolean[], out: ByteSink): void {
  out.at = 0;
  for (let field = 0; field < starts.length; field++) {
    const from = starts[field] as number;
    if (from < 0) continue;
    const at = out.at;
    unescapeField(bytes, from, ends[field] as number, out);
    if (isBinary[field] === true) {
      // "\x" and two digits a byte (PostgreSQL, "bytea Hex Format").
      const content = Buffer.from(out.bytes.toString("latin1", at + 2, out.at), "hex");
      content.copy(out.bytes, at);
      out.at = at + content.length;
    }
    starts[field] = at;
    ends[field] = out.at;
  }
}
