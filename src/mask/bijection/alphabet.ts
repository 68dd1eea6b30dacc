// Which characters may stand for which: the classes that format-preserving text keeps.

/** The characters that one may become, itself among them, and where it stands there. */
export interface Place {
  readonly alphabet: readonly number[];
  readonly index: number;
}

/** Half a row of Unicode's charts: ASCII stays ASCII, Cyrillic stays Cyrillic. */
const BLOCK = 128;

/** Letters and digits of one general category (Unicode Standard, section 4.5); marks and punctuation give a text its form, and stay. */
const CATEGORIES = ["Lu", "Ll", "Lt", "Lm", "Lo", "Nd", "Nl", "No"].map((name) => new RegExp(`^\\p{${name}}$`, "u"));

const known = new Map<number, ReadonlyMap<number, Place>>();

function placesOf(block: number): ReadonlyMap<number, Place> {
  const places = new Map<number, Place>();
  const characters = Array.from({ length: BLOCK }, (_, at) => block * BLOCK + at).filter((each) => each < 0xd800 || each > 0xdfff);
  for (const category of CATEGORIES) {
    const alphabet = characters.filter((each) => category.test(String.fromCodePoint(each)));
    for (const [index, each] of alphabet.entries()) places.set(each, { alphabet, index });
  }
  return places;
}

/** Undefined for what is kept. */
export function placeOf(codePoint: number): Place | undefined {
  const block = Math.floor(codePoint / BLOCK);
  let places = known.get(block);
  if (places === undefined) {
    places = placesOf(block);
    known.set(block, places);
  }
  return places.get(codePoint);
}
