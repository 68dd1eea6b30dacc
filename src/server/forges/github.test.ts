// GitHub's deployment protection rule from the delivery to the answer, against GitHub's published forms; and what forgers, replays and outages get.
import { randomUUID } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { DIGEST } from "../../gate/story-support.ts";
import { httpServer, type Server } from "../http/server.ts";
import { runner } from "../jobs/runner.ts";
import { onBothDatabases } from "../storage/databases-support.ts";
import { askFor, confirm, gateOn, promotionIn, review, tested } from "../storage/gate-support.ts";
import { GithubApp } from "./configuration.ts";
import { githubApp } from "./github-app.ts";
import { githubJobs, githubRoutes } from "./github.ts";
import { APP_ID, delivery, SECRET, signed, startGithub, type TestGithub } from "./github-support.ts";

const SHA = "c".repeat(40);
const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

interface Started {
  readonly github: TestGithub;
  readonly app: Server;
  readonly gate: Awaited<ReturnType<typeof gateOn>>["gate"];
  pass(ms: number): void;
  now(): Date;
  drain(): Promise<void>;
  deliver(
    body: Buffer,
    headers?: Readonly<Record<string, string>>,
  ): Promise<{ readonly status: number; readonly body: { readonly taken?: boolean; readonly code?: string } }>;
}

async function started(where: string): Promise<Started> {
  let late = 0;
  const now = (): Date => new Date(Date.now() + late);
  const { gate, database } = await gateOn(where);
  await tested(gate);
  const github = await startGithub(now);
  const app = GithubApp.parse({
    appId: APP_ID,
    api: github.api,
    privateKeyFrom: "KEY",
    webhookSecretFrom: "SECRET",
    environments: [{ repository: "acme/*", environment: "production", to: "production" }],
  });
  const way = { app, webhookSecret: SECRET, answers: githubApp(app, github.privateKey, now), gate, db: database.kysely, now };
  const server = await httpServer({ authenticate: async () => undefined, logger: false }, [githubRoutes(way)]);
  const jobs = runner({ database, handlers: githubJobs(way), now, log: { error: () => {} } });
  open.push(
    () => server.close(),
    () => github.stop(),
    () => database.close(),
  );
  return {
    github,
    app: server,
    gate,
    now,
    pass: (ms) => void (late += ms),
    drain: () => jobs.drain(),
    deliver: async (body, headers = {}) => {
      const sent = {
        "content-type": "application/json",
        "x-github-event": "deployment_protection_rule",
        "x-github-delivery": randomUUID(),
        "x-hub-signature-256": signed(body),
        ...headers,
      };
      const answer = await server.inject({ method: "POST", url: "/v1/forges/github/webhook", headers: sent, payload: body });
      return { status: answer.statusCode, body: answer.json() };
    },
  };
}
const ofCommit = { source: { repository: "acme/shop", commit: SHA } };

onBothDatabases("GitHub's protection rule", (databases) => {
  test("waits while the promotion waits, and lets the run go on once another approved", async () => {
    const { github, gate, deliver, drain, pass, now } = await started(await databases.fresh());
    expect(await deliver(delivery({ sha: SHA, at: now() }))).toEqual({ status: 202, body: { taken: true } });
    await drain();
    const { id } = promotionIn(await gate.ask(askFor(ofCommit)));
    pass(10_001);
    await drain();
    expect(github.answered).toEqual([]);
    promotionIn(await gate.ask(review(id, "ann")));
    pass(10_001);
    await drain();
    expect(github.problems).toEqual([]);
    expect(github.answered).toEqual([
      {
        path: "/repos/acme/shop/actions/runs/9001/deployment_protection_rule",
        body: {
          environment_name: "production",
          state: "approved",
          comment: `Bulkhead: promotion ${id} of ${DIGEST} to production is approved.`,
        },
      },
    ]);
    pass(60_000);
    await drain();
    expect(github.answered).toHaveLength(1);
  });

  test.each([
    [
      "rejected by another",
      async ({ gate }: Started) => void (await gate.ask(review(promotionIn(await gate.ask(askFor(ofCommit))).id, "ann", "reject"))),
      "rejects",
    ],
    [
      "deployed already",
      async ({ gate }: Started) => {
        const { id } = promotionIn(await gate.ask(askFor(ofCommit)));
        await gate.ask(review(id, "ann"));
        await gate.ask(confirm(id));
      },
      "deployed already",
    ],
    ["never asked for", async ({ pass }: Started) => pass(15 * 60_000 + 1), "was asked for"],
    [
      "asked for another commit, and approved",
      async ({ gate, pass }: Started) => {
        const { id } = promotionIn(await gate.ask(askFor({ source: { repository: "acme/shop", commit: "d".repeat(40) } })));
        await gate.ask(review(id, "ann"));
        pass(15 * 60_000 + 1);
      },
      "was asked for",
    ],
    [
      "asked for another repository, and approved",
      async ({ gate, pass }: Started) => {
        const { id } = promotionIn(await gate.ask(askFor({ source: { repository: "acme/other", commit: SHA } })));
        await gate.ask(review(id, "ann"));
        pass(15 * 60_000 + 1);
      },
      "was asked for",
    ],
  ])("rejects what was %s", async (_name, before, why) => {
    const all = await started(await databases.fresh());
    await all.deliver(delivery({ sha: SHA, at: all.now() }));
    await before(all);
    await all.drain();
    expect(all.github.answered.map(({ body }) => body.state)).toEqual(["rejected"]);
    expect(all.github.answered[0]?.body.comment).toContain(why);
    expect(all.github.problems).toEqual([]);
  });

  test("rejects an environment that the gate does not know", async () => {
    const { github, deliver, drain, now } = await started(await databases.fresh());
    await deliver(delivery({ sha: SHA, at: now(), environment: "prod" }));
    await deliver(delivery({ sha: SHA, at: now(), repository: "stranger/shop" }));
    await drain();
    expect(github.answered.map(({ body }) => body.state)).toEqual(["rejected", "rejected"]);
  });

  test("approves nothing while GitHub does not take the answer, and answers once it does", async () => {
    const { github, gate, deliver, drain, pass, now } = await started(await databases.fresh());
    await gate.ask(review(promotionIn(await gate.ask(askFor(ofCommit))).id, "ann"));
    github.failing = 3;
    await deliver(delivery({ sha: SHA, at: now() }));
    for (let i = 0; i < 8; i++) {
      await drain();
      pass(20_000);
    }
    expect(github.answered.map(({ body }) => body.state)).toEqual(["approved"]);
  });

  test("takes a delivery once, whatever id it comes under, and none that is not GitHub's or is old", async () => {
    const { github, deliver, drain, now } = await started(await databases.fresh());
    const body = delivery({ sha: SHA, at: now() });
    expect((await deliver(body)).status).toBe(202);
    expect(await deliver(body)).toMatchObject({ status: 401, body: { code: "replayed" } });
    const changed = Buffer.from(body.toString("utf8").replace(SHA, "e".repeat(40)));
    const day = 86_400_000;
    for (const [name, [sent, headers, code]] of Object.entries({
      "without a signature": [changed, { "x-hub-signature-256": "" }, "bad-credential"],
      "with the signature of another body": [changed, { "x-hub-signature-256": signed(body) }, "bad-credential"],
      "with another secret's": [changed, { "x-hub-signature-256": signed(changed, "guess") }, "bad-credential"],
      "with the old kind": [changed, { "x-hub-signature-256": "", "x-hub-signature": "sha1=00" }, "bad-credential"],
      "in capitals": [changed, { "x-hub-signature-256": signed(changed).toUpperCase() }, "bad-credential"],
      "of the day before": [delivery({ sha: SHA, at: new Date(now().getTime() - day - 1) }), {}, "expired"],
      "of tomorrow": [delivery({ sha: SHA, at: new Date(now().getTime() + day) }), {}, "expired"],
      "to be answered elsewhere": [delivery({ sha: SHA, at: now(), callback: "https://evil.example/steal" }), {}, "forbidden"],
      "to be answered at another's run": [
        delivery({ sha: SHA, at: now(), callback: "https://api.github.com/repos/acme/other/actions/runs/1/deployment_protection_rule" }),
        {},
        "forbidden",
      ],
      "of no form": [Buffer.from("{"), {}, "forbidden"],
      "of another form": [Buffer.from('{"action":"requested"}'), {}, "forbidden"],
    } as const)) {
      const signature = { "x-hub-signature-256": signed(sent) };
      expect((await deliver(sent, { ...signature, ...headers })).body.code, name).toBe(code);
    }
    expect(await deliver(changed, { "x-github-event": "ping" })).toEqual({ status: 202, body: { taken: false } });
    await drain();
    expect(github.answered).toEqual([]);
  });

  test("of twenty that come at once, one is taken", async () => {
    const { deliver, now } = await started(await databases.fresh());
    const body = delivery({ sha: SHA, at: now() });
    const all = await Promise.all(Array.from({ length: 20 }, () => deliver(body)));
    expect(all.filter(({ status }) => status === 202)).toHaveLength(1);
  });
});

test("a key that is none stops the start", () => {
  const app = GithubApp.parse({
    appId: "1",
    privateKeyFrom: "K",
    webhookSecretFrom: "S",
    environments: [{ repository: "a/b", environment: "p", to: "p" }],
  });
  for (const key of ["", "x", "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----"])
    expect(() => githubApp(app, key, () => new Date())).toThrow("private key");
});
