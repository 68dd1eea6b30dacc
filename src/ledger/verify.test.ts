// Tampering with a ledger in every small way, and a witness that a forked log asks.
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { append, type Edge, EMPTY_EDGE, rootOfEdge } from "./append.ts";
import { parseCheckpoint, signCheckpoint, type SignedCheckpoint } from "./checkpoint.ts";
import { encodeEntry, type Entry } from "./entry.ts";
import { consistencyProof, inclusionProof, leafHash } from "./merkle.ts";
import { ed25519Signer, formatVerifierKey } from "./note.ts";
import { parseTrustPolicy, type TrustPolicy } from "./policy.ts";
import { formatProof, verifyProof } from "./proof.ts";
import { subtreesOf, tilePath } from "./tiles.ts";
import { verdictBody } from "./verdict-support.ts";
import { type LedgerReport, verifyLedger } from "./verify.ts";
import { addCheckpointBody, decideAddCheckpoint, type KnownLog } from "./witness.ts";

const signer = ed25519Signer("ledger.example.com", generateKeyPairSync("ed25519").privateKey);
const policy = policyFor(signer.key.name, `log ${formatVerifierKey(signer.key)}\nquorum none\n`);

function policyFor(_: string, text: string): TrustPolicy {
  const parsed = parseTrustPolicy(text);
  if (!parsed.ok) throw parsed.error;
  return parsed.value;
}

const at = (minute: number): string => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();

const verdict = (minute: number, gaps: number, rests?: Entry["rests"]): Entry => ({
  ledger: "entry/1",
  at: at(minute),
  kind: "verdict",
  ...(rests && { rests }),
  body: verdictBody({
    statements: { wall: "separated", singlePerson: "separated", data: "unknown" },
    verdict: "unknown",
    gaps,
    findings: { violated: 0, unknown: 0, ids: [] },
  }),
});

interface Log {
  readonly files: Map<string, Uint8Array>;
  readonly edge: Edge;
}

function grow({ files, edge }: Log, entries: readonly (Entry | Uint8Array)[], sign = signer): Log {
  const next = append(
    edge,
    entries.map((entry) => (entry instanceof Uint8Array ? entry : encodeEntry(entry))),
  );
  const all = new Map(files);
  for (const tile of next.tiles) all.set(tilePath(tile), tile.bytes);
  const note = signCheckpoint({ origin: "ledger.example.com", size: next.edge.size, root: rootOfEdge(next.edge) }, [sign]);
  all.set("checkpoint", Buffer.from(note));
  return { files: all, edge: next.edge };
}

const empty: Log = { files: new Map(), edge: EMPTY_EDGE };
const entriesFrom = (from: number, count: number): readonly Entry[] => Array.from({ length: count }, (_, i) => verdict(from + i, from + i));
const read = (files: ReadonlyMap<string, Uint8Array>) => (path: string) => files.get(path);
const verify = (files: ReadonlyMap<string, Uint8Array>, more: Partial<Parameters<typeof verifyLedger>[1]> = {}): LedgerReport =>
  verifyLedger(read(files), { policy, ...more });
const codes = (report: LedgerReport): readonly string[] => report.problems.map(({ code }) => code);
const checkpointIn = ({ files }: Log): Uint8Array => files.get("checkpoint") as Uint8Array;

const older = grow(empty, entriesFrom(0, 200));
const log = grow(older, entriesFrom(200, 400));

test("a ledger verifies, and is shown to have grown out of an earlier checkpoint", () => {
  const report = verify(log.files, { earlier: [checkpointIn(older)] });
  expect(report.problems).toEqual([]);
  expect([report.entries, report.consistentWith]).toEqual([600, 1]);
});

test("law: no single flipped bit of any file that the newest checkpoint needs goes unseen", { timeout: 120_000 }, () => {
  const small = grow(empty, entriesFrom(0, 3));
  for (const [path, bytes] of small.files) {
    for (let bit = 0; bit < bytes.length * 8; bit += path === "checkpoint" ? 1 : 5) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(verify(new Map(small.files).set(path, flipped)).problems, `${path} bit ${bit}`).not.toEqual([]);
    }
  }
});

test("law: an entry removed, doubled, reordered or changed is seen, with its hashes made to match as well", () => {
  const entries = entriesFrom(0, 300).map(encodeEntry);
  const index = fc.integer({ min: 0, max: 298 });
  const checkpoint = checkpointIn(grow(empty, entries));
  const changes: readonly ((i: number) => readonly Uint8Array[])[] = [
    (i) => entries.toSpliced(i, 1),
    (i) => entries.toSpliced(i, 0, entries[i] as Uint8Array),
    (i) => entries.toSpliced(i, 2, entries[i + 1] as Uint8Array, entries[i] as Uint8Array),
    (i) => entries.with(i, encodeEntry(verdict(i, 9999))),
  ];
  fc.assert(
    fc.property(index, fc.constantFrom(...changes), (i, change) => {
      // The forger recomputes every tile, and only cannot sign.
      const forged = grow(empty, change(i));
      expect(verify(new Map(forged.files).set("checkpoint", checkpoint)).problems).not.toEqual([]);
    }),
    { numRuns: 40 },
  );
});

test("a history that the log's own key signed again is seen by whoever kept a checkpoint", () => {
  const rewritten = grow(empty, [verdict(0, 77), ...entriesFrom(1, 599)]);
  expect(verify(rewritten.files).problems).toEqual([]);
  expect(codes(verify(rewritten.files, { earlier: [checkpointIn(older)] }))).toEqual(["INCONSISTENT_HISTORY"]);
  expect(codes(verify(older.files, { earlier: [checkpointIn(log)] }))).toEqual(["INCONSISTENT_HISTORY"]);
});

test("an earlier checkpoint that the log did not sign proves nothing", () => {
  const other = ed25519Signer("ledger.example.com", generateKeyPairSync("ed25519").privateKey);
  expect(codes(verify(log.files, { earlier: [checkpointIn(grow(empty, entriesFrom(0, 10), other))] }))).toEqual(["BAD_SIGNATURE"]);
});

test("an entry dated before the one above it is seen, whoever signed it", () => {
  expect(codes(verify(grow(log, [verdict(10, 0)]).files))).toEqual(["BAD_ENTRY"]);
  expect(codes(verify(grow(log, [verdict(599, 0)]).files))).toEqual([]);
});

test("an entry rests on what stands above it, as it says", () => {
  const leafOf = (entry: Entry): string => Buffer.from(leafHash(encodeEntry(entry))).toString("hex");
  const [seventh] = entriesFrom(7, 1) as [Entry];
  const resting = (index: number): Log => grow(log, [verdict(900, 0, [{ index, leaf: leafOf(seventh) }])]);
  expect(codes(verify(resting(7).files))).toEqual([]);
  expect(codes(verify(resting(8).files))).toEqual(["BAD_ENTRY"]);
  expect(codes(verify(resting(600).files))).toEqual(["BAD_ENTRY"]);
});

test("other bytes of the same JSON, and entries of no known kind, are refused", () => {
  const spaced = Buffer.from(JSON.stringify(verdict(900, 0), undefined, 1));
  expect(codes(verify(grow(log, [spaced]).files))).toEqual(["BAD_ENTRY"]);
  expect(codes(verify(grow(log, [Buffer.from('{"kind":"note"}')]).files))).toEqual(["BAD_ENTRY"]);
});

test("what replays the entries can refuse one", () => {
  const report = verify(log.files, { replay: ({ kind }, index) => (index === 5 ? `no ${kind} here` : undefined) });
  expect(report.problems.map(({ message }) => message)).toEqual(["entry 5: no verdict here"]);
});

test("a missing file is named", () => {
  for (const path of ["checkpoint", "tile/0/000", "tile/entries/001"]) {
    const files = new Map(log.files);
    files.delete(path);
    for (const each of files.keys()) if (each.startsWith(`${path}.p/`)) files.delete(each);
    expect(
      verify(files)
        .problems.map(({ message }) => message)
        .join(),
    ).toContain(path);
  }
});

describe("a proof of one entry", () => {
  const subtrees = subtreesOf(read(log.files), 600);
  const proof = formatProof(300, inclusionProof(subtrees, 300, 600), Buffer.from(checkpointIn(log)).toString());
  const entry = encodeEntry(verdict(300, 300));

  test("holds without the ledger", () => {
    const verified = verifyProof(Buffer.from(proof), entry, policy);
    expect(verified.ok && verified.value.index).toBe(300);
  });

  test("holds for no other entry, place or checkpoint", () => {
    expect(verifyProof(Buffer.from(proof), encodeEntry(verdict(300, 301)), policy).ok).toBe(false);
    expect(verifyProof(Buffer.from(proof.replace("index 300", "index 301")), entry, policy).ok).toBe(false);
    expect(verifyProof(Buffer.from(proof.replace("\n600\n", "\n601\n")), entry, policy).ok).toBe(false);
    expect(verifyProof(Buffer.from(proof.replace("@v1", "@v2")), entry, policy).ok).toBe(false);
  });
});

describe("a witness", () => {
  const noteOf = (of: Log): string => Buffer.from(checkpointIn(of)).toString();
  const signed = (of: Log): SignedCheckpoint => {
    const parsed = parseCheckpoint(checkpointIn(of));
    if (!parsed.ok) throw parsed.error;
    return parsed.value;
  };
  const knows =
    (last?: KnownLog["last"]) =>
    (origin: string): KnownLog | undefined =>
      origin === "ledger.example.com" ? { keys: [signer.key], last } : undefined;
  const ask = (oldSize: number, of: Log, last?: KnownLog["last"]) => {
    const proof = oldSize > of.edge.size ? [] : consistencyProof(subtreesOf(read(of.files), of.edge.size), oldSize, of.edge.size);
    return decideAddCheckpoint(Buffer.from(addCheckpointBody(oldSize, proof, noteOf(of))), knows(last));
  };

  test("cosigns what it first sees, what grew out of it, and the same again", () => {
    expect(ask(0, older).status).toBe(200);
    expect(ask(200, log, signed(older)).status).toBe(200);
    expect(ask(600, log, signed(log)).status).toBe(200);
  });

  test("refuses a fork, and a rewritten history", () => {
    const forked = grow(older, entriesFrom(300, 400));
    const rewritten = grow(empty, [verdict(0, 77), ...entriesFrom(1, 699)]);
    expect(ask(600, forked, signed(log)).status).toBe(422);
    expect(ask(600, rewritten, signed(log)).status).toBe(422);
    expect(ask(200, rewritten, signed(older)).status).toBe(422);
  });

  test("tells the size it knows when the log goes from another, and never goes back", () => {
    expect(ask(0, log, signed(older))).toEqual({ status: 409, size: 200 });
    expect(ask(200, older, signed(log))).toEqual({ status: 409, size: 600 });
    expect(ask(600, older, signed(log)).status).toBe(400);
  });

  test("knows no other log, and takes no other key", () => {
    const body = Buffer.from(addCheckpointBody(0, [], noteOf(older)));
    expect(decideAddCheckpoint(body, () => undefined).status).toBe(404);
    const stranger: KeyObject = generateKeyPairSync("ed25519").privateKey;
    const forged = grow(empty, entriesFrom(0, 3), ed25519Signer("ledger.example.com", stranger));
    expect(ask(0, forged).status).toBe(403);
  });

  test.each([
    ["no old size", "\n"],
    ["a leading zero", "old 00\n\n"],
    ["a proof line that is no hash", "old 0\nAAAA\n\n"],
    ["no checkpoint", "old 0\n\nnothing"],
    ["64 lines of proof", `old 1\n${`${Buffer.alloc(32).toString("base64")}\n`.repeat(64)}\n`],
  ])("refuses a request with %s", (_, body) => {
    expect(decideAddCheckpoint(Buffer.from(body), knows()).status).toBe(400);
  });

  test("a proof where none may be is refused", () => {
    const body = addCheckpointBody(0, [Buffer.alloc(32)], noteOf(older));
    expect(decideAddCheckpoint(Buffer.from(body), knows()).status).toBe(422);
  });
});
