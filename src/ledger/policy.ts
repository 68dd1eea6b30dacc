// Whom a reader of a ledger trusts: its logs' keys, its witnesses' keys, and how many of those must have cosigned.
import { type Result, fail, ok } from "../lib/result.ts";
import type { SignedCheckpoint } from "./checkpoint.ts";
import { cosignedAt } from "./cosignature.ts";
import { LedgerError } from "./error.ts";
import { isSignedBy, parseVerifierKey, SIGNATURE_TYPE, type VerifierKey } from "./note.ts";

/** A witness, or a group of which `needed` members must have cosigned. */
type Member =
  | { readonly kind: "witness"; readonly key: VerifierKey }
  | { readonly kind: "group"; readonly needed: number; readonly members: readonly string[] };

export interface TrustPolicy {
  readonly logs: readonly VerifierKey[];
  readonly members: ReadonlyMap<string, Member>;
  /** A name of `members`, or `none`. */
  readonly quorum: string;
}

/** Reads a policy file of lines `log`, `witness`, `group` and one `quorum` (C2SP tlog-policy). The first thing that is wrong is told with its line. */
export function parseTrustPolicy(text: string): Result<TrustPolicy, LedgerError> {
  const logs: VerifierKey[] = [];
  const members = new Map<string, Member>();
  let quorum: string | undefined;
  const keysSeen = new Set<string>();
  const key = (vkey: string, isLog: boolean): VerifierKey => {
    const parsed = parseVerifierKey(vkey);
    const material = parsed.publicKey.export({ type: "spki", format: "der" }).toString("base64");
    if ((parsed.type === SIGNATURE_TYPE.ed25519) !== isLog)
      throw new LedgerError("BAD_POLICY", `${vkey}  is a key for ${isLog ? "witnesses" : "logs"}`);
    if (keysSeen.has(`${isLog} ${material}`)) throw new LedgerError("BAD_POLICY", `${vkey}  stands there twice`);
    keysSeen.add(`${isLog} ${material}`);
    return parsed;
  };
  const name = (given: string | undefined): string => {
    if (given === undefined || given === "none" || members.has(given))
      throw new LedgerError("BAD_POLICY", `"${given ?? ""}" is no new name`);
    return given;
  };
  const read = ([word, ...rest]: readonly string[]): void => {
    if (word === "log" && rest.length >= 1 && rest.length <= 2) logs.push(key(rest[0] as string, true));
    else if (word === "witness" && rest.length >= 2 && rest.length <= 3) {
      members.set(name(rest[0]), { kind: "witness", key: key(rest[1] as string, false) });
    } else if (word === "group" && rest.length >= 3) members.set(name(rest[0]), group(rest.slice(1), members));
    else if (word === "quorum" && rest.length === 1 && quorum === undefined) quorum = known(rest[0] as string, members);
    else
      throw new LedgerError("BAD_POLICY", `"${[word, ...rest].join(" ")}" is no line of a policy; write log, witness, group or one quorum`);
  };
  for (const [i, line] of text.split("\n").entries()) {
    const words = line.split(/[ \t]+/).filter((word) => word !== "");
    if (words.length === 0 || words[0]?.startsWith("#")) continue;
    try {
      read(words);
    } catch (cause) {
      if (!(cause instanceof LedgerError)) throw cause;
      return fail(new LedgerError("BAD_POLICY", `line ${i + 1}: ${cause.message}`, { cause }));
    }
  }
  return quorum === undefined
    ? fail(new LedgerError("BAD_POLICY", "no line says the quorum; without witnesses write: quorum none"))
    : ok({ logs, members, quorum });
}

function group([threshold = "", ...names]: readonly string[], members: ReadonlyMap<string, Member>): Member {
  if (names.length === 0 || new Set(names).size !== names.length) throw new LedgerError("BAD_POLICY", "a group needs members, each once");
  for (const each of names) if (!members.has(each)) throw new LedgerError("BAD_POLICY", `"${each}" stands on no line above`);
  const needed = threshold === "any" ? 1 : threshold === "all" ? names.length : /^[1-9]\d*$/.test(threshold) ? Number(threshold) : Infinity;
  if (needed > names.length)
    throw new LedgerError("BAD_POLICY", `"${threshold}" of ${names.length}: write any, all, or a number up to ${names.length}`);
  return { kind: "group", needed, members: names };
}

function known(name: string, members: ReadonlyMap<string, Member>): string {
  if (name !== "none" && !members.has(name)) throw new LedgerError("BAD_POLICY", `"${name}" stands on no line above`);
  return name;
}

/** Undefined when a log that the policy lists has signed the checkpoint and its witnesses make the quorum; else what is missing. */
export function missing(policy: TrustPolicy, checkpoint: SignedCheckpoint): LedgerError | undefined {
  // A log speaks for its own origin only: a key of another log says nothing here.
  if (!policy.logs.some((key) => key.name === checkpoint.origin && isSignedBy(checkpoint.note, key)))
    return new LedgerError("BAD_SIGNATURE", `checkpoint of ${checkpoint.origin}: no log of the policy has signed it`);
  return policy.quorum === "none" || hasWitnessed(policy, policy.quorum, checkpoint)
    ? undefined
    : new LedgerError(
        "QUORUM_MISSED",
        `checkpoint of ${checkpoint.origin}, size ${checkpoint.size}: "${policy.quorum}" has not witnessed it`,
      );
}

function hasWitnessed(policy: TrustPolicy, name: string, checkpoint: SignedCheckpoint): boolean {
  const member = policy.members.get(name);
  if (member === undefined) return false;
  if (member.kind === "witness") return cosignedAt(checkpoint, member.key) !== undefined;
  return member.members.filter((each) => hasWitnessed(policy, each, checkpoint)).length >= member.needed;
}
