// The gate's decisions: a table of stories, each with the decision and its reasons.
import { expect, test } from "vitest";
import type { Charter } from "../charter/schema.ts";
import type { Reason, Reference } from "../ledger/promotion.ts";
import type { Decision } from "./decide.ts";
import { type Body, charterWith, codes, day, decided, DIGEST, OTHER, ready, reviewed, type Story, story } from "./story-support.ts";

interface Case {
  readonly name: string;
  readonly tell: (tell: Story) => Reference;
  readonly charter?: Charter;
  readonly at?: string;
  readonly expect: readonly (Decision["outcome"] | Reason["code"])[];
}

const CASES: readonly Case[] = [
  { name: "tested below and approved by another", tell: (t) => ready(t, "github:@ben"), expect: ["approved"] },
  { name: "a login in another case is the same account", tell: (t) => ready(t, "github:@ann"), expect: ["approved"] },
  { name: "by nobody yet", tell: (t) => ready(t), expect: ["waiting", "not-enough-approvals"] },
  { name: "by one who may not", tell: (t) => ready(t, "github:@eve"), expect: ["waiting", "not-enough-approvals"] },
  { name: "by an account that two people hold", tell: (t) => ready(t, "github:@shared"), expect: ["waiting", "not-enough-approvals"] },
  {
    name: "by an account that only a pattern names",
    tell: (t) => ready(t, "arn:aws:iam::111122223333:user/cas"),
    expect: ["waiting", "not-enough-approvals"],
  },
  {
    name: "by the author",
    tell: (t) => ((t.below(), t.test()), reviewed(t, { authors: ["github:@ben"] }, "github:@ben")),
    expect: ["waiting", "not-enough-approvals"],
  },
  {
    name: "by the author's bot",
    tell: (t) => ((t.below(), t.test()), reviewed(t, { authors: ["github:@Ann"] }, "github:@ann-bot[bot]")),
    expect: ["waiting", "not-enough-approvals"],
  },
  {
    name: "by the author of the bot's change",
    tell: (t) => ((t.below(), t.test()), reviewed(t, { authors: ["github:@ann-bot[bot]"] }, "github:@Ann")),
    expect: ["waiting", "not-enough-approvals"],
  },
  {
    name: "by the requester",
    tell: (t) => ((t.below(), t.test()), reviewed(t, { requester: "github:@ben" }, "github:@ben")),
    expect: ["waiting", "not-enough-approvals"],
  },
  {
    name: "by one person with two accounts, where two are needed",
    charter: charterWith({ approvals: 2 }),
    tell: (t) => ready(t, "github:@ann", "github:@ann-bot[bot]"),
    expect: ["waiting", "not-enough-approvals"],
  },
  {
    name: "by two people",
    charter: charterWith({ approvals: 2 }),
    tell: (t) => ready(t, "github:@ann", "github:@cas"),
    expect: ["approved"],
  },
  {
    name: "an author whom nobody knows could be anyone",
    tell: (t) => ((t.below(), t.test()), reviewed(t, { authors: ["github:@stranger"] }, "github:@ben")),
    expect: ["refused", "unknown-author"],
  },
  {
    name: "unless it is declared as held by no person",
    charter: charterWith({ automations: ["github:@dependabot[bot]"] }),
    tell: (t) => ((t.below(), t.test()), reviewed(t, { authors: ["github:@dependabot[bot]"] }, "github:@ben")),
    expect: ["approved"],
  },
  {
    name: "without authors nothing is known to be by another",
    tell: (t) => ((t.below(), t.test()), reviewed(t, { authors: [] }, "github:@ben")),
    expect: ["refused", "no-authors"],
  },
  { name: "never tested", tell: (t) => (t.below(), reviewed(t, {}, "github:@ben")), expect: ["waiting", "not-tested"] },
  {
    name: "tested elsewhere",
    tell: (t) => ((t.below(), t.test({ environment: "development" })), reviewed(t, {}, "github:@ben")),
    expect: ["waiting", "not-tested"],
  },
  {
    name: "another digest was tested",
    tell: (t) => ((t.below(), t.test({ digest: OTHER })), reviewed(t, {}, "github:@ben")),
    expect: ["waiting", "not-tested"],
  },
  {
    name: "the last run failed",
    tell: (t) => ((t.below(), t.test(), t.test({ passed: false })), reviewed(t, {}, "github:@ben")),
    expect: ["waiting", "not-tested"],
  },
  {
    name: "it failed once and passed since",
    tell: (t) => ((t.below(), t.test({ passed: false }), t.test()), reviewed(t, {}, "github:@ben")),
    expect: ["approved"],
  },
  {
    name: "one of two suites is missing",
    charter: charterWith({ tests: ["unit", "security"] }),
    tell: (t) => ready(t, "github:@ben"),
    expect: ["waiting", "not-tested"],
  },
  {
    name: "an unverified attestation does not count",
    charter: charterWith({ attested: true }),
    tell: (t) => ((t.below(), t.test({ attestation: { sha256: "a".repeat(64), verified: false } })), reviewed(t, {}, "github:@ben")),
    expect: ["waiting", "not-tested"],
  },
  {
    name: "a verified one does",
    charter: charterWith({ attested: true }),
    tell: (t) => ((t.below(), t.test({ attestation: { sha256: "a".repeat(64), verified: true } })), reviewed(t, {}, "github:@ben")),
    expect: ["approved"],
  },
  { name: "it never ran below", tell: (t) => (t.test(), reviewed(t, {}, "github:@ben")), expect: ["waiting", "not-deployed-below"] },
  {
    name: "an order that the charter does not have",
    tell: (t) => ((t.below(), t.test()), reviewed(t, { from: "development" }, "github:@ben")),
    expect: ["refused", "unknown-promotion"],
  },
  {
    name: "rejected by one who may",
    tell: (t) => ((r) => (t.review(r, "github:@cas", "reject"), r))(ready(t, "github:@ben")),
    expect: ["refused", "rejected"],
  },
  {
    name: "a rejection by one who may not says nothing",
    tell: (t) => ((r) => (t.review(r, "github:@eve", "reject"), r))(ready(t, "github:@ben")),
    expect: ["approved"],
  },
  {
    name: "a rejection taken back",
    tell: (t) => ((r) => (t.review(r, "github:@cas", "reject"), t.review(r, "github:@cas", "withdraw"), r))(ready(t, "github:@ben")),
    expect: ["approved"],
  },
  {
    name: "an approval taken back",
    tell: (t) => ((r) => (t.review(r, "github:@ben", "withdraw"), r))(ready(t, "github:@ben")),
    expect: ["waiting", "not-enough-approvals"],
  },
  { name: "approvals grow old", tell: (t) => ready(t, "github:@ben"), at: day(4), expect: ["waiting", "not-enough-approvals"] },
  {
    name: "teams must each approve",
    charter: charterWith({ approvals: 0, approvers: [], teams: [{ group: "ops" }, { group: "security" }] }),
    tell: (t) => ready(t, "github:@ann", "github:@cas"),
    expect: ["approved"],
  },
  {
    name: "one who is in both is one",
    charter: charterWith({ approvals: 0, approvers: [], teams: [{ group: "ops" }, { group: "security" }] }),
    tell: (t) => ready(t, "github:@ben"),
    expect: ["waiting", "not-enough-approvals"],
  },
  {
    name: "and leaves the other seat to who can fill it",
    charter: charterWith({ approvals: 0, approvers: [], teams: [{ group: "ops" }, { group: "security" }] }),
    tell: (t) => ready(t, "github:@ben", "github:@ann"),
    expect: ["approved"],
  },
  {
    name: "two of one team do not fill the other's seat",
    charter: charterWith({ approvals: 2, approvers: ["person:dee", "person:eve"], teams: [{ group: "security", approvals: 1 }] }),
    tell: (t) => ((t.below(), t.test()), reviewed(t, { authors: ["github:@Ann"], requester: "github:@Ann" }, "github:@dee", "person:eve")),
    expect: ["waiting", "team-missing"],
  },
  {
    name: "a team too small for its own rule is told before anyone waits",
    charter: charterWith({ approvals: 4, approvers: ["group:ops"] }),
    tell: (t) => ready(t, "github:@ben"),
    expect: ["refused", "never-satisfiable", "not-enough-approvals"],
  },
  {
    name: "no approval where none is asked",
    tell: (t) => (t.test({ environment: "development" }), t.ask({ from: "development", to: "test", authors: [] })),
    expect: ["approved"],
  },
  {
    name: "frozen over the holidays",
    charter: charterWith({}, { freezes: [freeze({ starts: "2026-01-01T00:00", lasts: "P5D" })] }),
    tell: (t) => ready(t, "github:@ben"),
    expect: ["waiting", "frozen"],
  },
  {
    name: "a freeze of another environment",
    charter: charterWith({}, { freezes: [freeze({ environments: ["test"], starts: "2026-01-01T00:00", lasts: "P5D" })] }),
    tell: (t) => ready(t, "github:@ben"),
    expect: ["approved"],
  },
  {
    name: "going back is allowed in a freeze, and rests on its own earlier deployment",
    charter: charterWith({}, { freezes: [freeze({ starts: "2026-01-01T00:00", lasts: "P5D" })] }),
    tell: (t) => goBack(t, {}),
    expect: ["approved"],
  },
  {
    name: "going back to another artifact",
    tell: (t) => goBack(t, { artifact: { kind: "image", name: "other", digest: DIGEST } }),
    expect: ["refused", "no-such-rollback"],
  },
  {
    name: "going back to what never ran",
    tell: (t) => ((t.below(), t.test()), reviewed(t, { rollbackTo: { index: 0, leaf: "a".repeat(64) } }, "github:@ben")),
    expect: ["refused", "no-such-rollback"],
  },
];

function freeze(part: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return { name: "holidays", environments: ["production"], reason: "nobody is there", ...part };
}

function goBack(tell: Story, part: Partial<Body<"promotion-requested">>): Reference {
  const first = tell.deployed(tell.decided(ready(tell, "github:@ben")));
  return reviewed(tell, { rollbackTo: first, ...part }, "github:@ben");
}

test.each(CASES)("$name", ({ tell, charter, at, expect: expected }) => {
  const written = story();
  const request = tell(written);
  expect(codes(decided(written, request, charter, at))).toEqual(expected);
});
