// Which pods of lower environments get to which of production, and which policies would have to go for the others.
import type { KnownEstate } from "../../plane.ts";
import { productionNames } from "../../reach/semantics.ts";
import { type Decider, decider } from "./decide.ts";
import { adminPoliciesId, policiesId } from "./entities.ts";
import { type Flows, NONE } from "./flows.ts";
import type { Network, PodClass } from "./network.ts";

export interface Across {
  readonly from: PodClass;
  readonly to: PodClass;
  readonly flows: Flows;
  /** `may`: it depends on what the specification leaves to the network plugin. */
  readonly certainty: "must" | "may";
  /** Guards that hold it back, each of them needed; empty: nothing does. */
  readonly guards: readonly string[];
}

export interface Sides {
  readonly lower: readonly PodClass[];
  readonly production: readonly PodClass[];
}

/** By the environment of the workloads. What is shared or in none sends too: who controls it is for other rules to say. */
export function sidesOf(known: KnownEstate, network: Network): Sides {
  const names = productionNames(known.charter);
  const environments = (of: PodClass): (string | undefined)[] => of.members.map(({ id }) => known.environmentOf(id));
  return {
    lower: network.classes.filter((each) => environments(each).some((name) => !names.has(name ?? ""))),
    production: network.classes.filter((each) => environments(each).some((name) => names.has(name ?? ""))),
  };
}

/** Every pair that is open, and for every other pair each smallest set of policies without which it would be. */
export function* eachAcross(network: Network, { lower, production }: Sides): Iterable<Across> {
  const certain = decider(network, "certain");
  const possible = decider(network, "possible");
  const loosened = [
    decider(network, "certain", ["policies"]),
    decider(network, "certain", ["admin"]),
    decider(network, "certain", ["policies", "admin"]),
  ] as const;
  for (const to of production) {
    for (const from of lower) {
      const must = between(network, certain, certain, from, to);
      if (must !== NONE) {
        yield { from, to, flows: must, certainty: "must", guards: [] };
        continue;
      }
      const may = between(network, possible, possible, from, to);
      if (may !== NONE) yield { from, to, flows: may, certainty: "may", guards: [] };
      yield* held(network, [certain, ...loosened], from, to);
    }
  }
}

const between = (network: Network, sending: Decider, receiving: Decider, from: PodClass, to: PodClass): Flows =>
  network.flows.intersect(sending.row("egress", from)[to.index] as Flows, receiving.row("ingress", to)[from.index] as Flows);

/** Policies of the receiver's namespace first: they are the ones that lower environments have no say in. */
function* held(network: Network, deciders: readonly Decider[], from: PodClass, to: PodClass): Iterable<Across> {
  const own = policiesId(network, to.namespace);
  const theirs = policiesId(network, from.namespace);
  const admin = adminPoliciesId(network.cluster);
  const found: (readonly string[])[] = [];
  const isSameNamespace = own === theirs;
  for (const guards of subsets([own, theirs, admin])) {
    if (isSameNamespace && guards.includes(own) !== guards.includes(theirs)) continue;
    if (found.some((smaller) => smaller.every((guard) => guards.includes(guard)))) continue;
    const without = (policies: string): Decider =>
      deciders[(guards.includes(policies) ? 1 : 0) + (guards.includes(admin) ? 2 : 0)] as Decider;
    const flows = between(network, without(theirs), without(own), from, to);
    if (flows === NONE) continue;
    found.push(guards);
    yield { from, to, flows, certainty: "must", guards: [...new Set(guards)] };
  }
}

/** Smaller ones first, the empty one left out. */
const subsets = ([a, b, c]: readonly [string, string, string]): readonly (readonly string[])[] => [
  [a],
  [b],
  [c],
  [a, b],
  [a, c],
  [b, c],
  [a, b, c],
];
