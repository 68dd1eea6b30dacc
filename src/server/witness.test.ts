// A ledger and a witness as two processes would meet: over HTTP, with a rewritten history, and with a witness that forgets nothing.
import { generateKeyPairSync } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { askWitness } from "../app/ledger/ask-witness.ts";
import { appendTo, checkpointOf, createLedger, type NewEntry } from "../app/ledger/folder.ts";
import { policyOf, witnessLine } from "../app/ledger/keys.ts";
import { trustPolicyAt, verifyFolder } from "../app/ledger/read.ts";
import { sha256 } from "../lib/hash.ts";
import type { LedgerError } from "../ledger/error.ts";
import { ed25519Signer } from "../ledger/note.ts";
import { verdictBody } from "../ledger/verdict-support.ts";
import { witnessServer } from "./witness.ts";

const signer = ed25519Signer("ledger.example.com", generateKeyPairSync("ed25519").privateKey);
const witnessPrivate = generateKeyPairSync("ed25519").privateKey;
const entry = (gaps: number): NewEntry => ({ kind: "verdict", body: verdictBody({ gaps }) });
const now = new Date("2026-01-01T00:00:00Z");
const many = (count: number): readonly NewEntry[] => Array.from({ length: count }, (_, i) => entry(i));

let root: string;
let ledger: string;
let memory: string;
let server: Server;
let url: string;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "bulkhead-witness-"));
  [ledger, memory] = [join(root, "ledger"), join(root, "memory")];
  createLedger(ledger, signer);
  server = witnessServer(
    { name: "witness.example.com", privateKey: witnessPrivate, logs: [signer.key], folder: memory },
    () => now,
    () => {},
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve).closeAllConnections());
  rmSync(root, { recursive: true, force: true });
});

const policy = () =>
  trustPolicyAt(
    "p",
    `${policyOf(signer).replace("quorum none\n", "")}${witnessLine("witness.example.com", witnessPrivate)}quorum witness.example.com\n`,
  );
const codes = (): readonly string[] => verifyFolder(ledger, { policy: policy() }).problems.map(({ code }) => code);
const refusal = async (act: Promise<unknown>): Promise<string> =>
  act.then(
    () => "none",
    (error: LedgerError) => error.code,
  );

test("a witness cosigns what grew, and then the quorum is met", async () => {
  appendTo(ledger, signer, many(300), now);
  expect(codes()).toEqual(["QUORUM_MISSED"]);
  expect(await askWitness(ledger, url)).toBe(300);
  expect(codes()).toEqual([]);
  appendTo(ledger, signer, many(5), now);
  expect(await askWitness(ledger, `${url}/`)).toBe(305);
  expect(codes()).toEqual([]);
});

test("a history that was rewritten gets no cosignature, though the log's own key signed it", async () => {
  appendTo(ledger, signer, many(10), now);
  await askWitness(ledger, url);
  rmSync(ledger, { recursive: true });
  createLedger(ledger, signer);
  appendTo(ledger, signer, [entry(99), ...many(19)], now);
  expect(await refusal(askWitness(ledger, url))).toBe("INCONSISTENT_HISTORY");
  expect(codes()).toEqual(["QUORUM_MISSED"]);
});

test("a ledger set back to an earlier day, or forked from it, gets none either", async () => {
  appendTo(ledger, signer, many(10), now);
  cpSync(ledger, `${ledger}.earlier`, { recursive: true });
  appendTo(ledger, signer, many(10), now);
  await askWitness(ledger, url);
  expect(await refusal(askWitness(`${ledger}.earlier`, url))).toBe("INCONSISTENT_HISTORY");
  appendTo(`${ledger}.earlier`, signer, [entry(1), ...many(20)], now);
  expect(await refusal(askWitness(`${ledger}.earlier`, url))).toBe("INCONSISTENT_HISTORY");
});

test("a witness whose memory cannot be read cosigns nothing", async () => {
  appendTo(ledger, signer, many(2), now);
  await askWitness(ledger, url);
  const file = join(memory, `${sha256("ledger.example.com")}.checkpoint`);
  writeFileSync(file, "forgotten");
  expect(await refusal(askWitness(ledger, url))).toBe("BAD_SIGNATURE");
  expect(readFileSync(file, "utf8")).toBe("forgotten");
});

test("monitors read the last checkpoint that was cosigned", async () => {
  const path = `${url}/${sha256("ledger.example.com")}/checkpoint`;
  expect((await fetch(path)).status).toBe(404);
  appendTo(ledger, signer, many(2), now);
  await askWitness(ledger, url);
  expect(await (await fetch(path)).text()).toBe(readFileSync(join(ledger, "checkpoint"), "utf8"));
  expect(checkpointOf(ledger).note.signatures.map(({ name }) => name)).toEqual(["ledger.example.com", "witness.example.com"]);
});

test.each([
  ["GET", "/add-checkpoint", undefined, 405],
  ["POST", "/add-checkpoint", "nonsense", 400],
  ["POST", "/add-checkpoint", "x".repeat(300_000), 413],
  ["GET", "/../../etc/passwd", undefined, 404],
  ["GET", "/healthz", undefined, 200],
] as const)("%s %s answers as it should", async (method, path, body, status) => {
  expect((await fetch(`${url}${path}`, { method, ...(body !== undefined && { body }) })).status).toBe(status);
});
