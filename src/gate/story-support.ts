// Stories for the gate's tests: entries written as a server would, and the decision on one of them.
import { Charter } from "../charter/schema.ts";
import { encodeEntry, type Entry } from "../ledger/entry.ts";
import { leafHash } from "../ledger/merkle.ts";
import type { Reference } from "../ledger/promotion.ts";
import { type Decision, decide } from "./decide.ts";
import { directoryOf } from "../charter/directory.ts";
import { gateHistory } from "./state.ts";

export const DIGEST = `sha256:${"d".repeat(64)}`;
export const OTHER = `sha256:${"e".repeat(64)}`;
const environment = (name: string, tier: string) => ({ name, tier, purpose: "shop", owner: "ops", data: "none", boundary: {} });
const PEOPLE = [
  { id: "ann", name: "Ann", groups: ["ops"], identities: { github: ["Ann"], holds: ["github:@ann-bot[bot]"] } },
  { id: "ben", name: "Ben", groups: ["ops", "security"], identities: { github: ["ben"] } },
  { id: "cas", name: "Cas", groups: ["security"], identities: { github: ["cas"], aws: ["arn:aws:iam::111122223333:user/*"] } },
  { id: "dee", name: "Dee", groups: [], identities: { github: ["dee"] } },
  { id: "eve", name: "Eve", groups: [], identities: { github: ["shared"] } },
  { id: "fay", name: "Fay", groups: ["ops"], identities: { github: ["shared"] } },
];
export const charterWith = (promotion: Readonly<Record<string, unknown>> = {}, more: Readonly<Record<string, unknown>> = {}): Charter =>
  Charter.parse({
    bulkhead: 1,
    organization: { name: "acme" },
    environments: [environment("development", "development"), environment("test", "test"), environment("production", "production")],
    people: PEOPLE,
    promotion: [
      { from: "development", to: "test", approvals: 0 },
      { from: "test", to: "production", approvals: 1, approvers: ["group:ops", "group:security"], ...promotion },
    ],
    ...more,
  });

export const day = (count: number, hour = 0): string => new Date(Date.UTC(2026, 0, count, hour)).toISOString();

export type Body<Kind extends Entry["kind"]> = Extract<Entry, { readonly kind: Kind }>["body"];

/** Writes a story as entries, as a server would. */
export function story() {
  const entries: Entry[] = [];
  let now = day(1);
  const add = (entry: Pick<Entry, "kind" | "body"> & { readonly rests?: Entry["rests"] }): Reference => {
    entries.push({ ledger: "entry/1", at: now, ...entry } as Entry);
    const index = entries.length - 1;
    return { index, leaf: Buffer.from(leafHash(encodeEntry(entries[index] as Entry))).toString("hex") };
  };
  const tell = {
    entries,
    at: (time: string) => void (now = time),
    test: (part: Partial<Body<"test-reported">> = {}) =>
      add({
        kind: "test-reported",
        body: { digest: DIGEST, environment: "test", suite: "unit", passed: true, run: "1", commit: "c", by: "ci", ...part },
      }),
    ask: (part: Partial<Body<"promotion-requested">> = {}) =>
      add({
        kind: "promotion-requested",
        body: {
          artifact: { kind: "image", name: "shop", digest: DIGEST },
          from: "test",
          to: "production",
          source: { repository: "acme/shop", commit: "c" },
          requester: "github:@dee",
          authors: ["github:@dee"],
          ...part,
        },
      }),
    review: (request: Reference, by: string, verdict: Body<"promotion-reviewed">["verdict"] = "approve") =>
      add({ kind: "promotion-reviewed", rests: [request], body: { request, by, verdict } }),
    decided: (request: Reference, part: Partial<Body<"promotion-decided">> = {}) =>
      add({
        kind: "promotion-decided",
        rests: [request],
        body: { request, charter: "a".repeat(64), outcome: "approved", reasons: [], ...part },
      }),
    deployed: (decision: Reference, part: Partial<Body<"deployment-confirmed">> = {}) =>
      add({
        kind: "deployment-confirmed",
        rests: [decision],
        body: { decision, environment: "production", digest: DIGEST, by: "ci", ...part },
      }),
    /** The same digest, asked for, approved and running in test. */
    below: (digest = DIGEST) => {
      const request = tell.ask({ artifact: { kind: "image", name: "shop", digest }, from: "development", to: "test" });
      return tell.deployed(tell.decided(request), { environment: "test", digest });
    },
  };
  return tell;
}

export type Story = ReturnType<typeof story>;

export function decided(tell: Story, request: Reference, charter = charterWith(), at = day(2)): Decision {
  const history = gateHistory();
  tell.entries.forEach((entry, index) => history.add(entry, index));
  const asked = history.state.requests.get(request.index);
  if (!asked) throw new Error("no such request");
  return decide(asked, history.state, charter, directoryOf(charter), at);
}
export const codes = ({ outcome, reasons }: Decision): readonly string[] => [outcome, ...reasons.map(({ code }) => code)];

export const ready = (tell: Story, ...by: readonly string[]): Reference => {
  tell.below();
  tell.test();
  const request = tell.ask();
  for (const each of by) tell.review(request, each);
  return request;
};

export function reviewed(tell: Story, part: Partial<Body<"promotion-requested">>, ...by: readonly string[]): Reference {
  const request = tell.ask(part);
  for (const each of by) tell.review(request, each);
  return request;
}
