// The door of a cluster: cases in data, what the ledger admits, and that nothing malformed passes.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Charter } from "../../charter/schema.ts";
import { hashOf } from "../../lib/hash.ts";
import { gateHistory } from "../state.ts";
import { charterWith, day, DIGEST, OTHER, ready, type Story, story } from "../story-support.ts";
import type { AdmissionPolicy } from "./admit.ts";
import { type Promoted, promotedImages } from "./promoted.ts";
import { admissionReviewer } from "./review.ts";
import type { AdmissionResponse } from "./schema.ts";

const json = (name: string): unknown => JSON.parse(readFileSync(new URL(`./cases/${name}.json`, import.meta.url), "utf8"));

interface Case {
  readonly name: string;
  readonly kind: string;
  readonly namespace: string;
  readonly operation: string;
  readonly subResource?: string;
  readonly dryRun?: boolean;
  readonly spec: object;
  readonly oldSpec?: object;
  readonly tools?: Readonly<Record<string, readonly string[]>>;
  readonly excepted?: { code: string; grant: string; environment?: string; digits?: number; expires: string };
  readonly expect: readonly string[] | "refused";
}

const AT = "2026-11-24T12:00:00.000Z";
const PROMOTED: Promoted = new Map([
  ["test", new Set([DIGEST, OTHER])],
  ["production", new Set([DIGEST])],
]);

function charterFor(excepted: Case["excepted"]): Charter {
  const of = (namespaces: readonly string[], not: readonly string[] = []) => ({ kubernetes: [{ cluster: "one", namespaces, not }] });
  const environment = (name: string, tier: string, boundary: object) => ({
    name,
    tier,
    purpose: "shop",
    owner: "ops",
    data: "none",
    boundary,
  });
  const exception = ({ code, grant, environment: to = "production", digits = 32, expires }: NonNullable<Case["excepted"]>) => ({
    finding: hashOf([code, grant, null, to]).slice(0, digits),
    ...{ owner: "ann", reason: "until the next release", control: "watched", expires },
  });
  return charterWith(
    {},
    {
      environments: [
        environment("development", "development", of(["shop-development"])),
        environment("test", "test", of(["shop-test"])),
        environment("production", "production", of(["shop-production*"], ["*-scratch"])),
        environment("bank", "production", of(["bank"])),
      ],
      shared: [{ name: "monitoring", purpose: "watches", serves: ["test", "production"], boundary: of(["monitoring"]) }],
      ...(excepted && { exceptions: [exception(excepted)] }),
    },
  );
}

const policyOf = ({ tools, excepted }: Pick<Case, "tools" | "excepted"> = {}): AdmissionPolicy => ({
  charter: charterFor(excepted),
  cluster: "one",
  promoted: PROMOTED,
  ...(tools && { tools: new Map(Object.entries(tools)) }),
  at: AT,
});

function objectOf(kind: string, spec: object | undefined): object | null {
  if (spec === undefined) return null;
  if (kind === "/Pod") return { spec };
  if (kind === "/PodTemplate") return { template: { spec } };
  return kind === "batch/CronJob" ? { spec: { jobTemplate: { spec: { template: { spec } } } } } : { spec: { template: { spec } } };
}

function reviewOf({ kind, spec, oldSpec, ...request }: Case): object {
  const [group = "", name = ""] = kind.split("/");
  const { namespace, operation, subResource, dryRun } = request;
  return {
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    request: {
      ...{ uid: "u1", kind: { group, version: "v1", kind: name }, namespace, operation, subResource, dryRun },
      ...{
        object: operation === "DELETE" ? null : objectOf(kind, spec),
        oldObject: objectOf(kind, oldSpec),
        userInfo: { username: "anyone" },
      },
    },
  };
}

const codesOf = ({ response }: AdmissionResponse): string[] =>
  [...(response.status?.message ?? "").matchAll(/\((image-[a-z-]+), finding [0-9a-f]{32}\)/g)].map(([, code]) => code as string);

describe("a request to a cluster", () => {
  test.each(json("reviews") as readonly Case[])("$name", (one) => {
    const answer = admissionReviewer(policyOf(one))(reviewOf(one));
    expect(answer.response.uid).toBe("u1");
    expect(answer.response.allowed).toBe(one.expect.length === 0);
    expect(codesOf(answer)).toEqual(one.expect === "refused" ? [] : one.expect);
    expect(answer.response.status === undefined).toBe(answer.response.allowed);
    if (one.excepted && answer.response.allowed) expect(answer.response.warnings).toHaveLength(1);
  });

  test.each(json("malformed") as readonly { readonly name: string; readonly body: unknown }[])(
    "is refused when it is $name",
    ({ body }) => {
      const { response } = admissionReviewer(policyOf())(body);
      expect(response.allowed).toBe(false);
      expect(response.uid).toBe(JSON.stringify(body).includes('"uid": "u1"') || JSON.stringify(body).includes('"uid":"u1"') ? "u1" : "");
    },
  );

  test("is answered whatever it is, and never admitted unread", () => {
    const review = admissionReviewer(policyOf());
    const kind = fc.record({
      group: fc.constantFrom("", "apps", "batch"),
      version: fc.constant("v1"),
      kind: fc.constantFrom("Pod", "Deployment", "CronJob"),
    });
    const request = fc.record({
      uid: fc.constant("u1"),
      kind,
      operation: fc.constantFrom("CREATE", "UPDATE"),
      namespace: fc.constant("shop-production"),
      object: fc.jsonValue(),
    });
    fc.assert(
      fc.property(request, (each) => {
        const { response } = review({ apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request: each });
        expect(response.uid).toBe("u1");
        // A pod without a container runs nothing, and the API server refuses it by itself.
        if (JSON.stringify(each.object).includes("containers")) expect(response.allowed).toBe(false);
      }),
    );
  });

  test("names no more of an image than fits a line", () => {
    const spec = { containers: [{ name: "web\nallowed", image: `a\u202e${"x".repeat(5000)}` }] };
    const one: Case = { name: "", kind: "/Pod", namespace: "shop-production", operation: "CREATE", spec, expect: [] };
    const message = admissionReviewer(policyOf())(reviewOf(one)).response.status?.message ?? "";
    expect(message.length).toBeLessThan(600);
    expect(message).toMatch(/^[\u0020-\u007e]+$/);
  });
});

const stateOf = (tell: Story) => {
  const history = gateHistory();
  tell.entries.forEach((entry, index) => history.add(entry, index));
  return history.state;
};
const admitted = (tell: Story, at = day(2), environment = "production"): readonly string[] => [
  ...(promotedImages(stateOf(tell), at).get(environment) ?? []),
];
const until = day(3);

describe("the ledger admits", () => {
  test.each<[string, (tell: Story) => unknown, readonly string[], string?]>([
    ["nothing that was only asked for", (t) => ready(t, "github:@ben"), []],
    ["what was approved, until it must be deployed", (t) => t.decided(ready(t, "github:@ben"), { until }), [DIGEST], day(2, 23)],
    ["nothing whose time for deploying is over", (t) => t.decided(ready(t, "github:@ben"), { until }), [], day(4)],
    ["nothing that was approved without an end", (t) => t.decided(ready(t, "github:@ben")), []],
    ["nothing that was refused", (t) => t.decided(ready(t), { outcome: "refused", until }), []],
    ["what was deployed, at any time after", (t) => t.deployed(t.decided(ready(t, "github:@ben"), { until })), [DIGEST], day(300)],
    [
      "nothing that was deployed in place of what was approved",
      (t) => t.deployed(t.decided(ready(t, "github:@ben"), { until }), { digest: OTHER }),
      [DIGEST],
    ],
    [
      "nothing that was deployed elsewhere than approved",
      (t) => t.deployed(t.decided(ready(t, "github:@ben"), { until }), { environment: "elsewhere" }),
      [],
      day(4),
    ],
    [
      "not what ran before, once something newer was confirmed",
      (t) => {
        t.deployed(t.decided(ready(t, "github:@ben"), { until }));
        t.deployed(t.decided(t.ask({ artifact: { kind: "image", name: "shop", digest: OTHER } }), { until }), { digest: OTHER });
      },
      [OTHER],
    ],
    [
      "both while the newer is rolled out",
      (t) => {
        t.deployed(t.decided(ready(t, "github:@ben"), { until }));
        t.decided(t.ask({ artifact: { kind: "image", name: "shop", digest: OTHER } }), { until });
      },
      [DIGEST, OTHER],
    ],
    [
      "what runs of each artifact",
      (t) => {
        t.deployed(t.decided(ready(t, "github:@ben"), { until }));
        const artifact = { kind: "image", name: "proxy", digest: OTHER } as const;
        t.deployed(t.decided(t.ask({ artifact }), { until }), { digest: OTHER });
      },
      [DIGEST, OTHER],
    ],
    [
      "no package, whatever its digest",
      (t) => t.decided(t.ask({ artifact: { kind: "package", name: "shop", digest: DIGEST } }), { until }),
      [],
    ],
    [
      "nothing whose approval was taken back",
      (t) => {
        const request = ready(t, "github:@ben");
        t.decided(request, { until });
        t.decided(request, { outcome: "refused" });
      },
      [],
    ],
  ])("%s", (_, tell, expected, at) => {
    const told = story();
    tell(told);
    expect(admitted(told, at)).toEqual(expected);
  });
});
