// Passwords of local accounts: long ones, kept as argon2id, and compared in the same time whether the account exists or not.
import { hash, verify, type Options } from "@node-rs/argon2";
import { AuthError } from "../error.ts";

/** OWASP Password Storage Cheat Sheet, "Argon2id": 19 MiB of memory, two passes, one lane. `algorithm` 2 is argon2id (its enum has no value at run time). */
const PARAMETERS = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 } as const satisfies Options;

const LEAST = 15;
const MOST = 128;

/** Of the words that an attacker tries first, those that are long enough to be tried at all are made of these. */
const EASY = [
  "password",
  "passwort",
  "qwerty",
  "qwertz",
  "azerty",
  "letmein",
  "welcome",
  "iloveyou",
  "bulkhead",
  "administrator",
  "changeme",
];

/**
 * ASVS 5.0, 6.2: any characters, no rules of composition, long; not made of the account's own names, of a well-known password or of one run. Passwords are compared as typed, in
 * Unicode's composed form, so that the same keys on another keyboard give the same password (NIST SP 800-63B-4, section 3.1.1.2).
 */
export function passwordProblem(password: string, own: readonly string[]): string | undefined {
  const text = password.normalize("NFC");
  const length = [...text].length;
  if (length < LEAST) return `take at least ${LEAST} characters: several words, for example`;
  if (length > MOST) return `take at most ${MOST} characters`;
  let rest = text.toLowerCase();
  for (const word of [...EASY, ...own.filter((each) => each.length > 2).map((each) => each.toLowerCase())])
    rest = rest.replaceAll(word, "");
  rest = rest.replaceAll(/0123456789|123456789|12345678|1234567|123456|12345|1234/g, "");
  if ([...rest].length < 6 || new Set(rest).size < 5) return "take another: it is made of what is tried first";
  return undefined;
}

export const hashPassword = (password: string): Promise<string> => hash(password.normalize("NFC"), PARAMETERS);

/** Of a password that nobody knows: compared with where there is no account, so that the time does not tell. */
let nobody: Promise<string> | undefined;

/** An empty `kept` is an account without a password, or none at all; both take as long as a wrong password. */
export async function isPassword(kept: string, password: string): Promise<boolean> {
  if ([...password].length > MOST) return false;
  const against = kept === "" ? await (nobody ??= hashPassword(crypto.randomUUID())) : kept;
  try {
    return (await verify(against, password.normalize("NFC"))) && kept !== "";
  } catch (cause) {
    throw new AuthError("BAD_CONFIGURATION", "a kept password is no argon2 hash", { cause });
  }
}
