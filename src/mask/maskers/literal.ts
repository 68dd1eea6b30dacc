// The text forms of PostgreSQL's arrays and rows, taken apart and put together again.
import { MaskError } from "../error.ts";

const broken = (what: string): MaskError => new MaskError("VALUE_NOT_MASKABLE", `a value is no ${what} as PostgreSQL writes one`);

/** Reads what stands in quotes from `at` (after the opening one); `doubled` where a quote inside is written twice. */
function quoted(text: string, from: number, doubled: boolean): readonly [value: string, next: number] {
  let value = "";
  for (let at = from; at < text.length; at++) {
    if (text[at] === "\\") value += text[++at] ?? "";
    else if (text[at] !== '"') value += text[at];
    else if (doubled && text[at + 1] === '"') value += text[at++];
    else return [value, at + 1];
  }
  throw broken("quoted text");
}

const NEEDS_QUOTES = /[{}",\\\s]|^$|^null$/i;

const quoteElement = (text: string): string => (NEEDS_QUOTES.test(text) ? `"${text.replaceAll(/["\\]/g, "\\$&")}"` : text);

/** PostgreSQL documentation, section 8.15.6. Undefined from `mask` is NULL. Dimensions and their bounds stay. */
export function rewriteArray(text: string, mask: (element: string) => string | undefined): string {
  const open = text.indexOf("{");
  if (open < 0 || !text.endsWith("}") || !/^(\[-?\d+:-?\d+\])*=?$/.test(text.slice(0, open))) throw broken("array");
  let out = text.slice(0, open);
  for (let at = open; at < text.length;) {
    const character = text[at] as string;
    if (character === "{" || character === "}" || character === ",") {
      out += character;
      at++;
    } else if (character === '"') {
      const [value, next] = quoted(text, at + 1, false);
      out += element(mask(value));
      at = next;
    } else {
      const [bare = ""] = /^[^{},"]+/.exec(text.slice(at, at + 1_000_000)) ?? [];
      out += bare === "NULL" ? bare : element(mask(bare.replaceAll(/\\(.)/g, "$1")));
      at += bare.length;
    }
  }
  return out;
}

const element = (text: string | undefined): string => (text === undefined ? "NULL" : quoteElement(text));

/** PostgreSQL documentation, section 8.16.6: nothing between commas is NULL. */
export function rewriteRow(text: string, masks: readonly ((field: string) => string | undefined)[]): string {
  if (!text.startsWith("(") || !text.endsWith(")")) throw broken("row");
  const fields: (string | undefined)[] = [];
  let at = 1;
  for (;;) {
    let value: string | undefined;
    while (at < text.length - 1 && text[at] !== ",") {
      if (text[at] === '"') {
        const [part, next] = quoted(text, at + 1, true);
        value = (value ?? "") + part;
        at = next;
      } else {
        if (text[at] === "\\") at++;
        value = (value ?? "") + (text[at++] as string);
      }
    }
    fields.push(value);
    if (at >= text.length - 1) break;
    at++;
  }
  if (fields.length !== masks.length) throw broken(`row of ${masks.length} fields`);
  const written = fields.map((field, index) =>
    field === undefined ? "" : quoteField((masks[index] as (field: string) => string | undefined)(field)),
  );
  return `(${written.join(",")})`;
}

const quoteField = (text: string | undefined): string => {
  if (text === undefined) return "";
  return /[(),"\\\s]|^$/.test(text) ? `"${text.replaceAll(/["\\]/g, "$&$&")}"` : text;
};
