// The whole server on both databases: a promotion over HTTP, a restart, a witness, a rotated key, and the exported ledger verified offline.
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "vitest";
import { exportLedger } from "../app/gate/export.ts";
import { retireKeys, rotateKey } from "../app/gate/keys.ts";
import { policyOf } from "../app/gate/policy.ts";
import { tileAt } from "../app/gate/published.ts";
import { witnessLine } from "../app/ledger/keys.ts";
import { chartersOf, trustPolicyAt, verifyFolder } from "../app/ledger/read.ts";
import { DIGEST } from "../gate/story-support.ts";
import { parseVerifierKey } from "../ledger/note.ts";
import type { Role } from "./http/principal.ts";
import { cosignNewest } from "./jobs/cosign.ts";
import { type Running, start } from "./start.ts";
import { onBothDatabases } from "./storage/databases-support.ts";
import { charters, ledgerRows, newestCheckpoint } from "./storage/published.ts";
import { CHARTER_TEXT } from "./charter-support.ts";
import { witnessServer } from "./witness.ts";

const root = mkdtempSync(join(tmpdir(), "bulkhead-start-"));
const running: Running[] = [];
afterEach(async () => {
  for (const each of running.splice(0)) await each.close();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function started(data: string, where: string): Promise<Running> {
  const server = await start({
    data,
    ...(where.startsWith("postgres") && { database: where }),
    policy: policyOf(CHARTER_TEXT, "bulkhead.yaml"),
    charterText: CHARTER_TEXT,
    origin: "ledger.example.com",
    host: "127.0.0.1",
    port: 0,
    securityContact: "mailto:security@example.com",
    http: { logger: false },
    signIn: async () => ({
      authenticate: async ({ headers }) => {
        const [, subject = "", role = ""] = headers.authorization?.split(" ") ?? [];
        return subject === "" ? undefined : { subject, kind: role === "pipeline" ? "pipeline" : "person", roles: new Set([role as Role]) };
      },
      routes: [],
    }),
  });
  running.push(server);
  return server;
}

async function post(
  url: string,
  path: string,
  who: string,
  body: object,
): Promise<{ status: number; body: { id: number; state: string } }> {
  const answer = await fetch(`${url}${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${who}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as { id: number; state: string } };
}

const CI = "github:acme/shop:ref:refs/heads/main pipeline";
const image = { kind: "image", name: "shop", digest: DIGEST };
const source = { repository: "acme/shop", commit: "c" };
const suite = (environment: string) => ({ digest: DIGEST, environment, suite: "unit", passed: true, run: "1", commit: "c" });

async function promote(url: string): Promise<number> {
  await post(url, "/v1/tests", CI, suite("development"));
  const below = await post(url, "/v1/promotions", CI, {
    artifact: image,
    from: "development",
    to: "test",
    source,
    authors: ["github:@dee"],
  });
  await post(url, `/v1/promotions/${below.body.id}/deployment`, CI, { environment: "test", digest: DIGEST });
  await post(url, "/v1/tests", CI, suite("test"));
  const asked = await post(url, "/v1/promotions", "person:dee developer", {
    artifact: image,
    from: "test",
    to: "production",
    source,
    authors: ["github:@dee"],
  });
  expect((await post(url, `/v1/promotions/${asked.body.id}/reviews`, "person:ann developer", { verdict: "approve" })).body.state).toBe(
    "approved",
  );
  return asked.body.id;
}

async function exported(server: Running, name: string): Promise<string> {
  const folder = join(root, name);
  const rows = ledgerRows(server.database);
  const checkpoint = (await newestCheckpoint(server.database, false)) as string;
  await exportLedger({ checkpoint, read: (path) => tileAt(rows, path), charters: await charters(server.database) }, folder);
  return folder;
}

const problemsOf = (folder: string, policy: string, earlier: readonly Uint8Array[] = []): readonly string[] =>
  verifyFolder(folder, {
    policy: trustPolicyAt("policy", policy),
    earlier,
    charters: chartersOf([{ file: "bulkhead.yaml", text: CHARTER_TEXT }]),
  }).problems.map(({ message }) => message);

let count = 0;

onBothDatabases("the server", (databases) => {
  test("promotes, stops, starts again where it was, and its ledger verifies offline with every decision replayed", async () => {
    const [data, where] = [join(root, `data${++count}`), await databases.fresh()];
    const first = await started(data, where);
    const id = await promote(first.url);
    const before = readFileSync(join(await exported(first, `export${count}`), "checkpoint"));
    await running.splice(0)[0]?.close();
    const second = await started(data, where);
    const confirmed = await post(second.url, `/v1/promotions/${id}/deployment`, CI, { environment: "production", digest: DIGEST });
    expect(confirmed.body.state).toBe("deployed");
    expect(await (await fetch(`${second.url}/readyz`)).text()).toBe("ok, 9 entries\n");
    const folder = await exported(second, `export${count}`);
    expect(problemsOf(folder, second.trustPolicy, [before])).toEqual([]);
    expect(await (await fetch(`${second.url}/ledger/checkpoint`)).text()).toBe(readFileSync(join(folder, "checkpoint"), "utf8"));
    for (const path of ["tile/0/000.p/9", "tile/entries/000.p/9"]) {
      const answer = await fetch(`${second.url}/ledger/${path}`, { headers: { authorization: "Bearer person:x auditor" } });
      expect(Buffer.from(await answer.arrayBuffer())).toEqual(readFileSync(join(folder, path)));
    }
    for (const path of ["tile/0/000.p/10", "tile/0/000", "tile/0/0.p/9", "tile/9/000"])
      expect((await fetch(`${second.url}/ledger/${path}`)).status).toBe(404);
    expect((await fetch(`${second.url}/ledger/tile/entries/000.p/9`)).status).toBe(401);
  });

  test("a rotated key signs beside the one before, until that is retired", async () => {
    const [data, where] = [join(root, `data${++count}`), await databases.fresh()];
    const first = await started(data, where);
    await promote(first.url);
    const old = first.trustPolicy;
    await running.splice(0)[0]?.close();
    rotateKey(data, "ledger.example.com");
    const second = await started(data, where);
    const folder = await exported(second, `export${count}`);
    expect(second.trustPolicy.split("\n")).toHaveLength(4);
    for (const policy of [old, second.trustPolicy]) expect(problemsOf(folder, policy)).toEqual([]);
    await running.splice(0)[0]?.close();
    retireKeys(data, "ledger.example.com");
    const third = await started(data, where);
    await post(third.url, "/v1/tests", CI, suite("development"));
    const after = await exported(third, `export${count}`);
    expect(problemsOf(after, third.trustPolicy)).toEqual([]);
    expect(problemsOf(after, old)[0]).toContain("no log of the policy has signed it");
  });

  test("a witness cosigns what the server holds", async () => {
    const [data, where] = [join(root, `data${++count}`), await databases.fresh()];
    const server = await started(data, where);
    await promote(server.url);
    const privateKey = generateKeyPairSync("ed25519").privateKey;
    const key = parseVerifierKey((server.trustPolicy.split("\n")[0] as string).slice("log ".length));
    const witness = witnessServer(
      { name: "w.example.com", privateKey, logs: [key], folder: join(root, `memory${count}`) },
      () => new Date(),
      () => {},
    );
    await new Promise<void>((resolve) => witness.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(witness.address() as AddressInfo).port}`;
    const { database } = server;
    expect((await fetch(`${server.url}/ledger/checkpoint?cosigned=true`)).status).toBe(404);
    await cosignNewest(database, [url], () => new Date())({ id: "", kind: "", payload: null, attempts: 0 });
    await post(server.url, "/v1/tests", CI, suite("development"));
    await cosignNewest(database, [url], () => new Date())({ id: "", kind: "", payload: null, attempts: 0 });
    const policy = `${server.trustPolicy.replace("quorum none\n", "")}${witnessLine("w.example.com", privateKey)}quorum w.example.com\n`;
    expect(problemsOf(await exported(server, `export${count}`), policy)).toEqual([]);
    await new Promise((resolve) => witness.close(resolve).closeAllConnections());
  });

  test("the webhook of a cluster admits what was promoted, and nothing else", async () => {
    const server = await started(join(root, `data${++count}`), await databases.fresh());
    const review = (digest: string) => ({
      apiVersion: "admission.k8s.io/v1",
      kind: "AdmissionReview",
      request: {
        uid: "u",
        kind: { group: "", version: "v1", kind: "Pod" },
        namespace: "shop-production",
        operation: "CREATE",
        oldObject: null,
        object: { spec: { containers: [{ name: "c", image: `registry.example.com/shop@${digest}` }] } },
      },
    });
    const allowed = async (): Promise<unknown> => {
      const answer = await post(server.url, "/admission/main", CI, review(DIGEST));
      const { response } = answer.body as unknown as { response: { allowed: boolean; status?: { message: string } } };
      return response.status?.message ?? response.allowed;
    };
    expect(await allowed()).toContain("image-not-promoted");
    await promote(server.url);
    await new Promise((later) => setTimeout(later, 10));
    expect(await allowed()).toBe(true);
  });
});
