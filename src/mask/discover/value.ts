// What a whole value is: validators that pass or do not, and how much one that passes says.
import { isIPv4, isIPv6 } from "node:net";
import { parsePhoneNumberFromString } from "libphonenumber-js/max";
import { isCard } from "../maskers/card/masker.ts";
import { isIban } from "../maskers/iban/masker.ts";
import { isCity, isCountry, isFamilyName, isGivenName } from "./dictionary.ts";
import type { Kind } from "./kind.ts";
import { nationalIdsOf } from "./national-ids.ts";
import { isPasswordHash, isSecret, looksRandom } from "./secrets.ts";
import { spansOf } from "./spans.ts";

export interface ValueDetector {
  readonly kind: Kind;
  readonly holds: (text: string) => boolean;
  /** Which share of the values must pass for the column to be of the kind by its values alone; the more passes by chance, the higher. */
  readonly needs: number;
  /** With a name that says the same, a smaller share will do. */
  readonly needsNamed: number;
}

const words = (text: string): readonly string[] => text.trim().split(/[\s,]+/);
const isNameLike = (text: string): boolean => text.length <= 60 && /^[\p{L}\p{M}'’., -]+$/u.test(text);

const isFullName = (text: string): boolean => {
  if (!isNameLike(text)) return false;
  const all = words(text);
  return (
    all.length >= 2 &&
    all.length <= 5 &&
    all.some((each) => isGivenName(each)) &&
    all.every((each) => /^\p{Lu}/u.test(each) || each.length <= 3)
  );
};

const isOne = (text: string): boolean => isNameLike(text) && words(text).length === 1 && text.length >= 3;

/** A local number is a number among others: only one with its country's prefix or signs between speaks for itself. */
const isPhone = (text: string): boolean =>
  text.length >= 7 &&
  text.length <= 25 &&
  /^[+(\d][\d ()./-]+(?:x\d+)?$/i.test(text) &&
  (text.startsWith("+") || /^00|[ ()./-]/.test(text)) &&
  parsePhoneNumberFromString(text, "US")?.isPossible() === true &&
  !/^\d{4}-\d\d-\d\d/.test(text) &&
  !/^\d+\.\d+$/.test(text);

const isIp = (text: string): boolean => isIPv4(text.replace(/\/\d+$/, "")) || (text.includes(":") && isIPv6(text.replace(/\/\d+$/, "")));

const isIdentifier =
  (strict: boolean) =>
  (text: string): boolean =>
    nationalIdsOf(text).some(({ chance }) => (strict ? chance <= 0.05 : chance <= 0.1));

/** A text in which something stands among other words: what is all one thing is that thing. */
const hasSpans =
  (...kinds: readonly Kind[]) =>
  (text: string): boolean =>
    words(text).length >= 5 && spansOf(text).some(({ kind, start, end }) => kinds.includes(kind) && end - start < text.trim().length * 0.7);

/** Titles of films and goods hold words that are names as well, so names alone have to be in many values. */
const TELLING: readonly Kind[] = ["email", "phone", "card", "iban", "national-id", "secret", "address", "ip"];

/** The same words that a street has in a text make a value one. */
const isStreet = (text: string): boolean =>
  text.length <= 80 && spansOf(text).some(({ kind, start, end }) => kind === "address" && end - start >= text.trim().length * 0.6);

export const valueDetectors: readonly ValueDetector[] = [
  { kind: "email", holds: (text) => /^[^\s@<>]+@[^\s@<>]+\.[^\s@<>.]+$/.test(text.trim()), needs: 0.2, needsNamed: 0.01 },
  {
    kind: "card",
    holds: (text) => isCard(text) && /^\s*[2-6]/.test(text) && text.replaceAll(/\D/g, "").length >= 13,
    needs: 0.7,
    needsNamed: 0.05,
  },
  { kind: "iban", holds: isIban, needs: 0.2, needsNamed: 0.01 },
  { kind: "ip", holds: isIp, needs: 0.5, needsNamed: 0.05 },
  { kind: "mac", holds: (text) => /^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$/i.test(text), needs: 0.5, needsNamed: 0.05 },
  { kind: "secret", holds: isSecret, needs: 0.02, needsNamed: 0.01 },
  { kind: "secret", holds: looksRandom, needs: 0.8, needsNamed: 0.1 },
  { kind: "password", holds: isPasswordHash, needs: 0.1, needsNamed: 0.01 },
  { kind: "national-id", holds: isIdentifier(true), needs: 0.8, needsNamed: 0.1 },
  { kind: "national-id", holds: isIdentifier(false), needs: 0.97, needsNamed: 0.3 },
  { kind: "phone", holds: isPhone, needs: 0.7, needsNamed: 0.1 },
  { kind: "full-name", holds: isFullName, needs: 0.6, needsNamed: 0.1 },
  { kind: "given-name", holds: (text) => isOne(text) && isGivenName(text), needs: 0.75, needsNamed: 0.1 },
  { kind: "family-name", holds: (text) => isOne(text) && isFamilyName(text), needs: 0.75, needsNamed: 0.1 },
  { kind: "city", holds: (text) => isCity(text.trim()) && !isCountry(text.trim()), needs: 0.6, needsNamed: 0.1 },
  { kind: "address", holds: isStreet, needs: 0.5, needsNamed: 0.05 },
  {
    kind: "url",
    holds: (text) => /^https?:\/\/\S+$/i.test(text.trim()) && /[/.@](?:~|u|user|users|profile|in|people|avatar)\b/i.test(text),
    needs: 0.5,
    needsNamed: 0.1,
  },
  { kind: "free-text", holds: hasSpans(...TELLING), needs: 0.03, needsNamed: 0.01 },
  { kind: "free-text", holds: hasSpans("full-name"), needs: 0.4, needsNamed: 0.05 },
];
