// The four repositories: who may write, what their branches and environments ask for. Flaws of settings stand here.
import type { RepositoryName } from "../names.ts";
import type { Team } from "../people.ts";
import type { Role } from "./wire.ts";

export interface Reviewer {
  readonly type: "User" | "Team";
  readonly name: string;
}

export interface EnvironmentSpec {
  readonly name: string;
  readonly reviewers?: readonly Reviewer[];
  readonly preventSelfReview?: boolean;
  /** Branches that may deploy; absent: all. */
  readonly branches?: readonly string[];
  readonly secrets?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
}

export interface RulesetSpec {
  readonly name: string;
  readonly approvals: number;
  /** Repository roles that may pass it by. */
  readonly bypass: readonly ("write" | "maintain")[];
}

export interface RepositorySpec {
  readonly name: RepositoryName;
  readonly description: string;
  readonly language: string;
  readonly teams: Readonly<Partial<Record<Team, Role>>>;
  /** Classic protection of main: how many approvals; absent: none, a ruleset instead. */
  readonly protection?: { readonly approvals: number; readonly checks: readonly string[] };
  readonly ruleset?: RulesetSpec;
  readonly environments: readonly EnvironmentSpec[];
  readonly branches: readonly string[];
}

/** Any branch: that is what development is for. */
const development: EnvironmentSpec = { name: "development", variables: { CLUSTER: "development" } };

/** From development to test without approval, of what was reviewed into main. */
const test: EnvironmentSpec = { name: "test", branches: ["main"], variables: { CLUSTER: "development" } };

const gated = (...reviewers: readonly Reviewer[]): EnvironmentSpec => ({
  name: "production",
  reviewers,
  preventSelfReview: true,
  branches: ["main"],
  variables: { CLUSTER: "production" },
});

const PLATFORM: Reviewer = { type: "Team", name: "platform" };

const shop: RepositorySpec = {
  name: "shop",
  description: "The shop: catalogue, cart, orders",
  language: "TypeScript",
  teams: { shop: "write", support: "triage", security: "triage" },
  protection: { approvals: 1, checks: ["lint", "test"] },
  // Near-miss: real protection. Another person approves, and only main may deploy.
  environments: [development, test, { ...gated(PLATFORM), secrets: ["STATUS_PAGE_TOKEN"] }],
  branches: ["main", "feature/gift-cards", "feature/search-facets", "fix/cart-rounding"],
};

const payments = (fixed: boolean): RepositorySpec => ({
  name: "payments",
  description: "Payments, ledger and invoices",
  language: "Kotlin",
  teams: { payments: "write", security: "triage" },
  // FLAW 3: Victor merges his own change, since main asks for a pull request and no approval, and then approves his own deployment, since
  // self-review is not prevented. Fixed: another person's approval for each.
  protection: { approvals: fixed ? 1 : 0, checks: ["test"] },
  environments: [
    development,
    test,
    fixed ? gated({ type: "Team", name: "payments" }) : { ...gated({ type: "User", name: "victor-acme" }), preventSelfReview: false },
  ],
  branches: ["main", "feature/instant-refunds", "spike/ledger-v2"],
});

const website = (fixed: boolean): RepositorySpec => ({
  name: "website",
  description: "www.acme.example",
  language: "TypeScript",
  teams: { web: "write", security: "triage" },
  protection: { approvals: 1, checks: ["build"] },
  // FLAW 7: the charter calls role/deploy-website a gate, and the environment that its trust names protects nothing: a job on any branch
  // may enter it. Fixed: the environment asks for a reviewer and for main.
  environments: [
    development,
    test,
    fixed ? { ...gated(PLATFORM), secrets: ["CDN_PURGE_TOKEN"] } : { name: "production", secrets: ["CDN_PURGE_TOKEN"] },
  ],
  branches: ["main", "campaign/winter", "feature/consent-banner"],
});

const platformInfrastructure = (fixed: boolean): RepositorySpec => ({
  name: "platform-infrastructure",
  description: "Accounts, clusters, and the workflows that others call",
  language: "HCL",
  teams: { platform: "write", security: "triage" },
  // FLAW 6: main asks for a review, and everyone who may write may pass it by. Fixed: nobody may.
  ruleset: { name: "main", approvals: 1, bypass: fixed ? [] : ["write"] },
  // Near-miss: the platform team writes this repository, administers development, and reviews production. Another of the team must approve.
  environments: [{ name: "non-production", branches: ["main"], variables: { CLUSTER: "development" } }, gated(PLATFORM)],
  branches: ["main", "feature/node-group-arm", "chore/provider-update"],
});

export const repositories = (fixed: boolean): readonly RepositorySpec[] => [
  shop,
  payments(fixed),
  platformInfrastructure(fixed),
  website(fixed),
];
