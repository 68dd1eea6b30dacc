// seal.json: every file of a folder with its digest, so that no byte of the folder can change unseen.
import type { KeyObject } from "node:crypto";
import { CodedError } from "../lib/error.ts";
import { canonicalJson } from "../lib/json.ts";
import { parseBytes, placeOf } from "../lib/parse.ts";
import type { Gap } from "../model/gap.ts";
import { Seal } from "../model/manifest.ts";
import { byCodeUnits, type FileSet, isRead } from "./files.ts";
import { type Digests, digestsOf, everythingGap, tampering } from "./integrity.ts";
import { signatureOf, signatureProblem, signatureState } from "./signature.ts";

export const SEAL_FILE = "seal.json";

export class SealError extends CodedError<"UNREADABLE_FILE"> {}

const bytesOf = (seal: Seal): Uint8Array => new TextEncoder().encode(`${canonicalJson(seal)}\n`);

/** The bytes of `seal.json` for these files, charter included. Throws a SealError when one of them could not be read. */
export function sealFolder(files: FileSet, privateKey?: KeyObject): Uint8Array {
  const digests = digestsOf(files);
  const listed: [string, string][] = [];
  for (const [path, content] of [...files].toSorted(([a], [b]) => byCodeUnits(a, b))) {
    if (path === SEAL_FILE) continue;
    const digest = digests(path);
    if (digest === undefined) throw new SealError("UNREADABLE_FILE", `${path}: ${isRead(content) ? "" : content.unread}`);
    listed.push([path, digest]);
  }
  const seal: Seal = { bulkhead: "seal/1", files: Object.fromEntries(listed) };
  return bytesOf(privateKey ? { ...seal, signature: signatureOf(seal, privateKey) } : seal);
}

export interface SealCheck {
  readonly gaps: readonly Gap[];
  readonly assumptions: readonly string[];
  /** Whether the folder is whole under a seal that a trusted key has signed: manifests in it then need no signature of their own. */
  readonly signed: boolean;
}

const WHOLE: SealCheck = { gaps: [], assumptions: [], signed: false };

/** A seal that stands there is checked whatever the charter says; `required` when the charter says `integrity: sealed`. */
export function checkSeal(
  files: FileSet,
  options: { readonly required: boolean; readonly trustedKeys: readonly KeyObject[]; readonly digests: Digests },
): SealCheck {
  const content = files.get(SEAL_FILE);
  const broken = (why: string): SealCheck => ({
    ...WHOLE,
    gaps: [everythingGap(SEAL_FILE, "the seal of the folder", why, { file: SEAL_FILE })],
  });
  if (content === undefined) return options.required ? broken("missing, and the charter says that the folder is sealed") : WHOLE;
  if (!isRead(content)) return broken(content.unread);
  const seal = readSeal(content);
  if (typeof seal === "string") return broken(seal);
  const state = signatureState(seal, options.trustedKeys);
  const problem = signatureProblem(state, options.trustedKeys);
  if (problem) return broken(problem);
  const gaps = differences(files, seal, options.digests);
  const assumptions = state === "unknown-key" ? ["The seal is signed, and its signature was not checked: no trusted key was given."] : [];
  return { gaps, assumptions, signed: state === "valid" && gaps.length === 0 };
}

// The bytes must be the canonical ones: white space, order or escapes that differ are alterations too.
function readSeal(content: Uint8Array): Seal | string {
  const parsed = parseBytes(SEAL_FILE, content);
  if (!parsed.ok) return `${placeOf(parsed.error)} ${parsed.error.message}`;
  const seal = Seal.safeParse(parsed.value.documents[0]);
  if (!seal.success) return "altered: it is not a seal";
  return Buffer.compare(bytesOf(seal.data), content) === 0 ? seal.data : "altered: its bytes are not the ones that sealing writes";
}

function differences(files: FileSet, seal: Seal, digests: Digests): readonly Gap[] {
  const gaps: Gap[] = [];
  for (const [path, digest] of Object.entries(seal.files)) {
    const why = tampering(files, digests, path, digest);
    if (why) gaps.push(everythingGap(path, `${path}, which the seal lists`, why, { file: path }));
  }
  for (const path of files.keys()) {
    if (path === SEAL_FILE || Object.hasOwn(seal.files, path)) continue;
    gaps.push(everythingGap(path, `${path}, which the seal does not list`, "added after the folder was sealed", { file: path }));
  }
  return gaps;
}
