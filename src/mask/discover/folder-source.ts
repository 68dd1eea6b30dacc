// Looks at a folder of CSV and JSON lines: every file is a table, every field a column.
import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { MaskError } from "../error.ts";
import type { ColumnFacts, TableFacts } from "../inventory.ts";
import { type ColumnFinding, type Discovery, type Look, lookAt } from "./look.ts";
import type { LookOptions } from "./postgres-source.ts";
import { csv, jsonLines } from "./records.ts";

const SAMPLE_ROWS = 1000;

const READERS: Readonly<Record<string, typeof csv>> = { ".csv": csv, ".tsv": csv, ".jsonl": jsonLines, ".ndjson": jsonLines };

const readerOf = (file: string): typeof csv | undefined => READERS[/\.[a-z]+$/i.exec(file)?.[0].toLowerCase() ?? ""];

export async function discoverFolder(folder: string, { full = false, rows = SAMPLE_ROWS }: LookOptions = {}): Promise<Discovery> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && readerOf(entry.name) !== undefined)
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
  if (files.length === 0)
    throw new MaskError(
      "UNREADABLE",
      `${folder}  holds no CSV and no JSON lines\n  Name a folder with .csv, .tsv, .jsonl or .ndjson files.`,
    );
  const tables: TableFacts[] = [];
  const findings: ColumnFinding[] = [];
  for (const file of files) {
    const found = await lookThrough(file, relative(folder, file), full ? Infinity : rows);
    tables.push(found.table);
    findings.push(...found.findings);
  }
  return { inventory: { tables, foreignKeys: [], largeObjects: 0 }, findings, isFull: full };
}

async function lookThrough(
  file: string,
  id: string,
  most: number,
): Promise<{ readonly table: TableFacts; readonly findings: readonly ColumnFinding[] }> {
  const columns: ColumnFacts[] = [];
  const looks = new Map<string, Look>();
  const table: TableFacts = {
    id,
    schema: "",
    name: id.replace(/^.*[/\\]/, "").replace(/\.[a-z]+$/i, ""),
    columns,
    uniqueKeys: [],
    partitionKey: [],
    holdsRows: true,
    rows: 0,
    bytes: 0,
  };
  let count = 0;
  for await (const record of (readerOf(file) as typeof csv)(file)) {
    if (count++ >= most) break;
    for (const [name, value] of record) {
      let look = looks.get(name);
      if (look === undefined) {
        const type = /^[[{]/.test(value) ? "jsonb" : "text";
        const column: ColumnFacts = { name, type, written: type, isNullable: true, isGenerated: false };
        columns.push(column);
        looks.set(name, (look = lookAt(table, column)));
      }
      look.add(value);
    }
  }
  return { table, findings: [...looks.values()].map((look) => look.finding()) };
}
