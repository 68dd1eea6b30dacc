// One file of the estate → observations and gaps, or the reason why it gives none. Nothing that stands in the estate is passed over in silence.
import type { Collector, CollectorContext, ParsedFile } from "../collect/collector.ts";
import { parseBytes, type ParseLimits, type ParseProblem, placeOf } from "../lib/parse.ts";
import type { Gap } from "../model/gap.ts";
import type { Observation } from "../model/observation.ts";
import type { Scope } from "../model/manifest.ts";
import type { Unread } from "./files.ts";
import type { Context } from "./inputs.ts";
import { scopedGap } from "./integrity.ts";

/** A file that stands in the estate and could not be read. Nobody can say what it held, so no plane can take it. */
export const UNREADABLE_FILE = "estate/unreadable-file";

/** Where the passes over the files put what they find. */
export interface Reading {
  readonly collectors: readonly Collector[];
  readonly context: CollectorContext;
  readonly limits: Partial<ParseLimits>;
  /** By collector, since each joins its own. */
  readonly observations: ReadonlyMap<Collector, Observation[]>;
  readonly gaps: Gap[];
  /** Gaps of Terraform's files: a system's own answer may tell what they do not (precedence.ts). */
  readonly managedGaps: Gap[];
  readonly unrecognized: { readonly file: string; readonly why: string }[];
  readonly texts: Map<string, { readonly text: string; readonly format: ParsedFile["format"] }>;
  /** Systems that recognized a document, by file. */
  readonly systems: Map<string, Set<Scope["system"]>>;
}

/** `isDeclared`: the file stands under an input of the charter or a manifest, so even a picture there is something that was to be read. */
export function readEstateFile(
  path: string,
  content: Uint8Array | Unread,
  contexts: readonly Context[],
  isDeclared: boolean,
  reading: Reading,
): void {
  if (!(content instanceof Uint8Array)) return unreadable(path, content.unread, undefined, reading);
  const parsed = parseBytes(path, content, reading.limits);
  if (!parsed.ok) {
    const why = parsed.error.line === undefined ? parsed.error.message : `line ${parsed.error.line}: ${parsed.error.message}`;
    const isOther = parsed.error.code === "BINARY" && !isDeclared;
    if (isOther) reading.unrecognized.push({ file: path, why });
    else unreadable(path, why, parsed.error, reading);
    return;
  }
  const { format, text } = parsed.value;
  // A table, an inventory or a script has no documents of its own: its text is what collectors look at.
  const isText = format === "text" && parsed.value.documents.length === 0;
  const documents = isText && text !== "" ? [text] : parsed.value.documents;
  reading.texts.set(path, { text, format });
  if (documents.length === 0) return void reading.unrecognized.push({ file: path, why: isText ? "it is empty" : "it holds no document" });
  const files = contexts.map((context): ParsedFile => ({ path, format, documents, text, ...context }));
  const unknown = documents.flatMap((document, index) => (mapDocument(document, index, files, reading) ? [] : [index + 1]));
  if (unknown.length === 0) return;
  const isTable = path.toLowerCase().endsWith(".csv");
  const why = isText && !isTable ? "text, which no collector reads" : unrecognizedWhy(unknown, documents.length);
  reading.unrecognized.push({ file: path, why });
}

function unreadable(path: string, why: string, problem: ParseProblem | undefined, reading: Reading): void {
  const source = { file: path, ...(problem?.line !== undefined ? { line: problem.line } : {}) };
  reading.unrecognized.push({ file: path, why: problem ? `${placeOf(problem)} ${problem.message}. ${problem.remedy}` : why });
  reading.gaps.push(scopedGap(UNREADABLE_FILE, path, path, why, source));
}

const unrecognizedWhy = (unknown: readonly number[], total: number): string => {
  if (total === 1) return "no collector recognizes it";
  if (unknown.length === total) return `no collector recognizes any of its ${total} documents`;
  const shown = unknown.slice(0, 5).join(", ");
  return `no collector recognizes ${unknown.length} of its ${total} documents: ${shown}${unknown.length > 5 ? ", …" : ""}`;
};

/** Whether some collector recognizes the document, in some scope. */
function mapDocument(document: unknown, index: number, files: readonly ParsedFile[], reading: Reading): boolean {
  let isKnown = false;
  for (const file of files) {
    for (const collector of reading.collectors) {
      if (collector.recognize(document, file) === undefined) continue;
      isKnown = true;
      const systems = reading.systems.get(file.path) ?? new Set();
      reading.systems.set(file.path, systems.add(collector.system));
      const sink = {
        observation: (o: Observation) => void reading.observations.get(collector)?.push(o),
        gap: (gap: Gap) => void (collector.system === "terraform" ? reading.managedGaps : reading.gaps).push(gap),
      };
      collector.map(document, index, file, sink, reading.context);
    }
  }
  return isKnown;
}
