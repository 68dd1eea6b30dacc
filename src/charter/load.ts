// The charter's way in: text → limits → YAML → shape → meaning. Pure; whoever calls it has read the file.
import { ok, fail, type Result } from "../lib/result.ts";
import { readDocument } from "./document.ts";
import { byPlace, type CharterProblem, formatProblems } from "./problem.ts";
import { Charter } from "./schema.ts";
import { shapeProblems } from "./shape.ts";
import { validateCharter } from "./validate.ts";

export { type CharterProblem, formatProblems };

/** The charter, or everything that is wrong with it, in the order of the text. `file` only names it in messages. */
export function loadCharter(text: string, file: string): Result<Charter, CharterProblem[]> {
  const document = readDocument(text, file);
  if (!document.ok) return document;
  const parsed = Charter.safeParse(document.value.data);
  const problems = parsed.success
    ? validateCharter(parsed.data, file, document.value.locate)
    : shapeProblems(parsed.error.issues, document.value, file);
  if (parsed.success && problems.length === 0) return ok(parsed.data);
  return fail(problems.toSorted(byPlace));
}
