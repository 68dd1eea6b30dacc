// Phone numbers inside a text: those that libphonenumber takes, those written as only phone numbers are, and those that a word announces.
import { parsePhoneNumberFromString } from "libphonenumber-js/max";
import type { Span } from "./spans.ts";

const NUMBER = /(?<![\w.@#-])(?:\+|00|\()?\d[\d ()./-]{5,20}\d(?:\s?(?:x|ext\.?)\s?\d{1,5})?(?![\w-])/gi;
const WORDS =
  /\b(phone|telephone|tel|call(?: me)?|mobile|cell|fax|dial|ring|whatsapp|text me|reach (?:me|us)|contact|registered|telefon|handy|rufnummer|téléphone|portable|teléfono|móvil|llamar|telefono|cellulare|telefone|telemóvel|telefoon|bel|komórka)\b[^.!?\n]{0,32}$/i;
/** Dates, times and amounts are written with the same signs. */
const OTHER =
  /^(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4})(?:\D|$)|^\d{1,3}(?:[ .]\d{3})+$|^\d{3}-\d{2}-\d{4}$|^\d{4} ?- ?\d{4}$|^\d{5}-\d{4}$/;

/** Groups with brackets, or three groups with one kind of sign: `(202) 555-0123`, `202-555-0123`, `030/227-321`. */
const LAYOUT = /^(?:\(\+?\d{1,4}\)|\+\d)[\d ()./-]+$|^\d{2,4}([-. ])\d{3,4}\1\d{3,5}$|^0\d{1,4}[ /-]\d[\d -]{4,}$|^00\d/;

export function* phoneSpans(text: string): Iterable<Span> {
  for (const match of text.matchAll(NUMBER)) {
    const found = match[0];
    const digits = found.replace(/(?:x|ext).*$/i, "").replaceAll(/\D/g, "").length;
    if (digits < 7 || digits > 15 || OTHER.test(found)) continue;
    const isAnnounced = WORDS.test(text.slice(Math.max(0, match.index - 60), match.index));
    const isValid = (): boolean => parsePhoneNumberFromString(found, "US")?.isValid() === true && /\D/.test(found.slice(1));
    if (isAnnounced || LAYOUT.test(found) || isValid()) yield { kind: "phone", start: match.index, end: match.index + found.length };
  }
}
