// What the reading of one definition carries along: the files, what was not found, and how much was put in already.
import type { Json, JsonObject } from "../../../lib/json.ts";
import type { AzureFile, AzureInclude } from "../../../model/observations/azure.ts";
import { inside, type Source } from "../../../model/source.ts";

export interface Problem {
  readonly what: string;
  readonly source: Source;
  readonly isFatal: boolean;
}

/** A file of a repository of the same or another project: `shop`, `templates`, `acme/shop`. */
export type Lookup = (project: string, repository: string, path: string) => AzureFile | undefined;

export interface Sheet {
  readonly lookup: Lookup;
  readonly problems: Problem[];
  readonly includes: AzureInclude[];
  /** Aliases of `resources.repositories`, and `self`. */
  readonly repositories: ReadonlyMap<string, RepositoryResource>;
  size: number;
  files: number;
}

export interface RepositoryResource {
  readonly alias: string;
  /** `git` (Azure Repos), `github`, … */
  readonly type: string;
  /** `project/repository`, `owner/repository`. */
  readonly name: string;
  readonly ref?: string;
  readonly source: Source;
}

/** Where a template stands, and what its names stand for. */
export interface Frame {
  readonly file: AzureFile;
  /** Alias of the repository that the file is of. */
  readonly alias: string;
  readonly parameters: Readonly<Record<string, Json>>;
  /** Parameters of the whole pipeline, which who starts a run chooses. */
  readonly isRoot: boolean;
  readonly variables: Readonly<Record<string, Json>>;
  readonly loops: Readonly<Record<string, Json>>;
  readonly depth: number;
}

/** One entry of a list, its directives resolved. */
export interface Node {
  readonly value: JsonObject;
  readonly source: Source;
  readonly because?: string | undefined;
  readonly frame: Frame;
}

/** "No more than 100 separate YAML files, no more than 100 levels of template nesting" (Azure Pipelines, "Templates", Imposed limits). */
const MOST_FILES = 100;
const MOST_SIZE = 100_000;
export const DEEPEST = 40;

export class TooMuch extends Error {}

export function count(sheet: Sheet, amount = 1): void {
  sheet.size += amount;
  if (sheet.size > MOST_SIZE) throw new TooMuch("its templates and loops come to more than a pipeline can hold");
}

export function countFile(sheet: Sheet): void {
  if (++sheet.files > MOST_FILES) throw new TooMuch(`more than ${MOST_FILES} files are put together`);
}

export const problem = (sheet: Sheet, what: string, source: Source, isFatal = false): void =>
  void sheet.problems.push({ what, source, isFatal });

export const at = (source: Source, ...keys: readonly (string | number)[]): Source => inside(source, ...keys);

export const textOf = (value: Json | undefined): string | undefined =>
  typeof value === "string" ? value : typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;

/** One text or a list of texts. */
export const textsOf = (value: Json | undefined): readonly string[] =>
  value === undefined || value === null
    ? []
    : Array.isArray(value)
      ? (value as readonly Json[]).flatMap((one) => textOf(one) ?? [])
      : [textOf(value)].flatMap((one) => one ?? []);
