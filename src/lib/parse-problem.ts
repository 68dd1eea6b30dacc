// Why a file was refused: a closed list of codes, where, and what to do about it.

export type ParseCode =
  | "TOO_LARGE"
  | "UTF16"
  | "NOT_UTF8"
  | "BINARY"
  | "EMPTY"
  | "TRUNCATED"
  | "NOT_JSON"
  | "NOT_YAML"
  | "NOT_HCL"
  | "TEMPLATE"
  | "TOO_DEEP"
  | "DUPLICATE_KEY"
  | "ALIASES"
  | "NUMBER";

/** Holds no content of the file but a key's name: a refused file may hold secrets, and what is wrong with it gets printed. */
export interface ParseProblem {
  readonly code: ParseCode;
  readonly file: string;
  /** From 1, as is `column` (in UTF-16 code units). */
  readonly line?: number;
  readonly column?: number;
  /** What is wrong, as half a sentence without the place: `the key "Action" stands twice in one object`. */
  readonly message: string;
  readonly remedy: string;
}

/** A problem before its file and place are known. */
export interface Refusal {
  readonly code: ParseCode;
  readonly message: string;
  readonly remedy: string;
  /** Offset into the text. */
  readonly offset?: number;
}

export interface ParseLimits {
  readonly bytes: number;
  /** YAML takes about twenty times as long as JSON to read, and as much more memory, so less of it is accepted. */
  readonly yamlBytes: number;
  /** HashiCorp's configuration language is written by hand, a few pages a file. */
  readonly hclBytes: number;
  /** Objects and lists inside each other, aliases expanded. */
  readonly depth: number;
  /** Aliases in one YAML document. */
  readonly aliases: number;
}

export const DEFAULT_LIMITS: ParseLimits = {
  bytes: 64 * 2 ** 20,
  yamlBytes: 16 * 2 ** 20,
  hclBytes: 2 * 2 ** 20,
  depth: 200,
  aliases: 10_000,
};

/** `estate/a.json:12:5`, as far as the place is known. */
export const placeOf = (problem: ParseProblem): string =>
  [problem.file, problem.line, problem.line === undefined ? undefined : problem.column].filter((part) => part !== undefined).join(":");

/** A key's name as it may be printed: attacker-controlled, so without control characters and not longer than a line. */
export const quoteKey = (key: string): string => {
  const quoted = JSON.stringify(key.length > 60 ? `${key.slice(0, 60)}…` : key);
  return quoted.replace(
    /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
};
