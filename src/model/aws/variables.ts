// Environment variables without their secrets: what looks like one is replaced by its keyed fingerprint before anything else sees it.
import type { JsonObject } from "../../lib/json.ts";

const SECRET_NAME =
  /SECRET|TOKEN|PASSW|PWD|PASSPHRASE|CREDENTIAL|PRIVATE|API_?KEY|ACCESS_?KEY|AUTH|SIGNING|ENCRYPTION|SALT|DSN|CONN(ECTION)?_?STR|WEBHOOK|_KEY$|^KEY$/i;
// A name that says where a secret lies is no secret.
const REFERENCE_NAME = /_(ARN|NAME|PATH|FILE|REGION|HOST|PORT|TTL|ENABLED|TYPE|ISSUER|AUDIENCE)$/i;
const SECRET_VALUE =
  /-----BEGIN |\b(AKIA|ASIA)[A-Z0-9]{16}\b|\bgh[pousr]_\w{20,}|\bxox[abprs]-|\beyJ[\w-]{10,}\.|;\s*(password|pwd|accountkey)\s*=/i;
const URL_WITH_USER = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#@\s]*)@([^?#\s]*)/is;

/** A long run without words: one token of twenty or more characters, letters and digits mixed, that is no ARN, host, path or UUID. */
function looksRandom(value: string): boolean {
  if (!/^[\w+/=.~-]{20,}$/.test(value) || value.startsWith("arn:")) return false;
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)) return false;
  const letters = value.match(/[a-z]/gi)?.length ?? 0;
  const digits = value.match(/\d/g)?.length ?? 0;
  const mixesCase = /[a-z]/.test(value) && /[A-Z]/.test(value);
  const isName = /^[a-z0-9]+([._/-][a-z0-9]+)+$/i.test(value) && !mixesCase;
  return (
    !isName &&
    letters >= 4 &&
    digits >= (mixesCase && value.length >= 32 ? 1 : 3) &&
    !/\.(amazonaws\.com|com|net|org|io|internal)(\.|$|\/|:)/.test(value)
  );
}

export function looksSecret(name: string, value: string): boolean {
  if (value === "" || /^arn:[a-z-]+:[a-z0-9-]+:/.test(value)) return false;
  if (SECRET_VALUE.test(value) || hasPassword(value) || looksRandom(value)) return true;
  return SECRET_NAME.test(name) && !REFERENCE_NAME.test(name) && !/^(true|false|\d{1,5})$/i.test(value);
}

const hasPassword = (value: string): boolean => /:/.test(URL_WITH_USER.exec(value)?.[2] ?? "");

/**
 * The URL without password, query and fragment, so that what it names can still be followed; undefined when the value is no such URL. The user
 * name goes too when the URL has no host to follow.
 */
function redacted(value: string): string | undefined {
  const match = URL_WITH_USER.exec(value);
  if (!match || !match[3] || looksRandom(match[2]?.split(":")[0] ?? "")) return undefined;
  return `${match[1]}${match[2]?.split(":")[0]}@${match[3]}`;
}

/** The variables as they may be kept. */
export function withoutSecrets(variables: Readonly<Record<string, string>>, fingerprint: (secret: string) => string): JsonObject {
  const kept = Object.entries(variables).map(([name, value]) => {
    if (!looksSecret(name, value)) return [name, value] as const;
    const url = redacted(value);
    return [name, { fingerprint: fingerprint(value), ...(url !== undefined && { redacted: url }) }] as const;
  });
  return Object.fromEntries(kept);
}
