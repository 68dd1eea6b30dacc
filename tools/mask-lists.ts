// Writes the lists of names and places that maskers choose from: src/mask/lists/LOCALE.json, out of @faker-js/faker (MIT) at its pinned version.
//
// They are written down rather than asked for at run time, since what a value is masked to must not change when a library does.
import { mkdirSync, writeFileSync } from "node:fs";
import { allFakers } from "@faker-js/faker";

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
