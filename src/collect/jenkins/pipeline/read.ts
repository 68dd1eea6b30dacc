// A Jenkinsfile's text → the pipeline that it says, or why there is none.
import { scriptWithoutSecrets, withoutSecrets } from "../../../lib/secret-text.ts";
import type { JenkinsPipeline } from "../../../model/observations/jenkins.ts";
import type { Source } from "../../../model/source.ts";
import { parseGroovy } from "../groovy/parser.ts";
import type { GroovyFile, Statement } from "../groovy/tree.ts";
import { readDeclarative } from "./declarative.ts";
import { finished, type Problem, ROOT, type Sheet, TooMuch } from "./sheet.ts";
import { addLibrary } from "./steps.ts";
import { closuresOf, plainOf } from "./values.ts";
import { walk } from "./walk.ts";

export type Read = Omit<JenkinsPipeline, "kind" | "project" | "repository" | "path" | "source">;

export interface Reading {
  /** Absent: it is refused, for the last of the problems. */
  readonly pipeline?: Read;
  readonly problems: readonly (Problem & { readonly isFatal: boolean })[];
}

/** `line`: on which line of the file the text begins. */
export function readJenkinsfile(text: string, file: string, line: number, fingerprint: (secret: string) => string): Reading {
  const tree = parseGroovy(text);
  const sheet = sheetFor(tree, (own) => ({ file, line: own + line - 1 }), fingerprint);
  for (const passed of tree.passed) sheet.problems.push({ what: `it was passed over: ${passed.what}`, source: sheet.at(passed.line) });
  const refused = (what: string, source: Source): Reading => ({
    problems: [...sheet.problems.map(notFatal), { what, source, isFatal: true }],
  });
  const declared = declarativeIn(tree.statements);
  try {
    if (declared === undefined)
      walk(
        sheet,
        ROOT,
        tree.statements.filter((one) => one.kind !== "method"),
      );
    else {
      walk(
        sheet,
        ROOT,
        tree.statements.filter((one) => one !== declared.statement && one.kind === "assign"),
      );
      sheet.open = undefined;
      if (!readDeclarative(sheet, ROOT, declared.body)) return refused("the pipeline has no stages", sheet.at(declared.statement.line));
    }
  } catch (error) {
    if (!(error instanceof TooMuch)) throw error;
    return refused(error.message, sheet.at(1));
  }
  if (sheet.drafts.length === 0) return refused(whyEmpty(tree, sheet), sheet.at(1));
  return { pipeline: pipelineOf(sheet, declared === undefined ? "scripted" : "declarative"), problems: sheet.problems.map(notFatal) };
}

const notFatal = (problem: Problem): Problem & { readonly isFatal: boolean } => ({ ...problem, isFatal: false });

const whyEmpty = (tree: GroovyFile, sheet: Sheet): string =>
  tree.statements.some((one) => one.kind === "method")
    ? "it defines steps for other pipelines, and runs none itself"
    : (sheet.problems[0]?.what ?? "it runs no step");

function sheetFor(tree: GroovyFile, at: Sheet["at"], fingerprint: (secret: string) => string): Sheet {
  const methods = new Map(tree.statements.flatMap((one) => (one.kind === "method" ? [[one.name, one.body] as const] : [])));
  const sheet: Sheet = {
    at,
    clean: (text) => scriptWithoutSecrets(text, fingerprint),
    cleanVariable: (name, text) => withoutSecrets(name, text, fingerprint),
    drafts: [],
    frontier: [],
    catches: 0,
    problems: [],
    libraries: [],
    parameters: [],
    triggers: [],
    upstream: [],
    methods,
    values: new Map(),
    walked: 0,
  };
  for (const { name, arguments: given, line } of tree.annotations) if (name === "Library") addLibrary(sheet, plainOf(given)[0], line);
  return sheet;
}

function declarativeIn(
  statements: readonly Statement[],
): { readonly statement: Statement; readonly body: readonly Statement[] } | undefined {
  for (const statement of statements) {
    if (statement.kind !== "expression" || statement.value.kind !== "call" || statement.value.name !== "pipeline") continue;
    const block = closuresOf(statement.value.arguments)[0];
    if (block !== undefined) return { statement, body: block.body };
  }
  return undefined;
}

const pipelineOf = (sheet: Sheet, style: Read["style"]): Read => ({
  style,
  stages: sheet.drafts.map((draft) => finished(draft, sheet.drafts)),
  libraries: sheet.libraries,
  parameters: [...new Set(sheet.parameters)],
  triggers: [...new Set(sheet.triggers)],
  upstream: [...new Set(sheet.upstream)],
});

/** By content: what only a pipeline has at the beginning of a line. */
export const looksLikePipeline = (text: string): boolean =>
  /^[ \t]*(?:@Library[ \t]*\(|(?:pipeline|node|podTemplate|timestamps|ansiColor)[ \t]*(?:\([^\n)]{0,200}\))?[ \t]*\{|stage[ \t]*[('"]|properties[ \t]*\(?[ \t]*\[)/m.test(
    text.slice(0, 1 << 20),
  );
