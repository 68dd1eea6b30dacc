// Markup that cannot be written unescaped: whatever is put into a template is text, unless it came out of a template.
import { safe } from "./text.ts";

export interface Markup {
  readonly markup: string;
}

export type Inner = string | number | Markup | readonly Inner[] | false | undefined;

/** Threat: an attacker-controlled name that closes an element or an attribute. INVARIANT: attributes in templates stand in double quotes. */
const escaped = (text: string): string =>
  safe(text)
    .toWellFormed()
    .replaceAll(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);

function rendered(inner: Inner): string {
  if (inner === undefined || inner === false) return "";
  if (typeof inner === "string") return escaped(inner);
  if (typeof inner === "number") return String(inner);
  if ("markup" in inner) return inner.markup;
  return inner.map(rendered).join("");
}

/**
 * A template whose values are escaped. Numbers are ours (counts, coordinates); lists are joined; `false` and `undefined` are nothing. The
 * template's own indentation stays in the source.
 */
export const html = (parts: readonly string[], ...values: readonly Inner[]): Markup => ({
  markup: parts.map((part, index) => (index === 0 ? "" : rendered(values[index - 1])) + part.replaceAll(/\n\s*/g, "\n")).join(""),
});

/** Text of ours that is markup already: the style and the script of this folder, never anything that was read. */
export const trusted = (markup: string): Markup => ({ markup });
