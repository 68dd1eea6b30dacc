// What the ledger says so far about promotions: a fold over its entries, the same for whoever decides and whoever verifies.
import type { Entry } from "../ledger/entry.ts";
import type {
  DeploymentConfirmed,
  PromotionDecided,
  PromotionRequested,
  PromotionReviewed,
  Reference,
  TestReported,
} from "../ledger/promotion.ts";

export interface Dated<Body> {
  readonly index: number;
  readonly at: string;
  readonly body: Body;
}

export interface GateState {
  readonly requests: ReadonlyMap<number, Dated<PromotionRequested>>;
  /** By the place of the request, in order. */
  readonly reviews: ReadonlyMap<number, readonly Dated<PromotionReviewed>[]>;
  /** The last decision of a request. */
  readonly decisions: ReadonlyMap<number, Dated<PromotionDecided>>;
  readonly deployments: ReadonlyMap<number, Dated<DeploymentConfirmed>>;
  /** By digest and environment, in order. */
  readonly tests: ReadonlyMap<string, readonly Dated<TestReported>[]>;
  /** What was last confirmed to run: by environment and the artifact's name. */
  readonly running: ReadonlyMap<string, Dated<DeploymentConfirmed>>;
}

export const EMPTY_STATE: GateState = {
  requests: new Map(),
  reviews: new Map(),
  decisions: new Map(),
  deployments: new Map(),
  tests: new Map(),
  running: new Map(),
};

export const testsKey = (digest: string, environment: string): string => `${environment} ${digest}`;
export const runningKey = (environment: string, artifact: string): string => `${environment} ${artifact}`;

/** A state to which entries are added in their order. It is changed in place; what `state` shows is always the newest. */
export function gateHistory(): { readonly state: GateState; add(entry: Entry, index: number): void } {
  const requests = new Map<number, Dated<PromotionRequested>>();
  const reviews = new Map<number, Dated<PromotionReviewed>[]>();
  const decisions = new Map<number, Dated<PromotionDecided>>();
  const decidedAt = new Map<number, Dated<PromotionDecided>>();
  const deployments = new Map<number, Dated<DeploymentConfirmed>>();
  const tests = new Map<string, Dated<TestReported>[]>();
  const running = new Map<string, Dated<DeploymentConfirmed>>();
  const push = <K, V>(map: Map<K, V[]>, key: K, value: V): void => {
    const list = map.get(key);
    if (list) list.push(value);
    else map.set(key, [value]);
  };
  return {
    state: { requests, reviews, decisions, deployments, tests, running },
    add: (entry, index) => {
      const { at } = entry;
      switch (entry.kind) {
        case "verdict":
          return;
        case "test-reported":
          return push(tests, testsKey(entry.body.digest, entry.body.environment), { index, at, body: entry.body });
        case "promotion-requested":
          return void requests.set(index, { index, at, body: entry.body });
        case "promotion-reviewed":
          return push(reviews, entry.body.request.index, { index, at, body: entry.body });
        case "promotion-decided": {
          const decided = { index, at, body: entry.body };
          decidedAt.set(index, decided);
          return void decisions.set(entry.body.request.index, decided);
        }
        case "deployment-confirmed": {
          const confirmed = { index, at, body: entry.body };
          deployments.set(index, confirmed);
          const decided = decidedAt.get(entry.body.decision.index);
          const request = decided && requests.get(decided.body.request.index);
          if (request) running.set(runningKey(entry.body.environment, request.body.artifact.name), confirmed);
        }
      }
    },
  };
}

/** The request that a confirmed deployment goes back to. */
export function requestOf(state: GateState, deployment: Dated<DeploymentConfirmed>): Dated<PromotionRequested> | undefined {
  for (const [request, decision] of state.decisions)
    if (decision.index === deployment.body.decision.index) return state.requests.get(request);
  return undefined;
}

export const isSameReference = (one: Reference, other: Reference): boolean => one.index === other.index && one.leaf === other.leaf;
