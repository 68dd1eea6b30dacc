// The charter's text as data with positions: YAML within limits, before any shape is asked of it.
import { Composer, type Document, isAlias, isMap, isScalar, isSeq, Lexer, LineCounter, type Node, Parser, type CST } from "yaml";
import { fail, ok, type Result } from "../lib/result.ts";
import { type CharterProblem, type Locate, type Position, quoted } from "./problem.ts";

/** A charter comes from outside (a pull request can change it), so its size, depth and aliases are bounded before it is read. */
export const LIMITS = { bytes: 4 * 1024 * 1024, depth: 32, aliases: 100 } as const;

export interface CharterDocument {
  readonly data: unknown;
  readonly locate: Locate;
  /** The value at a path as it was written: `012345678901`, where YAML reads a number. */
  readonly written: (path: readonly (string | number)[]) => string | undefined;
}

type Report = (offset: number, message: string, remedy: string) => CharterProblem;

export function readDocument(text: string, file: string): Result<CharterDocument, CharterProblem[]> {
  const lines = new LineCounter();
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(Math.max(0, Math.min(offset, text.length)));
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const report: Report = (offset, message, remedy) => ({ file, ...at(offset), message, remedy });

  const refusal = refuseText(text, report);
  if (refusal) return fail([refusal]);
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  const tangle = refuseTokens(tokens, report);
  if (tangle) return fail([tangle]);
  // Its own check of unique keys is quadratic in the size of a mapping; `structureProblems` does it by a set.
  const documents = [...new Composer({ uniqueKeys: false, stringKeys: true, version: "1.2" }).compose(tokens, true, text.length)];
  const document = documents[0];
  if (!document) return fail([report(0, "the charter is empty", EMPTY)]);

  const problems = syntaxProblems(documents, report);
  if (problems.length > 0) return fail(problems);
  return toData(document, at, report);
}

const EMPTY = "Start with  bulkhead: 1  and the organization, or let  bulkhead init  propose a charter.";

function toData(document: Document.Parsed, at: (offset: number) => Position, report: Report): Result<CharterDocument, CharterProblem[]> {
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null))
    return fail([report(0, "the charter is empty", EMPTY)]);
  const problems = structureProblems(document, report);
  if (problems.length > 0) return fail(problems);
  try {
    const data: unknown = document.toJS({ maxAliasCount: LIMITS.aliases });
    return ok({ data, locate: locator(document, at), written: (path) => writtenAt(document, path) });
  } catch (error) {
    // `yaml` throws a ReferenceError when aliases of aliases multiply (the "billion laughs").
    if (!(error instanceof ReferenceError)) throw error;
    return fail([report(0, "the charter repeats itself through aliases of aliases", "Write the values out where they are used.")]);
  }
}

function refuseText(text: string, report: Report): CharterProblem | undefined {
  // A UTF-8 byte count is never below the count of UTF-16 units, so the cheap comparison comes first.
  if (text.length > LIMITS.bytes || Buffer.byteLength(text) > LIMITS.bytes)
    return report(0, "the charter is larger than 4 MiB", "Name namespaces and repositories by pattern instead of one by one.");
  const foreign = text.search(/[\0\ufffd]/);
  if (foreign >= 0) return report(foreign, "the charter holds bytes that are not UTF-8 text", "Save the file as UTF-8.");
  if (text.trim() === "") return report(0, "the charter is empty", EMPTY);
  let depth = 0;
  let offset = 0;
  // Flow collections nest without indentation, so a short hostile line could go a million deep: counted here, before the parser's stack grows.
  for (const token of new Lexer().lex(text)) {
    if (token === "[" || token === "{") depth++;
    else if (token === "]" || token === "}") depth--;
    if (depth > LIMITS.depth) return tooDeep(offset, report);
    offset += token.length;
  }
  return undefined;
}

const tooDeep = (offset: number, report: Report): CharterProblem =>
  report(
    offset,
    `the charter nests deeper than ${LIMITS.depth} levels`,
    "Check the indentation and the brackets here: no member of a charter stands that deep.",
  );

// Depth and aliases, counted over the concrete syntax without recursion: the composer that follows recurses.
function refuseTokens(tokens: readonly CST.Token[], report: Report): CharterProblem | undefined {
  const stack: (readonly [CST.Token, number])[] = tokens.map((token) => [token, 0]);
  let aliases = 0;
  for (let next = stack.pop(); next; next = stack.pop()) {
    const [token, depth] = next;
    if (depth > LIMITS.depth + 1) return tooDeep(token.offset, report);
    if (token.type === "alias" && ++aliases > LIMITS.aliases)
      return report(token.offset, `the charter has more than ${LIMITS.aliases} aliases`, "Write the values out where they are used.");
    if (token.type === "document" && token.value) stack.push([token.value, depth + 1]);
    if (!("items" in token)) continue;
    for (const item of token.items) {
      if (item.key) stack.push([item.key, depth + 1]);
      if ("value" in item && item.value) stack.push([item.value, depth + 1]);
    }
  }
  return undefined;
}

// Only the first error of syntax: what follows it is mostly its echo.
function syntaxProblems(documents: readonly Document.Parsed[], report: Report): CharterProblem[] {
  const errors = documents.flatMap((document) => [...document.errors, ...document.warnings]).sort((a, b) => a.pos[0] - b.pos[0]);
  const [first] = errors;
  if (first) {
    const message = first.message.replace(/\.$/, "");
    return [
      report(
        first.pos[0],
        `this is not YAML: ${message.charAt(0).toLowerCase()}${message.slice(1)}`,
        SYNTAX[first.code] ?? "Check the indentation and the quotes at this place.",
      ),
    ];
  }
  const second = documents[1];
  return second
    ? [
        report(
          second.range[0],
          "the file holds more than one document",
          "Keep one charter a file: remove the line  ---  and what follows, or merge it.",
        ),
      ]
    : [];
}

const SYNTAX: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: "Indent with spaces.",
  BAD_INDENT: "Close the bracket or the quote that was opened above, and check the indentation.",
  BAD_ALIAS: "Put a text that starts with * or & in quotes.",
  BAD_SCALAR_START: "Put a text that starts with @, ` or % in quotes.",
  MISSING_CHAR: "Close the bracket or the quote that was opened, or add the missing colon.",
  TAG_RESOLVE_FAILED: "Leave the tag (!…) out; a text that starts with ! stands in quotes.",
  NON_STRING_KEY: "Write the member's name as plain text.",
  BLOCK_AS_IMPLICIT_KEY: "Put a text that holds a colon in quotes, or check the indentation.",
  MULTILINE_IMPLICIT_KEY: "Put a text that holds a colon in quotes, or check the indentation.",
  UNEXPECTED_TOKEN: "Put the text in quotes, or check the indentation.",
};

// What YAML allows and a charter does not: keys twice, keys that JavaScript gives a meaning, values that hold themselves.
function structureProblems(document: Document.Parsed, report: Report): CharterProblem[] {
  const problems: CharterProblem[] = [];
  const stack: unknown[] = [document.contents];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (isSeq(node)) stack.push(...node.items.filter((item) => item !== null));
    else if (isMap(node)) {
      const seen = new Set<string>();
      for (const { key, value } of node.items) {
        const name = isScalar(key) ? String(key.value) : undefined;
        const offset = startOf(key);
        if (name === undefined) problems.push(report(offset, "a member's name is not text", "Write the name out as plain text."));
        else if (name === "__proto__") problems.push(report(offset, "__proto__ is no member of a charter", "Leave it out."));
        else if (seen.has(name))
          problems.push(report(offset, `member ${quoted(name)} is written twice here`, "Merge the two, or remove one."));
        else seen.add(name);
        if (value !== null) stack.push(value);
      }
    } else if (isAlias(node)) {
      const target = node.resolve(document);
      const [start, , end] = target?.range ?? [0, 0, 0];
      // INVARIANT: after this the data is a tree of finite depth, so the shape check ends.
      if (!target)
        problems.push(report(startOf(node), `nothing before it is named &${node.source}`, "Put a text that starts with * in quotes."));
      else if (start <= startOf(node) && startOf(node) < end)
        problems.push(report(startOf(node), `alias *${node.source} stands inside what it names`, "Write the value out where it is used."));
    }
  }
  return problems;
}

const startOf = (node: unknown): number => (node as Node | null)?.range?.[0] ?? 0;

function resolved(document: Document.Parsed, node: unknown): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}

function child(document: Document.Parsed, node: unknown, step: string | number): { key?: unknown; value: unknown } | undefined {
  const inner = resolved(document, node);
  if (isSeq(inner) && typeof step === "number") return step < inner.items.length ? { value: inner.items[step] } : undefined;
  if (!isMap(inner)) return undefined;
  return inner.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(step));
}

function locator(document: Document.Parsed, at: (offset: number) => Position): Locate {
  return (path, part = "value") => {
    let offset = startOf(document.contents);
    let node: unknown = document.contents;
    for (const [index, step] of path.entries()) {
      const found = child(document, node, step);
      if (!found) break;
      node = found.value;
      const isLast = index === path.length - 1;
      // A block mapping starts at its first key; an empty value has only its key to point at.
      const isEmpty = node === null || (isScalar(node) && node.value === null);
      offset = found.key && ((isLast && part === "key") || isEmpty) ? startOf(found.key) : startOf(node);
    }
    return at(offset);
  };
}

function writtenAt(document: Document.Parsed, path: readonly (string | number)[]): string | undefined {
  let node: unknown = document.contents;
  for (const step of path) node = child(document, node, step)?.value;
  const value = resolved(document, node);
  return isScalar(value) ? value.source : undefined;
}
