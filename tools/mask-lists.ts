// Writes the lists of names and places that maskers choose from: src/mask/lists/LOCALE.json, out of @faker-js/faker (MIT) at its pinned version.
//
// They are written down rather than asked for at run time, since what a value is masked to must not change when a library does.
import { mkdirSync, writeFileSync } from "node:fs";
import { allFakers, allLocales } from "@faker-js/faker";

const LOCALES = {
  en: "en",
  "en-GB": "en_GB",
  de: "de",
  fr: "fr",
  es: "es",
  it: "it",
  pt: "pt_PT",
  "pt-BR": "pt_BR",
  nl: "nl",
  pl: "pl",
} as const;

const MOST = 512;

function list(make: () => string): readonly string[] {
  const found = new Set<string>();
  for (let tries = 0; tries < MOST * 12 && found.size < MOST; tries++) {
    const each = make();
    if (/^[\p{L}][\p{L}'’. -]*$/u.test(each) && each.length <= 24) found.add(each);
  }
  return [...found].toSorted();
}

const folder = new URL("../src/mask/lists/", import.meta.url);
mkdirSync(folder, { recursive: true });
for (const [name, locale] of Object.entries(LOCALES)) {
  const faker = allFakers[locale];
  faker.seed(831);
  const lists = {
    given: list(() => faker.person.firstName()),
    family: list(() => faker.person.lastName()),
    city: list(() => faker.location.city()),
    street: list(() => faker.location.street()),
  };
  const lines = Object.entries(lists).map(([key, values]) => `  ${JSON.stringify(key)}: ${JSON.stringify(values)}`);
  writeFileSync(new URL(`${name}.json`, folder), `{\n${lines.join(",\n")}\n}\n`);
}

type Words = Readonly<Record<string, readonly string[] | null | undefined>> | readonly string[] | null | undefined;

const wordsOf = (words: Words): readonly string[] =>
  words === null || words === undefined
    ? []
    : Object.values(words).flatMap((each: string | readonly string[] | null | undefined) => each ?? []);

/** Every name and place that any language of the library has: for knowing one when it is seen, not for choosing. */
const known = { given: new Set<string>(), family: new Set<string>(), city: new Set<string>(), country: new Set<string>() };
for (const locale of Object.values(allLocales)) {
  const { person, location } = locale as { person?: Record<string, Words>; location?: Record<string, Words> };
  for (const each of wordsOf(person?.["first_name"])) known.given.add(each);
  for (const each of wordsOf(person?.["last_name"])) known.family.add(each);
  for (const each of wordsOf(location?.["city_name"])) known.city.add(each);
  for (const each of wordsOf(location?.["country"])) known.country.add(each);
}
const folded = (words: ReadonlySet<string>): readonly string[] =>
  [...new Set([...words].map((each) => each.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase()))]
    .filter((each) => /^[\p{L}][\p{L}'’. -]{2,30}$/u.test(each))
    .toSorted();
const lines = Object.entries(known).map(([key, words]) => `  ${JSON.stringify(key)}: ${JSON.stringify(folded(words).join("|"))}`);
writeFileSync(new URL("known.json", folder), `{\n${lines.join(",\n")}\n}\n`);
