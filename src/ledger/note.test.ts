// Signed notes, checkpoints, cosignatures and trust policies, held to the specifications' own examples and to every flipped bit.
import { generateKeyPairSync, type KeyObject, sign as signRaw } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkpointText, parseCheckpoint, signCheckpoint, type SignedCheckpoint } from "./checkpoint.ts";
import { cosign, cosignedAt, witnessKey } from "./cosignature.ts";
import { emptyRoot } from "./merkle.ts";
import {
  ed25519Signer,
  formatVerifierKey,
  isSignedBy,
  type Note,
  parseNote,
  parseVerifierKey,
  SIGNATURE_TYPE,
  signatureLine,
  signNote,
  verifierKey,
} from "./note.ts";
import { missing, parseTrustPolicy, type TrustPolicy } from "./policy.ts";

// C2SP signed-note, "Example".
const EXAMPLE_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const EXAMPLE =
  "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

const noteOf = (text: string): Note => {
  const parsed = parseNote(Buffer.from(text));
  if (!parsed.ok) throw parsed.error;
  return parsed.value;
};
const checkpointOf = (text: string): SignedCheckpoint => {
  const parsed = parseCheckpoint(Buffer.from(text));
  if (!parsed.ok) throw parsed.error;
  return parsed.value;
};
const newKey = (): KeyObject => generateKeyPairSync("ed25519").privateKey;

test("the specification's example verifies, with the key that it names", () => {
  expect(isSignedBy(noteOf(EXAMPLE), parseVerifierKey(EXAMPLE_KEY))).toBe(true);
  expect(formatVerifierKey(parseVerifierKey(EXAMPLE_KEY))).toBe(EXAMPLE_KEY);
});

test("the key of a public log reads", () => {
  const text = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
  expect(formatVerifierKey(parseVerifierKey(text))).toBe(text);
});

test("law: no single flipped bit leaves a note that verifies", () => {
  const bytes = Buffer.from(EXAMPLE);
  const key = parseVerifierKey(EXAMPLE_KEY);
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = Buffer.from(bytes);
    flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
    const note = parseNote(flipped);
    expect(note.ok && isSignedBy(note.value, key)).toBe(false);
  }
});

test.each([
  ["no empty line", "text\n— a AAAAAAA=\n"],
  ["no newline at its end", "text\n\n— a AAAAAAA="],
  ["no signature", "text\n\n"],
  ["another dash", "text\n\n- a AAAAAAA=\n"],
  ["a plus in the name", "text\n\n— a+b AAAAAAA=\n"],
  ["a signature of four bytes", "text\n\n— a AAAAAA==\n"],
  ["another spelling of base64", "text\n\n— a AAAAAAB=\n"],
  ["a control character", "te\rxt\n\n— a AAAAAAA=\n"],
])("refuses a note with %s", (_, text) => {
  expect(parseNote(Buffer.from(text)).ok).toBe(false);
});

test("refuses bytes that are not UTF-8", () => {
  expect(parseNote(Buffer.concat([Buffer.from([0xff]), Buffer.from(EXAMPLE)])).ok).toBe(false);
});

test("text may have empty lines: the last one ends it", () => {
  const signer = ed25519Signer("a", newKey());
  const note = noteOf(signNote("one\n\ntwo\n", [signer]));
  expect(note.text).toBe("one\n\ntwo\n");
  expect(isSignedBy(note, signer.key)).toBe(true);
});

test.each([
  ["another id", EXAMPLE_KEY.replace("530d903a", "530d903b")],
  ["another name", EXAMPLE_KEY.replace("example.com", "example.org")],
  ["a shorter key", EXAMPLE_KEY.slice(0, -4)],
  ["no key", "example.com/foo+530d903a+"],
])("refuses a verifier key with %s", (_, text) => {
  expect(() => parseVerifierKey(text)).toThrow();
});

describe("checkpoints", () => {
  const signer = ed25519Signer("log.example.com", newKey());
  const checkpoint = { origin: "log.example.com", size: 42, root: emptyRoot() };

  test("read back as they were signed", () => {
    const read = checkpointOf(signCheckpoint(checkpoint, [signer]));
    expect({ origin: read.origin, size: read.size, root: Buffer.from(read.root) }).toEqual({
      ...checkpoint,
      root: Buffer.from(checkpoint.root),
    });
    expect(isSignedBy(read.note, signer.key)).toBe(true);
  });

  test.each([
    ["a leading zero", "log\n042\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"],
    ["a size beyond exact numbers", "log\n9007199254740993\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"],
    ["a shorter root", "log\n1\nAAAA\n"],
    ["an extension line", "log\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nmore\n"],
    ["two lines", "log\n1\n"],
  ])("refuses one with %s", (_, text) => {
    expect(parseCheckpoint(Buffer.from(signNote(text, [signer]))).ok).toBe(false);
  });
});

describe("cosignatures", () => {
  const log = ed25519Signer("log.example.com", newKey());
  const witness = newKey();
  const key = witnessKey("witness.example.com", witness);
  const plain = signCheckpoint({ origin: "log.example.com", size: 7, root: emptyRoot() }, [log]);
  const cosigned = plain + signatureLine(key, cosign(checkpointOf(plain), 1_679_315_147, witness));

  test("an Ed25519 one says when", () => {
    expect(cosignedAt(checkpointOf(cosigned), key)).toBe(1_679_315_147);
    expect(cosignedAt(checkpointOf(plain), key)).toBeUndefined();
  });

  test("holds for its own checkpoint only", () => {
    const line = cosigned.slice(plain.length);
    const other = signCheckpoint({ origin: "log.example.com", size: 8, root: emptyRoot() }, [log]);
    expect(cosignedAt(checkpointOf(other + line), key)).toBeUndefined();
  });

  test("an ML-DSA-44 one commits to the witness's name", () => {
    const pair = generateKeyPairSync("ml-dsa-44");
    const named = verifierKey("w.example.com", SIGNATURE_TYPE.mlDsa44Cosignature, pair.publicKey);
    expect(formatVerifierKey(parseVerifierKey(formatVerifierKey(named)))).toBe(formatVerifierKey(named));
    const time = Buffer.alloc(8);
    time.writeBigUInt64BE(5n);
    const message = (name: string): Buffer =>
      Buffer.concat([
        Buffer.from("subtree/v1\n\0", "latin1"),
        Buffer.from([name.length]),
        Buffer.from(name),
        time,
        Buffer.from([15]),
        Buffer.from("log.example.com"),
        Buffer.alloc(8),
        Buffer.from([0, 0, 0, 0, 0, 0, 0, 7]),
        emptyRoot(),
      ]);
    const line = (name: string): string => signatureLine(named, Buffer.concat([time, signRaw(null, message(name), pair.privateKey)]));
    expect(cosignedAt(checkpointOf(plain + line("w.example.com")), named)).toBe(5);
    expect(cosignedAt(checkpointOf(plain + line("v.example.com")), named)).toBeUndefined();
  });
});

describe("trust policies", () => {
  const log = ed25519Signer("log.example.com", newKey());
  const witnesses = ["x", "y", "z"].map((name) => ({ name, privateKey: newKey() }));
  const lines = [
    "# who may speak for the ledger",
    `log ${formatVerifierKey(log.key)}`,
    ...witnesses.map(({ name, privateKey }) => `witness ${name} ${formatVerifierKey(witnessKey(`${name}.example.com`, privateKey))}`),
    "group two 2 x y z",
  ];
  const policyOf = (...more: readonly string[]): TrustPolicy => {
    const parsed = parseTrustPolicy([...lines, ...more, ""].join("\n"));
    if (!parsed.ok) throw parsed.error;
    return parsed.value;
  };
  const plain = signCheckpoint({ origin: "log.example.com", size: 7, root: emptyRoot() }, [log]);
  const by = (...names: readonly string[]): SignedCheckpoint =>
    checkpointOf(
      plain +
        witnesses
          .filter(({ name }) => names.includes(name))
          .map(({ name, privateKey }) =>
            signatureLine(witnessKey(`${name}.example.com`, privateKey), cosign(checkpointOf(plain), 9, privateKey)),
          )
          .join(""),
    );

  test("a threshold counts witnesses", () => {
    expect(missing(policyOf("quorum two"), by("x", "z"))).toBeUndefined();
    expect(missing(policyOf("quorum two"), by("x"))?.code).toBe("QUORUM_MISSED");
    expect(missing(policyOf("quorum none"), by())).toBeUndefined();
  });

  test("groups of groups, all and any", () => {
    const policy = policyOf("group pair all x y", "group either any pair z", "quorum either");
    expect(missing(policy, by("z"))).toBeUndefined();
    expect(missing(policy, by("x"))?.code).toBe("QUORUM_MISSED");
    expect(missing(policy, by("x", "y"))).toBeUndefined();
  });

  test("another log's key says nothing of this origin", () => {
    const other = ed25519Signer("other.example.com", newKey());
    const parsed = parseTrustPolicy(`log ${formatVerifierKey(other.key)}\nquorum none\n`);
    const forged = signCheckpoint({ origin: "log.example.com", size: 7, root: emptyRoot() }, [other]);
    expect(parsed.ok && missing(parsed.value, checkpointOf(forged))?.code).toBe("BAD_SIGNATURE");
  });

  test.each([
    ["no quorum", [], "quorum"],
    ["two quorums", ["quorum two", "quorum none"], "line 8"],
    ["a member that stands below", ["group late any later", "quorum late"], "later"],
    ["more needed than members", ["group many 4 x y z", "quorum many"], "4"],
    ["a name twice", ["group two any x y", "quorum two"], "two"],
    ["a log's key as a witness", [`witness l ${formatVerifierKey(log.key)}`, "quorum none"], "logs"],
    ["a word that is not known", ["trust everyone", "quorum none"], "trust everyone"],
  ])("refuses a policy with %s", (_, more, told) => {
    const parsed = parseTrustPolicy([...lines, ...more].join("\n"));
    expect(parsed.ok ? "" : parsed.error.message).toContain(told);
  });

  test("law: whatever text it is given, it answers", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => typeof parseTrustPolicy(text).ok === "boolean"));
  });
});

test("a checkpoint's text is its three lines", () => {
  expect(checkpointText({ origin: "o", size: 0, root: emptyRoot() })).toBe("o\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
});
