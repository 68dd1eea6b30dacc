// The auditor's replay: what a charter would not have decided is told, and what ran is compared with what was approved.
import { expect, test } from "vitest";
import type { Reference } from "../ledger/promotion.ts";
import { replayGate } from "./replay.ts";
import { charterWith, day, OTHER, type Story, story } from "./story-support.ts";

const hash = "a".repeat(64);
const problems = (tell: Story, charter = charterWith()): readonly (string | undefined)[] => {
  const replay = replayGate(new Map([[hash, charter]]));
  return tell.entries.map((entry, index) => replay(entry, index)).filter((each) => each !== undefined);
};
/** Everything as it should be, up to the decision. */
const upToDecision = (): { readonly tell: Story; readonly request: Reference; readonly until: string } => {
  const tell = story();
  tell.test({ environment: "development" });
  const first = tell.ask({ from: "development", to: "test" });
  tell.deployed(tell.decided(first, { until: day(2) }), { environment: "test" });
  tell.test();
  const request = tell.ask();
  tell.review(request, "github:@ben");
  return { tell, request, until: day(2) };
};

test("decisions that the charter gives stand", () => {
  const { tell, request, until } = upToDecision();
  tell.deployed(tell.decided(request, { until }));
  expect(problems(tell)).toEqual([]);
});

test("an approval that the charter does not give is told", () => {
  const { tell, until } = upToDecision();
  tell.decided(tell.ask({ authors: ["github:@ben"] }), { until });
  expect(problems(tell)).toEqual(["approves entry 7, and the charter does not: 0 of 1 approvals by others than its authors and requester"]);
});

test("a longer time than the charter gives is told", () => {
  const { tell, request } = upToDecision();
  tell.decided(request, { until: day(9) });
  expect(problems(tell)[0]).toContain("allows until");
});

test.each([
  ["another digest", { digest: OTHER }, "runs sha256:e"],
  ["another environment", { environment: "test" }, "approved for production"],
])("what runs is compared with what was approved: %s", (_, part, told) => {
  const { tell, request, until } = upToDecision();
  tell.deployed(tell.decided(request, { until }), part);
  expect(problems(tell)[0]).toContain(told);
});

test("a deployment after its time, and one that was refused, are told", () => {
  const { tell, request, until } = upToDecision();
  const decision = tell.decided(request, { until });
  tell.at(day(3));
  tell.deployed(decision);
  expect(problems(tell)[0]).toContain("was confirmed after");
  const other = upToDecision();
  other.tell.deployed(other.tell.decided(other.request, { outcome: "refused", reasons: [{ code: "rejected", text: "no" }] }));
  expect(problems(other.tell)[0]).toContain("refuses it");
});

test("a charter that was not given leaves the decision unproved", () => {
  const { tell, request, until } = upToDecision();
  tell.decided(request, { until, charter: "b".repeat(64) });
  expect(problems(tell)[0]).toContain("which was not given");
});
