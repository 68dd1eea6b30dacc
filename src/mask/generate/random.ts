// Chance that can be repeated: the keyed function over a counter, so that one seed gives one set of data.
import { createPrf, fraction } from "../prf/prf.ts";

export interface Random {
  /** From 0 to below 1. */
  readonly next: () => number;
  /** From 0 to below `count`. */
  readonly below: (count: number) => number;
  readonly pick: <T>(from: readonly T[]) => T;
}

export function randomFrom(seed: number, ...path: readonly string[]): Random {
  const key = Buffer.alloc(32);
  key.writeDoubleBE(seed);
  let prf = createPrf(key);
  for (const each of path) prf = prf.derive(each);
  let at = 0;
  const next = (): number => {
    prf.evaluateWords(1, at++, 0, 0, 0);
    return fraction(prf, 0);
  };
  const below = (count: number): number => Math.floor(next() * count);
  return { next, below, pick: (from) => from[below(from.length)] as (typeof from)[number] };
}
