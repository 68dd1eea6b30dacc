// Set at a time: which identities of an account have an allowing statement that can touch a resource, found by the resource's prefix.
import type { AwsEstate, Identity } from "./estate.ts";
import type { Bound } from "./evaluate.ts";

/** Candidates only, and never one too few: the evaluator decides. */
export interface MayTouch {
  readonly identities: (account: string, action: string, resource: string) => Iterable<Identity>;
}

interface Prefixes {
  /** What a pattern begins with before its first wildcard or variable → the identities with such a pattern. */
  readonly byPrefix: ReadonlyMap<string, ReadonlySet<Identity>>;
  /** Lengths that occur, so that a resource looks up as many prefixes as there are lengths. */
  readonly lengths: readonly number[];
  /** Sorted, for those that begin with a resource: a pattern of resources is narrowed by what lies within it. */
  readonly sorted: readonly string[];
}

export function mayTouch(aws: AwsEstate): MayTouch {
  const known = new Map<string, Prefixes>();
  const prefixesOf = (account: string, action: string): Prefixes => {
    const key = `${account} ${action}`;
    let found = known.get(key);
    if (!found) known.set(key, (found = prefixes(aws.inAccount(account), action)));
    return found;
  };
  return {
    *identities(account, action, resource) {
      const { byPrefix, lengths, sorted } = prefixesOf(account, action);
      const literal = /^[^*?]*/.exec(resource)?.[0] ?? "";
      for (const length of lengths) {
        const found = length > literal.length ? undefined : byPrefix.get(literal.slice(0, length));
        if (found) yield* found;
      }
      if (literal.length === resource.length) return;
      for (let i = firstAfter(sorted, literal); sorted[i]?.startsWith(literal); i++) yield* byPrefix.get(sorted[i] as string) ?? [];
    },
  };
}

function prefixes(identities: readonly Identity[], action: string): Prefixes {
  const byPrefix = new Map<string, Set<Identity>>();
  for (const identity of identities) {
    for (const bound of identity.index.forAction(action).allows) {
      for (const prefix of beginnings(bound)) {
        const set = byPrefix.get(prefix);
        if (set) set.add(identity);
        else byPrefix.set(prefix, new Set([identity]));
      }
    }
  }
  const sorted = [...byPrefix.keys()].sort();
  return { byPrefix, sorted, lengths: [...new Set(sorted.map((prefix) => prefix.length))] };
}

/** Index of the first that is longer than `text` and not before it. */
function firstAfter(sorted: readonly string[], text: string): number {
  let low = 0;
  for (let high = sorted.length; low < high;) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as string) <= text) low = middle + 1;
    else high = middle;
  }
  return low;
}

const FROM_ANYTHING = [""];
const beginningsOf = new WeakMap<Bound["statement"], readonly string[]>();

function beginnings({ statement }: Bound): readonly string[] {
  const { resources } = statement;
  if (!resources || resources.negated) return FROM_ANYTHING;
  let found = beginningsOf.get(statement);
  if (!found) {
    found = [...new Set(resources.patterns.map((pattern) => /^[^*?$]*/.exec(pattern)?.[0] ?? ""))];
    beginningsOf.set(statement, found);
  }
  return found;
}
