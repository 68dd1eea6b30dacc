// Names and places that are known, from the lists of all languages.
import { countries } from "../lists/country.ts";
import known from "../lists/known.json" with { type: "json" };

const fold = (text: string): string => text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();

const setOf = (words: string, more: readonly string[] = []): ReadonlySet<string> => new Set([...words.split("|"), ...more]);

const given = setOf(known.given);
const family = setOf(known.family);
const city = setOf(known.city);
const country = setOf(
  known.country,
  countries.flatMap((each) => each.names.filter((name) => name.length > 3).map(fold)),
);

/** Names that are words as well: alone they say nothing. */
const WORDS = new Set(
  (
    "will may grace mark rose faith hope joy summer april june august dawn ivy iris ruby amber jade pearl crystal angel art bill bob chance chase christian " +
    "cliff dale dean drew earnest frank gay gene glen grant guy heath jack jean jewel ken lance lane major max melody misty nick norm pat rob robin rusty sandy " +
    "sky star ray red rich river sue tad ted tony van victor virginia warren woody london paris austin jordan israel georgia carolina sterling price brown white black green young king long short " +
    "hill wood field ford bush rice bean cook baker butler page hall stone rivers waters wells banks brooks day best love good new little small bright early strong power money bond franc lang alba aurora chloe rey sol luz mar dino rocky buddy " +
    "an in on to do he me my so we die der das per con una des les von della nova monte santa porto bella rosa nice cannes tours"
  ).split(" "),
);

export const isGivenName = (text: string): boolean => given.has(fold(text));
export const isFamilyName = (text: string): boolean => family.has(fold(text));
export const isCity = (text: string): boolean => city.has(fold(text));
export const isCountry = (text: string): boolean => country.has(fold(text));
export const isWord = (text: string): boolean => WORDS.has(fold(text));
