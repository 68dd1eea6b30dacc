// A witness's word: that at this time the checkpoint was the newest it saw, and grew out of every earlier one.
import { createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { checkpointText, type SignedCheckpoint } from "./checkpoint.ts";
import { type NoteSignature, SIGNATURE_TYPE, signatureBy, type VerifierKey, verifierKey } from "./note.ts";

const TIMESTAMP_BYTES = 8;

/** Seconds since 1970, when a valid cosignature of this key was made; undefined when there is none, or it does not hold. */
export function cosignedAt(checkpoint: SignedCheckpoint, key: VerifierKey): number | undefined {
  const found = signatureBy(checkpoint.note, key);
  return found && verified(checkpoint, key, found) ? Number(Buffer.from(found.bytes).readBigUInt64BE(0)) : undefined;
}

/** The bytes of a timestamped Ed25519 cosignature (C2SP tlog-cosignature, "Ed25519 signed message"); `time` in seconds since 1970. */
export function cosign(checkpoint: SignedCheckpoint, time: number, privateKey: KeyObject): Uint8Array {
  return Buffer.concat([timestamp(time), sign(null, ed25519Message(checkpoint, String(time)), privateKey)]);
}

/** The key of a witness that signs with Ed25519. */
export const witnessKey = (name: string, privateKey: KeyObject): VerifierKey =>
  verifierKey(name, SIGNATURE_TYPE.ed25519Cosignature, createPublicKey(privateKey));

function verified(checkpoint: SignedCheckpoint, key: VerifierKey, { bytes }: NoteSignature): boolean {
  if (bytes.length <= TIMESTAMP_BYTES) return false;
  const time = Buffer.from(bytes).readBigUInt64BE(0);
  // Zero is for subtrees, and a checkpoint is none; the upper bound is the specification's.
  if (time === 0n || time > 2n ** 63n - 1n) return false;
  const signature = bytes.subarray(TIMESTAMP_BYTES);
  if (key.type === SIGNATURE_TYPE.ed25519Cosignature)
    return verify(null, ed25519Message(checkpoint, String(time)), key.publicKey, signature);
  if (key.type !== SIGNATURE_TYPE.mlDsa44Cosignature) return false;
  const message = mlDsaMessage(key.name, time, checkpoint);
  return message !== undefined && verify(null, message, key.publicKey, signature);
}

const ed25519Message = (checkpoint: SignedCheckpoint, time: string): Buffer =>
  Buffer.from(`cosignature/v1\ntime ${time}\n${checkpointText(checkpoint)}`);

/** `cosigned_message` from the first leaf to the last (C2SP tlog-cosignature, "ML-DSA-44 signed message"). */
function mlDsaMessage(name: string, time: bigint, { origin, size, root }: SignedCheckpoint): Buffer | undefined {
  const [nameBytes, originBytes] = [Buffer.from(name), Buffer.from(origin)];
  // A name that its one length byte cannot count was never signed.
  if (nameBytes.length > 255 || originBytes.length > 255) return undefined;
  return Buffer.concat([
    Buffer.from("subtree/v1\n\0"),
    Buffer.from([nameBytes.length]),
    nameBytes,
    uint64(time),
    Buffer.from([originBytes.length]),
    originBytes,
    uint64(0n),
    uint64(BigInt(size)),
    root,
  ]);
}

const timestamp = (time: number): Buffer => uint64(BigInt(time));

function uint64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}
