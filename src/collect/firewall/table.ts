// A table of rules as text → rows by column name, each with its line.

export interface Row {
  readonly line: number;
  readonly fields: Readonly<Record<string, string>>;
}

/** Where a table is not one. */
export interface TableProblem {
  readonly line: number;
  readonly why: string;
}

export const headerOf = (text: string): readonly string[] =>
  (text.split(/\r?\n/, 1)[0] ?? "").split(",").map((name) => name.trim().replace(/^"|"$/g, "").toLowerCase());

/** Fields as RFC 4180 writes them; a field may hold line breaks in quotes. Empty lines and lines that begin with # are passed over. */
export function rowsOf(text: string): readonly Row[] | TableProblem {
  const [header, ...records] = recordsOf(text);
  if (header === undefined || "why" in header) return header ?? { line: 1, why: "it is empty" };
  const names = header.fields.map((name) => name.trim().toLowerCase());
  const rows: Row[] = [];
  for (const record of records) {
    if ("why" in record) return record;
    const { line, fields } = record;
    if (fields.length !== names.length) return { line, why: `it has ${fields.length} fields, and the first line names ${names.length}` };
    rows.push({ line, fields: Object.fromEntries(names.map((name, i) => [name, (fields[i] ?? "").trim()])) });
  }
  return rows;
}

type Parsed = { readonly line: number; readonly fields: readonly string[] } | TableProblem;

function* recordsOf(text: string): Iterable<Parsed> {
  let line = 1;
  let at = 0;
  while (at < text.length) {
    const start = line;
    const fields: string[] = [];
    for (;;) {
      const isQuoted = text[at] === '"';
      const pattern = isQuoted ? QUOTED : PLAIN;
      pattern.lastIndex = at;
      const match = pattern.exec(text);
      if (match === null) return yield { line: start, why: "its quotes do not match" };
      const [whole, field = "", end = ""] = match;
      fields.push(isQuoted ? field.replaceAll('""', '"') : field);
      line += whole.split("\n").length - 1;
      at += whole.length;
      if (end !== ",") break;
    }
    const isEmpty = fields.length === 1 && fields[0]?.trim() === "";
    if (!isEmpty && fields[0]?.trim().startsWith("#") !== true) yield { line: start, fields };
  }
}

const QUOTED = /"((?:[^"]|"")*)"[ \t]*(,|\r?\n|$)/y;
const PLAIN = /([^,"\r\n]*)(,|\r?\n|$)/y;
