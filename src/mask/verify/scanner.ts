// The hot path: one value of the lower environment, whole and word by word, against the fingerprints of production.
import { type Fingerprints, type Seeds, spread, stepA, stepB } from "./fingerprints.ts";
import { folded, hasEscapes, NORMAL, withoutEscapes } from "./normal.ts";
import { LEAST_LENGTH_INSIDE } from "./evidence.ts";

/** How many first bytes say whether anything sought begins so. */
const PREFIX = 4;
const PREFIX_BITS = 22;

export interface Sought {
  /** The longest value sought that begins with these bytes; 0: none does. */
  readonly longest: Uint8Array;
}

export const sought = (): Sought => ({ longest: new Uint8Array(1 << PREFIX_BITS) });

const prefixPlace = (word: number): number => (Math.imul(word, 0x9e3779b1) >>> (32 - PREFIX_BITS)) | 0;

/** Notes that a value is to be looked for inside of texts too. */
export function seek({ longest }: Sought, bytes: Uint8Array, start: number, end: number, length: number): void {
  let word = 0;
  let count = 0;
  let before = 0;
  for (let at = start; at < end && count < PREFIX; at++) {
    const normal = NORMAL[bytes[at] as number] as number;
    if (normal !== 0) {
      word = (word << 8) | folded(normal, before);
      count++;
    }
    before = normal;
  }
  const place = prefixPlace(word);
  if (length > (longest[place] as number)) longest[place] = Math.min(255, length);
}

export type OnHit = (place: number, isWhole: boolean, start: number, end: number) => void;

export interface Scanner {
  /** `input` may be read until the next call. */
  scan(input: Buffer, start: number, end: number, onHit: OnHit): void;
}

const PERCENT = 0x25;
const BACKSLASH = 0x5c;

/** A value without what surrounds its first and its last word. */
interface Whole {
  readonly from: number;
  readonly to: number;
  readonly words: number;
  readonly mayHaveEscapes: boolean;
}

interface Context {
  readonly known: Fingerprints;
  readonly longest: Uint8Array;
  readonly seeds: Seeds;
}

/** Texts are looked through from every beginning of a word to every end of one, as far as anything sought is long. */
export function scanner(known: Fingerprints, { longest }: Sought, seeds: Seeds): Scanner {
  const context: Context = { known, longest, seeds };
  return {
    scan: (input, start, end, onHit) => {
      const whole = scanWhole(context, input, start, end, onHit);
      if (whole.words < 2) return;
      if (!whole.mayHaveEscapes || !hasEscapes(input, start, end)) return scanInside(context, input, whole, onHit);
      const plain = withoutEscapes(input, start, end);
      scanInside(context, plain, scanWhole(context, plain, 0, plain.length, onHit), onHit);
    },
  };
}

function scanWhole(context: Context, input: Buffer, start: number, end: number, onHit: OnHit): Whole {
  let a = context.seeds.a;
  let b = context.seeds.b;
  let length = 0;
  let before = 0;
  let words = 0;
  let mayHaveEscapes = false;
  let from = start;
  let to = start;
  for (let at = start; at < end; at++) {
    const raw = input[at] as number;
    const normal = NORMAL[raw] as number;
    if (normal !== 0) {
      const byte = folded(normal, before);
      a = stepA(a, byte);
      b = stepB(b, byte);
      if (length++ === 0) from = at;
      to = at + 1;
      if (before === 0) words++;
    } else if (raw === PERCENT || raw === BACKSLASH) mayHaveEscapes = true;
    before = normal;
  }
  if (length > 0) {
    const place = context.known.find(spread(a), spread(b));
    if (place >= 0) onHit(place, true, start, end);
  }
  return { from, to, words, mayHaveEscapes };
}

function scanInside(context: Context, input: Buffer, whole: Whole, onHit: OnHit): void {
  const { from: start, to: end } = whole;
  let at = start;
  while (at < end) {
    while (at < end && NORMAL[input[at] as number] === 0) at++;
    if (at >= end) return;
    const from = at;
    // The first bytes decide whether it is worth going on.
    let word = 0;
    let count = 0;
    let before = 0;
    for (let ahead = from; ahead < end && count < PREFIX; ahead++) {
      const normal = NORMAL[input[ahead] as number] as number;
      if (normal !== 0) {
        word = (word << 8) | folded(normal, before);
        count++;
      }
      before = normal;
    }
    const most = count < PREFIX ? 0 : (context.longest[prefixPlace(word)] as number);
    if (most > 0) extend(context, input, from, end, most, whole, onHit);
    while (at < end && NORMAL[input[at] as number] !== 0) at++;
  }
}

function extend(context: Context, input: Buffer, from: number, end: number, most: number, whole: Whole, onHit: OnHit): void {
  let a = context.seeds.a;
  let b = context.seeds.b;
  let length = 0;
  let before = 0;
  for (let at = from; at <= end; at++) {
    const normal = at < end ? (NORMAL[input[at] as number] as number) : 0;
    if (normal === 0) {
      if (before !== 0 && length >= LEAST_LENGTH_INSIDE && (from !== whole.from || at !== whole.to)) {
        const place = context.known.find(spread(a), spread(b));
        if (place >= 0) onHit(place, false, from, at);
      }
      before = 0;
      continue;
    }
    const byte = folded(normal, before);
    a = stepA(a, byte);
    b = stepB(b, byte);
    before = normal;
    if (++length > most) return;
  }
}
