// What a witness answers to a log that asks for its cosignature: it remembers one checkpoint a log, and signs only what grew out of it.
import { type Checkpoint, parseCheckpoint, type SignedCheckpoint } from "./checkpoint.ts";
import { emptyRoot, type Hash, isIndex, provesConsistency } from "./merkle.ts";
import { fromBase64, isSignedBy, signatureBy, type VerifierKey } from "./note.ts";

/** Proof lines that a request may have (C2SP tlog-witness, "add-checkpoint"). */
const MAX_PROOF_LINES = 63;

/** What the witness knows of a log: the keys it trusts for the origin, and the last checkpoint it cosigned. */
export interface KnownLog {
  readonly keys: readonly VerifierKey[];
  readonly last?: Pick<Checkpoint, "size" | "root"> | undefined;
}

/** The statuses are those of the protocol: 200 cosign, 400 malformed, 403 not signed, 404 unknown log, 409 other old size, 422 not consistent. */
export type WitnessAnswer =
  | { readonly status: 200; readonly checkpoint: SignedCheckpoint }
  | { readonly status: 409; readonly size: number }
  | { readonly status: 400 | 403 | 404 | 422; readonly why: string };

/**
 * Decides on the body of an add-checkpoint request. On 200 the caller must record the checkpoint durably, under the same lock under which `logOf` read,
 * and only then cosign: else two requests at once could roll it back.
 *
 * Source: C2SP tlog-witness, "add-checkpoint".
 */
export function decideAddCheckpoint(body: Uint8Array, logOf: (origin: string) => KnownLog | undefined): WitnessAnswer {
  const request = parseRequest(body);
  if (typeof request === "string") return { status: 400, why: request };
  const { oldSize, proof, checkpoint } = request;
  const log = logOf(checkpoint.origin);
  if (log === undefined) return { status: 404, why: `no log ${checkpoint.origin} is known here` };
  const present = log.keys.filter((key) => signatureBy(checkpoint.note, key) !== undefined);
  if (present.length === 0 || !present.every((key) => isSignedBy(checkpoint.note, key)))
    return { status: 403, why: "no trusted key of the log has signed it, or a signature of one does not hold" };
  if (oldSize > checkpoint.size) return { status: 400, why: `the old size ${oldSize} is above the new one, ${checkpoint.size}` };
  const { size, root } = log.last ?? { size: 0, root: emptyRoot() };
  if (oldSize !== size) return { status: 409, size };
  return provesConsistency(size, checkpoint.size, proof, root, checkpoint.root)
    ? { status: 200, checkpoint }
    : { status: 422, why: `not shown to grow out of the tree of ${size} entries that was cosigned` };
}

/** The body that a log sends. */
export const addCheckpointBody = (oldSize: number, proof: readonly Hash[], checkpoint: string): string =>
  `old ${oldSize}\n${proof.map((each) => `${Buffer.from(each).toString("base64")}\n`).join("")}\n${checkpoint}`;

interface Request {
  readonly oldSize: number;
  readonly proof: readonly Hash[];
  readonly checkpoint: SignedCheckpoint;
}

function parseRequest(body: Uint8Array): Request | string {
  const text = Buffer.from(body).toString("utf8");
  const end = text.indexOf("\n\n");
  if (end < 0) return "no empty line after the proof";
  const [first = "", ...lines] = text.slice(0, end).split("\n");
  const old = /^old (0|[1-9]\d*)$/.exec(first)?.[1];
  if (old === undefined || !isIndex(Number(old))) return "its first line is not: old SIZE";
  if (lines.length > MAX_PROOF_LINES) return `more than ${MAX_PROOF_LINES} lines of proof`;
  const proof = lines.map(fromBase64);
  if (proof.some((each) => each?.length !== 32)) return "a line of the proof is no SHA-256 in base64";
  const checkpoint = parseCheckpoint(Buffer.from(text.slice(end + 2)));
  return checkpoint.ok ? { oldSize: Number(old), proof: proof as readonly Hash[], checkpoint: checkpoint.value } : checkpoint.error.message;
}
