// The gate over HTTP: statuses, problem documents, and who may ask what.
import { generateKeyPairSync, sign } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { attestationVerifier } from "../../app/gate/attestation.ts";
import { DIGEST, OTHER } from "../../gate/story-support.ts";
import { onBothDatabases } from "../storage/databases-support.ts";
import { gateOn, tested } from "../storage/gate-support.ts";
import type { Database } from "../storage/schema.ts";
import type { Principal, Role } from "./principal.ts";
import { promotionRoutes } from "./promotions.ts";
import { httpServer, type Server } from "./server.ts";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

/** Authentication for these tests: `Bearer SUBJECT ROLE…`. */
function principalOf(header: string | undefined): Principal | undefined {
  const [, subject, ...roles] = header?.split(" ") ?? [];
  if (subject === undefined) return undefined;
  return { subject, kind: subject.startsWith("person:") ? "person" : "pipeline", roles: new Set(roles as Role[]) };
}

async function served(where: string): Promise<{ readonly app: Server; readonly database: Database; call: Call }> {
  const { database, gate } = await gateOn(where);
  await tested(gate);
  const app = await httpServer({ authenticate: async ({ headers }) => principalOf(headers.authorization), logger: false }, [
    promotionRoutes(gate, attestationVerifier({ keys: [PEM] })),
  ]);
  open.push(app, database);
  const call: Call = async (who, method, url, body, headers = {}) => {
    const answer = await app.inject({
      method,
      url,
      headers: { ...(who !== "" && { authorization: `Bearer ${who}` }), ...headers },
      ...(body !== undefined && { payload: body }),
    });
    return { status: answer.statusCode, type: String(answer.headers["content-type"]), body: answer.json(), headers: answer.headers };
  };
  return { app, database, call };
}
type Call = (
  who: string,
  method: "GET" | "POST" | "DELETE",
  url: string,
  body?: object | string,
  headers?: Record<string, string>,
) => Promise<{ status: number; type: string; body: Record<string, never>; headers: Record<string, unknown> }>;

const DEVELOPER = "person:dee developer";
const PIPELINE = "github:acme/shop:ref:refs/heads/main pipeline";
const attester = generateKeyPairSync("ed25519");
const PEM = String(attester.publicKey.export({ type: "spki", format: "pem" }));
const asking = (part: object = {}) => ({
  artifact: { kind: "image", name: "shop", digest: DIGEST },
  from: "test",
  to: "production",
  source: { repository: "acme/shop", commit: "c" },
  authors: ["github:@dee"],
  ...part,
});

onBothDatabases("the gate over HTTP", (databases) => {
  test("asked, refused to its author, approved by another, confirmed, listed", async () => {
    const { call } = await served(await databases.fresh());
    const asked = await call(DEVELOPER, "POST", "/v1/promotions", asking());
    expect([asked.status, asked.body["state"]]).toEqual([201, "waiting"]);
    const at = `/v1/promotions/${String(asked.body["id"])}`;
    const own = await call(DEVELOPER, "POST", `${at}/reviews`, { verdict: "approve" });
    expect([own.status, own.type, own.body["code"]]).toEqual([403, "application/problem+json", "not-allowed"]);
    expect((await call("person:ann developer", "POST", `${at}/reviews`, { verdict: "approve" })).body["state"]).toBe("approved");
    expect((await call(PIPELINE, "POST", `${at}/deployment`, { environment: "production", digest: OTHER })).status).toBe(409);
    expect((await call(PIPELINE, "POST", `${at}/deployment`, { environment: "production", digest: DIGEST })).body["state"]).toBe(
      "deployed",
    );
    expect((await call("person:x auditor", "GET", at)).body["state"]).toBe("deployed");
    const list = await call("person:x auditor", "GET", "/v1/promotions?to=production&state=deployed&limit=1");
    expect((list.body["promotions"] as unknown as { id: number }[]).map(({ id }) => id)).toEqual([asked.body["id"]]);
  });

  test("a test counts as attested when a trusted key says so, and is refused when another does", async () => {
    const { call } = await served(await databases.fresh());
    const report = (passedTests: readonly string[]) => {
      const predicate = { result: "PASSED", passedTests };
      const payload = Buffer.from(
        JSON.stringify({
          _type: "https://in-toto.io/Statement/v1",
          subject: [{ digest: { sha256: DIGEST.slice(7) } }],
          predicateType: "https://in-toto.io/attestation/test-result/v0.1",
          predicate,
        }),
      );
      const payloadType = "application/vnd.in-toto+json";
      const sig = sign(null, Buffer.concat([Buffer.from(`DSSEv1 28 ${payloadType} ${payload.length} `), payload]), attester.privateKey);
      const attestation = { payloadType, payload: payload.toString("base64"), signatures: [{ sig: sig.toString("base64") }] };
      return { digest: DIGEST, environment: "test", suite: "e2e", passed: true, run: "1", commit: "c", attestation };
    };
    const taken = await call(PIPELINE, "POST", "/v1/tests", report(["e2e"]));
    expect([taken.status, taken.body["attested"]]).toEqual([201, true]);
    const other = await call(PIPELINE, "POST", "/v1/tests", report(["unit"]));
    expect([other.status, other.body["code"]]).toEqual([403, "attestation"]);
  });

  test("a question under a key is recorded once", async () => {
    const { call } = await served(await databases.fresh());
    const key = { "idempotency-key": "run-1" };
    const first = await call(DEVELOPER, "POST", "/v1/promotions", asking(), key);
    expect((await call(DEVELOPER, "POST", "/v1/promotions", asking(), key)).body).toEqual(first.body);
    expect((await call(DEVELOPER, "POST", "/v1/promotions", asking({ authors: [] }), key)).status).toBe(409);
  });
});

onBothDatabases("what is refused", (databases) => {
  test.each([
    ["nobody", "", "POST", "/v1/promotions", asking(), 401],
    ["an auditor who asks", "person:dee auditor", "POST", "/v1/promotions", asking(), 403],
    ["an administrator who approves", "person:ann administrator", "POST", "/v1/promotions/0/reviews", { verdict: "approve" }, 403],
    ["a person who reports tests", "person:ann developer", "POST", "/v1/tests", {}, 403],
    ["a requester in the body", DEVELOPER, "POST", "/v1/promotions", asking({ requester: "person:ann" }), 400],
    ["a test's verified attestation in the body", PIPELINE, "POST", "/v1/tests", { attestation: { sha256: "a", verified: true } }, 400],
    ["text that is no JSON", DEVELOPER, "POST", "/v1/promotions", "{", 400],
    ["an id that is none", DEVELOPER, "GET", "/v1/promotions/-1", undefined, 400],
    ["a promotion that is not there", DEVELOPER, "GET", "/v1/promotions/999999", undefined, 404],
    ["a method that is not answered", DEVELOPER, "DELETE", "/v1/promotions/1", undefined, 405],
    ["a path that is not there", DEVELOPER, "GET", "/v2", undefined, 404],
    [
      "an environment that is not there",
      PIPELINE,
      "POST",
      "/v1/tests",
      { digest: DIGEST, environment: "x", suite: "s", passed: true, run: "1", commit: "c" },
      404,
    ],
  ] as const)("%s", async (_name, who, method, url, body, status) => {
    const { call } = await served(await databases.fresh());
    const answer = await call(who, method, url, body, body !== undefined ? { "content-type": "application/json" } : {});
    expect([answer.status, answer.type, answer.body["status"]]).toEqual([status, "application/problem+json", status]);
  });

  test("more than a request may hold", async () => {
    const { call } = await served(await databases.fresh());
    expect((await call(DEVELOPER, "POST", "/v1/promotions", { x: "x".repeat(1_100_000) })).status).toBe(413);
  });
});

test("a route that does not say who may use it stops the server", async () => {
  const server = httpServer({ authenticate: async () => undefined, logger: false }, [async (app) => void app.get("/open", () => "x")]);
  await expect(server).rejects.toThrow("does not say who may use it");
});
