// Signed notes: text with the signatures of named keys under it.
import { createPublicKey, hash, type KeyObject, sign, verify } from "node:crypto";
import { type Result, fail, ok } from "../lib/result.ts";
import { LedgerError } from "./error.ts";

/** Signature types that are read here (C2SP signed-note, "Signature types"): a log's Ed25519, a witness's timestamped Ed25519 and ML-DSA-44. */
export const SIGNATURE_TYPE = { ed25519: 0x01, ed25519Cosignature: 0x04, mlDsa44Cosignature: 0x06 } as const;
export type SignatureType = (typeof SIGNATURE_TYPE)[keyof typeof SIGNATURE_TYPE];

/** A key that a reader trusts, by its name; the id is four bytes, and tells keys of one name apart. */
export interface VerifierKey {
  readonly name: string;
  readonly id: number;
  readonly type: SignatureType;
  readonly publicKey: KeyObject;
}

export interface NoteSignature {
  readonly name: string;
  readonly id: number;
  readonly bytes: Uint8Array;
}

export interface Note {
  /** Ends in a newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** Signs the text of notes. What signs and how is its own affair; the ledger's own is Ed25519. */
export interface Signer {
  readonly key: VerifierKey;
  sign(text: string): Uint8Array;
}

/** Bytes of a note that are read at most; 16 signatures of the largest kind fit (signed-note, "Format"). */
const MAX_NOTE_BYTES = 1_000_000;

const ALGORITHMS: Readonly<Record<SignatureType, { readonly bytes: number; readonly prefix: string; readonly keyType: string }>> = {
  // The DER of a SubjectPublicKeyInfo before the raw key (RFC 8410, section 4; RFC 9881, section 4).
  [SIGNATURE_TYPE.ed25519]: { bytes: 32, prefix: "302a300506032b6570032100", keyType: "ed25519" },
  [SIGNATURE_TYPE.ed25519Cosignature]: { bytes: 32, prefix: "302a300506032b6570032100", keyType: "ed25519" },
  [SIGNATURE_TYPE.mlDsa44Cosignature]: { bytes: 1312, prefix: "30820532300b06096086480165030403110382052100", keyType: "ml-dsa-44" },
};

/** The key's id: the first four bytes of SHA-256 over its name, its type and its raw bytes (signed-note, "Signatures"). */
export function verifierKey(name: string, type: SignatureType, publicKey: KeyObject): VerifierKey {
  if (name === "" || /[\s+]/u.test(name))
    throw new LedgerError("BAD_NOTE", `"${name}" is no key name: it is empty, or has a space or a plus`);
  const { keyType } = ALGORITHMS[type];
  if (publicKey.asymmetricKeyType !== keyType) throw new LedgerError("BAD_NOTE", `${name}: an ${keyType} key is needed`);
  const digest = hash("sha256", Buffer.concat([Buffer.from(`${name}\n`), Buffer.from([type]), rawKey(type, publicKey)]), "buffer");
  return { name, id: digest.readUInt32BE(0), type, publicKey };
}

/** `NAME+ID+KEY`, as verifiers are told keys (signed-note, "Verifier keys"). */
export function formatVerifierKey({ name, id, type, publicKey }: VerifierKey): string {
  return `${name}+${hexId(id)}+${Buffer.concat([Buffer.from([type]), rawKey(type, publicKey)]).toString("base64")}`;
}

/** Throws a LedgerError BAD_NOTE: another form, a type that is not known here, or an id that is not this key's. */
export function parseVerifierKey(text: string): VerifierKey {
  const bad = (why: string): LedgerError => new LedgerError("BAD_NOTE", `${text}  ${why}`);
  const match = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/u.exec(text);
  if (!match) throw bad("is not a verifier key; write NAME+ID+KEY");
  const [, name = "", id = "", encoded = ""] = match;
  const bytes = fromBase64(encoded);
  const type = Object.values(SIGNATURE_TYPE).find((each) => each === bytes?.[0]);
  if (!bytes || type === undefined) throw bad("has a key of a type that is not known here");
  const { bytes: length, prefix } = ALGORITHMS[type];
  if (bytes.length !== length + 1) throw bad(`has a key of ${bytes.length - 1} bytes, ${length} expected`);
  const publicKey = createPublicKey({
    key: Buffer.concat([Buffer.from(prefix, "hex"), bytes.subarray(1)]),
    format: "der",
    type: "spki",
  });
  const key = verifierKey(name, type, publicKey);
  if (hexId(key.id) !== id) throw bad(`says the id ${id}, and the key's is ${hexId(key.id)}`);
  return key;
}

/** Signs as a log does. Throws a LedgerError when the key is not Ed25519. */
export function ed25519Signer(name: string, privateKey: KeyObject): Signer {
  const key = verifierKey(name, SIGNATURE_TYPE.ed25519, createPublicKey(privateKey));
  return { key, sign: (text) => sign(null, Buffer.from(text), privateKey) };
}

/** The line that stands under a note. */
export const signatureLine = ({ name, id }: VerifierKey, bytes: Uint8Array): string => {
  const encoded = Buffer.alloc(4 + bytes.length);
  encoded.writeUInt32BE(id);
  encoded.set(bytes, 4);
  return `— ${name} ${encoded.toString("base64")}\n`;
};

export const signNote = (text: string, signers: readonly Signer[]): string =>
  `${text}\n${signers.map((signer) => signatureLine(signer.key, signer.sign(text))).join("")}`;

/** Takes a note apart, trusting none of it. */
export function parseNote(bytes: Uint8Array): Result<Note, LedgerError> {
  const bad = (why: string): Result<never, LedgerError> => fail(new LedgerError("BAD_NOTE", `not a signed note: ${why}`));
  if (bytes.length > MAX_NOTE_BYTES) return bad(`larger than ${MAX_NOTE_BYTES} bytes`);
  const whole = Buffer.from(bytes).toString("utf8");
  if (Buffer.compare(Buffer.from(whole), bytes) !== 0) return bad("it is not UTF-8");
  // eslint-disable-next-line no-control-regex -- exactly the characters that a note must not have (signed-note, "Format")
  if (/[\u0000-\u0009\u000b-\u001f]/u.test(whole)) return bad("it has a control character");
  const split = whole.lastIndexOf("\n\n");
  if (split < 0 || !whole.endsWith("\n")) return bad("no empty line before its signatures, or no newline at its end");
  const signatures = parseSignatureLines(whole.slice(split + 2));
  if (signatures === undefined || signatures.length === 0) return bad("a line below the empty one is no signature, or there is none");
  return ok({ text: whole.slice(0, split + 1), signatures });
}

/** Undefined when a line is no signature line. */
export function parseSignatureLines(text: string): readonly NoteSignature[] | undefined {
  const signatures: NoteSignature[] = [];
  for (const line of text.split("\n").slice(0, -1)) {
    const [, name, encoded] = /^— ([^\s+]+) (\S+)$/u.exec(line) ?? [];
    const bytes = encoded === undefined ? undefined : fromBase64(encoded);
    if (name === undefined || bytes === undefined || bytes.length < 5) return undefined;
    signatures.push({ name, id: bytes.readUInt32BE(0), bytes: bytes.subarray(4) });
  }
  return signatures;
}

/** The signature of this key, if the note has one; whether it holds is asked of `signed`. */
export const signatureBy = (note: Note, key: VerifierKey): NoteSignature | undefined =>
  note.signatures.find(({ name, id }) => name === key.name && id === key.id);

export const isSignedBy = (note: Note, key: VerifierKey): boolean => {
  const found = signatureBy(note, key);
  return found !== undefined && key.type === SIGNATURE_TYPE.ed25519 && verify(null, Buffer.from(note.text), key.publicKey, found.bytes);
};

/** Base64 has several spellings of the same bytes; only the canonical one is taken, so that no byte of a note can change unseen. */
export function fromBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : undefined;
}

const rawKey = (type: SignatureType, publicKey: KeyObject): Buffer =>
  publicKey.export({ type: "spki", format: "der" }).subarray(-ALGORITHMS[type].bytes);

const hexId = (id: number): string => id.toString(16).padStart(8, "0");
