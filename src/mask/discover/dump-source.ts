// Looks at a dump, or at a database as its dump program tells it: the catalog that its statements make, and its rows.
import { type ByteSink, byteSink } from "../byte-sink.ts";
import { copyHeader, insertHeader } from "../dump/header.ts";
import { rowsOfInsert } from "../dump/insert.ts";
import type { Dialect } from "../dump/lexer.ts";
import { passOf } from "../dump/passes.ts";
import type { DumpReader, Statement } from "../dump/reader.ts";
import { type DumpRun, readDumpInventory } from "../dump/run.ts";
import { tokensOf } from "../dump/tokens.ts";
import { type FieldRule, rowMasker } from "../engine/row.ts";
import { MaskError } from "../error.ts";
import type { Inventory, TableFacts } from "../inventory.ts";
import type { MaskPlan } from "../policy/plan.ts";
import { type Discovery, type Look, isLookedAt, lookAt } from "./look.ts";
import type { LookOptions } from "./postgres-source.ts";

const SAMPLE_ROWS = 1000;

/** So that every statement is classified, whatever a policy will say. */
const READ_ALL: MaskPlan["settings"] = { comments: "drop", privileges: "drop", largeObjects: "drop", materializedViews: "drop" };

interface Looked {
  readonly table: TableFacts;
  readonly looks: ReadonlyMap<string, Look>;
  rows: number;
}

interface Looking {
  readonly reader: DumpReader;
  readonly tables: ReadonlyMap<string, Looked>;
  readonly most: number;
  /** What the rows are written to by the scanners, and thrown away. */
  readonly nowhere: ByteSink;
  schema: string;
}

export async function discoverDump(
  open: DumpRun["open"],
  dialect: Dialect,
  { full = false, rows = SAMPLE_ROWS }: LookOptions = {},
): Promise<Discovery> {
  const inventory = await readDumpInventory(open, dialect);
  const tables = looksOf(inventory);
  const { reader, close } = open(false);
  const looking: Looking = {
    reader,
    tables,
    most: full ? Infinity : rows,
    nowhere: byteSink(1 << 16),
    schema: dialect === "mysql" ? "" : "public",
  };
  for (let statement = reader.next(); statement !== undefined; statement = reader.next())
    if (!statement.isCommand) lookAtStatement(looking, statement, dialect);
  await close();
  const findings = [...new Set(tables.values())].flatMap(({ table, looks }) =>
    table.columns.map((column) => (looks.get(column.name) as Look).finding()),
  );
  return { inventory, findings, isFull: full };
}

/** Rows of a partition are looked at as its table's. */
function looksOf(inventory: Inventory): ReadonlyMap<string, Looked> {
  const own = new Map(
    inventory.tables
      .filter(({ partitionOf }) => partitionOf === undefined)
      .map((table): [string, Looked] => [
        table.id,
        { table, looks: new Map(table.columns.map((column) => [column.name, lookAt(table, column)])), rows: 0 },
      ]),
  );
  return new Map(
    inventory.tables.flatMap(({ id, partitionOf = id }) => (own.has(partitionOf) ? [[id, own.get(partitionOf) as Looked] as const] : [])),
  );
}

function lookAtStatement(looking: Looking, statement: Statement, dialect: Dialect): void {
  const { reader, tables, nowhere, most } = looking;
  const { bytes, start, end } = statement;
  const begin = tokensOf(reader.lexer, bytes, start, end, 16);
  if (begin[1]?.text === "search_path") looking.schema = begin[3]?.text ?? looking.schema;
  const pass = passOf(dialect, begin, READ_ALL);
  if (pass !== "copy" && pass !== "insert") return;
  const header =
    pass === "copy"
      ? copyHeader(tokensOf(reader.lexer, bytes, start, end), looking.schema)
      : insertHeader(reader.lexer, bytes, start, end, looking.schema);
  const looked = header === undefined ? undefined : tables.get(header.table);
  if (header === undefined || looked === undefined)
    throw new MaskError(
      "UNREADABLE",
      `${reader.file}:${statement.line}  rows are written in a way that is not understood\n  Dump with plain COPY … FROM stdin or INSERT … VALUES, the schema with the data.`,
    );
  const names =
    header.columns ?? looked.table.columns.filter(({ isGenerated }) => pass === "insert" || !isGenerated).map(({ name }) => name);
  const rules = names.map((name) => ruleFor(looked, name));
  if (pass === "insert") {
    if (looked.rows < most) looked.rows += rowsOfInsert(reader.lexer, rules).mask(bytes, header.valuesAt, end, nowhere).rows;
    nowhere.at = 0;
    return;
  }
  const row = rowMasker(rules, { isTrusted: false });
  reader.rows((line, from, to) => {
    if (looked.rows++ >= most) return;
    row.mask(line, from, to, nowhere);
    nowhere.at = 0;
  });
}

/** A masking that only looks: the engines' own scanners then find and unescape the values. */
function ruleFor({ table, looks }: Looked, name: string): FieldRule {
  const column = table.columns.find((each) => each.name === name);
  const look = looks.get(name);
  if (column === undefined || look === undefined || !isLookedAt(column)) return { kind: "drop" };
  return { kind: "mask", reads: [], masking: (input, start, end) => look.add(input.toString("utf8", start, end)) };
}
