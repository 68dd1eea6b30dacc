// What a column's name says about its values, in eight languages.
import { KINDS, type Kind } from "./kind.ts";
import names from "./names.json" with { type: "json" };

export interface NameHint {
  readonly kind: Kind;
  /** From 0 to 1. */
  readonly confidence: number;
}

/** `customerFirstName`, `customer_first-name`, `CUSTOMER FIRST NAME`: words in lower case without marks. */
export const wordsOf = (name: string): readonly string[] =>
  name
    .normalize("NFD")
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(/ß/g, "ss")
    .replaceAll(/ł/gi, "l")
    .replaceAll(/([\p{Ll}\d])(\p{Lu})/gu, "$1 $2")
    .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");

interface Phrase {
  readonly kind: Kind;
  readonly words: readonly string[];
}

/** German umlauts are written both ways. */
const phrases: readonly Phrase[] = KINDS.flatMap((kind) =>
  Object.values(names[kind]).flatMap((list) => (list as readonly string[]).map((phrase) => ({ kind, words: phrase.split(" ") }))),
);
const byCompact = new Map(phrases.map((phrase) => [phrase.words.join(""), phrase]));

/** The last word says what the value is of it, and not the thing itself. */
const OF_IT = new Set(
  "id ids key fk pk count type kind flag status state verified confirmed valid enabled active at on by date time created updated changed version hash_algorithm length size format index order position code_type provider domain template subject ref reference uuid guid".split(
    " ",
  ),
);
const ABOUT_IT = new Set(["is", "has", "num", "count", "allow", "allows", "send", "show", "use", "can"]);

/** Tables whose rows are people: their `name` is a person's. */
const PEOPLE =
  /(?:^|_| )(?:users?|customers?|clients?|persons?|people|employees?|staff|actors?|patients?|contacts?|members?|authors?|students?|teachers?|drivers?|passengers?|guests?|subscribers?|leads?|applicants?|candidates?|attendees?|participants?|accounts?|kunden?|mitarbeiter|personen|benutzer|patienten|clients?|utilisateurs?|salaries|personnes|clientes?|usuarios?|empleados?|personas|clienti|utenti|dipendenti|persone|utilizadores|funcionarios|pessoas|klanten|gebruikers|medewerkers|personen|klienci|uzytkownicy|pracownicy|osoby)$/;
const NAME_WORDS = new Set(["name", "nombre", "nom", "nome", "naam", "nazwa", "names"]);

export function hintsOf(name: string, table: string): readonly NameHint[] {
  const words = wordsOf(name);
  const last = words.at(-1) ?? "";
  const hints = new Map<Kind, number>();
  const add = (kind: Kind, confidence: number): void => void hints.set(kind, Math.max(hints.get(kind) ?? 0, confidence));
  const compact = words.join("").replace(/\d+$/, "");
  const whole = byCompact.get(compact) ?? byCompact.get(compact.replace(/s$/, ""));
  if (whole !== undefined) add(whole.kind, 0.9);
  // `email_verified` and `address_id` are of the thing and not it, unless the last word is part of what is named: `tax_id`.
  const isOfIt = words.length > 1 && (OF_IT.has(last) || ABOUT_IT.has(words[0] as string));
  for (const { kind, words: phrase } of phrases) {
    const at = indexOf(words, phrase);
    if (at < 0) continue;
    const isLast = at + phrase.length === words.length || (at + phrase.length === words.length - 1 && /^\d+$/.test(last));
    if (isOfIt && !(isLast && phrase.length > 1)) continue;
    add(kind, isLast ? 0.8 : 0.45);
  }
  if (words.length === 1 && NAME_WORDS.has(last) && PEOPLE.test(wordsOf(table).join("_"))) add("full-name", 0.6);
  return [...hints].map(([kind, confidence]) => ({ kind, confidence })).toSorted((a, b) => b.confidence - a.confidence);
}

function indexOf(words: readonly string[], phrase: readonly string[]): number {
  for (let at = 0; at + phrase.length <= words.length; at++) if (phrase.every((word, index) => words[at + index] === word)) return at;
  return -1;
}
