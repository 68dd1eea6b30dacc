// Check digits of cards and accounts.

/** ISO/IEC 7812-1, annex B (Luhn): whether the digits, the check digit last, are right. */
export function isLuhn(digits: ArrayLike<number>, start: number, end: number): boolean {
  return luhnSum(digits, start, end, 0) % 10 === 0;
}

/** The check digit to put after the digits. */
export const luhnDigit = (digits: ArrayLike<number>, start: number, end: number): number =>
  (10 - (luhnSum(digits, start, end, 1) % 10)) % 10;

function luhnSum(digits: ArrayLike<number>, start: number, end: number, first: 0 | 1): number {
  let sum = 0;
  for (let at = end - 1, place = first as number; at >= start; at--, place++) {
    const digit = digits[at] as number;
    sum += place % 2 === 0 ? digit : digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
  }
  return sum;
}

/** ISO/IEC 7064, MOD 97-10, of letters and digits where A is 10 and Z is 35 (ISO 13616-1, section 5). */
export function mod97(text: string): number {
  let rest = 0;
  for (const character of text) {
    const value = Number.parseInt(character, 36);
    rest = (value > 9 ? rest * 100 + value : rest * 10 + value) % 97;
  }
  return rest;
}
