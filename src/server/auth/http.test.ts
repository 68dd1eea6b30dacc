// Sign-in over HTTP: cookies, our own pages only, the first start, a pipeline's token spent, single sign-on through a real provider.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { directoryOf } from "../../charter/directory.ts";
import { charterWith, DIGEST } from "../../gate/story-support.ts";
import { httpServer, type Server } from "../http/server.ts";
import { promotionRoutes } from "../http/promotions.ts";
import { attestationVerifier } from "../../app/gate/attestation.ts";
import { gateOn, tested } from "../storage/gate-support.ts";
import type { Database } from "../storage/schema.ts";
import { createAccount } from "./accounts.ts";
import { SignInConfiguration } from "./configuration.ts";
import { githubClaims, startIssuer, type TestIssuer } from "./pipelines/issuer-support.ts";
import { type SignIn, signIn } from "./sign-in.ts";
import { GOOD_PASSWORD } from "./sign-in-support.ts";
import { createToken } from "./tokens.ts";
import { startProvider, type TestProvider, walkThrough } from "./single-sign-on/provider-support.ts";
import { CALLBACK } from "./single-sign-on/sign-on.ts";

const ORIGIN = "https://bulkhead.acme.example";
const folder = mkdtempSync(join(tmpdir(), "bulkhead-sign-in-"));
let forge: TestIssuer;
let provider: TestProvider;
let database: Database;
let app: Server;
let people: SignIn;

beforeAll(async () => {
  const charter = charterWith({ automations: ["github:acme/shop:ref:refs/heads/main", "machine:@jenkins"] });
  const directory = directoryOf(charter);
  const opened = await gateOn(folder, { policy: { charter, charterHash: "a".repeat(64), directory } });
  database = opened.database;
  await tested(opened.gate);
  forge = await startIssuer();
  provider = await startProvider(`${ORIGIN}${CALLBACK}`);
  provider.people.set("zoe", { groups: ["approvers"], name: "Zoe" });
  const configuration = SignInConfiguration.parse({
    origin: ORIGIN,
    singleSignOn: { issuer: provider.url, clientId: provider.clientId, clientSecretFrom: "SSO", roles: { approvers: ["reviewer"] } },
    pipelines: [
      {
        issuer: forge.url,
        system: "github",
        audience: ORIGIN,
        rules: [{ repository: "acme/shop", refs: ["refs/heads/main"], may: ["request", "read"], to: ["production"] }],
      },
    ],
  });
  people = signIn({
    configuration,
    kysely: database.kysely,
    directory,
    rootKey: new Uint8Array(32),
    environment: { SSO: provider.clientSecret },
    now: () => new Date(),
  });
  app = await httpServer({ authenticate: people.authenticate, check: people.check, logger: false }, [
    promotionRoutes(opened.gate, attestationVerifier(undefined)),
    ...people.routes,
  ]);
});
afterAll(async () => {
  await app.close();
  await forge.stop();
  await provider.stop();
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly body: {
    readonly code?: string;
    readonly csrf?: string;
    readonly roles?: readonly string[];
    readonly id?: number;
    readonly authors?: readonly string[];
    readonly state?: string;
    readonly requester?: string;
    readonly token?: string;
  };
  readonly cookie: string | undefined;
  readonly location: string | undefined;
}
let address = 0;
async function ask(
  method: "GET" | "POST" | "DELETE",
  url: string,
  payload?: object,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const answer = await app.inject({ method, url, headers, remoteAddress: `198.51.100.${++address % 250}`, ...(payload && { payload }) });
  const body = answer.body === "" ? {} : (answer.json() as Answer["body"]);
  const cookie = [answer.headers["set-cookie"]].flat()[0];
  return { status: answer.statusCode, body, cookie, location: answer.headers.location };
}

describe("on a fresh server", () => {
  let signedIn: Answer;
  let own: Record<string, string>;

  test("the first two codes make two accounts of people that the charter knows", async () => {
    const codes = await people.firstCodes();
    const first = (which: string, code: string | undefined, person: string) =>
      ask("POST", "/v1/sign-in/first", { which, code, handle: person, person, password: GOOD_PASSWORD });
    expect((await first("first-owner", codes?.["first-owner"], "stranger")).status).toBe(403);
    expect((await first("first-owner", codes?.["first-owner"], "ann")).status).toBe(204);
    expect((await first("first-administrator", codes?.["first-administrator"], "eve")).status).toBe(204);
    expect(await people.firstCodes()).toBeUndefined();
  });

  test("a session is a cookie that scripts, other hosts and open wires do not get", async () => {
    signedIn = await ask("POST", "/v1/sign-in/password", { handle: "ann", password: GOOD_PASSWORD });
    expect(signedIn.status).toBe(200);
    expect(signedIn.cookie).toMatch(/^__Host-bulkhead=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
    own = { cookie: (signedIn.cookie as string).split(";")[0] as string, "x-csrf-token": signedIn.body.csrf as string, origin: ORIGIN };
    expect(signedIn.body.roles).toEqual([]);
    expect((await ask("GET", "/v1/promotions", undefined, own)).status).toBe(403);
  });

  test("what changes something comes from our own page, whoever's cookie it carries", async () => {
    for (const wrong of [
      { "x-csrf-token": "" },
      { "x-csrf-token": "x" },
      { origin: "https://evil.example" },
      { "sec-fetch-site": "cross-site" },
    ])
      expect((await ask("POST", "/v1/session/totp/offer", undefined, { ...own, ...wrong })).status).toBe(403);
    expect((await ask("POST", "/v1/session/totp/offer", undefined, own)).status).toBe(200);
    expect(
      (await ask("POST", "/v1/sign-in/password", { handle: "ann", password: GOOD_PASSWORD }, { origin: "https://evil.example" })).status,
    ).toBe(403);
  });

  test("a cookie that is there twice, or is another's name, is nobody's", async () => {
    const twice = { cookie: `${own["cookie"]}; __Host-bulkhead=x` };
    expect((await ask("GET", "/v1/session", undefined, twice)).status).toBe(401);
    expect((await ask("GET", "/v1/session", undefined, { cookie: own["cookie"]?.replace("__Host-", "") ?? "" })).status).toBe(401);
    expect((await ask("GET", "/v1/session", undefined, { cookie: own["cookie"] ?? "" })).status).toBe(200);
  });

  test("a sign-in ends the session before it, and signing out ends this one", async () => {
    const again = await ask(
      "POST",
      "/v1/sign-in/password",
      { handle: "ann", password: GOOD_PASSWORD },
      { cookie: own["cookie"] as string },
    );
    expect((await ask("GET", "/v1/session", undefined, { cookie: own["cookie"] as string })).status).toBe(401);
    const now = { cookie: (again.cookie as string).split(";")[0] as string, "x-csrf-token": again.body.csrf as string };
    expect((await ask("DELETE", "/v1/session", undefined, { cookie: now.cookie })).status).toBe(403);
    const out = await ask("DELETE", "/v1/session", undefined, now);
    expect([out.status, out.cookie]).toEqual([200, "__Host-bulkhead=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0"]);
    expect((await ask("GET", "/v1/session", undefined, now)).status).toBe(401);
  });
});

describe("a pipeline", () => {
  const asking = (more: object = {}) => ({
    artifact: { kind: "image", name: "shop", digest: DIGEST },
    from: "test",
    to: "production",
    source: { repository: "acme/shop", commit: "a".repeat(40) },
    authors: ["github:@dee"],
    ...more,
  });
  const bearer = async (more: object = {}) => ({
    authorization: `Bearer ${await forge.sign(githubClaims(forge.url, new Date(), { actor: "ann", ...more }))}`,
  });

  test("asks once with a token, and who started it is an author", async () => {
    const token = await bearer();
    const first = await ask("POST", "/v1/promotions", asking(), token);
    expect([first.status, first.body.authors]).toEqual([201, ["person:dee", "person:ann"]]);
    expect(await ask("POST", "/v1/promotions", asking(), token)).toMatchObject({ status: 401, body: { code: "replayed" } });
    expect((await ask("GET", `/v1/promotions/${first.body.id}`, undefined, token)).status).toBe(200);
  });

  test.each([
    ["another repository", { source: { repository: "acme/other", commit: "a".repeat(40) } }],
    ["another commit", { source: { repository: "acme/shop", commit: "b".repeat(40) } }],
    ["an environment that no rule names", { from: "development", to: "test" }],
  ])("asks nothing for %s", async (_name, more) => {
    expect((await ask("POST", "/v1/promotions", asking(more), await bearer())).status).toBe(403);
  });

  test("does nothing that its rules do not say, and never approves", async () => {
    const { body } = await ask("POST", "/v1/promotions", asking(), await bearer());
    const confirmation = { environment: "production", digest: DIGEST };
    expect((await ask("POST", `/v1/promotions/${body.id}/deployment`, confirmation, await bearer())).status).toBe(403);
    expect((await ask("POST", `/v1/promotions/${body.id}/reviews`, { verdict: "approve" }, await bearer())).status).toBe(403);
    expect((await ask("GET", "/v1/tokens", undefined, await bearer())).status).toBe(403);
  });

  test.each(["Basic YTpi", "Bearer", "Bearer a b", "bh_x", "Bearer bh_x", "Bearer x.y.z"])("%s is nobody", async (authorization) => {
    expect((await ask("GET", "/v1/promotions", undefined, { authorization })).status).toBe(401);
  });
});

test("a machine's token reports and asks under its own name, and approves nothing", async () => {
  const store = { db: database.kysely, now: () => new Date() };
  const account = await createAccount(store, { origin: "machine", handle: "jenkins", person: "", roles: ["pipeline"], by: "code" });
  const { token } = await createToken(store, account, new Set(["pipeline"]), { name: "t", roles: ["pipeline"], days: 1 });
  const bearer = { authorization: `Bearer ${token}` };
  const asking = {
    artifact: { kind: "image", name: "shop", digest: DIGEST },
    from: "test",
    to: "production",
    source: { repository: "acme/shop", commit: "c" },
    authors: ["github:@dee"],
  };
  const { status, body } = await ask("POST", "/v1/promotions", asking, bearer);
  expect([status, body.requester, body.state]).toEqual([201, "machine:@jenkins", "waiting"]);
  expect((await ask("POST", `/v1/promotions/${body.id}/reviews`, { verdict: "approve" }, bearer)).status).toBe(403);
  expect((await ask("POST", "/v1/tokens", { name: "x", roles: ["pipeline"], days: 1 }, bearer)).status).toBe(401);
});

test("single sign-on through the provider's own pages, in the browser that began it", async () => {
  const begun = await ask("GET", "/v1/sign-in/single-sign-on");
  expect(begun.status).toBe(303);
  const binding = (begun.cookie as string).split(";")[0] as string;
  const back = await walkThrough(begun.location as string, "zoe", `${ORIGIN}${CALLBACK}`);
  const path = back.slice(ORIGIN.length);
  const done = await ask("GET", path, undefined, { cookie: binding });
  expect([done.status, done.location]).toEqual([303, "/"]);
  const session = { cookie: (done.cookie as string).split(";")[0] as string };
  const who = await ask("GET", "/v1/session", undefined, session);
  expect([who.status, who.body.roles]).toEqual([200, ["guest"]]);
  expect((await ask("GET", path, undefined, { cookie: binding })).status).toBe(401);
  const factor = await ask("POST", "/v1/session/passkeys/challenge", undefined, { ...session, "x-csrf-token": who.body.csrf as string });
  expect(factor.status).toBe(403);
});
