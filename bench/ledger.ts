// Bench: appending to a ledger on disk in batches, each synced before it counts, and verifying a million entries offline, with a plain chain of hashes beside it.
import { createHash, generateKeyPairSync } from "node:crypto";
import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { appendTo, createLedger, type NewEntry, readerOf } from "../src/app/ledger/folder.ts";
import { policyOf } from "../src/app/ledger/keys.ts";
import { trustPolicyAt, verifyFolder } from "../src/app/ledger/read.ts";
import { ed25519Signer } from "../src/ledger/note.ts";
import { verdictBody } from "../src/ledger/verdict-support.ts";
import { readBundle, TILE_WIDTH } from "../src/ledger/tiles.ts";

const ENTRIES = Number(process.env["LEDGER_ENTRIES"] ?? 1_000_000);
const BATCH = 2048;

const folder = mkdtempSync(join(tmpdir(), "bulkhead-bench-ledger-"));
const signer = ed25519Signer("ledger.example.com", generateKeyPairSync("ed25519").privateKey);
const entry = (i: number): NewEntry => ({
  kind: "verdict",
  body: verdictBody({
    result: i.toString(16).padStart(64, "0"),
    statements: { wall: "separated", singlePerson: "separated", data: "unknown" },
    verdict: "unknown",
    gaps: i % 7,
    findings: { violated: 0, unknown: 1, ids: ["7f3a91c0ffee"] },
  }),
});
const seconds = (from: number): number => (performance.now() - from) / 1000;
const perSecond = (count: number, took: number): string => Math.round(count / took).toLocaleString("en");

console.log(`machine: ${cpus()[0]?.model ?? "unknown"}, ${cpus().length} cores, node ${process.version}`);
try {
  createLedger(folder, signer);
  let start = performance.now();
  for (let at = 0; at < ENTRIES; at += BATCH) {
    appendTo(
      folder,
      signer,
      Array.from({ length: Math.min(BATCH, ENTRIES - at) }, (_, i) => entry(at + i)),
      new Date(),
    );
  }
  const appended = seconds(start);
  console.log(
    `ledger: ${ENTRIES.toLocaleString("en")} entries appended in batches of ${BATCH}, each synced: ${appended.toFixed(1)} s, ${perSecond(ENTRIES, appended)} entries/s`,
  );

  start = performance.now();
  const report = verifyFolder(folder, { policy: trustPolicyAt("policy", policyOf(signer)) });
  const verified = seconds(start);
  if (report.problems.length > 0 || report.entries !== ENTRIES)
    throw new Error(`the ledger does not verify: ${report.problems[0]?.message ?? report.entries}`);
  console.log(
    `ledger: verified offline in ${verified.toFixed(1)} s, ${perSecond(ENTRIES, verified)} entries/s; peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`,
  );

  // The peer: a file of lines, each with the hash of the one before, synced at the same batches. It proves order, and no single entry without all the others.
  const read = readerOf(folder);
  const file = openSync(join(folder, "chain"), "w");
  let last = "";
  start = performance.now();
  for (let bundle = 0; bundle * TILE_WIDTH < ENTRIES; bundle++) {
    for (const bytes of readBundle(read, bundle, ENTRIES)) {
      last = createHash("sha256").update(last).update(bytes).digest("hex");
      writeSync(file, `${last} ${Buffer.from(bytes).toString("utf8")}\n`);
    }
    if (bundle % (BATCH / TILE_WIDTH) === 0) fsyncSync(file);
  }
  closeSync(file);
  console.log(
    `ledger: a hash chain in one file, made from the same entries: ${seconds(start).toFixed(1)} s, ratio ${(appended / seconds(start)).toFixed(2)}`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
