// A ledger on a real disk: killed while it writes, locked, exchanged, with a clock that goes back.
import { spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { LedgerError } from "../../ledger/error.ts";
import { ed25519Signer } from "../../ledger/note.ts";
import { verdictBody } from "../../ledger/verdict-support.ts";
import { check } from "../check.ts";
import { readFolder } from "../files.ts";
import { appendTo, checkpointOf, createLedger, type NewEntry, readerOf } from "./folder.ts";
import { historyOf } from "./history.ts";
import { keyAt, policyOf } from "./keys.ts";
import { entriesOf, proofOf, proofProblem, trustPolicyAt, verifyFolder } from "./read.ts";
import { verdictEntry } from "./record.ts";

const ORIGIN = "ledger.example.com/acme";
let folder: string;
let key: string;

beforeEach(() => {
  const root = mkdtempSync(join(tmpdir(), "bulkhead-ledger-"));
  folder = join(root, "ledger");
  key = join(root, "key.pem");
});
afterEach(() => rmSync(join(folder, ".."), { recursive: true, force: true }));

const entryOf = (gaps = 0, ids: readonly string[] = []): NewEntry => ({
  kind: "verdict",
  body: verdictBody({ gaps, findings: { violated: ids.length, unknown: 0, ids: [...ids] } }),
});
const begin = () => {
  const signer = ed25519Signer(ORIGIN, keyAt(key, "create"));
  createLedger(folder, signer);
  return signer;
};
const on = (day: number): Date => new Date(Date.UTC(2026, 0, day));
const problems = (policy: string): readonly string[] =>
  verifyFolder(folder, { policy: trustPolicyAt("p", policy) }).problems.map(({ code }) => code);
const codeOf = (act: () => unknown): string => {
  try {
    act();
    return "none";
  } catch (error) {
    return (error as LedgerError).code;
  }
};

test("a key is made once, for its owner's eyes only", () => {
  keyAt(key, "create");
  expect(statSync(key).mode & 0o777).toBe(0o600);
  expect(keyAt(key, "refuse").equals(keyAt(key, "create"))).toBe(true);
  expect(codeOf(() => keyAt(`${key}.other`, "refuse"))).toBe("BAD_SIGNATURE");
  writeFileSync(key, "not a key");
  expect(codeOf(() => keyAt(key, "create"))).toBe("BAD_SIGNATURE");
});

test("law: what was appended in any batches verifies, and keeps no partial tile beside a full one", () => {
  const signer = begin();
  for (const count of [1, 254, 1, 300, 0, 44])
    appendTo(
      folder,
      signer,
      Array.from({ length: count }, () => entryOf()),
      on(1),
    );
  expect(checkpointOf(folder).size).toBe(600);
  expect(problems(policyOf(signer))).toEqual([]);
  expect(existsSync(join(folder, "tile/0/000.p"))).toBe(false);
  expect(existsSync(join(folder, "tile/0/002.p/88"))).toBe(true);
});

test("an entry is never dated before the one above it, though the clock goes back", () => {
  const signer = begin();
  appendTo(folder, signer, [entryOf()], on(5));
  appendTo(folder, signer, [entryOf()], on(4));
  const times = [...entriesOf(readerOf(folder), folder, 0)].map(({ entry }) => entry.at);
  expect(times).toEqual([on(5).toISOString(), on(5).toISOString()]);
  expect(problems(policyOf(signer))).toEqual([]);
});

test("a ledger that another key signed, or whose tiles were changed, is not extended", () => {
  const signer = begin();
  appendTo(folder, signer, [entryOf(), entryOf()], on(1));
  const other = ed25519Signer(ORIGIN, generateKeyPairSync("ed25519").privateKey);
  expect(codeOf(() => appendTo(folder, other, [entryOf()], on(2)))).toBe("BAD_SIGNATURE");
  const tile = join(folder, "tile/0/000.p/2");
  const bytes = readFileSync(tile);
  bytes[3] = (bytes[3] as number) ^ 1;
  writeFileSync(tile, bytes);
  expect(codeOf(() => appendTo(folder, signer, [entryOf()], on(2)))).toBe("ROOT_MISMATCH");
  expect(checkpointOf(folder).size).toBe(2);
});

test("no second ledger begins where one stands, and none is extended before it began", () => {
  const signer = begin();
  expect(codeOf(() => createLedger(folder, signer))).toBe("EXISTS");
  expect(codeOf(() => appendTo(join(folder, "other"), signer, [entryOf()], on(1)))).toBe("MISSING_TILE");
});

describe("the lock", () => {
  test("of a process that lives, here or elsewhere, is respected, and one that is gone is taken over", () => {
    const signer = begin();
    const lock = join(folder, "lock");
    for (const holder of [`${hostname()} ${process.pid}\n`, "another-host 1\n", ""]) {
      writeFileSync(lock, holder);
      expect(codeOf(() => appendTo(folder, signer, [entryOf()], on(1)))).toBe("LOCKED");
      expect(readFileSync(lock, "utf8")).toBe(holder);
    }
    // Above the largest process id that Linux gives out (proc(5), pid_max).
    writeFileSync(lock, `${hostname()} 4194305\n`);
    appendTo(folder, signer, [entryOf()], on(1));
    expect(existsSync(lock)).toBe(false);
  });

  test("is given back when writing fails, and then nothing was appended", () => {
    const signer = begin();
    appendTo(folder, signer, [entryOf()], on(1));
    const huge = { kind: "verdict", body: { ...entryOf().body, run: "x".repeat(70_000) } } as NewEntry;
    expect(codeOf(() => appendTo(folder, signer, [huge], on(1)))).toBe("TOO_LARGE");
    expect(existsSync(join(folder, "lock"))).toBe(false);
    expect(checkpointOf(folder).size).toBe(1);
  });
});

test(
  "law: killed at any moment, every entry that was said to be there is there, and the ledger is whole",
  { timeout: 120_000 },
  async () => {
    const signer = begin();
    let said = 0;
    for (let round = 0; round < 12; round++) {
      const child = spawn(
        process.execPath,
        [fileURLToPath(new URL("writes-until-killed-support.ts", import.meta.url)), folder, key, ORIGIN],
        {
          stdio: ["ignore", "pipe", "inherit"],
        },
      );
      const output: Buffer[] = [];
      child.stdout.on("data", (data: Buffer) => output.push(data));
      const first = await Promise.race([
        new Promise((resolve) => child.stdout.once("data", () => resolve("writes"))),
        new Promise((resolve) => child.once("close", () => resolve("ended"))),
      ]);
      expect(first).toBe("writes");
      await new Promise((resolve) => setTimeout(resolve, (round * 37) % 100));
      child.kill("SIGKILL");
      await new Promise((resolve) => child.once("close", resolve));
      said = Math.max(
        said,
        ...Buffer.concat(output)
          .toString()
          .split("\n")
          .slice(0, -1)
          .map((line) => Number(line) + 1),
      );
      expect(problems(policyOf(signer))).toEqual([]);
      expect(checkpointOf(folder).size).toBeGreaterThanOrEqual(said);
    }
    expect(said).toBeGreaterThan(12);
  },
);

test("law: with every file as it was after any one write, the old checkpoint or the new one stands whole", () => {
  const signer = begin();
  appendTo(
    folder,
    signer,
    Array.from({ length: 255 }, () => entryOf()),
    on(1),
  );
  const before = `${folder}.before`;
  cpSync(folder, before, { recursive: true });
  appendTo(folder, signer, [entryOf(), entryOf()], on(2));
  // What the second append wrote, tiles first: the power goes after each of them, with the checkpoint still the old one.
  for (const written of ["tile/entries/000", "tile/entries/001.p/1", "tile/0/000", "tile/0/001.p/1", "tile/1/000.p/1"]) {
    cpSync(join(folder, written), join(before, written));
    const report = verifyFolder(before, { policy: trustPolicyAt("p", policyOf(signer)) });
    expect([report.problems, report.entries]).toEqual([[], 255]);
  }
});

test("a proof of one entry is checked without the ledger, and holds for its own line only", () => {
  const signer = begin();
  appendTo(folder, signer, [entryOf(0), entryOf(1), entryOf(2)], on(1));
  const lines = [...entriesOf(readerOf(folder), folder, 0)].map(({ text }) => Buffer.from(`${text}\n`));
  const proof = Buffer.from(proofOf(folder, 1));
  const policy = trustPolicyAt("p", policyOf(signer));
  expect(lines.map((line) => proofProblem(proof, line, policy) === undefined)).toEqual([false, true, false]);
  expect(codeOf(() => proofOf(folder, 3))).toBe("BAD_ENTRY");
});

test("a checked estate's verdict is recorded with its findings, and reads back", () => {
  const signer = begin();
  const run = check(readFolder(fileURLToPath(new URL("../../../examples/acme", import.meta.url))), { asOf: "2026-11-24T00:00:00Z" });
  if (!run.ok) throw new Error("the example does not read");
  const { result } = run.value;
  appendTo(folder, signer, [verdictEntry(result, "run 7")], on(1));
  const [first] = [...entriesOf(readerOf(folder), folder, 0)];
  expect(first?.entry.body).toMatchObject({
    verdict: result.verdict,
    run: "run 7",
    findings: { ids: result.findings.map(({ id }) => id).toSorted() },
  });
});

test("a history tells the runs that were missed, and how long findings were open", () => {
  const signer = begin();
  const runs: readonly (readonly [number, readonly string[]])[] = [
    [1, ["a"]],
    [2, ["a", "b"]],
    [5, ["b"]],
    [6, ["a"]],
  ];
  for (const [day, ids] of runs) appendTo(folder, signer, [entryOf(0, ids)], on(day));
  const entries = [...entriesOf(readerOf(folder), folder, 0)].map(({ entry }) => entry);
  const { missed, lives, meanHoursToClose } = historyOf(entries, 24, on(7).toISOString());
  expect(missed).toEqual([{ from: on(2).toISOString(), to: on(5).toISOString(), runs: 2 }]);
  expect(lives).toEqual([
    { id: "a", opened: on(1).toISOString(), closed: on(5).toISOString() },
    { id: "b", opened: on(2).toISOString(), closed: on(6).toISOString() },
    { id: "a", opened: on(6).toISOString() },
  ]);
  expect(meanHoursToClose).toBe(96);
});

test("a folder that cannot be written says so, and stays as it was", () => {
  const signer = begin();
  if (process.getuid?.() === 0) {
    // Root writes everywhere; a file where a folder must be stops it all the same.
    rmSync(join(folder, "tile"), { recursive: true, force: true });
    writeFileSync(join(folder, "tile"), "");
  } else chmodSync(folder, 0o500);
  expect(() => appendTo(folder, signer, [entryOf()], on(1))).toThrow();
  expect(checkpointOf(folder).size).toBe(0);
});
