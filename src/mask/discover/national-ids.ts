// National identifiers by country: their form and their check digits.
import { isLuhn } from "../maskers/checksum.ts";

export interface NationalId {
  readonly country: string;
  readonly name: string;
  /** Of the identifier without spaces, dots, hyphens and slashes. */
  readonly form: RegExp;
  readonly holds: (compact: string) => boolean;
  /** How likely a random text of the form passes: 1 where there is no check digit. */
  readonly chance: number;
}

const digits = (text: string): number[] => [...text].map(Number);
const weighted = (text: string, weights: readonly number[]): number =>
  weights.reduce((sum, weight, at) => sum + weight * Number(text[at]), 0);
const isDate = (year: number, month: number, day: number): boolean => {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
};
const luhn = (text: string): boolean => isLuhn(digits(text), 0, text.length);
const isRepeated = (text: string): boolean => /^(.)\1*$/.test(text);

/** ISO/IEC 7064, MOD 11,10. */
function mod11_10(text: string): boolean {
  let product = 10;
  for (const digit of digits(text.slice(0, -1))) {
    const sum = (digit + product) % 10 || 10;
    product = (sum * 2) % 11;
  }
  return (11 - product) % 10 === Number(text.at(-1));
}

/** Receita Federal: two digits, each the sum by falling weights modulo 11, where 10 counts as 0. */
function brazil(text: string, first: number, cycle: number): boolean {
  const check = (length: number): number => {
    let sum = 0;
    for (let at = length - 1, weight = 2; at >= 0; at--, weight = weight === cycle ? 2 : weight + 1) sum += Number(text[at]) * weight;
    return ((sum * 10) % 11) % 10;
  };
  return !isRepeated(text) && check(first) === Number(text[first]) && check(first + 1) === Number(text[first + 1]);
}

/** Verhoeff, "Error Detecting Decimal Codes" (1969): the dihedral group of the pentagon. */
function verhoeff(text: string): boolean {
  const permute = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
  const multiply = (a: number, b: number): number =>
    a < 5 ? (b < 5 ? (a + b) % 5 : 5 + ((a + b) % 5)) : b < 5 ? 5 + ((a - b + 10) % 5) : (a - b + 10) % 5;
  let check = 0;
  for (const [place, digit] of digits(text).toReversed().entries()) {
    let value = digit;
    for (let times = 0; times < place % 8; times++) value = permute[value] as number;
    check = multiply(check, value);
  }
  return check === 0;
}

/** Decreto ministeriale 23 dicembre 1976: values of characters at odd places. */
const ITALY_ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

function italy(text: string): boolean {
  let sum = 0;
  for (let at = 0; at < 15; at++) {
    const value = Number.parseInt(text[at] as string, 36);
    const place = value > 9 ? value - 10 : value;
    sum += at % 2 === 0 ? (ITALY_ODD[place] as number) : place;
  }
  return String.fromCharCode(65 + (sum % 26)) === text[15];
}

/** Skatteetaten: two check digits modulo 11. */
function norway(text: string): boolean {
  const first = 11 - (weighted(text, [3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11);
  const second = 11 - (weighted(text, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11);
  return first % 11 === Number(text[9]) && second % 11 === Number(text[10]) && Number(text.slice(0, 2)) % 40 <= 31;
}

const france = (text: string): boolean => {
  const body = text.slice(0, 13).replace("2A", "19").replace("2B", "18");
  return 97 - Number(BigInt(body) % 97n) === Number(text.slice(13));
};

const belgium = (text: string): boolean =>
  ["", "2"].some((century) => 97 - (Number(century + text.slice(0, 9)) % 97) === Number(text.slice(9)));

const DNI = "TRWAGMYFPDXBNJZSQVHLCKE";
const spain = (text: string): boolean =>
  DNI[Number(text.slice(0, -1).replace(/^[XYZ]/, (letter) => String("XYZ".indexOf(letter)))) % 23] === text.at(-1);

const HETU = "0123456789ABCDEFHJKLMNPRSTUVWXY";

/** Each country's authority publishes its rule: the comment names it where the code does not say it already. */
export const nationalIds: readonly NationalId[] = [
  // Social Security Administration, "The SSN numbering scheme": no area 000, 666 or 9xx, no group 00, no serial 0000.
  { country: "US", name: "social security number", form: /^(?!000|666|9)\d{3}(?!00)\d{2}(?!0000)\d{4}$/, holds: () => true, chance: 1 },
  // HMRC, National Insurance Manual NIM39110.
  {
    country: "GB",
    name: "national insurance number",
    form: /^(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]$/,
    holds: () => true,
    chance: 0.05,
  },
  {
    country: "GB",
    name: "NHS number",
    form: /^\d{10}$/,
    holds: (text) => (11 - (weighted(text, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11 === Number(text[9]) && !isRepeated(text),
    chance: 0.09,
  },
  {
    country: "DE",
    name: "tax identifier",
    form: /^[1-9]\d{10}$/,
    holds: (text) => mod11_10(text) && new Set(text.slice(0, 10)).size < 10,
    chance: 0.1,
  },
  { country: "FR", name: "social security number", form: /^[1-478]\d{2}(0[1-9]|[1-9]\d)(\d{2}|2[AB])\d{8}$/, holds: france, chance: 0.01 },
  { country: "ES", name: "DNI or NIE", form: /^[\dXYZ]\d{7}[A-Z]$/, holds: spain, chance: 0.04 },
  {
    country: "IT",
    name: "codice fiscale",
    form: /^[A-Z]{6}[\dL-NP-V]{2}[A-EHLMPRST][\dL-NP-V]{2}[A-Z][\dL-NP-V]{3}[A-Z]$/,
    holds: italy,
    chance: 0.01,
  },
  {
    country: "PT",
    name: "NIF",
    form: /^[1-356789]\d{8}$/,
    holds: (text) => ((11 - (weighted(text, [9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11) % 10 === Number(text[8]),
    chance: 0.1,
  },
  {
    country: "NL",
    name: "BSN",
    form: /^\d{9}$/,
    holds: (text) => weighted(text, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0 && !isRepeated(text),
    chance: 0.09,
  },
  {
    country: "PL",
    name: "PESEL",
    form: /^\d{11}$/,
    holds: (text) =>
      weighted(text, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0 && isDate(2000, Number(text.slice(2, 4)) % 20, Number(text.slice(4, 6))),
    chance: 0.05,
  },
  {
    country: "BE",
    name: "national number",
    form: /^\d{11}$/,
    holds: (text) => Number(text.slice(2, 4)) <= 12 && belgium(text),
    chance: 0.01,
  },
  {
    country: "SE",
    name: "personnummer",
    form: /^(\d{2})?\d{10}$/,
    holds: (text) => luhn(text.slice(-10)) && isDate(2000, Number(text.slice(-8, -6)), Number(text.slice(-6, -4)) % 60),
    chance: 0.04,
  },
  { country: "NO", name: "fødselsnummer", form: /^\d{11}$/, holds: norway, chance: 0.01 },
  {
    country: "FI",
    name: "henkilötunnus",
    form: /^\d{6}[+A-FU-Y]?\d{3}[0-9A-Y]$/,
    holds: (text) =>
      HETU[Number(text.slice(0, 6) + text.slice(-4, -1)) % 31] === text.at(-1) &&
      isDate(2000, Number(text.slice(2, 4)), Number(text.slice(0, 2))),
    chance: 0.01,
  },
  {
    country: "CH",
    name: "AHV number",
    form: /^756\d{10}$/,
    holds: (text) => (10 - (weighted(text, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]) % 10)) % 10 === Number(text[12]),
    chance: 0.001,
  },
  { country: "BR", name: "CPF", form: /^\d{11}$/, holds: (text) => brazil(text, 9, 99), chance: 0.01 },
  { country: "BR", name: "CNPJ", form: /^\d{14}$/, holds: (text) => brazil(text, 12, 9), chance: 0.01 },
  { country: "CA", name: "social insurance number", form: /^[1-79]\d{8}$/, holds: luhn, chance: 0.1 },
  {
    country: "AU",
    name: "tax file number",
    form: /^\d{9}$/,
    holds: (text) => weighted(text, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0 && !isRepeated(text),
    chance: 0.09,
  },
  { country: "IN", name: "Aadhaar", form: /^[2-9]\d{11}$/, holds: verhoeff, chance: 0.1 },
];

export const compactId = (text: string): string =>
  text
    .trim()
    .replaceAll(/[\s./-]/g, "")
    .toUpperCase();

export const nationalIdsOf = (text: string): readonly NationalId[] => {
  if (text.length < 9 || text.length > 22) return [];
  const compact = compactId(text);
  return nationalIds.filter(({ form, holds }) => form.test(compact) && holds(compact));
};
