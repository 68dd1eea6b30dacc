// Secret values that stand where none should: in variables, in workflow files. A keyed fingerprint takes their place, so that equal ones can be told.

type Fingerprint = (secret: string) => string;

const mark = (secret: string, fingerprint: Fingerprint): string => `fingerprint:${fingerprint(secret)}`;

const WORDS =
  "pass(?:word|wd|phrase)?|pwd|secret|token|(?:api|access|private|secret|account|storage|encryption|signing|license)_?key|credentials?|connection_?string";
/** The last words of a name decide: `AWS_SECRET_ACCESS_KEY` and `clientSecret` hold one, `secret-name` and `TOKEN_URL` do not. */
const SECRET_NAME = new RegExp(`(?:^|_)(?:${WORDS})_?\\d*$`);

const namesSecret = (name: string): boolean =>
  SECRET_NAME.test(
    name
      .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
      .replaceAll(/[-.\s]/g, "_")
      .toLowerCase(),
  );

/** What stands in a secret's place already, since the file was collected so. */
const MARKED = /^fingerprint:[0-9a-f]{64}$/;

/** Expressions, shell variables and switches are no secret values. */
const isLiteral = (value: string): boolean =>
  value !== "" && !MARKED.test(value) && !value.includes("${{") && !value.startsWith("$") && !/^(?:true|false)$/i.test(value);

/** Values that are secrets wherever they stand. Sources: "About authentication to GitHub", token formats; RFC 7468; RFC 7519, section 3. */
const KNOWN_FORMS =
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)|\bgh[opsur]_[A-Za-z0-9]{30,}|\bgithub_pat_\w{40,}|\bglpat-[\w-]{20,}|\bxox[abprs]-[\w-]{10,}|\bnpm_[A-Za-z0-9]{36}|\bsk_live_\w{16,}|\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/g;
/** RFC 3986, section 3.2.1: what follows the colon of the user information. */
const URL_PASSWORD = /(:\/\/[^/\s:@'"]*:)([^/\s@'"${}]+)(@)/g;
/** `NAME=value` and `--name value` in a script. */
const ASSIGNED = /(\b[A-Za-z_]\w*=|--[A-Za-z][\w-]*[= ])("[^"\n]*"|'[^'\n]*'|[^\s"'`;|&()<>]+)/g;

/** A literal value under a name of a secret is replaced whole; anywhere else the parts that have a secret's form are. */
export function withoutSecrets(name: string, value: string, fingerprint: Fingerprint): string {
  return namesSecret(name) && isLiteral(value) ? mark(value, fingerprint) : scriptWithoutSecrets(value, fingerprint);
}

export function scriptWithoutSecrets(script: string, fingerprint: Fingerprint): string {
  const known = script
    .replaceAll(KNOWN_FORMS, (secret) => mark(secret, fingerprint))
    .replaceAll(URL_PASSWORD, (whole: string, before: string, secret: string, after: string) =>
      MARKED.test(secret) ? whole : `${before}${mark(secret, fingerprint)}${after}`,
    );
  return known.replaceAll(ASSIGNED, (whole: string, before: string, quoted: string) => {
    const secret = /^["']/.test(quoted) ? quoted.slice(1, -1) : quoted;
    const name = before.replaceAll(/^--|[= ]$/g, "");
    return namesSecret(name) && isLiteral(secret) && !/[$`]/.test(secret) ? before + mark(secret, fingerprint) : whole;
  });
}

/** A variable's value that looks random is replaced too: variables name roles, accounts and hosts, which do not. Errs on the side of replacing. */
export function variableWithoutSecrets(name: string, value: string, fingerprint: Fingerprint): string {
  const isRandom = value.length >= 32 && /^[A-Za-z0-9+/=_]+$/.test(value) && /\d/.test(value) && /[A-Z]/.test(value) && /[a-z]/.test(value);
  return isRandom ? mark(value, fingerprint) : withoutSecrets(name, value, fingerprint);
}
