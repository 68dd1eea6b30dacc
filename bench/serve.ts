// Bench: durable decisions of the gate over HTTP with 64 clients at once, embedded and on PostgreSQL, with the bare commits that its peer (one a decision) would need.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, request as httpRequest } from "node:http";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { directoryOf } from "../src/charter/directory.ts";
import { charterWith, DIGEST } from "../src/gate/story-support.ts";
import { POSTGRES_INSTALL, postgresPrograms, startPostgres } from "../src/lib/postgres-support.ts";
import { start } from "../src/server/start.ts";

const CLIENTS = 64;
const DECISIONS = Number(process.env["SERVE_DECISIONS"] ?? 20_000);
const WARM_UP = 2000;

/** The server, in a process of its own. Anyone is a pipeline here: signing in is measured elsewhere. */
async function serve(data: string, database: string | undefined): Promise<void> {
  const charter = charterWith();
  const running = await start({
    data,
    ...(database !== undefined && { database }),
    policy: { charter, charterHash: "a".repeat(64), directory: directoryOf(charter) },
    charterText: "",
    host: "127.0.0.1",
    port: 0,
    securityContact: "mailto:security@example.com",
    http: { logger: false, requestsAMinute: 1e9 },
    signIn: async () => ({ authenticate: async () => ({ subject: "ci", kind: "pipeline", roles: new Set(["pipeline"]) }), routes: [] }),
  });
  process.send?.(running.url);
  process.once("disconnect", () => void running.close().then(() => process.exit()));
}

const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });

function post(url: URL, body: string): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const asked = httpRequest(
      url,
      { agent, method: "POST", headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body) } },
      (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (part: string) => (text += part));
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text }));
      },
    );
    asked.on("error", reject).end(body);
  });
}

/** Each is a request for a promotion of a tested artifact to an environment that needs no approval: asked, decided and approved in one answer. */
async function load(url: string, count: number): Promise<readonly number[]> {
  const target = new URL("/v1/promotions", url);
  const body = JSON.stringify({
    artifact: { kind: "image", name: "shop", digest: DIGEST },
    from: "development",
    to: "test",
    source: { repository: "acme/shop", commit: "c" },
    authors: ["github:@dee"],
  });
  const times: number[] = [];
  let left = count;
  const client = async (): Promise<void> => {
    while (left-- > 0) {
      const from = performance.now();
      const { status, text } = await post(target, body);
      times.push(performance.now() - from);
      if (status !== 201 || !text.includes('"state":"approved"')) throw new Error(`${status}: ${text}`);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return times.toSorted((a, b) => a - b);
}

async function measure(kind: string, data: string, database: string | undefined, peer: () => Promise<number>): Promise<void> {
  const server: ChildProcess = spawn(process.execPath, [fileURLToPath(import.meta.url), "server", data, database ?? ""], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  try {
    const url = await new Promise<string>((resolve, reject) => {
      server.once("message", (message) => resolve(String(message)));
      server.once("exit", (status) => reject(new Error(`the server ended with ${status}`)));
    });
    await post(
      new URL("/v1/tests", url),
      JSON.stringify({ digest: DIGEST, environment: "development", suite: "unit", passed: true, run: "1", commit: "c" }),
    );
    await load(url, WARM_UP);
    const from = performance.now();
    const times = await load(url, DECISIONS);
    const took = (performance.now() - from) / 1000;
    const at = (part: number): string => (times[Math.floor(times.length * part)] as number).toFixed(1);
    const alone = await peer();
    console.log(
      `serve: ${kind}, ${CLIENTS} clients: ${Math.round(DECISIONS / took).toLocaleString("en")} durable decisions/s, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, slowest ${at(0.99999)} ms; ` +
        `one commit after another without a gate: ${Math.round(alone).toLocaleString("en")}/s, ratio ${(DECISIONS / took / alone).toFixed(1)}`,
    );
  } finally {
    server.disconnect();
    await new Promise((resolve) => server.once("exit", resolve));
  }
}

const COMMITS = 1000;

function sqliteCommits(folder: string): number {
  const database = new DatabaseSync(join(folder, "peer.db"));
  for (const sql of ["PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "CREATE TABLE decision (text TEXT)"]) database.exec(sql);
  const insert = database.prepare("INSERT INTO decision VALUES (?)");
  const from = performance.now();
  for (let i = 0; i < COMMITS; i++) insert.run("x".repeat(500));
  const rate = COMMITS / ((performance.now() - from) / 1000);
  database.close();
  return rate;
}

async function postgresCommits(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query("CREATE TABLE decision (text TEXT)");
  const from = performance.now();
  for (let i = 0; i < COMMITS; i++) await client.query("INSERT INTO decision VALUES ($1)", ["x".repeat(500)]);
  const rate = COMMITS / ((performance.now() - from) / 1000);
  await client.end();
  return rate;
}

async function main(): Promise<void> {
  console.log(`machine: ${cpus()[0]?.model ?? "unknown"}, ${cpus().length} cores, node ${process.version}`);
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-bench-serve-"));
  try {
    await measure("embedded", join(folder, "embedded"), undefined, async () => sqliteCommits(folder));
    const programs = postgresPrograms();
    if (programs === undefined) return console.log(`serve: PostgreSQL is not there: ${POSTGRES_INSTALL}`);
    const server = await startPostgres(programs);
    try {
      await measure("PostgreSQL", join(folder, "keys"), server.url(), () => postgresCommits(server.url()));
    } finally {
      await server.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const [, , role, data = "", database = ""] = process.argv;
await (role === "server" ? serve(data, database === "" ? undefined : database) : main());
