// One entry's proof as a file: that it is in the ledger can be checked without the ledger.
import { type Result, fail, ok } from "../lib/result.ts";
import { parseCheckpoint, type SignedCheckpoint } from "./checkpoint.ts";
import { LedgerError } from "./error.ts";
import { type Hash, isIndex, leafHash, provesInclusion } from "./merkle.ts";
import { fromBase64 } from "./note.ts";
import { missing, type TrustPolicy } from "./policy.ts";

const HEADER = "c2sp.org/tlog-proof@v1";

/** The text of a proof (C2SP tlog-proof, "Format"). */
export const formatProof = (index: number, path: readonly Hash[], checkpoint: string): string =>
  `${HEADER}\nindex ${index}\n${path.map((each) => `${Buffer.from(each).toString("base64")}\n`).join("")}\n${checkpoint}`;

/** The checkpoint and the place in it, when the proof holds for the entry under the policy; else what does not. */
export function verifyProof(
  bytes: Uint8Array,
  entry: Uint8Array,
  policy: TrustPolicy,
): Result<{ readonly index: number; readonly checkpoint: SignedCheckpoint }, LedgerError> {
  const bad = (why: string): Result<never, LedgerError> => fail(new LedgerError("BAD_NOTE", `not a proof: ${why}`));
  const text = Buffer.from(bytes).toString("utf8");
  const end = text.indexOf("\n\n");
  const [header, ...lines] = text.slice(0, Math.max(end, 0)).split("\n");
  if (header !== HEADER) return bad(`its first line is not ${HEADER}`);
  // Nothing authenticates the extra line, so nothing is read from it.
  const [first = "", ...rest] = lines[0]?.startsWith("extra ") ? lines.slice(1) : lines;
  const index = /^index (0|[1-9]\d*)$/.exec(first)?.[1];
  if (index === undefined || !isIndex(Number(index))) return bad("no line says: index NUMBER");
  const path = rest.map(fromBase64);
  if (path.some((each) => each?.length !== 32)) return bad("a line of it is no SHA-256 in base64");
  const checkpoint = parseCheckpoint(Buffer.from(text.slice(end + 2)));
  if (!checkpoint.ok) return checkpoint;
  const problem = missing(policy, checkpoint.value);
  if (problem) return fail(problem);
  const { size, root } = checkpoint.value;
  return provesInclusion(leafHash(entry), Number(index), size, path as readonly Hash[], root)
    ? ok({ index: Number(index), checkpoint: checkpoint.value })
    : fail(new LedgerError("ROOT_MISMATCH", `entry ${index} is not in the tree of ${size} entries`));
}
