// People's names inside a text: known names, and words that stand where names stand.
import { isCity, isCountry, isFamilyName, isGivenName, isWord } from "./dictionary.ts";
import type { Span } from "./spans.ts";

const NAME = String.raw`\p{Lu}[\p{L}\p{M}]*(?:['’-]\p{L}[\p{L}\p{M}]+)*\.?`;
/** Particles of family names. */
const PARTICLE = "van|von|der|den|de|da|dos|del|della|di|du|la|le|bin|ibn|al|el|ter|zu|af|ap|mac|y|e";
const SEQUENCE = new RegExp(
  String.raw`(?<![\p{L}\p{M}\d@_-])${NAME}(?:[ \t]+(?:(?:${PARTICLE})[ \t]+){0,2}${NAME}){0,3}(?![\p{L}\p{M}\d@])`,
  "gu",
);

const TITLE =
  "mr|mrs|ms|miss|mx|dr|prof|professor|sir|madam|lady|lord|rev|capt|captain|sgt|herr|frau|mme|mlle|monsieur|madame|sr|sra|srta|señor|señora|doña|sig|signor|signora|dott|dhr|mevr|mevrouw|pan|pani";
const WORD = String.raw`[\p{L}\p{M}][\p{L}\p{M}'’-]+`;
/** What comes after them is a name, in whatever case it is written. */
const INTRODUCED: readonly RegExp[] = [
  new RegExp(String.raw`(?<![\p{L}])(?:${TITLE})\.?[ \t]+(${WORD}(?:[ \t]+${WORD}){0,2})`, "giu"),
  new RegExp(
    String.raw`(?<![\p{L}])(?:my name is|name's|i am called|call me|signed,?|sincerely,?|regards,?|dear|attn:?|ich heiße|mein name ist|je m'appelle|me llamo|mi nombre es|mi chiamo|meu nome é|(?:maiden|last|first|family|middle) name(?: is)?[:?]?|partner's name(?: is)?|mijn naam is|ik heet|nazywam się)[ \t,]+(${WORD}(?:[ \t]+${WORD}){0,2})`,
    "giu",
  ),
  new RegExp(
    String.raw`(?:^|\n)[ \t]*(?:name|full name|customer|patient|from|to|contact|billing address|nom|nombre|nome|naam|imię)[ \t]*:[ \t]*(${WORD}(?:[ \t]+${WORD}){0,2})`,
    "giu",
  ),
];

const STOP = new Set(
  (
    "the a an and or but if is are was were be been to of in on at for from with by as it this that there here you your my our their his her its we i he she they who what when where why how " +
    "not no yes please thanks thank hello hi dear sir madam team all card account address phone number name email order invoice customer support service bank street road city country day time year " +
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november december will can could would should may might must do does did have has had " +
    "re fw fwd subject date new old first last next other some any every each so then than just only also very too more most und oder aber ich sie wir der die das le la les un une et ou el los las una y o il lo gli che per con non"
  ).split(" "),
);

const isStop = (word: string): boolean => STOP.has(word.toLowerCase());

const SPEECH =
  "said|says|asked|asks|replied|shouted|told|wrote|writes|explained|added|called|whispered|answered|lives|lived|works|worked|was born";
/** Who speaks, lives or is spoken to is a person, whatever the name; these need a capital. */
const ACTING: readonly RegExp[] = [
  new RegExp(String.raw`(?<![\p{L}\p{M}\d@.])(${NAME})(?=[ \t]+(?:${SPEECH})(?![\p{L}]))`, "gu"),
  new RegExp(String.raw`(?:^|[.!?,"][ \t]+|["”])(?:said|says|asked|replied|shouted|wrote|added)[ \t]+(${NAME}(?:[ \t]+${NAME})?)`, "gu"),
  new RegExp(String.raw`(?:^|[.!?][ \t]+)(${NAME})(?=,[ \t]+(?:can|could|would|will|please|may|do|did|are|thank|I)(?![\p{L}]))`, "gu"),
];

/** The introduced words up to the first that cannot be a name; lower-case ones only while they are known names or nothing else is there. */
function introducedName(found: string): string | undefined {
  const words = found.split(/[ \t]+/);
  const kept: string[] = [];
  for (const word of words) {
    const isUpper = /^\p{Lu}/u.test(word);
    if (isStop(word)) break;
    if (!isUpper && (isWord(word) || !(isGivenName(word) || isFamilyName(word)))) break;
    kept.push(word);
  }
  return kept.length === 0
    ? undefined
    : found.slice(0, found.indexOf(kept.at(-1) as string, kept.slice(0, -1).join(" ").length) + (kept.at(-1) as string).length);
}

const COMPANY =
  /^(?:Inc|Ltd|LLC|LLP|PLC|Corp|Corporation|Co|Company|Companies|GmbH|AG|KG|SE|SA|SARL|SAS|SpA|Srl|BV|NV|AB|Oy|Group|Holdings?|Partners|Associates|Consulting|Solutions|Systems|Software|Technologies|Services|Industries|Bank|University|College|School|Institute|Hospital|Club|Hotel|Museum|Foundation|Committee|Council|Ministry|Party|Union|Church)\.?,?$/i;

/** Whether a sequence of capitalized words is a name: one of them is known, and it is not all words of the language. */
function isName(words: readonly string[]): boolean {
  if (COMPANY.test(words.at(-1) as string)) return false;
  const bare = words.map((word) => word.replace(/\.$/, ""));
  const known = bare.filter((word) => isGivenName(word) || isFamilyName(word));
  if (known.length === 0) return false;
  if (bare.length === 1)
    return (
      isGivenName(bare[0] as string) &&
      !isWord(bare[0] as string) &&
      !isStop(bare[0] as string) &&
      !isCity(bare[0] as string) &&
      !isCountry(bare[0] as string)
    );
  return bare.some((word) => isGivenName(word) && !isStop(word)) || (known.length === bare.length && known.some((word) => !isWord(word)));
}

export function* personSpans(text: string): Iterable<Span> {
  for (const pattern of INTRODUCED)
    for (const match of text.matchAll(pattern)) {
      const name = introducedName(match[1] as string);
      if (name === undefined) continue;
      const start = match.index + match[0].length - (match[1] as string).length;
      yield { kind: "full-name", start, end: start + name.length };
    }
  for (const pattern of ACTING)
    for (const match of text.matchAll(pattern)) {
      const name = match[1] as string;
      if (isStop(name) || isWord(name) || isCountry(name)) continue;
      const start = match.index + match[0].lastIndexOf(name);
      yield { kind: "full-name", start, end: start + name.length };
    }
  for (const match of text.matchAll(SEQUENCE)) {
    const words = match[0].split(/[ \t]+/);
    // A sentence's first word is capitalized for another reason: it is left out when it is no name and others follow.
    let from = 0;
    while (
      from < words.length - 1 &&
      (isStop(words[from] as string) || !(isGivenName(words[from] as string) || isFamilyName(words[from] as string)))
    )
      from++;
    for (const first of from === 0 ? [0] : [0, from]) {
      const tail = words.slice(first);
      if (isStop(tail[0] as string) || !isName(tail)) continue;
      const start = match.index + match[0].length - textFrom(match[0], first).length;
      yield { kind: "full-name", start, end: match.index + match[0].replace(/\.$/, "").length };
      break;
    }
  }
  yield* lowerCaseNames(text);
}

const textFrom = (text: string, word: number): string => text.replace(new RegExp(String.raw`^(?:\S+[ \t]+){${word}}`), "");

/** In texts without capitals: a known given name that is no word, followed by a known family name or alone beside a verb of speech. */
function* lowerCaseNames(text: string): Iterable<Span> {
  if (/\p{Lu}\p{Ll}/u.test(text)) return;
  // A noun with its article or a possessive is no name.
  for (const match of text.matchAll(
    /(?<!\b(?:the|a|an|this|that|my|your|his|her|our|their) )(?<![\p{L}\p{M}@.])([\p{L}\p{M}'’-]{3,})(?:[ \t]+([\p{L}\p{M}'’-]{3,}))?(?![\p{L}\p{M}@])/gu,
  )) {
    const [whole, first = "", second] = match;
    if (!isGivenName(first) || isWord(first) || isStop(first)) continue;
    const hasFamily = second !== undefined && isFamilyName(second) && !isWord(second) && !isStop(second);
    yield { kind: "full-name", start: match.index, end: match.index + (hasFamily ? whole.length : first.length) };
  }
}
