// The keys of a server's data folder: the ledger's, those it had before, and the one that makes pseudonyms. None of them is in the database.
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatVerifierKey, type Signer } from "../../ledger/note.ts";
import { ed25519Signer, keyAt } from "../ledger/keys.ts";
import { GateError } from "./error.ts";

const KEY = "ledger.pem";
const EARLIER = /^ledger-earlier-[0-9a-f]{8}\.pem$/;

/** The ledger's key first, made when there is none; then those that it had before and that still sign, so that readers have time to learn the new one. */
export function signersIn(folder: string, origin: string): readonly [Signer, ...Signer[]] {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const earlier = readdirSync(folder).filter((name) => EARLIER.test(name));
  return [
    ed25519Signer(origin, keyAt(join(folder, KEY), "create")),
    ...earlier.toSorted().map((name) => ed25519Signer(origin, keyAt(join(folder, name), "refuse"))),
  ];
}

/** Without it nobody can tell whose account a pseudonym stands for. */
export const pseudonymKeyIn = (folder: string): Uint8Array => secretIn(folder, "pseudonyms.key");

/** 32 random bytes of a file, made when it is missing. */
export function secretIn(folder: string, name: string): Uint8Array {
  const file = join(folder, name);
  try {
    writeFileSync(file, randomBytes(32), { flag: "wx", mode: 0o600 });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw cause;
  }
  const key = readFileSync(file);
  if (key.length !== 32) throw new GateError("UNSAFE_STORAGE", `${file}  is no key of 32 bytes\n  Restore it from the backup.`);
  return key;
}

/** A new key for the ledger. The one before signs beside it until it is retired; a running server takes it at its next start. */
export function rotateKey(folder: string, origin: string): readonly [Signer, ...Signer[]] {
  const [now] = signersIn(folder, origin);
  renameSync(join(folder, KEY), join(folder, `ledger-earlier-${now.key.id.toString(16).padStart(8, "0")}.pem`));
  return signersIn(folder, origin);
}

/** Ends the signing of every earlier key: whoever still trusts only them is told that the ledger is not signed. */
export function retireKeys(folder: string, origin: string): readonly [Signer, ...Signer[]] {
  for (const name of readdirSync(folder).filter((each) => EARLIER.test(each))) rmSync(join(folder, name));
  return signersIn(folder, origin);
}

/** The trust policy for the ledger's readers (C2SP tlog-policy). */
export const trustPolicyOf = (signers: readonly Signer[]): string =>
  `${signers.map(({ key }) => `log ${formatVerifierKey(key)}\n`).join("")}quorum none\n`;
