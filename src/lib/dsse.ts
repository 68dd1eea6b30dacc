// Signed envelopes (DSSE 1.0): a payload, its type, and signatures over both.
import { createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { z } from "zod";
import { sha256 } from "./hash.ts";

export const IN_TOTO = "application/vnd.in-toto+json";

export const Envelope = z.object({
  payloadType: z.string().max(200),
  payload: z.base64(),
  signatures: z
    .array(z.object({ keyid: z.string().max(200).optional(), sig: z.base64() }))
    .min(1)
    .max(20),
});
export type Envelope = z.infer<typeof Envelope>;

/** DSSE, "Protocol", pre-authentication encoding: the type is signed with the payload, so that neither passes for another. */
export const preAuthentication = (payloadType: string, payload: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `), payload]);

/** SHA-256 of the public key's SPKI bytes. */
export const keyIdOf = (publicKey: KeyObject): string => sha256(publicKey.export({ type: "spki", format: "der" }));

/** Signed with an Ed25519 private key. */
export function seal(payloadType: string, payload: Uint8Array, privateKey: KeyObject): Envelope {
  const sig = sign(null, preAuthentication(payloadType, payload), privateKey).toString("base64");
  return {
    payloadType,
    payload: Buffer.from(payload).toString("base64"),
    signatures: [{ keyid: keyIdOf(createPublicKey(privateKey)), sig }],
  };
}

/** The payload, when one of these Ed25519 keys signed it. Key ids are hints of whoever wrote the envelope, and decide nothing. */
export function opened(
  { payloadType, payload, signatures }: Envelope,
  keys: readonly KeyObject[],
): { readonly payload: Buffer; readonly keyId: string } | undefined {
  const bytes = Buffer.from(payload, "base64");
  // Base64 has several spellings of the same bytes; only one is accepted, so that no byte of the file can change unseen.
  if (bytes.toString("base64") !== payload) return undefined;
  const signed = preAuthentication(payloadType, bytes);
  for (const key of keys)
    for (const { sig } of signatures) {
      const signature = Buffer.from(sig, "base64");
      if (signature.toString("base64") === sig && key.asymmetricKeyType === "ed25519" && verify(null, signed, key, signature))
        return { payload: bytes, keyId: keyIdOf(key) };
    }
  return undefined;
}
