// Cycle walking: a permutation of everything becomes one of a part of it, by going on until the part is reached again.

/** Far beyond what any part takes that is worth walking in: what does not end there is a part that holds the value alone. */
const MOST_STEPS = 5_000;

/**
 * `accept` must hold for the value itself: then the walk along its cycle ends, at the latest where it began, and different values end
 * at different places (Black and Rogaway, CT-RSA 2002, section 4). Undefined when it has not ended by then.
 */
export function walk<T>(value: T, permute: (value: T) => T, accept: (value: T) => boolean): T | undefined {
  let at = value;
  for (let step = 0; step < MOST_STEPS; step++) {
    at = permute(at);
    if (accept(at)) return at;
  }
  return undefined;
}
