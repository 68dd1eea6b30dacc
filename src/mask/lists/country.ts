// Countries as columns name them, with the form of their postcodes and the list their places come from.
import type { Locale } from "./lists.ts";

export interface Country {
  /** ISO 3166-1 alpha-2. */
  readonly code: string;
  /** Other things that columns hold: alpha-3, names in English and in the country's own language. */
  readonly names: readonly string[];
  /** `9` any digit, `1` a digit that is not 0, `A` a letter; the rest as it is. Sources: UPU, "Universal POST*CODE DataBase", each country's format sheet. */
  readonly postcode: string;
  readonly locale: Locale;
}

const country = (code: string, names: string, postcode: string, locale: Locale): Country => ({
  code,
  names: names.toLowerCase().split("|"),
  postcode,
  locale,
});

export const countries: readonly Country[] = [
  country("US", "USA|United States|United States of America|U.S.A.|U.S.", "19999", "en"),
  country("GB", "GBR|UK|United Kingdom|Great Britain|England|Scotland|Wales", "AA9 9AA", "en-GB"),
  country("IE", "IRL|Ireland|Éire", "A99 A999", "en-GB"),
  country("CA", "CAN|Canada", "A9A 9A9", "en"),
  country("AU", "AUS|Australia", "1999", "en-GB"),
  country("NZ", "NZL|New Zealand", "1999", "en-GB"),
  country("DE", "DEU|Germany|Deutschland|Allemagne|Alemania|Germania", "19999", "de"),
  country("AT", "AUT|Austria|Österreich", "1999", "de"),
  country("CH", "CHE|Switzerland|Schweiz|Suisse|Svizzera", "1999", "de"),
  country("FR", "FRA|France|Frankreich|Francia", "19999", "fr"),
  country("BE", "BEL|Belgium|België|Belgique", "1999", "nl"),
  country("LU", "LUX|Luxembourg|Luxemburg", "1999", "fr"),
  country("ES", "ESP|Spain|España|Spanien", "19999", "es"),
  country("MX", "MEX|Mexico|México", "19999", "es"),
  country("AR", "ARG|Argentina", "1999", "es"),
  country("IT", "ITA|Italy|Italia|Italien", "19999", "it"),
  country("PT", "PRT|Portugal", "1999-999", "pt"),
  country("BR", "BRA|Brazil|Brasil", "19999-999", "pt-BR"),
  country("NL", "NLD|Netherlands|The Netherlands|Nederland|Holland", "1999 AA", "nl"),
  country("PL", "POL|Poland|Polska", "19-999", "pl"),
  country("CZ", "CZE|Czech Republic|Czechia|Česko", "199 99", "pl"),
  country("SE", "SWE|Sweden|Sverige", "199 99", "en-GB"),
  country("DK", "DNK|Denmark|Danmark", "1999", "en-GB"),
  country("NO", "NOR|Norway|Norge", "1999", "en-GB"),
  country("FI", "FIN|Finland|Suomi", "19999", "en-GB"),
  country("IN", "IND|India", "199999", "en-GB"),
  country("JP", "JPN|Japan", "199-9999", "en"),
];

const byName = new Map(
  countries.flatMap((each) => [[each.code.toLowerCase(), each] as const, ...each.names.map((name) => [name, each] as const)]),
);

/** By code or name, in any case; undefined for one that is not listed. */
export const countryOf = (text: string): Country | undefined => byName.get(text.trim().toLowerCase());
