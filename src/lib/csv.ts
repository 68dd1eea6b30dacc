// A table of fields as text (RFC 4180) → rows by column name, each with its line.

export interface Row {
  readonly line: number;
  readonly fields: Readonly<Record<string, string>>;
}

/** Where a table is not one. */
export interface TableProblem {
  readonly line: number;
  readonly why: string;
}

export type Delimiter = "," | ";" | "\t" | "|";

/** Names of the columns, trimmed and in lower case. Names that hold a delimiter in quotes do not occur in headers. */
export const headerOf = (text: string, delimiter: Delimiter = ","): readonly string[] =>
  (text.split(/\r?\n/, 1)[0] ?? "").split(delimiter).map((name) => name.trim().replace(/^"|"$/g, "").trim().toLowerCase());

/** Fields as RFC 4180 writes them; a field may hold line breaks in quotes. Empty lines and lines that begin with # are passed over. */
export function rowsOf(text: string, delimiter: Delimiter = ","): readonly Row[] | TableProblem {
  const rows: Row[] = [];
  for (const row of eachRow(text, delimiter)) {
    if ("why" in row) return row;
    rows.push(row);
  }
  return rows;
}

/**
 * Rows one by one: one that has too many or too few fields is a problem of its own, and the next is read; quotes that do not match leave the rest of
 * the text without meaning, and end it.
 */
export function* eachRow(text: string, delimiter: Delimiter = ","): Iterable<Row | TableProblem> {
  let names: readonly string[] | undefined;
  for (const record of recordsOf(text, delimiter)) {
    if ("why" in record) return yield record;
    const { line, fields } = record;
    if (names === undefined) names = fields.map((name) => name.trim().toLowerCase());
    else if (fields.length !== names.length)
      yield { line, why: `it has ${fields.length} fields, and the first line names ${names.length}` };
    else yield { line, fields: Object.fromEntries(names.map((name, i) => [name, (fields[i] ?? "").trim()])) };
  }
  if (names === undefined) yield { line: 1, why: "it is empty" };
}

type Parsed = { readonly line: number; readonly fields: readonly string[] } | TableProblem;

function* recordsOf(text: string, delimiter: Delimiter): Iterable<Parsed> {
  const { quoted, plain } = PATTERNS[delimiter];
  let line = 1;
  let at = 0;
  while (at < text.length) {
    const start = line;
    const fields: string[] = [];
    for (;;) {
      const isQuoted = text[at] === '"';
      const pattern = isQuoted ? quoted : plain;
      pattern.lastIndex = at;
      const match = pattern.exec(text);
      if (match === null) return yield { line: start, why: "its quotes do not match" };
      const [whole, field = "", end = ""] = match;
      fields.push(isQuoted ? field.replaceAll('""', '"') : field);
      line += whole.split("\n").length - 1;
      at += whole.length;
      if (end !== delimiter) break;
    }
    const isEmpty = fields.length === 1 && fields[0]?.trim() === "";
    if (!isEmpty && fields[0]?.trim().startsWith("#") !== true) yield { line: start, fields };
  }
}

const patternsFor = (delimiter: string) => ({
  quoted: new RegExp(`"((?:[^"]|"")*)"[ ]*(${delimiter}|\\r?\\n|$)`, "y"),
  plain: new RegExp(`([^${delimiter}"\\r\\n]*)(${delimiter}|\\r?\\n|$)`, "y"),
});

const PATTERNS: Readonly<Record<Delimiter, { readonly quoted: RegExp; readonly plain: RegExp }>> = {
  ",": patternsFor(","),
  ";": patternsFor(";"),
  "\t": patternsFor("\\t"),
  "|": patternsFor("\\|"),
};
