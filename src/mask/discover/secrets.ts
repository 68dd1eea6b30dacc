// Tokens and keys, by the forms that their issuers document and by how random they look.

/** Issuers' prefixes. Sources: GitHub, "About authentication"; GitLab, "Token overview"; AWS, "IAM identifiers"; Stripe, "API keys"; Slack, "Token types"; Google Cloud, "API keys"; RFC 7519; RFC 7468. */
export const SECRET_FORMS: readonly RegExp[] = [
  /\bgh[opsur]_[A-Za-z0-9]{30,}/,
  /\bgithub_pat_\w{40,}/,
  /\bglpat-[\w-]{20,}/,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/,
  /\b[rs]k_(?:live|test)_\w{16,}/,
  /\bxox[abprs]-[\w-]{10,}/,
  /\bAIza[\w-]{35}\b/,
  /\bnpm_[A-Za-z0-9]{36}\b/,
  /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
];

/** Hashes of passwords: crypt(5), "Available hashing methods"; PHC string format; PostgreSQL's md5; MySQL's native. */
export const PASSWORD_FORMS: readonly RegExp[] = [
  /^\$(?:2[abxy]?|1|5|6|y|argon2(?:id|i|d)|scrypt|pbkdf2[\w-]*)\$/,
  /^pbkdf2_sha\d+\$/,
  /^\{(?:SSHA|SHA|CRYPT|bcrypt|MD5)\d*\}/i,
  /^md5[0-9a-f]{32}$/,
  /^\*[0-9A-F]{40}$/,
  /^SCRAM-SHA-256\$/,
];

/** Shannon's, in bits for each character. */
export function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

/** Letters of both cases and digits, long, without words: what a generator makes and people do not. Hexadecimal may be a checksum, and says nothing. */
export const looksRandom = (text: string): boolean =>
  text.length >= 20 &&
  text.length <= 200 &&
  /^[A-Za-z0-9+/=_-]+$/.test(text) &&
  /\d/.test(text) &&
  /[a-z]/.test(text) &&
  /[A-Z]/.test(text) &&
  !/^[0-9a-f]+$/i.test(text) &&
  entropyOf(text) >= 3.8;

export const isSecret = (text: string): boolean => SECRET_FORMS.some((form) => form.test(text));
export const isPasswordHash = (text: string): boolean => PASSWORD_FORMS.some((form) => form.test(text));
