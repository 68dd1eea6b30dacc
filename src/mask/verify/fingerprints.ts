// Keyed fingerprints of production's sensitive values, in memory only: 64 bits a value under a key that is drawn for the run and forgotten.
import { randomBytes } from "node:crypto";
import { folded, NORMAL } from "./normal.ts";

/** Two 32-bit sums that run along a value's bytes. Neither leaves the process, and without the seeds neither can be made again. */
export interface Sums {
  a: number;
  b: number;
}

export interface Seeds {
  readonly a: number;
  readonly b: number;
}

export function drawSeeds(): Seeds {
  const bytes = randomBytes(8);
  return { a: bytes.readInt32LE(0), b: bytes.readInt32LE(4) };
}

export const stepA = (sum: number, byte: number): number => Math.imul(sum ^ byte, 0x01000193) ^ (sum >>> 15);
export const stepB = (sum: number, byte: number): number => Math.imul(sum + byte, 0x2c9277b5) ^ (sum >>> 13);

/** Spreads a sum over all its bits (MurmurHash3's finalizer, in the public domain). */
export function spread(sum: number): number {
  let mixed = sum;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) | 0;
}

/** The sums of a whole value; its length in compared bytes is returned. */
export function sumValue(bytes: Uint8Array, start: number, end: number, { a, b }: Seeds, into: Sums): number {
  let sumA = a;
  let sumB = b;
  let length = 0;
  let before = 0;
  for (let at = start; at < end; at++) {
    const normal = NORMAL[bytes[at] as number] as number;
    if (normal !== 0) {
      const byte = folded(normal, before);
      sumA = stepA(sumA, byte);
      sumB = stepB(sumB, byte);
      length++;
    }
    before = normal;
  }
  into.a = spread(sumA);
  into.b = spread(sumB);
  return length;
}

/** A set of fingerprints: open addressing over typed arrays, about 26 bytes a value. */
export interface Fingerprints {
  /** Place of the value, new or known; its column is the first that it was met in. */
  add(a: number, b: number, column: number): number;
  /** -1: not there. */
  find(a: number, b: number): number;
  columnOf(place: number): number;
  /** In how many rows of production it stands, up to 255. */
  rowsOf(place: number): number;
  readonly size: number;
}

const FULL = 0.5;

export function fingerprints(expected = 1024): Fingerprints {
  let slots = 1 << Math.max(10, Math.ceil(Math.log2(expected / FULL + 1)));
  let sumsA = new Int32Array(slots);
  let sumsB = new Int32Array(slots);
  let columns = new Uint16Array(slots);
  let rows = new Uint8Array(slots);
  let size = 0;
  // A place with no rows is empty, so 0 and 0 can be sums like any others.
  const placeOf = (a: number, b: number): number => {
    let at = (a ^ (b >>> 7)) & (slots - 1);
    while (rows[at] !== 0 && (sumsA[at] !== a || sumsB[at] !== b)) at = (at + 1) & (slots - 1);
    return at;
  };
  const grow = (): void => {
    const before = { sumsA, sumsB, columns, rows };
    slots *= 2;
    sumsA = new Int32Array(slots);
    sumsB = new Int32Array(slots);
    columns = new Uint16Array(slots);
    rows = new Uint8Array(slots);
    for (let at = 0; at < before.rows.length; at++) {
      if (before.rows[at] === 0) continue;
      const to = placeOf(before.sumsA[at] as number, before.sumsB[at] as number);
      sumsA[to] = before.sumsA[at] as number;
      sumsB[to] = before.sumsB[at] as number;
      columns[to] = before.columns[at] as number;
      rows[to] = before.rows[at] as number;
    }
  };
  return {
    add: (a, b, column) => {
      if (size + 1 > slots * FULL) grow();
      const at = placeOf(a, b);
      if (rows[at] === 0) {
        size++;
        sumsA[at] = a;
        sumsB[at] = b;
        columns[at] = column;
      }
      if ((rows[at] as number) < 255) rows[at] = (rows[at] as number) + 1;
      return at;
    },
    find: (a, b) => {
      const at = placeOf(a, b);
      return rows[at] === 0 ? -1 : at;
    },
    columnOf: (place) => columns[place] as number,
    rowsOf: (place) => rows[place] as number,
    get size() {
      return size;
    },
  };
}
