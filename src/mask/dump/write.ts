// The second reading: definitions pass, rows are masked, and what the policy leaves out goes.
import { createHash } from "node:crypto";
import { type ByteSink, byteSink, writeBytes, writeText } from "../byte-sink.ts";
import { compileFields, prfOfDomains, type SourceField } from "../engine/compile.ts";
import { FieldCountError, type FieldCount, rowMasker } from "../engine/row.ts";
import type { Inventory } from "../inventory.ts";
import { maskers } from "../maskers/registry.ts";
import type { ColumnPlan, MaskPlan, TablePlan } from "../policy/plan.ts";
import type { TableReport } from "../report.ts";
import { dumpCatalog } from "./catalog.ts";
import { columnsOf, copyHeader, insertHeader, type RowsHeader } from "./header.ts";
import { type RowsOfInsert, rowsOfInsert, ValueError } from "./insert.ts";
import { leavesOut, statementsAtEnd, statementsBeforeRows, tableName } from "./leave-out.ts";
import { TOKEN } from "./lexer.ts";
import { passOf } from "./passes.ts";
import type { DumpReader, Statement } from "./reader.ts";
import type { DumpRun } from "./run.ts";
import { begin, define, NOT_PLAIN, PLAIN, refused, REMEDY, understoodCommand, writeAll } from "./statement.ts";
import { type Token, tokensOf } from "./tokens.ts";

const FULL = 1024 * 1024;

interface Writing {
  readonly reader: DumpReader;
  readonly plan: MaskPlan;
  readonly inventory: Inventory;
  readonly run: DumpRun;
  readonly out: ByteSink;
  readonly prf: ReturnType<typeof prfOfDomains>;
  readonly tallies: Map<string, Tally>;
  /** Compiled once for all statements of a table that name the same columns. */
  readonly inserts: Map<string, RowsOfInsert>;
  hasRows: boolean;
  schema: string;
}

interface Tally {
  rows: number;
  bytes: number;
  readonly hash: ReturnType<typeof createHash>;
  readonly counts: Map<string, Set<FieldCount>>;
}

export function writeMasked(reader: DumpReader, plan: MaskPlan, inventory: Inventory, run: DumpRun): readonly TableReport[] {
  const writing: Writing = {
    ...{
      reader,
      plan,
      inventory,
      run,
      out: byteSink(FULL * 2),
      prf: prfOfDomains(run.key),
      tallies: new Map(),
      inserts: new Map(),
      hasRows: false,
    },
    schema: run.dialect === "mysql" ? "" : "public",
  };
  const catalog = dumpCatalog(run.dialect);
  for (let statement = reader.next(); statement !== undefined; statement = reader.next()) {
    if (statement.isCommand) writeText(writing.out, `${understoodCommand(reader, statement)}\n`);
    else {
      const tokens = tokensOf(reader.lexer, statement.bytes, statement.start, statement.end, 16);
      if (tokens.length > 0) one(writing, statement, tokens, catalog.define);
    }
    flush(writing, FULL);
  }
  for (const text of statementsAtEnd(plan, inventory, run.dialect)) writeText(writing.out, `${text}\n`);
  flush(writing, 0);
  return reportsOf(writing);
}

function flush({ out, run, tallies, reader }: Writing, limit: number): void {
  if (out.at <= limit) return;
  writeAll(run.out, out.bytes.subarray(0, out.at));
  out.at = 0;
  let rows = 0;
  for (const tally of tallies.values()) rows += tally.rows;
  run.onProgress?.(rows, reader.bytesRead());
}

function one(writing: Writing, statement: Statement, tokens: readonly Token[], known: (all: readonly Token[]) => boolean): void {
  const { reader, plan, run, out } = writing;
  const pass = passOf(run.dialect, tokens, plan.settings);
  if (pass === "refuse") throw refused(reader, statement, `a statement is not understood: ${begin(tokens)}`, REMEDY);
  if (pass === "skip") return;
  if (pass === "copy" || pass === "insert") {
    if (!writing.hasRows) for (const text of statementsBeforeRows(plan, writing.inventory, run.dialect)) writeText(out, `${text}\n`);
    writing.hasRows = true;
    return pass === "copy" ? copy(writing, statement) : insert(writing, statement);
  }
  define(reader, statement, known);
  const all = tokensOf(reader.lexer, statement.bytes, statement.start, statement.end);
  if (all[1]?.text === "search_path") writing.schema = all[3]?.text ?? writing.schema;
  if (passOf(run.dialect, all, plan.settings) === "skip" || leavesOut(all, plan, run.dialect, writing.schema)) return;
  if (run.dialect === "mysql") return passMysql(writing, statement, all);
  writeBytes(out, statement.bytes, statement.start, statement.end);
  writeText(out, `${reader.delimiter()}\n`);
}

/** Who defined a trigger or a view need not be there below. */
function passMysql({ reader, out, run, plan }: Writing, statement: Statement, tokens: readonly Token[]): void {
  const written = statement.bytes.toString("utf8", statement.start, statement.end);
  const definer = /DEFINER\s*=\s*(`[^`]*`|'[^']*'|\w+)\s*@\s*(`[^`]*`|'[^']*'|[\w.%]+)/i;
  const text =
    plan.settings.privileges === "keep" || tokens[0]?.text !== "create" ? written : written.replace(definer, "DEFINER=CURRENT_USER");
  const isSetting = tokens[0]?.text === "set";
  const waits = run.later !== undefined && isLater(tokens);
  if (run.later !== undefined && (waits || isSetting)) run.later.push(text);
  if (!waits) writeText(out, `${text}${reader.delimiter()}\n`);
}

const LATER = new Set(["trigger", "view", "procedure", "function", "event"]);

function isLater(tokens: readonly Token[]): boolean {
  const [first] = tokens;
  if (first?.text === "drop") return LATER.has(tokens[1]?.text ?? "");
  if (first?.text !== "create") return false;
  // Between CREATE and the kind stand OR REPLACE, ALGORITHM, DEFINER and SQL SECURITY.
  const kind = tokens.find(({ text, kind: of }) => of === TOKEN.word && (LATER.has(text) || text === "table" || text === "index"));
  return kind !== undefined && LATER.has(kind.text);
}

/** The table's plan with the columns in the order of the rows. */
function planned(writing: Writing, statement: Statement, header: RowsHeader | undefined): readonly [TablePlan, readonly ColumnPlan[]] {
  const { reader, plan } = writing;
  if (header === undefined) throw refused(reader, statement, NOT_PLAIN, PLAIN);
  const table = plan.tables.find(({ id }) => id === header.table);
  if (table === undefined)
    throw refused(reader, statement, `rows of ${header.table}, which the dump does not define before`, "Dump the schema with the data.");
  const columns = table.action === "drop" ? [] : columnsOf(header, table, header.verb === "COPY");
  if (columns === undefined) throw refused(reader, statement, `rows of ${header.table} name a column that it does not have`, REMEDY);
  return [table, columns];
}

const fieldsOf = (columns: readonly ColumnPlan[]): readonly SourceField[] => columns.map((plan) => ({ plan, isReadOnly: false }));

function copy(writing: Writing, statement: Statement): void {
  const { reader, out, run } = writing;
  const header = copyHeader(tokensOf(reader.lexer, statement.bytes, statement.start, statement.end), writing.schema);
  const { line } = statement;
  const [table, columns] = planned(writing, statement, header);
  if (table.action !== "copy") return reader.rows(() => undefined);
  const row = rowMasker(compileFields(fieldsOf(columns), maskers, writing.prf), { isTrusted: false });
  const kept = columns.filter(({ rule }) => rule.kind !== "drop");
  writeText(
    out,
    `COPY ${tableName(destination(writing.plan, table), run.dialect)} (${kept.map(({ name }) => tableName({ schema: "", name }, run.dialect)).join(", ")}) FROM stdin;\n`,
  );
  const tally = tallyOf(writing, table, columns, row.counts);
  let from = out.at;
  const told = (): void => {
    tally.hash.update(out.bytes.subarray(from, out.at));
    tally.bytes += out.at - from;
    flush(writing, 0);
    from = 0;
  };
  reader.rows((bytes, start, end, at) => {
    try {
      row.mask(bytes, start, end, out);
    } catch (error) {
      if (error instanceof FieldCountError)
        throw refused(
          reader,
          { line: at },
          `${error.message} (${table.id})`,
          `Dump again: the rows that begin at line ${line} are not whole.`,
        );
      throw error;
    }
    tally.rows++;
    if (out.at > FULL) told();
  });
  told();
  writeText(out, "\\.\n\n");
}

/** Where a masked key could lead a row into another partition, the whole table takes it. */
function destination({ tables }: MaskPlan, table: TablePlan): { readonly schema: string; readonly name: string } {
  const root = tables.find(({ id }) => id === table.facts.partitionOf);
  if (root === undefined) return table.facts;
  const keys = new Set(
    tables.filter(({ id, facts }) => id === root.id || facts.partitionOf === root.id).flatMap(({ facts }) => facts.partitionKey),
  );
  return table.columns.some(({ name, rule }) => rule.kind !== "keep" && keys.has(name)) ? root.facts : table.facts;
}

function insert(writing: Writing, statement: Statement): void {
  const { reader, out, run } = writing;
  const { bytes, start, end } = statement;
  const header = insertHeader(reader.lexer, bytes, start, end, writing.schema);
  const [table, columns] = planned(writing, statement, header);
  if (table.action !== "copy" || header === undefined) return;
  const rows = compiledInsert(writing, table, columns);
  const names = columns.filter(({ rule }) => rule.kind !== "drop").map(({ name }) => tableName({ schema: "", name }, run.dialect));
  const list = ` (${names.join(", ")})`;
  const tally = tallyOf(writing, table, columns, rows.counts);
  writeText(out, `${header.verb} ${tableName(destination(writing.plan, table), run.dialect)}${list}${header.overriding} VALUES\n`);
  const from = out.at;
  try {
    const masked = rows.mask(bytes, header.valuesAt, end, out);
    tally.rows += masked.rows;
    const rest = tokensOf(reader.lexer, bytes, masked.end, end, 8)
      .map(({ text }) => text)
      .join(" ");
    if (rest !== "" && rest !== "on conflict do nothing") throw new ValueError("something follows the rows");
    tally.hash.update(out.bytes.subarray(from, out.at));
    tally.bytes += out.at - from;
    writeText(out, `${rest === "" ? "" : " ON CONFLICT DO NOTHING"}${reader.delimiter()}\n`);
  } catch (error) {
    if (error instanceof ValueError)
      throw refused(reader, statement, `rows of ${table.id}: ${error.message}`, "Dump with literals only, as pg_dump and mysqldump do.");
    throw error;
  }
}

function tallyOf({ tallies }: Writing, table: TablePlan, columns: readonly ColumnPlan[], counts: readonly FieldCount[]): Tally {
  const tally = tallies.get(table.id) ?? { rows: 0, bytes: 0, hash: createHash("sha256"), counts: new Map<string, Set<FieldCount>>() };
  tallies.set(table.id, tally);
  // Each form of a table's statements has counts of its own.
  for (const [at, { name }] of columns.entries()) {
    const forms = tally.counts.get(name) ?? new Set();
    tally.counts.set(name, forms.add(counts[at] as FieldCount));
  }
  return tally;
}

function sumOf(counts: Iterable<FieldCount>): FieldCount {
  const sum: FieldCount = { nulls: 0, changed: 0, unchanged: 0 };
  for (const { nulls, changed, unchanged } of counts) {
    sum.nulls += nulls;
    sum.changed += changed;
    sum.unchanged += unchanged;
  }
  return sum;
}

function compiledInsert(writing: Writing, table: TablePlan, columns: readonly ColumnPlan[]): RowsOfInsert {
  const form = JSON.stringify([table.id, columns.map(({ name }) => name)]);
  const known = writing.inserts.get(form);
  if (known !== undefined) return known;
  const made = rowsOfInsert(writing.reader.lexer, compileFields(fieldsOf(columns), maskers, writing.prf));
  writing.inserts.set(form, made);
  return made;
}

const reportsOf = ({ plan, tallies }: Writing): readonly TableReport[] =>
  plan.tables.map(({ id, action, columns }) => {
    const tally = tallies.get(id);
    return {
      id,
      action,
      rows: tally?.rows ?? 0,
      chunks: tally === undefined ? [] : [{ rows: tally.rows, bytes: tally.bytes, sha256: tally.hash.digest("hex") }],
      columns: columns.map(({ name, rule }) => ({
        name,
        rule: rule.kind,
        ...(rule.kind === "mask" && { masker: rule.masker, ...sumOf(tally?.counts.get(name) ?? []) }),
      })),
    };
  });
