// Ed25519 signatures (RFC 8032) over the canonical JSON of a manifest or a seal, checked against keys that the reader trusts.
import { createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { keyIdOf } from "../lib/dsse.ts";
import { canonicalJson } from "../lib/json.ts";
import type { Manifest } from "../model/manifest.ts";

export type Signature = NonNullable<Manifest["signature"]>;

interface Signable {
  readonly signature?: Signature | undefined;
}

const signedBytes = ({ signature: _, ...content }: Signable): Uint8Array => new TextEncoder().encode(canonicalJson(content));

export function signatureOf(value: Signable, privateKey: KeyObject): Signature {
  const publicKey = createPublicKey(privateKey);
  if (publicKey.asymmetricKeyType !== "ed25519") throw new TypeError("an Ed25519 key is needed");
  return { algorithm: "Ed25519", keyId: keyIdOf(publicKey), value: sign(null, signedBytes(value), privateKey).toString("base64") };
}

export type SignatureState = "none" | "valid" | "invalid" | "unknown-key";

/** The key is looked up among the trusted ones by its id: nothing in the file can bring its own. */
export function signatureState(value: Signable, trustedKeys: readonly KeyObject[]): SignatureState {
  if (value.signature === undefined) return "none";
  const { keyId, value: text } = value.signature;
  const key = trustedKeys.find((trusted) => trusted.asymmetricKeyType === "ed25519" && keyIdOf(trusted) === keyId);
  if (key === undefined) return "unknown-key";
  const bytes = Buffer.from(text, "base64");
  // Base64 has several spellings of the same bytes; only one is accepted, so that no byte of the file can change unseen.
  if (bytes.toString("base64") !== text) return "invalid";
  return verify(null, signedBytes(value), key, bytes) ? "valid" : "invalid";
}

/**
 * What is wrong with a signature, given what the reader trusts; undefined when nothing is.
 * Threat: stripping a signature, or signing again with another key. Who names trusted keys gets no unsigned files past them.
 */
export function signatureProblem(state: SignatureState, trustedKeys: readonly KeyObject[]): string | undefined {
  if (state === "invalid") return "its signature does not match its content";
  if (trustedKeys.length === 0 || state === "valid") return undefined;
  return state === "none" ? "it is not signed, and trusted keys were given" : "it is signed by a key that is not among the trusted keys";
}
