// The keys that sign ledgers and cosign them: Ed25519, in PEM files that only their owner may read.
import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { LedgerError } from "../../ledger/error.ts";
import { witnessKey } from "../../ledger/cosignature.ts";
import { ed25519Signer, formatVerifierKey, type Signer } from "../../ledger/note.ts";

/** The private key of a file; a new one is made and written when there is none. Throws a LedgerError BAD_SIGNATURE when it holds something else. */
export function keyAt(file: string, whenMissing: "create" | "refuse"): KeyObject {
  const text = textOf(file);
  if (text === undefined && whenMissing === "create") return createKey(file);
  const bad = (cause?: unknown): LedgerError =>
    new LedgerError(
      "BAD_SIGNATURE",
      `${file}  ${text === undefined ? "cannot be read" : "is not a private key"}\n  Give an Ed25519 key in PEM form (openssl genpkey -algorithm ed25519).`,
      { cause },
    );
  if (text === undefined) throw bad();
  try {
    const key = createPrivateKey(text);
    if (key.asymmetricKeyType === "ed25519") return key;
  } catch (cause) {
    throw bad(cause);
  }
  throw bad();
}

function createKey(file: string): KeyObject {
  const { privateKey } = generateKeyPairSync("ed25519");
  // Exclusive, and readable by nobody else from its first moment.
  writeFileSync(file, privateKey.export({ type: "pkcs8", format: "pem" }), { flag: "wx", mode: 0o600 });
  return privateKey;
}

const textOf = (file: string): string | undefined => {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
};

/** The lines of a trust policy (C2SP tlog-policy) that name a ledger's key, to hand to whoever verifies it. */
export const policyOf = (signer: Signer): string => `log ${formatVerifierKey(signer.key)}\nquorum none\n`;

/** The line that names a witness in a trust policy. */
export const witnessLine = (name: string, key: KeyObject): string =>
  `witness ${name.replaceAll(/[^A-Za-z0-9.-]/g, "-")} ${formatVerifierKey(witnessKey(name, key))}\n`;

export { ed25519Signer };
