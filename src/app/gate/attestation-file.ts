// Reads who may sign test results: a YAML or JSON file beside the charter, with keys and trusted roots inside or in files that it names.
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { isObject } from "../../lib/json.ts";
import { parseBytes } from "../../lib/parse.ts";
import { AttestationError, AttestationTrust } from "./attestation.ts";

/** Throws an AttestationError UNREADABLE with what is wrong. */
export function attestationTrustAt(file: string): AttestationTrust {
  const bad = (why: string, cause?: unknown): AttestationError =>
    new AttestationError(
      "UNREADABLE",
      `${file}  ${why}\n  Write keys: [KEY.pem] and sigstore: { trustedRoot: FILE.json, signers: [{ issuer, subject }] }.`,
      { cause },
    );
  const document = documentAt(file, bad);
  const given = isObject(document) ? document : {};
  const beside = (name: unknown): unknown =>
    typeof name === "string" && !name.includes("\n") ? readFileSync(resolve(dirname(file), name), "utf8") : name;
  try {
    const { keys, sigstore } = given;
    const whole = {
      ...given,
      ...(Array.isArray(keys) && { keys: keys.map(beside) }),
      ...(isObject(sigstore) && { sigstore: { ...sigstore, trustedRoot: rootOf(beside(sigstore["trustedRoot"])) } }),
    };
    const trust = AttestationTrust.safeParse(whole);
    if (!trust.success) throw bad(trust.error.issues.map(({ path, message }) => `/${path.join("/")} ${message}`).join("; "));
    return trust.data;
  } catch (cause) {
    throw cause instanceof AttestationError ? cause : bad("names a file that cannot be read", cause);
  }
}

const rootOf = (root: unknown): unknown => (typeof root === "string" ? JSON.parse(root) : root);

function documentAt(file: string, bad: (why: string, cause?: unknown) => AttestationError): unknown {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw bad("cannot be read", cause);
  }
  const parsed = parseBytes(file, bytes);
  if (!parsed.ok) throw bad(parsed.error.message);
  return parsed.value.documents[0];
}
