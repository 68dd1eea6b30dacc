// The policy's way in: text → limits → YAML with positions → shape. Pure; whoever calls it has read the file.
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments, visit, type Document } from "yaml";
import type { z } from "zod";
import { DEFAULT_LIMITS } from "../../lib/parse-problem.ts";
import { fail, ok, type Result } from "../../lib/result.ts";
import { composeYaml } from "../../lib/yaml-text.ts";
import { byPlace, type Locate, type Path, type PolicyProblem, quoted } from "./problem.ts";
import { MaskingPolicy } from "./schema.ts";

/** A policy of ten thousand columns is a megabyte. */
const MAX_CHARACTERS = 16 * 1024 * 1024;

export interface LoadedPolicy {
  readonly policy: MaskingPolicy;
  readonly file: string;
  readonly text: string;
  readonly locate: Locate;
}

/** The policy, or everything that is wrong with its form, in the order of the text. `file` only names it in messages. */
export function loadPolicy(text: string, file: string): Result<LoadedPolicy, readonly PolicyProblem[]> {
  const at = (line: number, column: number, message: string, remedy: string) => fail([{ file, line, column, message, remedy }]);
  if (text.length > MAX_CHARACTERS)
    return at(1, 1, "the policy is larger than 16 MiB", "Split the database, and write a policy for each part.");
  // Depth and syntax are checked by the reader that every input from outside passes.
  const composed = composeYaml(text, DEFAULT_LIMITS);
  const lines = new LineCounter();
  if (!composed.ok) {
    const { line, col } = new LineCounter().linePos(0);
    const place = placeOf(text, composed.error.offset) ?? { line, column: col };
    return at(place.line, place.column, `the policy ${composed.error.message}`, composed.error.remedy);
  }
  const documents = parseAllDocuments(text, { lineCounter: lines, stringKeys: true, version: "1.2", uniqueKeys: false, merge: false });
  const [document] = documents;
  if (!Array.isArray(documents) || document === undefined || document.contents === null)
    return at(1, 1, "the policy is empty", "Let  bulkhead mask discover  write one.");
  if (documents.length > 1) return at(1, 1, "the file holds more than one document", "Keep one policy a file.");
  const locate = locator(document, lines);
  const structure = structureProblems(document, lines, file);
  if (structure.length > 0) return fail(structure);
  const parsed = MaskingPolicy.safeParse(document.toJS());
  if (!parsed.success) return fail(parsed.error.issues.flatMap((issue) => shapeProblem(issue, file, locate)).toSorted(byPlace));
  return ok({ policy: parsed.data, file, text, locate });
}

function placeOf(text: string, offset: number | undefined): { line: number; column: number } | undefined {
  if (offset === undefined) return undefined;
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** What YAML allows and a policy does not: a member twice, aliases, and a rule that was left blank. */
function structureProblems(document: Document.Parsed, lines: LineCounter, file: string): PolicyProblem[] {
  const problems: PolicyProblem[] = [];
  const add = (offset: number, message: string, remedy: string): void => {
    const { line, col } = lines.linePos(offset);
    problems.push({ file, line, column: col, message, remedy });
  };
  for (const error of document.errors) add(error.pos[0], "this is not YAML", "Check the indentation and the quotes at this place.");
  visit(document, {
    Alias: (_, node) => add(startOf(node), "a policy has no aliases", "Write the value out where it is used."),
    Map: (_, map) => {
      const seen = new Set<string>();
      for (const { key, value } of map.items) {
        const name = String(isScalar(key) ? key.value : key);
        if (seen.has(name)) add(startOf(key), `member ${quoted(name)} is written twice here`, "Remove one of the two.");
        if (name === "__proto__") add(startOf(key), `${quoted(name)} is no name of a column`, "Leave it out.");
        seen.add(name);
        // A rule that somebody forgot to write must not read as `null`.
        if (value === null || (isScalar(value) && value.value === null && value.source === ""))
          add(startOf(key), `${quoted(name)} has no value`, "Write a rule, such as  keep, null, drop  or  { mask: name }.");
      }
    },
  });
  return problems;
}

const startOf = (node: unknown): number => (node as Node | null)?.range?.[0] ?? 0;

function locator(document: Document.Parsed, lines: LineCounter): Locate {
  return (path, part = "value") => {
    let offset = startOf(document.contents);
    let node: unknown = document.contents;
    for (const [index, step] of path.entries()) {
      const found = isSeq(node)
        ? { key: undefined, value: node.items[Number(step)] }
        : isMap(node)
          ? node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step))
          : undefined;
      if (found === undefined || found.value === undefined || isAlias(found.value)) break;
      node = found.value;
      offset = found.key && index === path.length - 1 && part === "key" ? startOf(found.key) : startOf(node);
    }
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
}

type Issue = z.core.$ZodIssue;

function shapeProblem(issue: Issue, file: string, locate: Locate): PolicyProblem[] {
  const path: Path = issue.path.map((step) => (typeof step === "symbol" ? String(step) : step));
  // Of what may stand here, the one that what was written comes nearest to: a mapping of columns.
  const inner =
    issue.code === "invalid_union" && path.length === 2 ? issue.errors.find((each) => (each[0]?.path.length ?? 0) > 0) : undefined;
  if (inner !== undefined) return inner.flatMap((each) => shapeProblem({ ...each, path: [...path, ...each.path] }, file, locate));
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({
      file,
      ...locate([...path, key], "key"),
      message: `${path.length === 0 ? "a policy" : quoted(String(path.at(-1)))} has no member ${quoted(key)}`,
      remedy:
        path.length === 0 ? `Its members are ${Object.keys(MaskingPolicy.shape).join(", ")}.` : "Leave it out, or check its spelling.",
    }));
  const name = quoted(String(path.at(-1) ?? "the policy"));
  const isColumn = path[0] === "tables" && path[2] === "columns" && path.length === 4;
  if (isColumn)
    return [
      {
        file,
        ...locate(path),
        message: `column ${name} has no rule that is known`,
        remedy: "Write  keep, null, drop, inherit, { mask: NAME }  or  { synthetic: NAME }.",
      },
    ];
  if (path[0] === "tables" && path.length === 2)
    return [
      {
        file,
        ...locate(path),
        message: `table ${name} has no rule that is known`,
        remedy: "Write  drop, empty  or  columns:  with every column below it.",
      },
    ];
  return [
    {
      file,
      ...locate(path),
      message: `${name}: ${issue.message.charAt(0).toLowerCase()}${issue.message.slice(1)}`,
      remedy: "See schemas/masking.schema.json for what may stand here.",
    },
  ];
}
