// Laws of approval over random stories, beside a slow twin that counts by hand.
import fc from "fast-check";
import { expect, test } from "vitest";
import { charterWith, decided, reviewed, story } from "./story-support.ts";

const accounts = [
  "github:@ann",
  "github:@ann-bot[bot]",
  "github:@ben",
  "github:@cas",
  "github:@dee",
  "github:@shared",
  "github:@stranger",
  "person:ben",
];
const holder: Readonly<Record<string, string>> = {
  "github:@ann": "ann",
  "github:@ann-bot[bot]": "ann",
  "github:@ben": "ben",
  "person:ben": "ben",
  "github:@cas": "cas",
  "github:@dee": "dee",
};
const account = fc.constantFrom(...accounts);

test("law: whatever is approved was approved by enough people who may, none of them author or requester", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3 }),
      fc.array(account, { minLength: 1, maxLength: 3 }),
      account,
      fc.array(fc.record({ by: account, verdict: fc.constantFrom("approve", "approve", "approve", "withdraw", "reject") }), {
        maxLength: 8,
      }),
      (approvals, authors, requester, reviews) => {
        const tell = story();
        tell.below();
        tell.test();
        const request = tell.ask({ authors, requester });
        for (const { by, verdict } of reviews) tell.review(request, by, verdict as "approve");
        const { outcome } = decided(tell, request, charterWith({ approvals }));
        // A slow twin: the last word of each person, by hand.
        const mine = [...authors, requester].map((each) => holder[each]);
        const last = new Map(reviews.flatMap(({ by, verdict }) => (holder[by] ? [[holder[by], verdict] as const] : [])));
        const may = ["ann", "ben", "cas"].filter((person) => !mine.includes(person));
        const isRejected = may.some((person) => last.get(person) === "reject");
        const enough = may.filter((person) => last.get(person) === "approve").length >= approvals;
        expect(outcome === "approved").toBe(!mine.includes(undefined) && !isRejected && enough);
      },
    ),
    { numRuns: 2000 },
  );
});

test("law: an approval more never takes an approval away, and an author more never gives one", () => {
  fc.assert(
    fc.property(fc.array(account, { maxLength: 4 }), account, account, (by, more, author) => {
      const outcomeOf = (reviews: readonly string[], authors: readonly string[]): string => {
        const tell = story();
        tell.below();
        tell.test();
        return decided(tell, reviewed(tell, { authors: [...authors] }, ...reviews)).outcome;
      };
      const before = outcomeOf(by, ["github:@dee"]);
      if (before === "approved") expect(outcomeOf([...by, more], ["github:@dee"])).toBe("approved");
      else expect(outcomeOf(by, ["github:@dee", author])).not.toBe("approved");
    }),
  );
});
