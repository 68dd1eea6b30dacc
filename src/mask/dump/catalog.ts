// A dump's own catalog: its CREATE and ALTER statements → the inventory that a policy is met with.
import type { ColumnFacts, ForeignKey, Inventory, TableFacts, UniqueKey } from "../inventory.ts";
import type { ColumnType } from "../masker.ts";
import { canonicalType } from "../type-name.ts";
import { type Cursor, peek, take, takeGroup, takeName, takeNames, takeQualified, type Token } from "./tokens.ts";
import { type Dialect, TOKEN } from "./lexer.ts";

interface TableDraft {
  readonly id: string;
  readonly schema: string;
  readonly name: string;
  readonly columns: ColumnFacts[];
  readonly uniqueKeys: UniqueKey[];
  partitionOf: string | undefined;
  partitionKey: readonly string[];
}

export interface DumpCatalog {
  /** False for a statement that is no definition, or none that is understood. */
  readonly define: (tokens: readonly Token[]) => boolean;
  readonly inventory: () => Inventory;
  readonly table: (id: string) => TableFacts | undefined;
}

/** Words that end a column's type. */
const AFTER_TYPE = new Set(
  `not null default constraint check primary unique references generated collate storage compression auto_increment comment character charset on key
  as virtual stored persistent invisible visible with`.split(/\s+/),
);

/** Types that go over several words, so that what follows the first is no end. */
const LONG = /^(character varying|double precision|bit varying|timestamp|time|national|interval|character)$/;

interface State {
  readonly dialect: Dialect;
  readonly keepsCase: boolean;
  readonly tables: Map<string, TableDraft>;
  readonly foreign: ForeignKey[];
  readonly types: Map<string, ColumnType>;
  schema: string;
}

export function dumpCatalog(dialect: Dialect): DumpCatalog {
  const keepsCase = dialect === "mysql";
  const state: State = { dialect, keepsCase, tables: new Map(), foreign: [], types: new Map(), schema: keepsCase ? "" : "public" };
  return {
    define: (tokens) => define(state, tokens),
    inventory: () => inventory(state),
    table: (id) => {
      const draft = state.tables.get(id);
      return draft && facts(draft);
    },
  };
}

const idOf = ({ schema, name }: { readonly schema: string; readonly name: string }): string => (schema === "" ? name : `${schema}.${name}`);

const qualified = (state: State, cursor: Cursor) => takeQualified(cursor, state.keepsCase, state.schema);

function define(state: State, tokens: readonly Token[]): boolean {
  const cursor: Cursor = { tokens, at: 0 };
  if (take(cursor, "create")) {
    for (const word of ["or", "replace", "unlogged", "global", "local"]) take(cursor, word);
    if (take(cursor, "table")) return createTable(state, cursor);
    if (take(cursor, "type")) return createType(state, cursor);
    if (take(cursor, "domain")) return createDomain(state, cursor);
    if (take(cursor, "unique", "index")) return createIndex(state, cursor);
    return true;
  }
  if (take(cursor, "alter", "table")) return alterTable(state, cursor);
  if (take(cursor, "drop", "table")) return dropTable(state, cursor);
  return take(cursor, "set") ? setting(state, cursor) : true;
}

/** Before a table is made, and where a view's stand-in gives way to the view. */
function dropTable(state: State, cursor: Cursor): boolean {
  take(cursor, "if", "exists");
  const name = qualified(state, cursor);
  if (name !== undefined) state.tables.delete(idOf(name));
  return name !== undefined;
}

/** Old dumps say once in which schema what follows stands. Texts in another encoding are no UTF-8, which maskings read. */
function setting(state: State, cursor: Cursor): boolean {
  const texts = cursor.tokens.map(({ text }) => text);
  if (texts[1] === "search_path") state.schema = texts[3] ?? state.schema;
  if (texts[1] === "client_encoding") return /^utf-?8$/i.test(texts[3] ?? "");
  if (state.dialect === "mysql" && texts[1] === "names") return /^(utf8|utf8mb3|utf8mb4)$/i.test(texts[2] ?? "");
  return true;
}

function createTable(state: State, cursor: Cursor): boolean {
  take(cursor, "if", "not", "exists");
  const name = qualified(state, cursor);
  if (name === undefined) return false;
  const draft: TableDraft = { id: idOf(name), ...name, columns: [], uniqueKeys: [], partitionOf: undefined, partitionKey: [] };
  if (take(cursor, "partition", "of")) {
    const parent = qualified(state, cursor);
    const of = parent && state.tables.get(idOf(parent));
    if (of === undefined) return false;
    draft.partitionOf = of.partitionOf ?? of.id;
    draft.columns.push(...of.columns);
    draft.partitionKey = partitionKey(cursor, draft);
    state.tables.set(draft.id, draft);
    return true;
  }
  const parts = takeGroup(cursor);
  // CREATE TABLE … AS and LIKE: which columns it has is not said.
  if (parts === undefined) return false;
  for (const part of parts) if (!member(state, draft, { tokens: part, at: 0 })) return false;
  if (take(cursor, "inherits")) {
    for (const part of takeGroup(cursor) ?? []) {
      const parent = state.tables.get(idOf(qualified(state, { tokens: part, at: 0 }) ?? { schema: "", name: "" }));
      if (parent === undefined) return false;
      draft.columns.unshift(...parent.columns.filter((column) => !draft.columns.some((own) => own.name === column.name)));
    }
  }
  if (state.dialect === "postgres") draft.partitionKey = partitionKey(cursor, draft);
  state.tables.set(draft.id, draft);
  return true;
}

/** Every column that stands anywhere in the key, also in an expression. */
function partitionKey(cursor: Cursor, draft: TableDraft): readonly string[] {
  const rest = cursor.tokens.slice(cursor.at);
  const by = rest.findIndex(({ text }, at) => text === "partition" && rest[at + 1]?.text === "by");
  if (by < 0) return [];
  const names = new Set(rest.slice(by).map(({ text }) => text));
  return draft.columns.map(({ name }) => name).filter((name) => names.has(name));
}

/** A column, or a constraint of the table. */
function member(state: State, draft: TableDraft, cursor: Cursor): boolean {
  const first = peek(cursor);
  const isColumn = !/^(constraint|primary|unique|foreign|check|exclude|key|index|fulltext|spatial|like|period)$/.test(first);
  if (!isColumn) return first === "like" ? false : constraint(state, draft, cursor);
  const name = takeName(cursor, state.keepsCase);
  if (name === undefined) return false;
  const { type, written } = takeType(state, cursor);
  const words = cursor.tokens.slice(cursor.at).map((token) => (token.kind === TOKEN.string ? "" : token.text));
  const has = (...wanted: readonly string[]): boolean => words.some((_, at) => wanted.every((word, ahead) => words[at + ahead] === word));
  const isPrimary = has("primary", "key");
  const isUnique = has("unique");
  draft.columns.push({
    ...type,
    name,
    written,
    isNullable: !has("not", "null") && !isPrimary,
    // An identity is GENERATED … AS IDENTITY, which is no expression.
    isGenerated: (has("generated") && has("as", "(")) || (state.dialect === "mysql" && has("as", "(")),
  });
  if (isPrimary || isUnique) unique(draft, `${draft.name}_${name}_key`, [name], isPrimary, false);
  const references = words.indexOf("references");
  if (references >= 0) {
    const at: Cursor = { tokens: cursor.tokens, at: cursor.at + references + 1 };
    reference(state, draft, `${draft.name}_${name}_fkey`, [name], at);
  }
  return true;
}

function takeType(state: State, cursor: Cursor): { readonly type: ColumnType; readonly written: string } {
  const from = cursor.at;
  let depth = 0;
  for (; cursor.at < cursor.tokens.length; cursor.at++) {
    const { kind, text } = cursor.tokens[cursor.at] as Token;
    if (kind === TOKEN.mark) depth += text === "(" ? 1 : text === ")" ? -1 : 0;
    const so = cursor.tokens
      .slice(from, cursor.at)
      .map((each) => each.text)
      .join(" ");
    const goesOn =
      cursor.at === from || (LONG.test(so.replace(/ \(.*/, "")) && (text === "with" || text === "varying" || text === "character"));
    if (depth === 0 && kind === TOKEN.word && AFTER_TYPE.has(text) && !goesOn) break;
  }
  const tokens = cursor.tokens.slice(from, cursor.at);
  const written = tokens
    .map(({ written: each }) => each)
    .join(" ")
    .replaceAll(/ ?([(,.[\]]) ?| (?=\))/g, "$1");
  return { type: typeNamed(state, tokens, written), written };
}

function typeNamed(state: State, tokens: readonly Token[], written: string): ColumnType {
  const plain = written.replaceAll('"', "").replaceAll("`", "");
  const isArray = /\]$|\barray$/i.test(plain);
  const base = plain.replaceAll(/(\[\d*\])+$/g, "").replaceAll(/\([^)]*\)/g, "");
  const known = state.types.get(base) ?? state.types.get(`${state.schema}.${base}`);
  if (/^(enum|set)$/i.test(base)) {
    const labels = tokens.filter(({ kind }) => kind === TOKEN.string).map(({ text }) => text);
    return /^enum$/i.test(base) ? { type: "enum", labels } : { type: "set" };
  }
  const numbers = tokens.filter(({ kind }) => kind === TOKEN.number).map(({ text }) => Number(text));
  const element = known ?? { type: canonicalType(base), ...modifiers(canonicalType(base), numbers) };
  return isArray ? { type: `${element.type}[]`, element } : element;
}

const modifiers = (type: string, [first, second]: readonly number[]): Partial<ColumnType> => {
  if (first === undefined) return type === "character" ? { maxLength: 1 } : {};
  if (type === "character varying" || type === "character") return { maxLength: first };
  return type === "numeric" ? { precision: first, scale: second ?? 0 } : {};
};

function unique(
  draft: TableDraft,
  name: string,
  columns: readonly string[],
  isPrimary: boolean,
  isExpression: boolean,
  nullsDistinct = true,
): void {
  draft.uniqueKeys.push({ name, isPrimary, columns, isExpression, nullsDistinct });
  if (!isPrimary) return;
  for (const [at, column] of draft.columns.entries())
    if (columns.includes(column.name)) draft.columns[at] = { ...column, isNullable: false };
}

function constraint(state: State, draft: TableDraft, cursor: Cursor): boolean {
  let name = `${draft.name}_key`;
  if (take(cursor, "constraint"))
    name = peek(cursor).match(/^(primary|unique|foreign|check)$/) ? name : (takeName(cursor, state.keepsCase) ?? name);
  if (take(cursor, "primary", "key")) {
    take(cursor, "using", "btree");
    const columns = takeNames(cursor, state.keepsCase);
    if (columns === undefined) return false;
    unique(draft, name, columns, true, false);
    return true;
  }
  if (take(cursor, "unique")) return uniqueMember(state, draft, name, cursor);
  if (take(cursor, "foreign", "key")) {
    if (peek(cursor) !== "(") takeName(cursor, state.keepsCase);
    const columns = takeNames(cursor, state.keepsCase);
    if (columns === undefined || !take(cursor, "references")) return false;
    return reference(state, draft, name, columns, cursor);
  }
  return /^(check|exclude|key|index|fulltext|spatial)$/.test(peek(cursor)) || peek(cursor) === "not";
}

function uniqueMember(state: State, draft: TableDraft, given: string, cursor: Cursor): boolean {
  let name = given;
  const nullsDistinct = !take(cursor, "nulls", "not", "distinct");
  if (state.keepsCase) {
    if (!take(cursor, "key")) take(cursor, "index");
    if (peek(cursor) !== "(") name = takeName(cursor, true) ?? name;
  }
  return uniqueOver(state, draft, name, cursor, nullsDistinct);
}

/** Over an expression, every column that it names stands in the key. */
function uniqueOver(state: State, draft: TableDraft, name: string, cursor: Cursor, nullsDistinct: boolean): boolean {
  const from = cursor.at;
  const columns = takeNames(cursor, state.keepsCase);
  const rest = cursor.tokens.slice(cursor.at).map(({ text }) => text);
  if (columns !== undefined)
    unique(draft, name, columns, false, rest.includes("where"), nullsDistinct && !/nulls not distinct/.test(rest.join(" ")));
  else {
    const texts = new Set(cursor.tokens.slice(from).flatMap(({ text, written }) => [text, written]));
    unique(
      draft,
      name,
      draft.columns.map((column) => column.name).filter((column) => texts.has(column)),
      false,
      true,
      nullsDistinct,
    );
  }
  return true;
}

function reference(state: State, draft: TableDraft, name: string, columns: readonly string[], cursor: Cursor): boolean {
  const to = qualified(state, cursor);
  if (to === undefined) return false;
  const parent = state.tables.get(idOf(to));
  const toColumns = takeNames(cursor, state.keepsCase) ?? parent?.uniqueKeys.find(({ isPrimary }) => isPrimary)?.columns ?? [];
  if (toColumns.length !== columns.length) return false;
  state.foreign.push({ name, from: draft.id, columns, to: idOf(to), toColumns });
  return true;
}

function alterTable(state: State, cursor: Cursor): boolean {
  take(cursor, "if", "exists");
  take(cursor, "only");
  const name = qualified(state, cursor);
  const draft = name && state.tables.get(idOf(name));
  const words = cursor.tokens.slice(cursor.at).map(({ text }) => text);
  if (words[0] === "attach" && words[1] === "partition") {
    cursor.at += 2;
    const part = qualified(state, cursor);
    const partition = part && state.tables.get(idOf(part));
    if (draft === undefined || partition === undefined) return false;
    partition.partitionOf = draft.partitionOf ?? draft.id;
    for (const each of state.tables.values()) if (each.partitionOf === partition.id) each.partitionOf = partition.partitionOf;
    return true;
  }
  if (words[0] !== "add") return !/^(rename|drop|alter column .* type)/.test(words.slice(0, 2).join(" "));
  if (draft === undefined) return false;
  cursor.at++;
  // MySQL adds several in one statement: each is parted by a comma outside of brackets.
  for (const part of partsOf(cursor.tokens.slice(cursor.at))) {
    const inner: Cursor = { tokens: part, at: 0 };
    take(inner, "add");
    if (/^(constraint|primary|unique|foreign|check|exclude|key|index|fulltext|spatial)$/.test(peek(inner))) {
      if (!constraint(state, draft, inner)) return false;
    } else if (peek(inner) !== "generated") return false;
  }
  return true;
}

function partsOf(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const bracket = (text: string): Token => ({ kind: TOKEN.mark, text, written: text, end: 0 });
  return takeGroup({ tokens: [bracket("("), ...tokens, bracket(")")], at: 0 }) ?? [];
}

function createIndex(state: State, cursor: Cursor): boolean {
  const name = peek(cursor) === "on" ? "index" : (takeName(cursor, state.keepsCase) ?? "index");
  if (!take(cursor, "on")) return false;
  take(cursor, "only");
  const on = qualified(state, cursor);
  const draft = on && state.tables.get(idOf(on));
  if (draft === undefined) return on !== undefined;
  if (take(cursor, "using")) cursor.at++;
  return uniqueOver(state, draft, name, cursor, true);
}

function createType(state: State, cursor: Cursor): boolean {
  const name = qualified(state, cursor);
  if (name === undefined) return false;
  const type = idOf(name);
  if (take(cursor, "as", "enum")) {
    const labels = (takeGroup(cursor) ?? []).map(([token]) => token?.text ?? "");
    state.types.set(type, { type, labels });
  } else if (take(cursor, "as", "(") && cursor.at--) {
    const fields = (takeGroup(cursor) ?? []).map((part) => {
      const inner: Cursor = { tokens: part, at: 0 };
      return { name: takeName(inner, state.keepsCase) ?? "", ...takeType(state, inner).type };
    });
    state.types.set(type, { type, fields });
  } else state.types.set(type, { type });
  return true;
}

function createDomain(state: State, cursor: Cursor): boolean {
  const name = qualified(state, cursor);
  if (name === undefined) return false;
  take(cursor, "as");
  state.types.set(idOf(name), takeType(state, cursor).type);
  return true;
}

const facts = (draft: TableDraft): TableFacts => {
  const { id, schema, name, columns, uniqueKeys, partitionOf, partitionKey: key } = draft;
  return {
    id,
    schema,
    name,
    columns,
    uniqueKeys,
    ...(partitionOf !== undefined && { partitionOf }),
    partitionKey: key,
    holdsRows: true,
    rows: 0,
    bytes: 0,
  };
};

function inventory(state: State): Inventory {
  const all = [...state.tables.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(facts);
  return { tables: all, foreignKeys: state.foreign, largeObjects: 0 };
}
