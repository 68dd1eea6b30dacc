// Access reviews as stories: what is asked, of whom, what an answer needs, and whether what was revoked is gone.
import { describe, expect, test } from "vitest";
import { directoryOf } from "../charter/directory.ts";
import { Charter } from "../charter/schema.ts";
import { encodeEntry, type Entry } from "../ledger/entry.ts";
import { leafHash } from "../ledger/merkle.ts";
import type { Reference } from "../ledger/promotion.ts";
import { ITEMS_PER_ENTRY } from "../ledger/review.ts";
import { hashOf } from "../lib/hash.ts";
import { type Access, campaignOf, type CampaignInput, itemId } from "./campaign.ts";
import { mayNotAnswer, progressOf, remindersOf, replayReviews, verifyRevocations } from "./judge.ts";
import { type Review, reviewHistory } from "./state.ts";

const HASH = "a".repeat(64);
const AT = "2026-10-01T00:00:00.000Z";
const DUE = "2026-10-31T00:00:00.000Z";
const LATE = "2026-11-01T00:00:00.000Z";

const charterWith = (owner = "group:owners"): Charter =>
  Charter.parse({
    bulkhead: 1,
    organization: { name: "acme" },
    environments: [{ name: "production", tier: "production", purpose: "shop", owner, data: "none", boundary: {} }],
    people: [
      { id: "ann", name: "Ann", groups: ["owners"], identities: { github: ["ann"], holds: ["github:acme#token/ann"] } },
      { id: "ben", name: "Ben", groups: ["owners", "ops"], identities: { github: ["ben"] } },
      { id: "cas", name: "Cas", groups: ["ops"], identities: { github: ["cas"] } },
    ],
  });
const charter = charterWith();
const directory = directoryOf(charter);

const access = (who: string, part: Partial<Access> = {}): Access => ({
  who,
  kind: "person",
  environment: "production",
  capability: "write",
  entity: "k8s:live/shop/Deployment.apps/web",
  grant: "k8s:live/shop/RoleBinding/deployers",
  label: "edit in shop",
  ...part,
});

const campaign = (rows: readonly Access[], part: Partial<CampaignInput> = {}) =>
  campaignOf({ environment: "production", access: rows, charter, directory, standings: [], at: AT, ...part });

describe("what is asked, and of whom", () => {
  test("everyone's access once, in one order, and none of another environment", () => {
    const rows = [access("person:cas"), access("person:ann"), access("person:cas"), access("person:cas", { environment: "test" })];
    const { items } = campaign(rows);
    expect(items.map(({ who }) => who)).toEqual(["person:ann", "person:cas"]);
    expect(campaign(rows.toReversed()).items).toEqual(items);
  });

  test.each([
    ["a person's own access", access("person:ann"), ["ben"]],
    ["another's", access("person:cas"), ["ann", "ben"]],
    ["a token that one of them holds", access("github:acme#token/ann", { kind: "token" }), ["ben"]],
    ["a token whose holder only the estate knows", access("github:acme#token/7", { kind: "token", heldBy: ["github:@ben"] }), ["ann"]],
    ["a group that one of them is in", access("group:ops", { kind: "group" }), ["ann"]],
    ["a group that all of them are in", access("group:owners", { kind: "group" }), []],
    ["a service account", access("k8s:live/shop/ServiceAccount/web", { kind: "service-account" }), ["ann", "ben"]],
  ] as const)("nobody reviews themselves: %s", (_, row, reviewers) => {
    const { items, unassigned } = campaign([row]);
    expect(items[0]?.reviewers).toEqual(reviewers);
    expect(unassigned.length).toBe(reviewers.length === 0 ? 1 : 0);
  });

  test.each([
    ["owners", ["ann", "ben"]],
    ["ann", ["ann"]],
    ["person:ben", ["ben"]],
    ["someone in the office", []],
  ])("an owner called %s", (owner, reviewers) => {
    expect(campaign([access("person:cas")], { charter: charterWith(owner) }).items[0]?.reviewers).toEqual(reviewers);
  });

  test.each([
    ["new, when there was a campaign before and it was not in it", { before: new Map() }, {}, ["new"]],
    ["nothing in the first campaign", {}, {}, []],
    [
      "changed, when the grant says something else now",
      { before: new Map([[itemId(access("person:cas")), { content: "x" }]]) },
      { content: "y" },
      ["changed"],
    ],
    ["nothing when it is as before", { before: new Map([[itemId(access("person:cas")), { content: "x" }]]) }, { content: "x" }, []],
    ["unused, when it was never used", {}, { lastUsed: null }, ["unused"]],
    ["unused, when the last use is long ago", {}, { lastUsed: "2026-06-01T00:00:00.000Z" }, ["unused"]],
    ["nothing when it was used lately", {}, { lastUsed: "2026-09-20T00:00:00.000Z" }, []],
    ["nothing when nobody knows", {}, {}, []],
    [
      "kept after a move",
      { standings: [{ person: "cas", team: "billing", hasLeft: false }] },
      { givenToTeam: "shop" },
      ["kept-after-move"],
    ],
    ["nothing in the same team", { standings: [{ person: "cas", team: "shop", hasLeft: false }] }, { givenToTeam: "shop" }, []],
    ["held by one who left", { standings: [{ person: "cas", hasLeft: true }] }, {}, ["leaver"]],
    ["standing administration", {}, { isAdministration: true }, ["standing-administration"]],
  ] as const)("marks %s", (_, input, row, marks) => {
    expect(campaign([access("person:cas", row)], input as Partial<CampaignInput>).items[0]?.marks).toEqual(marks);
  });
});

function story(rows: readonly Access[], by = charter) {
  const { items } = campaign(rows, { charter: by });
  const entries: Entry[] = [];
  const history = reviewHistory();
  const add = (at: string, entry: Pick<Entry, "kind" | "body"> & { readonly rests?: readonly Reference[] }): Reference => {
    const whole = { ledger: "entry/1", at, ...entry } as Entry;
    const index = entries.push(whole) - 1;
    history.add(whole, index);
    return { index, leaf: Buffer.from(leafHash(encodeEntry(whole))).toString("hex") };
  };
  const opening = {
    environment: "production",
    period: "2026-Q4",
    charter: HASH,
    estate: HASH,
    items: items.length,
    itemsHash: hashOf(items),
    due: DUE,
    by: "person:ann",
  };
  const review = add(AT, { kind: "review-opened", body: opening });
  for (let i = 0; i < items.length; i += ITEMS_PER_ENTRY)
    add(AT, { kind: "review-listed", rests: [review], body: { review, items: items.slice(i, i + ITEMS_PER_ENTRY) } });
  return {
    items,
    review,
    entries,
    add,
    answer: (item: number, who: string, verdict: "keep" | "revoke" | "change" = "keep") =>
      add(AT, {
        kind: "review-answered",
        rests: [review],
        body: { review, item: items[item]?.id ?? "", verdict, reason: "still needed", by: who },
      }),
    state: (): Review => history.state.reviews.get(review.index) as Review,
    replay: () => {
      const judge = replayReviews(new Map([[HASH, charter]]));
      return entries.flatMap((entry, index) => judge(entry, index) ?? []);
    },
  };
}

const CAS = access("person:cas");
const BEN = access("person:ben");

describe("answers", () => {
  test("only a reviewer may answer, never who has the access", () => {
    const tell = story([BEN, CAS]);
    const [ben, cas] = tell.items;
    const why = (item: string | undefined, by: string) => mayNotAnswer(tell.state(), item ?? "", by, directory);
    expect(why(cas?.id, "github:@ann")).toBeUndefined();
    expect(why(ben?.id, "github:@ben")).toBe("ben has this access themselves");
    expect(why(ben?.id, "github:@cas")).toContain("none of its reviewers");
    expect(why(ben?.id, "github:@stranger")).toContain("nobody");
    expect(why("b".repeat(64), "github:@ann")).toContain("no item");
  });

  test("a review is open, overdue and complete; reminders name who must still answer", () => {
    const tell = story([BEN, CAS]);
    expect(progressOf(tell.state(), AT)).toMatchObject({ items: 2, answered: 0, state: "open" });
    expect(progressOf(tell.state(), LATE).state).toBe("overdue");
    expect([...remindersOf(tell.state())].map(([who, items]) => [who, items.length])).toEqual([
      ["ann", 2],
      ["ben", 1],
    ]);
    tell.answer(0, "github:@ann");
    tell.answer(1, "github:@ben", "revoke");
    expect(progressOf(tell.state(), LATE)).toMatchObject({ answered: 2, keep: 1, revoke: 1, state: "complete" });
    expect(remindersOf(tell.state()).size).toBe(0);
  });

  test("what was revoked is pending until a later collection does not show it", () => {
    const tell = story([BEN, CAS]);
    tell.answer(1, "github:@ann", "revoke");
    const id = tell.items[1]?.id ?? "";
    const { review } = tell;
    expect(progressOf(tell.state(), AT).pending.map((item) => item.id)).toEqual([id]);
    const there = verifyRevocations(tell.state(), new Set([id]));
    expect(there).toEqual({ gone: [], stillThere: [id] });
    tell.add(AT, { kind: "review-verified", rests: [review], body: { review, estate: HASH, gone: [], stillThere: [id] } });
    expect(progressOf(tell.state(), AT).stillThere.map((item) => item.id)).toEqual([id]);
    tell.add(AT, { kind: "review-verified", rests: [review], body: { review, estate: HASH, gone: [id], stillThere: [] } });
    expect(progressOf(tell.state(), AT)).toMatchObject({ pending: [], stillThere: [] });
    expect(tell.replay()).toEqual([]);
  });
});

describe("replay", () => {
  test("a whole review of more items than an entry holds replays without a problem", () => {
    const rows = Array.from({ length: 50 }, (_, i) => access(`k8s:live/shop/ServiceAccount/${i}`, { kind: "service-account" }));
    const tell = story(rows);
    tell.items.forEach((_, i) => tell.answer(i, "github:@ann"));
    expect(tell.replay()).toEqual([]);
    expect(progressOf(tell.state(), AT).state).toBe("complete");
  });

  test("an answer by who has the access, an item that was left out, and one listed late are found", () => {
    const own = story([BEN]);
    own.answer(0, "github:@ben");
    expect(own.replay()).toEqual(["was answered by one who may not: ben has this access themselves"]);

    const short = story([BEN, CAS]);
    const listed = short.entries.findIndex(({ kind }) => kind === "review-listed");
    const entry = short.entries[listed] as Extract<Entry, { kind: "review-listed" }>;
    short.entries[listed] = { ...entry, body: { ...entry.body, items: entry.body.items.slice(1) } };
    short.answer(1, "github:@ann");
    expect(short.replay()).toEqual(["answers a review whose items are not those that entry 0 promised"]);

    const late = story([BEN, CAS]);
    late.answer(1, "github:@ann");
    const { review } = late;
    late.add(AT, {
      kind: "review-listed",
      rests: [review],
      body: { review, items: [{ ...(late.items[0] as (typeof late.items)[number]), id: "c".repeat(64) }] },
    });
    late.add(AT, {
      kind: "review-verified",
      rests: [review],
      body: { review, estate: HASH, gone: [late.items[0]?.id ?? ""], stillThere: [] },
    });
    late.add(AT, {
      kind: "review-answered",
      body: { review, item: late.items[0]?.id ?? "", verdict: "keep", reason: "x", by: "github:@ann" },
    });
    expect(late.replay()).toEqual([
      "lists items after the first answer",
      `speaks of item ${late.items[0]?.id}, which was not revoked`,
      "does not rest on entry 0, of which it speaks",
    ]);
  });
});
