// Signed test results: whose are believed, for which artifact and which tests.
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DIGEST, OTHER } from "../../gate/story-support.ts";
import { type AttestationTrust, attestationVerifier } from "./attestation.ts";
import { attestationTrustAt } from "./attestation-file.ts";
import { ISSUER, type Sigstore, sigstore } from "./sigstore-support.ts";

const CLAIM = { digest: DIGEST, suite: "e2e", passed: true };
const statement = (part: object = {}, predicate: object = {}) => ({
  _type: "https://in-toto.io/Statement/v1",
  subject: [{ name: "shop", digest: { sha256: DIGEST.slice(7) } }],
  predicateType: "https://in-toto.io/attestation/test-result/v0.1",
  predicate: { result: "PASSED", configuration: [], passedTests: ["unit", "e2e"], ...predicate },
  ...part,
});

const TYPE = "application/vnd.in-toto+json";
function envelope(body: unknown, key: KeyObject, payloadType = TYPE, signedType = payloadType) {
  const payload = Buffer.from(JSON.stringify(body));
  const signed = Buffer.concat([Buffer.from(`DSSEv1 ${signedType.length} ${signedType} ${payload.length} `), payload]);
  const sig = sign(key.asymmetricKeyType === "ed25519" ? null : "sha256", signed, key).toString("base64");
  return { payloadType, payload: payload.toString("base64"), signatures: [{ keyid: "", sig }] };
}

const pem = (key: KeyObject): string => String(key.export({ type: "spki", format: "pem" }));
const ed = generateKeyPairSync("ed25519");
const ec = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
const stranger = generateKeyPairSync("ed25519");
const byKey = attestationVerifier({ keys: [pem(ed.publicKey), pem(ec.publicKey)] });
const outcome = (verifier: ReturnType<typeof attestationVerifier>, attestation: unknown, claim = CLAIM): string => {
  const result = verifier(attestation, claim);
  return result.ok ? "verified" : result.error.code;
};

test.each([
  ["Ed25519", envelope(statement(), ed.privateKey), CLAIM, "verified"],
  ["ECDSA P-256", envelope(statement(), ec.privateKey), CLAIM, "verified"],
  [
    "a failure that is told as one",
    envelope(statement({}, { result: "FAILED", failedTests: ["e2e"] }), ed.privateKey),
    { ...CLAIM, passed: false },
    "verified",
  ],
  ["a stranger's key", envelope(statement(), stranger.privateKey), CLAIM, "NOT_SIGNED"],
  [
    "another payload under the signature",
    { ...envelope(statement(), ed.privateKey), payload: Buffer.from("{}").toString("base64") },
    CLAIM,
    "NOT_SIGNED",
  ],
  ["a signature made for another type", envelope(statement(), ed.privateKey, TYPE, "text/plain"), CLAIM, "NOT_SIGNED"],
  ["no signature", { ...envelope(statement(), ed.privateKey), signatures: [] }, CLAIM, "NOT_SIGNED"],
  ["no envelope", "signed", CLAIM, "NOT_SIGNED"],
  ["another artifact", envelope(statement(), ed.privateKey), { ...CLAIM, digest: OTHER }, "NOT_THIS_TEST"],
  ["another suite", envelope(statement(), ed.privateKey), { ...CLAIM, suite: "load" }, "NOT_THIS_TEST"],
  ["a failure told as passed", envelope(statement({}, { result: "FAILED" }), ed.privateKey), CLAIM, "NOT_THIS_TEST"],
  ["a warning told as passed", envelope(statement({}, { result: "WARNED" }), ed.privateKey), CLAIM, "NOT_THIS_TEST"],
  [
    "provenance, which is no test",
    envelope(statement({ predicateType: "https://slsa.dev/provenance/v1" }), ed.privateKey),
    CLAIM,
    "UNREADABLE",
  ],
  [
    "a digest of another algorithm",
    envelope(statement({ subject: [{ digest: { sha512: DIGEST.slice(7) } }] }), ed.privateKey),
    CLAIM,
    "NOT_THIS_TEST",
  ],
] as const)("envelope: %s", (_name, attestation, claim, expected) => expect(outcome(byKey, attestation, claim)).toBe(expected));

test("a server that trusts nobody takes no attestation, and a key that is none stops it", () => {
  expect(outcome(attestationVerifier(undefined), envelope(statement(), ed.privateKey))).toBe("NO_TRUST");
  expect(() => attestationVerifier({ keys: ["x"] })).toThrow();
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
  expect(() => attestationVerifier({ keys: [pem(rsa.publicKey)] })).toThrow("neither");
});

const WORKFLOW = "https://github.com/acme/shop/.github/workflows/test.yml@refs/heads/main";
let authority: Sigstore;
let foreign: Sigstore;
beforeAll(async () => void ([authority, foreign] = [await sigstore(), await sigstore()]));
afterAll(async () => {
  await authority.close();
  await foreign.close();
});
const trusting = (subject: string, issuer = ISSUER, root = authority): ReturnType<typeof attestationVerifier> => {
  const trust: AttestationTrust = { keys: [], sigstore: { trustedRoot: root.trustedRoot, signers: [{ issuer, subject }] } };
  return attestationVerifier(trust);
};

test("a Sigstore bundle counts when its signer is one of ours, under an authority and a log that are trusted", async () => {
  const bundle = await authority.sign(statement(), WORKFLOW);
  expect(outcome(trusting("https://github.com/acme/shop/.github/workflows/test.yml@*"), bundle)).toBe("verified");
  expect(outcome(trusting("https://github.com/acme/other/*"), bundle)).toBe("NOT_SIGNED");
  expect(outcome(trusting(WORKFLOW, "https://other.example.com"), bundle)).toBe("NOT_SIGNED");
  expect(outcome(trusting(WORKFLOW, ISSUER, foreign), bundle)).toBe("NOT_SIGNED");
  expect(outcome(byKey, bundle)).toBe("NOT_SIGNED");
  expect(outcome(trusting(WORKFLOW), bundle, { ...CLAIM, digest: OTHER })).toBe("NOT_THIS_TEST");
});

test("a bundle that was changed, or that no log has recorded, does not", async () => {
  const bundle = structuredClone(await authority.sign(statement(), WORKFLOW)) as {
    dsseEnvelope: { payload: string };
    verificationMaterial: { tlogEntries: unknown[] };
  };
  const changed = structuredClone(bundle);
  changed.dsseEnvelope.payload = Buffer.from(JSON.stringify(statement({}, { passedTests: ["load"] }))).toString("base64");
  expect(outcome(trusting(WORKFLOW), changed, { ...CLAIM, suite: "load" })).toBe("NOT_SIGNED");
  const unlogged = structuredClone(bundle);
  unlogged.verificationMaterial.tlogEntries = [];
  expect(outcome(trusting(WORKFLOW), unlogged)).toBe("NOT_SIGNED");
});

test("who is trusted is read from a file, with keys and roots in files beside it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-attestations-"));
  try {
    const file = join(folder, "attestations.yaml");
    writeFileSync(join(folder, "ci.pem"), pem(ed.publicKey));
    writeFileSync(join(folder, "root.json"), JSON.stringify(authority.trustedRoot));
    writeFileSync(
      file,
      `keys: [ci.pem]\nsigstore: { trustedRoot: root.json, signers: [{ issuer: "${ISSUER}", subject: "${WORKFLOW}" }] }\n`,
    );
    const verifier = attestationVerifier(attestationTrustAt(file));
    expect(outcome(verifier, envelope(statement(), ed.privateKey))).toBe("verified");
    expect(outcome(verifier, await authority.sign(statement(), WORKFLOW))).toBe("verified");
    writeFileSync(file, "keys: [other.pem]\n");
    expect(() => attestationTrustAt(file)).toThrow("names a file that cannot be read");
    writeFileSync(file, "key: [ci.pem]\n");
    expect(() => attestationTrustAt(file)).toThrow("Unrecognized key");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
