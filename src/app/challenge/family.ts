// The contract of a challenge family: one kind of violating grant, put into a copy of what was read.
import type { Estate } from "../../analyze/estate.ts";
import type { Observation } from "../../model/observation.ts";

/** One grant to inject: what it says, what it is about, and the observations with it. */
export interface Injection {
  /** Plain words: `role/deploy-production trusts any branch of acme/shop`. */
  readonly what: string;
  /** Entity ids, of which a new way must touch one for the injection to count as detected. */
  readonly about: readonly string[];
  readonly apply: (observations: readonly Observation[]) => readonly Observation[];
}

export interface Family {
  readonly id: string;
  /** What the family injects, in one sentence. */
  readonly says: string;
  /** Every injection this estate has room for, in a stable order; empty when there is none. */
  readonly injections: (estate: Estate) => readonly Injection[];
}

/** Replaces the observations that `matches` says, by what `change` makes of them. */
export function changed<T extends Observation>(
  observations: readonly Observation[],
  matches: (observation: Observation) => observation is T,
  change: (observation: T) => Observation,
): readonly Observation[] {
  return observations.map((observation) => (matches(observation) ? change(observation) : observation));
}

/** Environments of production's tier, and those below them. */
export function sides(estate: Estate): { readonly production: ReadonlySet<string>; readonly below: ReadonlySet<string> } {
  const production = new Set(
    estate.charter.environments.filter(({ tier }) => tier === "production" || tier === "disaster-recovery").map(({ name }) => name),
  );
  return { production, below: new Set(estate.walls.filter(({ to }) => production.has(to)).map(({ from }) => from)) };
}

export const isIn = (estate: Estate, id: string, environments: ReadonlySet<string>): boolean =>
  environments.has(estate.environmentOf(id) ?? "");
