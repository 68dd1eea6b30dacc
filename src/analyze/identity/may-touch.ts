// Set at a time: which identities of an account have an allowing statement that can touch a resource, found by the resource's prefix.
import { evaluateCondition, type Context } from "./condition.ts";
import type { AwsEstate, Identity } from "./estate.ts";
import { intersects } from "./patterns.ts";
import { matchesAction, type Statement } from "./policy.ts";

/** Candidates only, and never one too few: the evaluator decides. */
export interface MayTouch {
  /** `about` says what is known of the resource whoever asks, and leaves every other key open: a statement that it refutes is passed over once. */
  readonly each: (account: string, action: string, resource: string, about: Context, take: (who: Identity) => void) => void;
}

/** Those whom one statement allows: a policy that many have is asked about a resource once. */
interface Bearers {
  readonly statement: Statement;
  readonly expands: boolean;
  readonly identities: Identity[];
}

interface Prefixes {
  /** What a pattern begins with before its first wildcard or variable → the statements with such a pattern. */
  readonly byPrefix: ReadonlyMap<string, readonly Bearers[]>;
  /** Lengths that occur, so that a resource looks up as many prefixes as there are lengths. */
  readonly lengths: readonly number[];
  /** Sorted, for those that begin with a resource: a pattern of resources is narrowed by what lies within it. */
  readonly sorted: readonly string[];
}

export function mayTouch(aws: AwsEstate): MayTouch {
  const known = new Map<string, Map<string, Prefixes>>();
  const allowed = new Map<string, Allowing>();
  const allowingIn = (account: string): Allowing => {
    let found = allowed.get(account);
    if (!found) allowed.set(account, (found = allowing(aws.inAccount(account))));
    return found;
  };
  const prefixesOf = (account: string, action: string): Prefixes => {
    let ofAction = known.get(action);
    if (!ofAction) known.set(action, (ofAction = new Map()));
    let found = ofAction.get(account);
    if (!found) ofAction.set(account, (found = prefixes(allowingIn(account), action)));
    return found;
  };
  return {
    each(account, action, resource, about, take) {
      const { byPrefix, lengths, sorted } = prefixesOf(account, action);
      const literal = /^[^*?]*/.exec(resource)?.[0] ?? "";
      for (const length of lengths) {
        const found = length > literal.length ? undefined : byPrefix.get(literal.slice(0, length));
        if (found) whoCan(found, resource, about, take);
      }
      if (literal.length === resource.length) return;
      for (let i = firstAfter(sorted, literal); sorted[i]?.startsWith(literal); i++)
        whoCan(byPrefix.get(sorted[i] as string) ?? [], resource, about, take);
    },
  };
}

function whoCan(found: readonly Bearers[], resource: string, about: Context, take: (who: Identity) => void): void {
  for (const { statement, expands, identities } of found) if (canApply(statement, expands, resource, about)) identities.forEach(take);
}

function canApply({ resources, conditions }: Statement, expands: boolean, resource: string, about: Context): boolean {
  if (resources && !resources.negated && !resources.patterns.some((pattern) => pattern.includes("$") || intersects(pattern, resource)))
    return false;
  return conditions.every((condition) => evaluateCondition(condition, about, true, expands) !== "false");
}

/** The allowing statements of an account's identities: by action as written, and those that only matching tells. */
interface Allowing {
  readonly literal: ReadonlyMap<string, readonly Bearers[]>;
  readonly wild: readonly Bearers[];
}

function allowing(identities: readonly Identity[]): Allowing {
  const bearers = new Map<Statement, Bearers>();
  const literal = new Map<string, Bearers[]>();
  const wild: Bearers[] = [];
  const place = (made: Bearers): void => {
    const { actions } = made.statement;
    if (actions.negated || actions.patterns.some((pattern) => /[*?]/.test(pattern))) return void wild.push(made);
    for (const action of actions.patterns) {
      const list = literal.get(action);
      if (list) list.push(made);
      else literal.set(action, [made]);
    }
  };
  for (const identity of identities) {
    for (const { compiled } of identity.index.policies) {
      for (const statement of compiled.statements) {
        if (statement.effect !== "Allow") continue;
        const known = bearers.get(statement);
        if (known) known.identities.push(identity);
        else {
          const made = { statement, expands: compiled.expandsVariables, identities: [identity] };
          bearers.set(statement, made);
          place(made);
        }
      }
    }
  }
  return { literal, wild };
}

function prefixes({ literal, wild }: Allowing, action: string): Prefixes {
  const byPrefix = new Map<string, Bearers[]>();
  for (const made of [...(literal.get(action) ?? []), ...wild.filter(({ statement }) => matchesAction(statement.actions, action))]) {
    for (const prefix of beginnings(made)) {
      const list = byPrefix.get(prefix);
      if (list) list.push(made);
      else byPrefix.set(prefix, [made]);
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
const beginningsOf = new WeakMap<Statement, readonly string[]>();

function beginnings({ statement }: Bearers): readonly string[] {
  const { resources } = statement;
  if (!resources || resources.negated) return FROM_ANYTHING;
  let found = beginningsOf.get(statement);
  if (!found) {
    found = [...new Set(resources.patterns.map((pattern) => /^[^*?$]*/.exec(pattern)?.[0] ?? ""))];
    beginningsOf.set(statement, found);
  }
  return found;
}
