// Streets, postcodes and places inside a text, as eight languages write them.
import { isCity, isCountry, isFamilyName, isGivenName, isWord } from "./dictionary.ts";
import { type Span, matches } from "./spans.ts";

const WORD = String.raw`[\p{L}\p{M}'’.-]+`;
const NUMBER = String.raw`\d{1,5}(?:[-/]\d{1,4})?\s?[a-z]?`;

/** `221B Baker Street`, `12, High Rd`. */
const BEFORE =
  "street|st|road|rd|avenue|ave|av|lane|ln|drive|dr|court|ct|boulevard|blvd|way|place|pl|square|sq|terrace|ter|close|crescent|cres|highway|hwy|parkway|pkwy|circle|cir|trail|row|grove|gardens|mews|hill|park|walk|alley|loop|plaza|heights|crossing|ridge|bypass|manor";
/** `Rue de Rivoli 8`, `8 rue de Rivoli`. */
const AHEAD =
  "rue|avenue|boulevard|bd|place|chemin|allée|impasse|quai|route|via|viale|piazza|piazzale|corso|largo|vicolo|strada|calle|avenida|avda|plaza|paseo|camino|carrera|rua|travessa|praça|alameda|estrada|rodovia|ulica|ul\\.|al\\.|aleja|os\\.|plac|pl\\.";
/** `Hauptstraße 5`, `Keizersgracht 12`, `Storgatan 3`. */
const ENDING =
  "straße|strasse|str\\.|weg|gasse|platz|allee|ring|damm|ufer|straat|laan|plein|gracht|kade|dijk|singel|vej|gade|vägen|gatan|gata|veien|gate|katu|tie|utca|út|náměstí|ulice|útja|utja|sokak|sokağı|caddesi";

const street = (pattern: string): RegExp => new RegExp(pattern, "giu");

const STREETS: readonly RegExp[] = [
  street(
    String.raw`(?<![\p{L}\d])${NUMBER},?\s+(?:${WORD}\s+){0,4}?(?:${BEFORE})(?![\p{L}])\.?(?:\s+(?:n|s|e|w|north|south|east|west))?(?![\p{L}])`,
  ),
  street(String.raw`(?<![\p{L}\d])(?:${NUMBER},?\s+)(?:${AHEAD})\s+(?:${WORD}\s*){1,4}`),
  street(String.raw`(?<![\p{L}])(?:${AHEAD})\s+(?:${WORD}\s+){1,4}?,?\s*(?:n[°ºr.]\s*)?${NUMBER}(?![\p{L}\d])`),
  street(String.raw`(?<![\p{L}])(?:${WORD}\s)?${WORD}(?:${ENDING})\s+${NUMBER}(?![\p{L}\d])`),
  // What is announced as an address ends with its line or at a comma.
  street(
    String.raw`(?<![\p{L}])(?:address(?: is)?:|(?:lives?|lived|living|stay(?:s|ing)?) (?:at|on)|wohn\w* in der)\s+(${NUMBER}[^\n,;]{3,60}|[^\n,;\d]{3,40}\s${NUMBER})(?![\p{L}\d])`,
  ),
  street(String.raw`(?<![\p{L}])(?:p\.?\s?o\.?\s?box|postfach|apartado|casella postale|postbus|skrytka)\s+\d{1,6}`),
  street(
    String.raw`(?<![\p{L}])(?:suite|ste|apt|apartment|unit|flat|floor|wohnung|bureau|appartement)\.?\s*#?\s?\d{1,5}[a-z]?(?![\p{L}\d])`,
  ),
];

/** UPU country sheets: United Kingdom; United States with the state; Canada; Netherlands; Poland; Brazil; Portugal. */
const POSTCODES: readonly RegExp[] = [
  /\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b/g,
  /\b(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]),? (\d{5}(?:-\d{4})?)\b/g,
  /\b[A-CEGHJ-NPR-TVXY]\d[A-Z] \d[A-Z]\d\b/g,
  /\b\d{4} [A-Z]{2}\b/g,
  /\b\d{2}-\d{3}\b(?!-)/g,
  /\b\d{5}-\d{3}\b/g,
  /\b\d{4}-\d{3}\b(?!-)/g,
];

/** A number of four to six digits alone on its line or after a comma, or beside a place, is a postcode where an address stands near. */
const LOOSE = /(?<![\w.,#-])\d{4,6}(?=\s*(?:\n|$|,))/g;
const ANNOUNCED = /\b(?:address|adresse|anschrift|dirección|indirizzo|morada|endereço|adres|zip|postcode|postal)\b/i;
const NEAR = 60;

const PLACE_WORD =
  /(?<![\p{L}\p{M}'’-])\p{Lu}[\p{L}\p{M}'’-]+(?:[ -](?:\p{Lu}[\p{L}\p{M}'’-]+|de|la|del|do|da|am|an|der|sur|upon|on)){0,3}/gu;
const PLACE_BEFORE =
  /\b(?:liv(?:e|es|ed|ing) in|born in|(?:city|town|village) of|based in|located in|(?:travel|trip|moved?|flying|fly|returned|going|coming|went|visit(?:ed|ing)?)(?: to| from| in)?|originally from|people of|wohn\w* in|habite à|vive en|abit\w+ a|woont in|mieszka w)\s+$/iu;

export function* addressSpans(text: string): Iterable<Span> {
  let streets = 0;
  for (const pattern of STREETS)
    for (const span of matches(text, pattern, "address", (found) => /\d/.test(found))) {
      streets++;
      yield trimmed(text, span);
    }
  for (const pattern of POSTCODES) yield* matches(text, pattern, "postcode", (found) => !/^(19|20)\d\d [A-Z]{2}$/.test(found));
  yield* matches(text, LOOSE, "postcode", (_found, start) => streets > 0 || ANNOUNCED.test(text.slice(Math.max(0, start - NEAR), start)));
  yield* matches(
    text,
    PLACE_WORD,
    "city",
    (found, start) => isPlace(found) || (PLACE_BEFORE.test(text.slice(0, start).slice(-30)) && !NO_PLACE.test(found)),
  );
}

/** Many towns have people's names: those need a word before them. */
const isPlace = (found: string): boolean =>
  isCountry(found) ? !isWord(found) : isCity(found) && !isWord(found) && !isGivenName(found) && !isFamilyName(found);

/** Months, days and languages stand where places do. */
const NO_PLACE =
  /^(?:I|We|He|She|They|The|A|An|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mon|Tue|Wed|Thu|Fri|Sat|Sun|English|German|French|Spanish|Italian|Dutch|Polish)/;

function trimmed(text: string, span: Span): Span {
  const found = text.slice(span.start, span.end);
  const end = span.end - (found.length - found.trimEnd().length);
  return { ...span, end };
}
