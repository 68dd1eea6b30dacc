// Keeps secret values out of observations: what looks like one is replaced by its keyed fingerprint before anything else sees it.

/** How a fingerprint stands in the text it was taken from: the identity of the value, and nothing else of it. */
export const fingerprintMark = (hex: string): string => `{fingerprint ${hex}}`;

/** A live collection has put marks in place of secrets; what is read from it must keep them. */
const MARK = /\{fingerprint [0-9a-f]+\}/g;
const IS_MARK = new RegExp(`^${MARK.source}$`);

const SECRET_WORD = String.raw`(?:pass(?:word|wd|phrase|code)?|pwd|secret|token|credentials?|api[-_.]?key|access[-_.]?key|private[-_.]?key|auth[-_.]?key|signing[-_.]?key|encryption[-_.]?key)`;

const SECRET_NAME = new RegExp(String.raw`(?:^|[^a-z])${SECRET_WORD}s?(?:[^a-z]|$)`, "i");

/** `camelCase` names count as words too: `dbPassword`. */
const words = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, "$1_$2");

/** Headers of a probe or a hook that carry a credential, whatever else is called so. */
const SECRET_HEADER = /^(?:(?:proxy-)?authorization|(?:set-)?cookie)$/i;

export const isSecretName = (name: string): boolean => SECRET_NAME.test(words(name)) || SECRET_HEADER.test(name);

/** Not worth hiding, and worth reading: switches, numbers, references to other variables, paths and templates. */
const IS_PLAIN = /^(?:|true|false|yes|no|on|off|none|null|\d{1,5}|\$\([^)]*\)|\$\{[\w.-]*\}|\/[\w./-]*)$/i;

const URL_PASSWORD = /([a-z][a-z0-9+.-]*:\/\/[^\s:/@?#]*:)([^\s@/?#]+)(@)/gi;
const ASSIGNMENT = new RegExp(
  String.raw`([\w.-]*${SECRET_WORD}[\w.-]*["']?\s*(?:=|:\s?)\s*|--[\w-]*${SECRET_WORD}[\w-]*\s+)(?:"([^"\n]*)"|'([^'\n]*)'|(\$\{[^}]*\}|[^\s"',;&}]+))`,
  "gi",
);
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;
/** Formats that their issuers publish so that scanners find them. */
const KNOWN_TOKEN =
  /\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|xox[abeprs]-[A-Za-z0-9-]{10,}|sk_live_[A-Za-z0-9]{10,}|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]+)/g;

/** Free text (a file in a config map, an argument, a value): the secrets in it are replaced, the rest stays. */
export function redactText(text: string, fingerprint: (secret: string) => string): string {
  const mark = (secret: string): string => fingerprintMark(fingerprint(secret));
  const assigned = withoutKeys(text, mark).replace(ASSIGNMENT, (found: string, before: string, ...rest: (string | undefined)[]) => {
    const secret = rest[0] ?? rest[1] ?? (rest[2] as string);
    const isMarked = secret.startsWith("{fingerprint");
    return isMarked || IS_PLAIN.test(secret) || secret.includes("://") ? found : before + mark(secret);
  });
  return assigned.replace(KNOWN_TOKEN, (found) => mark(found));
}

const withoutKeys = (text: string, mark: (secret: string) => string): string =>
  text
    .replace(PRIVATE_KEY, (found) => mark(found))
    .replace(URL_PASSWORD, (_, before: string, secret: string, after: string) => before + mark(decoded(secret)) + after);

/**
 * Text of no known form, such as an annotation: a single word may name a thing (an image `vault-secret:1.0`, a reference `secret:web`) and is no
 * assignment; in several words an assignment is taken for one.
 */
export function redactNote(text: string, fingerprint: (secret: string) => string): string {
  if (/[\s{;&]/.test(text.replaceAll(MARK, ""))) return redactText(text, fingerprint);
  const mark = (secret: string): string => fingerprintMark(fingerprint(secret));
  return withoutKeys(text, mark).replace(KNOWN_TOKEN, (found) => mark(found));
}

/** A named value: the whole of it when the name says that it is a secret and it is no address and no file, the secrets in it otherwise. */
export function redactValue(name: string, value: string, fingerprint: (secret: string) => string): string {
  if (IS_MARK.test(value)) return value;
  // What is left of it decides, so that a second time gives the same.
  const redacted = redactText(value, fingerprint);
  const isFile = name.includes(".") && redacted.includes("\n");
  const isWholeSecret = isSecretName(name) && !isFile && !IS_PLAIN.test(value) && !redacted.includes("://");
  return isWholeSecret ? fingerprintMark(fingerprint(value)) : redacted;
}

/** Arguments of a command: a secret may be the argument after the flag that names it (`--password`, `x`). */
export const redactArguments = (list: readonly string[], fingerprint: (secret: string) => string): string[] =>
  list.map((text, i) => {
    const flag = list[i - 1];
    const isNamed = flag !== undefined && /^--?[\w-]+$/.test(flag) && !/^--[a-z]/i.test(text);
    return isNamed ? redactValue(flag, text, fingerprint) : redactText(text, fingerprint);
  });

/** Userinfo is percent-encoded in a URL (RFC 3986, section 3.2.1); the secret is the decoded text. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
