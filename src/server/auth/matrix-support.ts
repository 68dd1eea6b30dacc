// For tests: the whole server with one account for each role, and for every route a request that would succeed for whoever may make it.
import { randomInt } from "node:crypto";
import type { InjectOptions } from "fastify";
import type { Kysely } from "kysely";
import { attestationVerifier } from "../../app/gate/attestation.ts";
import type { Gate } from "../../app/gate/gate.ts";
import { directoryOf } from "../../charter/directory.ts";
import { charterWith, DIGEST } from "../../gate/story-support.ts";
import type { Role } from "../http/principal.ts";
import { httpServer, type Routes, type Server } from "../http/server.ts";
import { routesOf } from "../routes.ts";
import { askFor, gateOn, promotionIn, review, tested } from "../storage/gate-support.ts";
import type { Tables } from "../storage/schema.ts";
import type { AccountRow } from "../storage/sign-in-schema.ts";
import { GithubApp, GitlabApprovals } from "../forges/configuration.ts";
import { githubRoutes } from "../forges/github.ts";
import { delivery, SECRET, signed } from "../forges/github-support.ts";
import { gitlabRoutes } from "../forges/gitlab.ts";
import { startProvider } from "./single-sign-on/provider-support.ts";
import { CALLBACK } from "./single-sign-on/sign-on.ts";
import { createAccount } from "./accounts.ts";
import { SignInConfiguration } from "./configuration.ts";
import { githubClaims, startIssuer, type TestIssuer } from "./pipelines/issuer-support.ts";
import { putPending } from "./pending.ts";
import { beginSession, csrfOf } from "./sessions.ts";
import { kept } from "./secrets.ts";
import { signIn } from "./sign-in.ts";
import { GOOD_PASSWORD } from "./sign-in-support.ts";
import { hashPassword } from "./local/password.ts";
import type { SignInStore } from "./store.ts";
import { createToken } from "./tokens.ts";

export const ORIGIN = "https://bulkhead.acme.example";
const PERSON_ROLES = ["developer", "release-manager", "environment-owner", "reviewer", "auditor", "administrator"] as const;
/** `half`: a password, and no second factor yet. `guest`: an account of nobody the charter knows. */
export const WHO = [...PERSON_ROLES, "guest", "half", "nobody", "pipeline"] as const;
export type Who = (typeof WHO)[number];

export interface Scene {
  readonly app: Server;
  readonly routes: readonly string[];
  readonly store: SignInStore;
  readonly gate: Gate;
  readonly accounts: ReadonlyMap<Who, AccountRow>;
  /** Headers with which this one asks; a new session or token each time. */
  headersOf(who: Who): Promise<Record<string, string>>;
  close(): Promise<void>;
}

const people = [...PERSON_ROLES, "half", "dee", "olly", "others"].map((id) => ({
  id,
  name: id,
  groups: ["ops"],
  identities: id === "dee" ? { github: ["dee"] } : {},
}));

export async function scene(where: string): Promise<Scene> {
  const charter = charterWith({ automations: ["github:acme/shop:ref:refs/heads/main"] }, { people });
  const directory = directoryOf(charter);
  const { gate, database } = await gateOn(where, { policy: { charter, charterHash: "a".repeat(64), directory } });
  await tested(gate);
  const forge = await startIssuer();
  const now = () => new Date();
  const provider = await startProvider(`${ORIGIN}${CALLBACK}`);
  const configuration = SignInConfiguration.parse({
    origin: ORIGIN,
    singleSignOn: { issuer: provider.url, clientId: provider.clientId, clientSecretFrom: "SSO", roles: { approvers: ["reviewer"] } },
    pipelines: [
      {
        issuer: forge.url,
        system: "github",
        audience: ORIGIN,
        rules: [{ repository: "acme/shop", refs: ["refs/heads/main"], may: ["request", "report-test", "confirm", "read"], to: ["*"] }],
      },
    ],
  });
  const kysely = database.kysely;
  const { authenticate, check, routes } = signIn({
    configuration,
    kysely,
    directory,
    rootKey: new Uint8Array(32),
    environment: { SSO: provider.clientSecret },
    now,
  });
  const found: string[] = [];
  // Fastify keeps a plugin's hooks to its own routes unless it says this.
  const listening: Routes = Object.assign(
    (async (app) =>
      void app.addHook("onRoute", ({ method, url }) => void found.push(...[method].flat().map((each) => `${each} ${url}`)))) as Routes,
    { [Symbol.for("skip-override")]: true },
  );
  const operations = { now, securityContact: "mailto:security@acme.example" };
  const app = await httpServer({ authenticate, check, logger: false, requestsAMinute: 1_000_000 }, [
    listening,
    ...routesOf({ gate, database, trustPolicy: "", attestations: attestationVerifier(undefined), operations }),
    ...routes,
    ...forgesOn(gate, kysely, now),
  ]);
  const store = { db: kysely, now };
  const accounts = await accountsIn(store);
  return {
    app,
    routes: [...new Set(found)].filter((route) => !route.startsWith("HEAD ")).toSorted(),
    store,
    gate,
    accounts,
    headersOf: (who) => headersOf(store, accounts, forge, who),
    close: async () => {
      await app.close();
      await forge.stop();
      await provider.stop();
      await database.close();
    },
  };
}

/** The forges' own ways in: whoever knows the webhook's secret, and whoever else they are. */
function forgesOn(gate: Gate, db: Kysely<Tables>, now: () => Date): readonly Routes[] {
  const environments = [{ repository: "acme/shop", environment: "production", to: "production" }];
  const app = GithubApp.parse({ appId: "1", privateKeyFrom: "K", webhookSecretFrom: "S", environments });
  const gitlab = GitlabApprovals.parse({ tokenFrom: "T", webhookTokenFrom: "W", environments });
  return [
    githubRoutes({ app, webhookSecret: SECRET, answers: { answer: async () => {} }, gate, db, now }),
    gitlabRoutes({ gitlab, token: "", webhookToken: SECRET, gate, db, now }),
  ];
}

async function accountsIn(store: SignInStore): Promise<ReadonlyMap<Who, AccountRow>> {
  const accounts = new Map<Who, AccountRow>();
  for (const who of WHO) {
    if (who === "nobody" || who === "pipeline") continue;
    const roles: readonly Role[] = who === "half" || who === "guest" ? ["developer", "reviewer"] : [who];
    accounts.set(who, await createAccount(store, { origin: "local", handle: who, person: who === "guest" ? "" : who, roles, by: "code" }));
  }
  return accounts;
}

async function headersOf(store: SignInStore, accounts: Scene["accounts"], forge: TestIssuer, who: Who): Promise<Record<string, string>> {
  if (who === "nobody") return {};
  if (who === "pipeline") return { authorization: `Bearer ${await forge.sign(githubClaims(forge.url, new Date(), { actor: "dee" }))}` };
  const account = accounts.get(who) as AccountRow;
  const cookie = await beginSession(store, {
    account: account.id,
    roles: JSON.parse(account.roles) as Role[],
    method: who === "half" ? "password" : "passkey",
  });
  return { cookie: `__Host-bulkhead=${cookie}`, "x-csrf-token": csrfOf(cookie), origin: ORIGIN };
}

/** Of the right form, and of no device. */
const NO_PASSKEY = { id: "x", rawId: "x", type: "public-key", response: {}, clientExtensionResults: {} };

export type Whose = "own" | "other";
type Asked = Pick<InjectOptions, "url" | "payload"> & { readonly headers?: Readonly<Record<string, string>> };

/** The request of a route that would succeed, about what is the asker's own or another's. */
export async function requestOf(scene: Scene, route: string, who: Who, whose: Whose): Promise<Asked> {
  const [, url = ""] = route.split(" ");
  const own = scene.accounts.get(who);
  const part: Part = {
    scene,
    url,
    subject: whose === "own" && own !== undefined ? `person:${own.person || "others"}` : "person:dee",
    account: async () => (whose === "own" && own ? own : other(scene)),
    at: (id) => url.replace(":id", String(id)),
  };
  return { ...gateMakers(part), ...signInMakers(part) }[route]?.() ?? { url };
}

interface Part {
  readonly scene: Scene;
  readonly url: string;
  readonly subject: string;
  account(): Promise<AccountRow>;
  at(id: string | number): string;
}
type Makers = Readonly<Record<string, () => Promise<Asked>>>;

const other = ({ store, accounts }: Scene): Promise<AccountRow> =>
  createAccount(store, {
    origin: "local",
    handle: `other-${crypto.randomUUID()}`,
    person: "others",
    roles: ["developer"],
    by: accounts.get("administrator")?.id ?? "",
  });

function gateMakers({ scene: { gate }, url, subject, at }: Part): Makers {
  const requested = async (): Promise<number> =>
    promotionIn(await gate.ask(askFor({ authors: [subject] }, { subject, kind: "person", isAdministrator: false }))).id;
  const source = { repository: "acme/shop", commit: "a".repeat(40) };
  return {
    "POST /v1/promotions": async () => ({
      url,
      payload: {
        artifact: { kind: "image", name: "shop", digest: DIGEST },
        from: "test",
        to: "production",
        source,
        authors: ["github:@dee"],
      },
    }),
    "POST /v1/tests": async () => ({
      url,
      payload: { digest: DIGEST, environment: "test", suite: "unit", passed: true, run: "1", commit: "a".repeat(40) },
    }),
    "POST /v1/promotions/:id/reviews": async () => ({ url: at(await requested()), payload: { verdict: "approve" } }),
    "POST /v1/promotions/:id/deployment": async () => {
      const id = await requested();
      promotionIn(await gate.ask(review(id, "olly")));
      return { url: at(id), payload: { environment: "production", digest: DIGEST } };
    },
    "POST /v1/promotions/:id/decision": async () => ({ url: at(await requested()) }),
    "GET /v1/promotions/:id": async () => ({ url: at(await requested()) }),
    "POST /admission/:cluster": async () => ({ url: "/admission/main", payload: {} }),
    "POST /v1/forges/github/webhook": async () => {
      const payload = delivery({ sha: "a".repeat(40), at: new Date(), run: randomInt(1, 1e9) });
      const headers = {
        "content-type": "application/json",
        "x-github-event": "deployment_protection_rule",
        "x-hub-signature-256": signed(payload),
      };
      return { url, payload, headers };
    },
    "POST /v1/forges/gitlab/webhook": async () => ({
      url,
      payload: {},
      headers: { "x-gitlab-token": SECRET, "x-gitlab-event": "Deployment Hook" },
    }),
    "GET /ledger/tile/:level/*": async () => ({ url: await tileOf(gate, "0") }),
    "GET /ledger/tile/entries/*": async () => ({ url: await tileOf(gate, "entries") }),
  };
}

function signInMakers({ scene, url, account, at }: Part): Makers {
  const { store } = scene;
  return {
    "POST /v1/sign-in/password": async () => {
      const stranger = await other(scene);
      await store.db
        .updateTable("sign_in_account")
        .set({ password: await hashPassword(GOOD_PASSWORD) })
        .where("id", "=", stranger.id)
        .execute();
      return { url, payload: { handle: stranger.handle, password: GOOD_PASSWORD } };
    },
    "POST /v1/sign-in/invitation": async () => ({
      url,
      payload: { code: await putPending(store, "invitation", { account: (await other(scene)).id }, 5), password: GOOD_PASSWORD },
    }),
    "POST /v1/sign-in/first": async () => ({
      url,
      payload: {
        which: "first-owner",
        code: await putPending(store, "first-owner", {}, 5),
        handle: `f-${crypto.randomUUID()}`,
        person: "others",
        password: GOOD_PASSWORD,
      },
    }),
    "POST /v1/tokens": async () => ({ url, payload: { name: "t", roles: ["guest"], days: 1 } }),
    "DELETE /v1/tokens/:id": async () => {
      const of = await account();
      const { row } = await createToken(store, of, new Set(["developer"]), { name: "t", roles: ["guest"], days: 1 });
      return { url: at(row.id) };
    },
    "POST /v1/accounts/machines": async () => ({ url, payload: { handle: `m-${crypto.randomUUID()}` } }),
    "POST /v1/accounts/:id/tokens": async () => {
      const made = { origin: "machine", handle: `m-${crypto.randomUUID()}`, person: "", roles: ["pipeline"], by: "code" } as const;
      return { url: at((await createAccount(store, made)).id), payload: { name: "t", days: 1 } };
    },
    "DELETE /v1/sessions/:id": async () => ({
      url: at(kept(await beginSession(store, { account: (await account()).id, roles: [], method: "passkey" }))),
    }),
    "POST /v1/session/totp": async () => ({ url, payload: { code: "000000" } }),
    "PUT /v1/session/password": async () => ({ url, payload: { current: "x", password: GOOD_PASSWORD } }),
    "POST /v1/sign-in/passkey": async () => ({ url, payload: NO_PASSKEY }),
    "POST /v1/session/passkeys": async () => ({ url, payload: { name: "x", answer: NO_PASSKEY } }),
    "POST /v1/accounts": async () => ({ url, payload: { handle: `new-${crypto.randomUUID()}`, person: "others", roles: ["developer"] } }),
    ...Object.fromEntries(
      ["POST /v1/accounts/:id/vouch", "POST /v1/accounts/:id/disable", "POST /v1/accounts/:id/reset", "DELETE /v1/accounts/:id"].map(
        (each) => [each, async () => ({ url: at((await account()).id) })],
      ),
    ),
  };
}

const tileOf = async (gate: Gate, level: string): Promise<string> =>
  `/ledger/tile/${level}/000.p/${await gate.look(({ ledger }) => ledger.size())}`;
