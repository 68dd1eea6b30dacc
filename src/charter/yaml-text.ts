// Text from outside as YAML: scalars and comments that cannot break out of their line.

/**
 * A double-quoted scalar. JSON's strings are YAML's (YAML 1.2.2, section 1.2), so an attacker-controlled name (an account's, a GitHub
 * environment's) stays one value. The characters YAML does not print (section 5.1) are escaped as well.
 */
export const scalar = (text: string): string =>
  JSON.stringify(text).replaceAll(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

/** A comment of one line: a line break in an attacker-controlled name would otherwise add members to the charter. */
export const comment = (text: string): string => `# ${text.replaceAll(/[\p{Cc}\u2028\u2029\ufeff\ufffd]+/gu, " ")}`;

/** A name as the charter writes names: lower-case letters, digits and hyphens. May be empty. */
export const slug = (text: string): string =>
  text
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
