// What in a free text is personal or secret: spans, each with its kind, from detectors that never see more than the text.
import { isIPv4, isIPv6 } from "node:net";
import { isCard } from "../maskers/card/masker.ts";
import { isIban } from "../maskers/iban/masker.ts";
import { addressSpans } from "./address-spans.ts";
import type { Kind } from "./kind.ts";
import { compactId, nationalIdsOf } from "./national-ids.ts";
import { personSpans } from "./person-spans.ts";
import { phoneSpans } from "./phone-spans.ts";
import { SECRET_FORMS, looksRandom } from "./secrets.ts";

export interface Span {
  readonly kind: Kind;
  readonly start: number;
  readonly end: number;
}

/** Every match of a pattern that also holds; a group leaves out what the pattern needs around it. */
export function* matches(
  text: string,
  pattern: RegExp,
  kind: Kind,
  holds: (match: string, start: number) => boolean = () => true,
): Iterable<Span> {
  for (const match of text.matchAll(pattern)) {
    const found = match[1] ?? match[0];
    const start = match.index + match[0].indexOf(found);
    if (holds(found, start)) yield { kind, start, end: start + found.length };
  }
}

/** RFC 5322's dot-atom and RFC 1035's names, as people write them. */
const EMAIL = /[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu;
const URLS =
  /\b(?:https?:\/\/|www\.)[^\s<>"')\]]+[^\s<>"')\].,;:!?]|\b(?:[a-z0-9-]+\.)+(?:com|org|net|io|edu|gov|info|biz|co\.uk|de|fr|es|it|nl|pl|pt|eu)\b(?:\/[^\s<>"')\]]*)?/gi;
const CARD = /(?<![\d.])\d(?:[ -]?\d){11,18}(?![\d]|\.\d)/g;
const IBAN = /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b/g;
const IP4 = /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d]|\.\d)/g;
const IP6 = /(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])/gi;
const MAC = /\b[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}\b/gi;
const SSN = /(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])/g;
const IDENTIFIER = /(?<![\w.-])[A-Z0-9][A-Z0-9 ./-]{7,20}[A-Z0-9](?![\w-])/g;
const RANDOM = /(?<![\w/+=-])[A-Za-z0-9+/=_-]{20,200}(?![\w/+=-])/g;
/** The words that people put before such a number, in eight languages. */
const ID_WORDS =
  /\b(ssn|social security|insurance number|passport|tax (id|number)|national id|identity (card|number)|id (card|number)|steuer|ausweis|sozialversicherung|sécurité sociale|dni|nie|nif|codice fiscale|bsn|burgerservicenummer|pesel|cpf|cnpj|sin|nhs|aadhaar|personnummer)\b/i;

const hasBefore = (text: string, start: number, words: RegExp, reach = 48): boolean =>
  words.test(text.slice(Math.max(0, start - reach), start));

function* identifiers(text: string): Iterable<Span> {
  yield* matches(text, SSN, "national-id", (found) => nationalIdsOf(found).length > 0);
  // A number passes some check digit one time in ten: without a word before it only the strict ones count.
  yield* matches(text, IDENTIFIER, "national-id", (found, start) => {
    const passed = nationalIdsOf(found);
    if (passed.length === 0) return false;
    if (hasBefore(text, start, ID_WORDS)) return true;
    return passed.some(({ chance }) => chance <= 0.05) && /[A-Z]/.test(compactId(found)) && /\d/.test(found);
  });
}

/** In this order: what is found first keeps its place. */
function* all(text: string): Iterable<Span> {
  for (const form of SECRET_FORMS) yield* matches(text, new RegExp(form.source, "g"), "secret");
  yield* matches(text, EMAIL, "email");
  yield* matches(text, URLS, "url");
  yield* matches(text, IBAN, "iban", isIban);
  yield* matches(text, CARD, "card", isCard);
  yield* matches(text, MAC, "mac");
  yield* matches(text, IP4, "ip", (found) => isIPv4(found));
  yield* matches(text, IP6, "ip", (found) => found.length > 4 && isIPv6(found));
  yield* identifiers(text);
  yield* matches(text, RANDOM, "secret", looksRandom);
  yield* phoneSpans(text);
  yield* addressSpans(text);
  yield* personSpans(text);
}

/** Without overlaps, in the order of the text. */
export function spansOf(text: string): readonly Span[] {
  const found: Span[] = [];
  for (const span of all(text)) if (!found.some((each) => each.start < span.end && span.start < each.end)) found.push(span);
  return found.toSorted((a, b) => a.start - b.start);
}
