// What stands before the rows in COPY and INSERT: which table, which columns, in which order.
import type { TablePlan } from "../policy/plan.ts";
import type { Lexer } from "./lexer.ts";
import { type Cursor, peek, take, takeNames, takeQualified, type Token, tokensOf } from "./tokens.ts";

export interface RowsHeader {
  readonly table: string;
  /** Undefined where the statement names none: then they are the table's. */
  readonly columns: readonly string[] | undefined;
  /** Behind VALUES. */
  readonly valuesAt: number;
  /** What must be said again before the rows: OVERRIDING SYSTEM VALUE, IGNORE. */
  readonly verb: string;
  readonly overriding: string;
}

const idOf = ({ schema, name }: { readonly schema: string; readonly name: string }): string => (schema === "" ? name : `${schema}.${name}`);

/** `COPY table (columns) FROM stdin`, and nothing else: other forms read files or have other formats. */
export function copyHeader(tokens: readonly Token[], schema: string): RowsHeader | undefined {
  const cursor: Cursor = { tokens, at: 1 };
  const name = takeQualified(cursor, false, schema);
  if (name === undefined) return undefined;
  const columns = peek(cursor) === "(" ? takeNames(cursor, false) : undefined;
  if (!take(cursor, "from", "stdin") || cursor.at !== tokens.length) return undefined;
  return { table: idOf(name), columns, valuesAt: 0, verb: "COPY", overriding: "" };
}

/** A header of a thousand columns is not longer. */
const MOST = 5000;

export function insertHeader(lexer: Lexer, bytes: Buffer, start: number, end: number, schema: string): RowsHeader | undefined {
  const isMysql = lexer.dialect === "mysql";
  const tokens = headerTokens(lexer, bytes, start, end);
  const cursor: Cursor = { tokens, at: 0 };
  const isReplace = isMysql && take(cursor, "replace");
  if (!isReplace && !take(cursor, "insert")) return undefined;
  const ignores = isMysql && take(cursor, "ignore");
  take(cursor, "into");
  const name = takeQualified(cursor, isMysql, schema);
  if (name === undefined) return undefined;
  const columns = peek(cursor) === "(" ? takeNames(cursor, isMysql) : undefined;
  if (columns === undefined && peek(cursor) === "(") return undefined;
  let overriding = "";
  for (const kind of ["system", "user"])
    if (take(cursor, "overriding", kind, "value")) overriding = ` OVERRIDING ${kind.toUpperCase()} VALUE`;
  if (!take(cursor, "values") && !(isMysql && take(cursor, "value"))) return undefined;
  const valuesAt = tokens[cursor.at - 1]?.end ?? end;
  return {
    table: idOf(name),
    columns,
    valuesAt,
    verb: isReplace ? "REPLACE INTO" : ignores ? "INSERT IGNORE INTO" : "INSERT INTO",
    overriding,
  };
}

/** Up to VALUES: what follows may be megabytes. */
function headerTokens(lexer: Lexer, bytes: Buffer, start: number, end: number): readonly Token[] {
  for (let most = 64; most <= MOST; most *= 4) {
    const tokens = tokensOf(lexer, bytes, start, end, most);
    const at = tokens.findIndex(({ text }) => text === "values" || (lexer.dialect === "mysql" && text === "value"));
    if (at >= 0) return tokens.slice(0, at + 1);
    if (tokens.length < most) return tokens;
  }
  return [];
}

/** The table's columns in the order of the rows; undefined when one is not among them. */
export function columnsOf(header: RowsHeader, table: TablePlan, isCopy: boolean): TablePlan["columns"] | undefined {
  // COPY leaves generated columns out by itself; INSERT writes DEFAULT for them.
  if (header.columns === undefined) return isCopy ? table.columns.filter(({ facts }) => !facts.isGenerated) : table.columns;
  const columns = header.columns.map((name) => table.columns.find((column) => column.name === name));
  return columns.every((column) => column !== undefined) ? columns : undefined;
}
