// What the ledger says so far about promotions: a fold over its entries, the same for whoever decides and whoever verifies.
import type { Dated, Entry } from "../ledger/entry.ts";
import type {
  DeploymentConfirmed,
  PromotionDecided,
  PromotionRequested,
  PromotionReviewed,
  Reference,
  TestReported,
} from "../ledger/promotion.ts";

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
  /** Every decision by its own place, those too that a later one replaced. */
  readonly decided: ReadonlyMap<number, Dated<PromotionDecided>>;
  /** Requests on which nothing was decided yet. */
  readonly open: ReadonlySet<number>;
  /** The newest deployment that was confirmed, by environment and digest. */
  readonly ran: ReadonlyMap<string, Dated<DeploymentConfirmed>>;
  /** The deployment of a decision, by the decision's place. */
  readonly deployed: ReadonlyMap<number, Dated<DeploymentConfirmed>>;
}

export const EMPTY_STATE: GateState = {
  requests: new Map(),
  reviews: new Map(),
  decisions: new Map(),
  deployments: new Map(),
  tests: new Map(),
  running: new Map(),
  decided: new Map(),
  open: new Set(),
  ran: new Map(),
  deployed: new Map(),
};

export const ranKey = (digest: string, environment: string): string => `${environment} ${digest}`;
export const testsKey = (digest: string, environment: string): string => `${environment} ${digest}`;
export const runningKey = (environment: string, artifact: string): string => `${environment} ${artifact}`;

/** A state to which entries are added in their order. It is changed in place; what `state` shows is always the newest. */
export function gateHistory(): { readonly state: GateState; add(entry: Entry, index: number): void } {
  const requests = new Map<number, Dated<PromotionRequested>>();
  const reviews = new Map<number, Dated<PromotionReviewed>[]>();
  const decisions = new Map<number, Dated<PromotionDecided>>();
  const decided = new Map<number, Dated<PromotionDecided>>();
  const deployments = new Map<number, Dated<DeploymentConfirmed>>();
  const tests = new Map<string, Dated<TestReported>[]>();
  const running = new Map<string, Dated<DeploymentConfirmed>>();
  const open = new Set<number>();
  const ran = new Map<string, Dated<DeploymentConfirmed>>();
  const deployed = new Map<number, Dated<DeploymentConfirmed>>();
  const push = <K, V>(map: Map<K, V[]>, key: K, value: V): void => {
    const list = map.get(key);
    if (list) list.push(value);
    else map.set(key, [value]);
  };
  return {
    state: { requests, reviews, decisions, deployments, tests, running, decided, open, ran, deployed },
    add: (entry, index) => {
      const { at } = entry;
      switch (entry.kind) {
        case "verdict":
          return;
        case "test-reported":
          return push(tests, testsKey(entry.body.digest, entry.body.environment), { index, at, body: entry.body });
        case "promotion-requested":
          open.add(index);
          return void requests.set(index, { index, at, body: entry.body });
        case "promotion-reviewed":
          return push(reviews, entry.body.request.index, { index, at, body: entry.body });
        case "promotion-decided": {
          const decision = { index, at, body: entry.body };
          decided.set(index, decision);
          open.delete(entry.body.request.index);
          return void decisions.set(entry.body.request.index, decision);
        }
        case "deployment-confirmed": {
          const confirmed = { index, at, body: entry.body };
          deployments.set(index, confirmed);
          ran.set(ranKey(entry.body.digest, entry.body.environment), confirmed);
          deployed.set(entry.body.decision.index, confirmed);
          const decision = decided.get(entry.body.decision.index);
          const request = decision && requests.get(decision.body.request.index);
          if (request) running.set(runningKey(entry.body.environment, request.body.artifact.name), confirmed);
        }
      }
    },
  };
}

/** The decision at a place, if no later one of the same request replaced it. */
export function standing(state: GateState, index: number): Dated<PromotionDecided> | undefined {
  const decision = state.decided.get(index);
  return decision && state.decisions.get(decision.body.request.index) === decision ? decision : undefined;
}

/** The request that a confirmed deployment goes back to. */
export function requestOf(state: GateState, deployment: Dated<DeploymentConfirmed>): Dated<PromotionRequested> | undefined {
  const decision = standing(state, deployment.body.decision.index);
  return decision && state.requests.get(decision.body.request.index);
}

export const isSameReference = (one: Reference, other: Reference): boolean => one.index === other.index && one.leaf === other.leaf;
