// Which environments stand below which, and between which there is a wall.
import type { Charter, Tier } from "./schema.ts";

/**
 * Rank of each tier: preview < development = sandbox < test < staging < production = disaster-recovery. Tiers of one rank are peers.
 */
export const RANKS: Readonly<Record<Tier, number>> = {
  preview: 0,
  development: 1,
  sandbox: 1,
  test: 2,
  staging: 3,
  production: 4,
  "disaster-recovery": 4,
};

export interface Order {
  /** Whether `a` is less trusted than `b`. Peers are not below each other, isolated or not. */
  isBelow(a: string, b: string): boolean;
  /** Whether the two stand on one rank. An environment is its own peer. */
  arePeers(a: string, b: string): boolean;
}

/** The partial order of a charter's environments, by name. A name that the charter does not declare is a bug of the caller's. */
export function order(charter: Charter): Order {
  const ranks = new Map(charter.environments.map((environment) => [environment.name, RANKS[environment.tier]]));
  const rank = (name: string): number => {
    const found = ranks.get(name);
    if (found === undefined) throw new RangeError(`no environment ${name}`);
    return found;
  };
  return { isBelow: (a, b) => rank(a) < rank(b), arePeers: (a, b) => rank(a) === rank(b) };
}

export interface WalledPair {
  /** What comes from here … */
  readonly from: string;
  /** … must not change what is here. */
  readonly to: string;
}

/** Every pair with a wall, one direction each: from a lower environment to a higher one, and both ways between peers of which one is isolated. */
export function walledPairs(charter: Charter): readonly WalledPair[] {
  const pairs: WalledPair[] = [];
  for (const a of charter.environments)
    for (const b of charter.environments) {
      if (a.name === b.name) continue;
      const isPeer = RANKS[a.tier] === RANKS[b.tier];
      if (RANKS[a.tier] < RANKS[b.tier] || (isPeer && (a.isolated || b.isolated))) pairs.push({ from: a.name, to: b.name });
    }
  return pairs;
}
