// JSON text → value, refusing what JSON.parse lets through: keys that stand twice, deep nesting, numbers without a value.
import { parse as parseTolerantly, type ParseError, printParseErrorCode, visit } from "jsonc-parser";
import { quoteKey, type ParseLimits, type Refusal } from "./parse-problem.ts";
import { fail, ok, type Result } from "./result.ts";

/**
 * One pass over the bytes for depth, JSON.parse for the value, one walk over the value: as many members must come out as went in.
 * Threat: JSON.parse keeps the last of two equal keys, so an attacker-controlled document could hide a statement from us that another
 * reader (which keeps the first) obeys. RFC 8259, section 4 leaves the behaviour open; we refuse.
 */
export function readJson(text: string, bytes: Uint8Array, limits: ParseLimits): Result<unknown, Refusal> {
  const scan = scanStructure(bytes, limits.depth);
  if (scan.tooDeepAt !== undefined) {
    const offset = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(0, scan.tooDeepAt)).length;
    return fail(tooDeep(limits.depth, offset));
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The engine's own message quotes the text, which may hold a secret: the place is found again without it.
    return fail(syntaxProblem(text));
  }
  const count = { members: 0, finite: true };
  countMembers(value, count);
  if (!count.finite) return fail({ code: "NUMBER", message: "holds a number too large to read", remedy: "Write the number as text." });
  return count.members === scan.members ? ok(value) : fail(duplicateKey(text));
}

export const tooDeep = (depth: number, offset: number): Refusal => ({
  code: "TOO_DEEP",
  message: `is nested more than ${depth} levels deep`,
  remedy: "No file that Bulkhead reads is nested so deep: check where it comes from.",
  offset,
});

interface Structure {
  readonly members: number;
  readonly tooDeepAt?: number;
}

// Counts colons outside strings. Right for valid JSON; for anything else JSON.parse refuses afterwards.
function scanStructure(bytes: Uint8Array, limit: number): Structure {
  let depth = 0;
  let members = 0;
  for (let i = 0; i < bytes.length; i++) {
    const c = bytes[i];
    if (c === 0x22) {
      for (i++; i < bytes.length && bytes[i] !== 0x22; i++) if (bytes[i] === 0x5c) i++;
    } else if (c === 0x3a) members++;
    else if (c === 0x7b || c === 0x5b) {
      if (++depth > limit) return { members, tooDeepAt: i };
    } else if (c === 0x7d || c === 0x5d) depth--;
  }
  return { members };
}

// Recursion is bounded: scanStructure has refused what is nested too deep.
function countMembers(value: unknown, count: { members: number; finite: boolean }): void {
  if (typeof value === "number") count.finite &&= Number.isFinite(value);
  else if (Array.isArray(value)) for (const item of value) countMembers(item, count);
  else if (typeof value === "object" && value !== null) {
    for (const key in value) {
      count.members++;
      countMembers((value as Record<string, unknown>)[key], count);
    }
  }
}

const WORDS: Readonly<Record<string, string>> = {
  InvalidSymbol: "an unexpected word",
  InvalidNumberFormat: "a malformed number",
  PropertyNameExpected: "a key in double quotes was expected",
  ValueExpected: "a value was expected",
  ColonExpected: "a colon was expected",
  CommaExpected: "a comma was expected",
  CloseBraceExpected: "a closing brace was expected",
  CloseBracketExpected: "a closing bracket was expected",
  EndOfFileExpected: "text follows the end of the value",
  InvalidCommentToken: "JSON has no comments",
  UnexpectedEndOfString: "a string is not closed",
  UnexpectedEndOfNumber: "a number breaks off",
  InvalidUnicode: "a malformed \\u escape",
  InvalidEscapeCharacter: "a malformed escape",
  InvalidCharacter: "a control character inside a string",
};

const REMEDY = "Export it again as JSON.";

export const TRUNCATED = {
  code: "TRUNCATED",
  message: "breaks off before its end",
  remedy: "Collect or export it again: the file is not whole.",
} as const;

function syntaxProblem(text: string): Refusal {
  const end = endOf(text);
  const errors: ParseError[] = [];
  parseTolerantly(text, errors, { disallowComments: true, allowTrailingComma: false });
  const first = errors[0];
  if (first === undefined) return { code: "NOT_JSON", message: "is not JSON", remedy: REMEDY, offset: 0 };
  const code = printParseErrorCode(first.error);
  if (first.offset >= end || breaksOff(code, text, first.offset, end)) return { ...TRUNCATED, offset: end };
  return { code: "NOT_JSON", message: `is not JSON: ${WORDS[code] ?? "unexpected text"}`, remedy: REMEDY, offset: first.offset };
}

function breaksOff(code: string, text: string, offset: number, end: number): boolean {
  if (code === "InvalidSymbol") return ["true", "false", "null"].some((word) => word.startsWith(text.slice(offset, end)));
  const lineBreak = text.indexOf("\n", offset);
  return code === "UnexpectedEndOfString" && (lineBreak < 0 || lineBreak >= end);
}

/** Where the text ends but for white space (RFC 8259, section 2). */
export function endOf(text: string): number {
  let end = text.length;
  while (end > 0 && " \t\r\n".includes(text[end - 1] as string)) end--;
  return end;
}

function duplicateKey(text: string): Refusal {
  const objects: Set<string>[] = [];
  let found: { readonly key: string; readonly offset: number } | undefined;
  visit(text, {
    onObjectBegin: () => void objects.push(new Set()),
    onObjectEnd: () => void objects.pop(),
    onObjectProperty: (key, offset) => {
      const keys = objects.at(-1);
      if (keys?.has(key)) found ??= { key, offset };
      keys?.add(key);
    },
  });
  return twice(found?.key ?? "", found?.offset ?? 0);
}

export const twice = (key: string, offset: number): Refusal => ({
  code: "DUPLICATE_KEY",
  message: `the key ${quoteKey(key)} stands twice in one object`,
  remedy: "Keep one of the two: readers differ in which of them counts.",
  offset,
});
