// Notifications from the ledger to real receivers: signed, once, again until they are taken, and without a person's name in them.
import { createHmac } from "node:crypto";
import { createServer as createHttp, type IncomingHttpHeaders } from "node:http";
import { type AddressInfo, createServer as createTcp } from "node:net";
import { afterEach, expect, test } from "vitest";
import { DIGEST } from "../../gate/story-support.ts";
import { runner } from "../jobs/runner.ts";
import { onBothDatabases } from "../storage/databases-support.ts";
import { askFor, confirm, gateOn, promotionIn, review, tested } from "../storage/gate-support.ts";
import { Notifications } from "./configuration.ts";
import { lineOf, type PromotionEvent } from "./event.ts";
import { signature, slackText } from "./send.ts";
import { notifyJobs, WATCH_JOB } from "./watch.ts";

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});
const SECRET = "a-secret-of-the-test-receiver";

async function receiver() {
  const got: { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: string }[] = [];
  const state = { failing: 0 };
  const server = createHttp(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
    if (state.failing > 0) {
      state.failing--;
      return void response.writeHead(503).end();
    }
    got.push({ path: request.url ?? "", headers: request.headers, body: Buffer.concat(parts).toString("utf8") });
    response.writeHead(204).end();
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  open.push(() => new Promise((done) => server.close(done).closeAllConnections()));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, got, state };
}

/** Takes mail as RFC 5321 has it, one message after the other. */
async function mailServer() {
  const messages: string[] = [];
  const server = createTcp((socket) => {
    let text = "";
    let isData = false;
    socket.write("220 mail.example ESMTP\r\n");
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      text += bytes.toString("utf8");
      for (let end = text.indexOf(isData ? "\r\n.\r\n" : "\r\n"); end >= 0; end = text.indexOf(isData ? "\r\n.\r\n" : "\r\n")) {
        const line = text.slice(0, end);
        text = text.slice(end + (isData ? 5 : 2));
        if (isData) {
          messages.push(line);
          isData = false;
          socket.write("250 taken\r\n");
        } else if (line === "DATA") {
          isData = true;
          socket.write("354 go on\r\n");
        } else socket.write(line === "QUIT" ? "221 bye\r\n" : "250 ok\r\n");
      }
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  open.push(() => new Promise((done) => server.close(done)));
  return { url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`, messages };
}

onBothDatabases("notifications", (databases) => {
  const started = async (targets: readonly object[]) => {
    const hook = await receiver();
    const mail = await mailServer();
    const { gate, database } = await gateOn(await databases.fresh());
    await tested(gate);
    let late = 0;
    const now = (): Date => new Date(Date.now() + late);
    const notifications = Notifications.parse({
      allowedNetworks: ["127.0.0.0/8"],
      targets: targets.map(
        (target) => JSON.parse(JSON.stringify(target).replaceAll("HOOK", hook.url).replaceAll("MAIL", mail.url)) as object,
      ),
    });
    const environment = { SECRET, CHAT: `${hook.url}/services/T0/B0/secret` };
    const jobsOf = () =>
      runner({
        database,
        handlers: notifyJobs({ notifications, gate, db: database.kysely, origin: "https://bulkhead.acme.example", environment, now }),
        recurring: [WATCH_JOB],
        now,
        log: { error: () => {} },
      });
    let jobs = jobsOf();
    open.push(() => database.close());
    return {
      gate,
      hook,
      mail,
      restart: () => void (jobs = jobsOf()),
      later: async (ms = 5_001) => {
        late += ms;
        await jobs.drain();
      },
    };
  };
  const WEBHOOK = { kind: "webhook", name: "hook", url: "HOOK/bulkhead", secretFrom: "SECRET", environments: ["production"] };
  const told = (got: readonly { readonly body: string }[]) => got.map(({ body }) => (JSON.parse(body) as PromotionEvent).type);

  test("each state of a promotion is told once, in its order, also after a restart", async () => {
    const { gate, hook, later, restart } = await started([WEBHOOK]);
    const { id } = promotionIn(await gate.ask(askFor()));
    await later();
    await gate.ask(review(id, "ann"));
    await later();
    restart();
    await later();
    await gate.ask(confirm(id));
    await later();
    await later();
    expect(told(hook.got)).toEqual(["promotion.waiting", "promotion.approved", "promotion.deployed"]);
    expect(JSON.parse(hook.got[0]?.body ?? "")).toMatchObject({
      promotion: { id, artifact: { digest: DIGEST }, from: "test", to: "production", repository: "acme/shop" },
      url: `https://bulkhead.acme.example/promotions/${id}`,
    });
  });

  test("a receiver can tell that it is ours, of now, and unchanged", async () => {
    const { gate, hook, later } = await started([WEBHOOK]);
    await gate.ask(askFor());
    await later();
    const { headers, body } = hook.got[0] as (typeof hook.got)[number];
    const [id, at] = [String(headers["webhook-id"]), String(headers["webhook-timestamp"])];
    expect(headers["webhook-signature"]).toBe(`v1,${createHmac("sha256", SECRET).update([id, at, body].join(".")).digest("base64")}`);
    expect(Math.abs(Number(at) * 1000 - Date.now())).toBeLessThan(60_000);
  });

  test("what is not taken is sent again under the same id, until it is", async () => {
    const { gate, hook, later } = await started([WEBHOOK]);
    hook.state.failing = 3;
    await gate.ask(askFor());
    for (let i = 0; i < 8; i++) await later(20_000);
    expect(told(hook.got)).toEqual(["promotion.waiting"]);
  });

  test("chat and mail say it in a line, without a person, and without what would be more than text there", async () => {
    const { gate, hook, mail, later } = await started([
      { kind: "slack", name: "chat", urlFrom: "CHAT", events: ["promotion.waiting", "promotion.refused"], environments: ["production"] },
      { kind: "email", name: "mail", smtp: "MAIL", from: "gate@acme.example", to: ["ops@acme.example"], events: ["promotion.refused"] },
    ]);
    const { id } = promotionIn(
      await gate.ask(askFor({ artifact: { kind: "image", name: "shop<!channel>\r\nBcc: eve@evil.example", digest: DIGEST } })),
    );
    await later();
    await gate.ask(review(id, "ann", "reject"));
    await later();
    expect(hook.got.map(({ path }) => path)).toEqual(Array(2).fill("/services/T0/B0/secret"));
    const [text = "", refused = ""] = hook.got.map(({ body }) => (JSON.parse(body) as { text: string }).text);
    expect(text).toBe(
      `Promotion ${id} of shop&lt;!channel&gt; Bcc: eve@evil.example from test to production waits for approval: https://bulkhead.acme.example/promotions/${id}`,
    );
    expect(refused).toContain("is refused (rejected");
    expect(mail.messages).toHaveLength(1);
    const [headers = ""] = (mail.messages[0] ?? "").split("\r\n\r\n");
    expect(headers.replaceAll(/\r\n[ \t]+/g, " ")).toMatch(/^Subject: Promotion \d+ of shop<!channel> Bcc: eve@evil.example from test/m);
    expect(headers).not.toMatch(/^Bcc:/m);
    for (const each of [...hook.got.map(({ body }) => body), ...mail.messages]) expect(each).not.toMatch(/\b(ann|dee)\b|person:|github:@/);
  });
});

test("the signature is Standard Webhooks' own example of what is signed", () => {
  const at = new Date(1_614_265_330_000);
  const headers = signature("secret", "msg_1", at, '{"test": 2432232314}');
  expect(headers["webhook-timestamp"]).toBe("1614265330");
  expect(headers["webhook-signature"]).toBe(
    `v1,${createHmac("sha256", "secret").update('msg_1.1614265330.{"test": 2432232314}').digest("base64")}`,
  );
  expect(slackText("<@U1> & co")).toBe("&lt;@U1&gt; &amp; co");
});

test("names cannot make a second line", () => {
  const event: PromotionEvent = {
    type: "promotion.waiting",
    at: "",
    url: "https://x",
    promotion: {
      id: 1,
      artifact: { kind: "image", name: "a\u2028b\u0000c\u202ed", digest: "" },
      from: "t\n",
      to: "p",
      repository: "",
      reasons: [],
    },
  };
  expect(lineOf(event)).toBe("Promotion 1 of a b c d from t  to p waits for approval: https://x");
});
