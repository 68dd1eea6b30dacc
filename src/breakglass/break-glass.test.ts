// Break-glass as stories: who gets in, for how long, who must look at it afterwards, and what is wrong with how it is used.
import { describe, expect, test } from "vitest";
import { directoryOf } from "../charter/directory.ts";
import { Charter } from "../charter/schema.ts";
import type { BreakGlassRequested } from "../ledger/break-glass.ts";
import { encodeEntry, type Entry } from "../ledger/entry.ts";
import { leafHash } from "../ledger/merkle.ts";
import type { Reference } from "../ledger/promotion.ts";
import { decideBreakGlass, mayExamine, doorOf } from "./decide.ts";
import { replayBreakGlass } from "./replay.ts";
import { breakGlassHistory, type Use } from "./state.ts";
import { concerns } from "./watch.ts";

const HASH = "a".repeat(64);
const hour = (count: number): string => new Date(Date.UTC(2026, 0, 10, count)).toISOString();

const charterWith = (door: Readonly<Record<string, unknown>> = {}): Charter =>
  Charter.parse({
    bulkhead: 1,
    organization: { name: "acme" },
    environments: [{ name: "production", tier: "production", purpose: "shop", owner: "ops", data: "none", boundary: {} }],
    people: [
      { id: "ann", name: "Ann", groups: ["on-call"], identities: { github: ["ann"], holds: ["github:@ann-bot"] } },
      { id: "ben", name: "Ben", groups: ["on-call"], identities: { github: ["ben"] } },
      { id: "sue", name: "Sue", groups: ["security"], identities: { github: ["sue"] } },
      { id: "tom", name: "Tom", groups: [], identities: { github: ["tom"] } },
    ],
    doors: [
      {
        kind: "break-glass",
        name: "emergency",
        to: "production",
        role: "arn:aws:iam::111122223333:role/break-glass",
        maximumMinutes: 120,
        who: ["group:on-call"],
        reviewedBy: "group:security",
        ...door,
      },
    ],
  });

function story(charter = charterWith()) {
  const entries: Entry[] = [];
  const history = breakGlassHistory();
  const directory = directoryOf(charter);
  const add = (at: string, entry: Pick<Entry, "kind" | "body"> & { readonly rests?: readonly Reference[] }): Reference => {
    const whole = { ledger: "entry/1", at, ...entry } as Entry;
    const index = entries.push(whole) - 1;
    history.add(whole, index);
    return { index, leaf: Buffer.from(leafHash(encodeEntry(whole))).toString("hex") };
  };
  const tell = {
    entries,
    ask: (at: string, part: Partial<BreakGlassRequested> = {}) =>
      add(at, {
        kind: "break-glass-requested",
        body: {
          door: "emergency",
          to: "production",
          requester: "github:@ann",
          reason: "orders fail with 500 since the failover",
          minutes: 60,
          ...part,
        },
      }),
    review: (at: string, request: Reference, by: string, verdict: "approve" | "reject" | "withdraw" = "approve") =>
      add(at, { kind: "break-glass-reviewed", rests: [request], body: { request, by, verdict } }),
    decide: (at: string, request: Reference) => {
      const asked = (history.state.uses.get(request.index) as Use).request;
      return decideBreakGlass(asked, history.state, charter, directory, at);
    },
    grant: (at: string, request: Reference) => {
      const { outcome, reasons, immediate, until, examineBy } = tell.decide(at, request);
      return add(at, {
        kind: "break-glass-decided",
        rests: [request],
        body: {
          request,
          charter: HASH,
          outcome: outcome === "granted" ? "granted" : "refused",
          reasons: [...reasons],
          immediate,
          ...(until && { until }),
          ...(examineBy && { examineBy }),
        },
      });
    },
    activity: (at: string, grant: Reference) =>
      add(at, { kind: "break-glass-activity", rests: [grant], body: { grant, system: "aws", log: "trail/2026/01/10", by: "github:@ann" } }),
    end: (at: string, grant: Reference, notRevoked?: string) =>
      add(at, { kind: "break-glass-ended", rests: [grant], body: { grant, how: "expired", ...(notRevoked && { notRevoked }) } }),
    examine: (at: string, grant: Reference, by = "github:@sue", verdict: "justified" | "not-justified" = "justified") =>
      add(at, { kind: "break-glass-examined", rests: [grant], body: { grant, by, verdict, text: "restarted the queue, nothing else" } }),
    concerns: (at: string) => concerns(history.state, charter, directory, at),
    use: (request: Reference) => history.state.uses.get(request.index) as Use,
    replay: () => {
      const judge = replayBreakGlass(new Map([[HASH, charter]]));
      return entries.flatMap((entry, index) => judge(entry, index) ?? []);
    },
    /** A whole use that nothing is wrong with. */
    whole: (start: number, part: Partial<BreakGlassRequested> = {}, by = "github:@ben") => {
      const request = tell.ask(hour(start), part);
      tell.review(hour(start), request, by);
      const grant = tell.grant(hour(start), request);
      tell.activity(hour(start + 1), grant);
      tell.end(hour(start + 1), grant);
      tell.examine(hour(start + 2), grant);
      return request;
    },
  };
  return tell;
}

const codes = ({ outcome, reasons }: ReturnType<typeof decideBreakGlass>): readonly string[] => [
  outcome,
  ...reasons.map(({ code }) => code),
];

describe("who gets in", () => {
  test("one of those the door names, when another agrees; for the time asked, and with a deadline for the review", () => {
    const tell = story();
    const request = tell.ask(hour(0));
    expect(codes(tell.decide(hour(0), request))).toEqual(["waiting", "not-approved"]);
    tell.review(hour(0), request, "github:@ben");
    expect(tell.decide(hour(0), request)).toMatchObject({
      outcome: "granted",
      approvers: ["ben"],
      immediate: false,
      until: hour(1),
      examineBy: hour(73),
    });
  });

  test.each([
    ["a door that the charter has not", { door: "other" }, "unknown-door"],
    ["a door to another environment", { to: "test" }, "unknown-door"],
    ["one the door does not name", { requester: "github:@tom" }, "not-allowed"],
    ["an account that nobody is known to hold", { requester: "github:@stranger" }, "unknown-person"],
    ["longer than the environment's most", { minutes: 121 }, "too-long"],
    ["a reason that says nothing", { reason: "fix 2026" }, "no-reason"],
  ])("refuses %s", (_, part, code) => {
    const tell = story();
    const request = tell.ask(hour(0), part);
    tell.review(hour(0), request, "github:@ben");
    expect(codes(tell.decide(hour(0), request))).toEqual(["refused", code]);
  });

  test("nobody agrees to their own use, by none of their accounts", () => {
    const tell = story();
    const request = tell.ask(hour(0));
    tell.review(hour(0), request, "github:@ann");
    tell.review(hour(0), request, "github:@ann-bot");
    expect(codes(tell.decide(hour(0), request))).toEqual(["waiting", "not-approved"]);
  });

  test("a rejection ends it, and so does taking it back", () => {
    for (const [by, verdict, code] of [
      ["github:@ben", "reject", "rejected"],
      ["github:@ann", "withdraw", "withdrawn"],
    ] as const) {
      const tell = story();
      const request = tell.ask(hour(0));
      tell.review(hour(0), request, by, verdict);
      expect(codes(tell.decide(hour(0), request))).toContain(code);
      expect(tell.decide(hour(0), request).outcome).toBe("refused");
    }
  });

  test("more agreements than there are others can never be", () => {
    const tell = story(charterWith({ approvals: 2 }));
    expect(codes(tell.decide(hour(0), tell.ask(hour(0))))).toContain("never-satisfiable");
  });

  test("only those named as approvers may agree, where some are named", () => {
    const tell = story(charterWith({ approvers: ["group:security"] }));
    const request = tell.ask(hour(0));
    tell.review(hour(0), request, "github:@ben");
    expect(tell.decide(hour(0), request).outcome).toBe("waiting");
    tell.review(hour(0), request, "github:@sue");
    expect(tell.decide(hour(0), request).outcome).toBe("granted");
  });

  test("at once where the charter allows it, which says that it is an alarm", () => {
    const tell = story(charterWith({ approvals: 0, ticket: true }));
    expect(codes(tell.decide(hour(0), tell.ask(hour(0))))).toEqual(["refused", "no-ticket"]);
    expect(tell.decide(hour(0), tell.ask(hour(0), { ticket: "INC-7" }))).toMatchObject({ outcome: "granted", immediate: true });
  });

  test("not again while a use is past its review, and again once it was reviewed", () => {
    const tell = story(charterWith({ approvals: 0 }));
    const grant = tell.grant(hour(0), tell.ask(hour(0)));
    tell.activity(hour(1), grant);
    tell.end(hour(1), grant);
    expect(tell.decide(hour(73), tell.ask(hour(73))).outcome).toBe("granted");
    expect(codes(tell.decide(hour(74), tell.ask(hour(74))))).toEqual(["waiting", "review-overdue"]);
    tell.examine(hour(75), grant);
    expect(tell.decide(hour(75), tell.ask(hour(75))).outcome).toBe("granted");
  });
});

describe("who looks at it afterwards", () => {
  test("neither who used it nor who agreed to it", () => {
    const charter = charterWith({ reviewedBy: "group:on-call" });
    const tell = story(charter);
    const request = tell.ask(hour(0));
    tell.review(hour(0), request, "github:@ben");
    tell.grant(hour(0), request);
    const door = doorOf(charter, { door: "emergency", to: "production" });
    const may = (by: string): string | undefined => door && mayExamine(tell.use(request), door, by, directoryOf(charter));
    expect(may("github:@ann-bot")).toBe("ann used it");
    expect(may("github:@ben")).toBe("ben agreed to it");
    expect(may("github:@sue")).toBe("sue is not group:on-call");
    expect(may("github:@stranger")).toContain("nobody");
  });
});

describe("replay", () => {
  test("a whole use replays without a problem", () => {
    const tell = story();
    tell.whole(0);
    expect(tell.replay()).toEqual([]);
  });

  test("a grant that nobody agreed to, a longer one, a review by who used it, and an end of nothing are found", () => {
    const tell = story();
    const request = tell.ask(hour(0));
    const forged = (part: object): Entry =>
      ({
        ledger: "entry/1",
        at: hour(0),
        kind: "break-glass-decided",
        rests: [request],
        body: { request, charter: HASH, outcome: "granted", reasons: [], immediate: false, until: hour(1), examineBy: hour(73), ...part },
      }) as Entry;
    const judge = (...entries: readonly Entry[]): readonly string[] => {
      const replay = replayBreakGlass(new Map([[HASH, charterWith()]]));
      return [...tell.entries, ...entries].flatMap((entry, index) => replay(entry, index) ?? []);
    };
    expect(judge(forged({}))).toEqual(["grants entry 0, and the charter does not: 0 of 1 others agree"]);
    tell.review(hour(0), request, "github:@ben");
    expect(judge(forged({}))).toEqual([]);
    expect(judge(forged({ until: hour(9) }))[0]).toContain(`grants until ${hour(9)}`);
    expect(judge(forged({ charter: "b".repeat(64) }))[0]).toContain("was not given");
    expect(judge({ ...forged({}), rests: [] })[0]).toContain("does not rest on");
    const grant = tell.grant(hour(0), request);
    tell.examine(hour(1), grant, "github:@ann");
    tell.end(hour(2), { index: 0, leaf: grant.leaf });
    expect(tell.replay()).toEqual([
      "was reviewed by one who may not: ann is not group:security",
      "speaks of entry 0, which grants nothing",
    ]);
  });
});

describe("break-glass in name only", () => {
  const kinds = (found: readonly { readonly kind: string }[]): readonly string[] => found.map(({ kind }) => kind);

  test("nothing is said of a door that is used as it should be", () => {
    const tell = story();
    tell.whole(0, { reason: "the queue does not drain after the deployment" });
    tell.whole(30, { reason: "the certificate of the payment service ran out" });
    tell.whole(60, { reason: "a lock in the database holds all orders" });
    expect(tell.concerns(hour(80))).toEqual([]);
  });

  test("a missing review, and one that found it not justified", () => {
    const tell = story();
    const request = tell.ask(hour(0));
    tell.review(hour(0), request, "github:@ben");
    const grant = tell.grant(hour(0), request);
    tell.end(hour(1), grant);
    expect(kinds(tell.concerns(hour(73)))).toEqual([]);
    expect(kinds(tell.concerns(hour(74)))).toEqual(["not-reviewed"]);
    tell.examine(hour(75), grant, "github:@sue", "not-justified");
    expect(kinds(tell.concerns(hour(76)))).toEqual(["not-justified", "no-activity-recorded"]);
  });

  test("what ran out and was not taken back, whether it is said or not", () => {
    const tell = story();
    const request = tell.ask(hour(0));
    tell.review(hour(0), request, "github:@ben");
    const grant = tell.grant(hour(0), request);
    expect(kinds(tell.concerns(hour(0)))).toEqual([]);
    expect(kinds(tell.concerns(hour(2)))).toEqual(["not-revoked"]);
    tell.end(hour(2), grant, "DROP ROLE: the database does not answer");
    expect(tell.concerns(hour(3))[0]?.text).toContain("the database does not answer");
  });

  test("two who approve each other and nobody else does; not where a third one does", () => {
    const reasons = ["the queue does not drain", "a certificate ran out at night", "a lock holds every order"];
    const both = story();
    const third = story(charterWith({ approvers: ["group:on-call", "group:security"] }));
    for (const [i, reason] of reasons.entries()) {
      const isAnn = i % 2 === 0;
      const part = { reason, requester: isAnn ? "github:@ann" : "github:@ben" };
      both.whole(i * 10, part, isAnn ? "github:@ben" : "github:@ann");
      third.whole(i * 10, part, i === 2 ? "github:@sue" : isAnn ? "github:@ben" : "github:@ann");
    }
    expect(kinds(both.concerns(hour(40)))).toEqual(["mutual-approval"]);
    expect(both.concerns(hour(40))[0]?.text).toBe("ann and ben approved each other 3 times, alone");
    expect(kinds(third.concerns(hour(40)))).toEqual([]);
  });

  test("the same words each time, whatever number stands in them", () => {
    const tell = story();
    for (const i of [0, 1, 2]) tell.whole(i * 10, { reason: `Deploy hotfix #${i}!` });
    expect(tell.concerns(hour(40)).map(({ kind, entries }) => [kind, entries.length])).toEqual([["default-reason", 3]]);
  });

  test("always the longest time, and open most of the month", () => {
    const reasons = ["the queue does not drain", "a certificate ran out at night", "a lock holds every order"];
    const tell = story(charterWith({ maximumMinutes: 720 }));
    for (const [i, reason] of reasons.entries()) tell.whole(i * 10, { reason, minutes: 720 });
    expect(kinds(tell.concerns(hour(40)))).toEqual(["always-the-longest"]);
    const open = story(charterWith({ maximumMinutes: 720, approvals: 0 }));
    for (let i = 0; i < 20; i++) {
      const grant = open.grant(
        hour(i * 24),
        open.ask(hour(i * 24), { reason: `${"abcdefghijklmnopqrst"[i]} is what failed tonight`, minutes: 700 }),
      );
      open.activity(hour(i * 24 + 10), grant);
      open.end(hour(i * 24 + 11), grant);
      open.examine(hour(i * 24 + 12), grant);
    }
    expect(kinds(open.concerns(hour(20 * 24)))).toEqual(["standing"]);
  });
});
