// Test evidence that somebody signed: an in-toto test result, in a DSSE envelope or a Sigstore bundle, checked offline against keys and signers that are trusted here.
import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { bundleFromJSON, type SerializedBundle } from "@sigstore/bundle";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { toSignedEntity, toTrustMaterial, type TrustMaterial, Verifier } from "@sigstore/verify";
import { z } from "zod";
import { preAuthentication } from "../../lib/dsse.ts";
import { CodedError } from "../../lib/error.ts";
import { globMatches } from "../../lib/glob.ts";
import { sha256 } from "../../lib/hash.ts";
import { canonicalJson } from "../../lib/json.ts";
import { fail, ok, type Result } from "../../lib/result.ts";

export class AttestationError extends CodedError<"NO_TRUST" | "NOT_SIGNED" | "NOT_THIS_TEST" | "UNREADABLE"> {}

/** Who may sign test results. */
export const AttestationTrust = z.strictObject({
  keys: z.array(z.string()).default([]).describe("Public keys, PEM: Ed25519 or ECDSA P-256."),
  sigstore: z
    .strictObject({
      trustedRoot: z.record(z.string(), z.unknown()).describe("Sigstore's trusted root, as a file gives it: nothing is fetched."),
      signers: z
        .array(
          z.strictObject({
            issuer: z.url().describe("Who vouches for the signer: https://token.actions.githubusercontent.com."),
            subject: z
              .string()
              .min(1)
              .describe("The signer's name in the certificate, * allowed: https://github.com/acme/shop/.github/workflows/test.yml@*."),
          }),
        )
        .min(1),
    })
    .optional(),
});
export type AttestationTrust = z.infer<typeof AttestationTrust>;

/** DSSE, "Envelope". */
const Envelope = z.object({
  payloadType: z.literal("application/vnd.in-toto+json"),
  payload: z.string(),
  signatures: z
    .array(z.object({ sig: z.string() }))
    .min(1)
    .max(20),
});

/** in-toto Statement (v1, and v0.1 before it) with the predicate "Test Result". */
const Statement = z.object({
  _type: z.enum(["https://in-toto.io/Statement/v1", "https://in-toto.io/Statement/v0.1"]),
  subject: z.array(z.object({ digest: z.record(z.string(), z.string()) })).min(1),
  predicateType: z.literal("https://in-toto.io/attestation/test-result/v0.1"),
  predicate: z.object({
    result: z.enum(["PASSED", "WARNED", "FAILED"]),
    passedTests: z.array(z.string()).default([]),
    failedTests: z.array(z.string()).default([]),
  }),
});

export interface TestClaim {
  readonly digest: string;
  readonly suite: string;
  readonly passed: boolean;
}

export type AttestationVerifier = (attestation: unknown, claim: TestClaim) => Result<{ readonly sha256: string }, AttestationError>;

/** Throws when a key or the trusted root cannot be read: a server that trusts nobody by mistake would only refuse, and nobody would know why. */
export function attestationVerifier(trust: AttestationTrust | undefined): AttestationVerifier {
  const no = (code: AttestationError["code"], why: string): Result<never, AttestationError> => fail(new AttestationError(code, why));
  if (trust === undefined) return () => no("NO_TRUST", "this server trusts nobody's attestations; see --attestations");
  const keys = trust.keys.map(publicKey);
  const material = trust.sigstore && toTrustMaterial(TrustedRoot.fromJSON(trust.sigstore.trustedRoot));
  return (attestation, claim) => {
    const payload = isBundle(attestation)
      ? material && bundlePayload(attestation, material, trust.sigstore?.signers ?? [])
      : envelopePayload(attestation, keys);
    if (payload === undefined) return no("NOT_SIGNED", "the attestation is not signed by anybody who is trusted here");
    const statement = Statement.safeParse(parsed(payload));
    if (!statement.success) return no("UNREADABLE", "what is signed is no in-toto statement of a test result (test-result/v0.1)");
    const problem = mismatch(statement.data, claim);
    return problem === undefined ? ok({ sha256: sha256(canonicalJson(attestation)) }) : no("NOT_THIS_TEST", problem);
  };
}

/** Threat: the attestation of another artifact, or of other tests, shown again for these. */
function mismatch({ subject, predicate }: z.infer<typeof Statement>, { digest, suite, passed }: TestClaim): string | undefined {
  if (!subject.some((each) => `sha256:${each.digest["sha256"] ?? ""}` === digest))
    return `the attestation is of another artifact than ${digest}`;
  if (passed !== (predicate.result === "PASSED")) return `the attestation says ${predicate.result}`;
  const named = passed ? predicate.passedTests : predicate.failedTests;
  return named.includes(suite) ? undefined : `the attestation does not name ${suite} among the tests that ${passed ? "passed" : "failed"}`;
}

/** DSSE, "Protocol": the type is signed with the payload, so that neither passes for another. */
function envelopePayload(attestation: unknown, keys: readonly KeyObject[]): Buffer | undefined {
  const envelope = Envelope.safeParse(attestation);
  if (!envelope.success) return undefined;
  const { payload, payloadType, signatures } = envelope.data;
  const bytes = Buffer.from(payload, "base64");
  const signed = preAuthentication(payloadType, bytes);
  const holds = (key: KeyObject, sig: string): boolean =>
    verify(key.asymmetricKeyType === "ed25519" ? null : "sha256", signed, key, Buffer.from(sig, "base64"));
  return keys.some((key) => signatures.some(({ sig }) => holds(key, sig))) ? bytes : undefined;
}

const isBundle = (attestation: unknown): attestation is SerializedBundle =>
  typeof (attestation as { readonly mediaType?: unknown } | null)?.mediaType === "string";

/** The certificate, its log and the log of signatures are checked against the trusted root; then the signer must be one of ours. */
function bundlePayload(
  attestation: SerializedBundle,
  material: TrustMaterial,
  signers: readonly { readonly issuer: string; readonly subject: string }[],
): Buffer | undefined {
  try {
    const bundle = bundleFromJSON(attestation);
    if (bundle.content.$case !== "dsseEnvelope" || bundle.content.dsseEnvelope.payloadType !== "application/vnd.in-toto+json")
      return undefined;
    const { identity } = new Verifier(material).verify(toSignedEntity(bundle));
    const isTrusted = signers.some(
      ({ issuer, subject }) => issuer === identity?.extensions?.issuer && globMatches(subject, identity.subjectAlternativeName ?? ""),
    );
    return isTrusted ? bundle.content.dsseEnvelope.payload : undefined;
  } catch {
    // Attacker-controlled: whatever cannot be read is not signed.
    return undefined;
  }
}

function publicKey(pem: string): KeyObject {
  const key = createPublicKey(pem);
  const isKnown =
    key.asymmetricKeyType === "ed25519" || (key.asymmetricKeyType === "ec" && key.asymmetricKeyDetails?.namedCurve === "prime256v1");
  if (!isKnown) throw new AttestationError("UNREADABLE", "a key for attestations is neither Ed25519 nor ECDSA P-256");
  return key;
}

function parsed(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString("utf8"));
  } catch {
    return undefined;
  }
}
