// Which files of a folder are the estate, and what the charter says about each: its scope, and whether a manifest must list it.
import type { Charter } from "../charter/schema.ts";
import { folderOf, isAtOrBelow, joinPath, safePath } from "../lib/safe-path.ts";
import type { Gap } from "../model/gap.ts";
import type { Scope } from "../model/manifest.ts";
import { byCodeUnits, type FileSet } from "./files.ts";
import { everythingGap } from "./integrity.ts";
import { answersOf, type FoundManifest, MANIFEST_FILE, type ManifestReading } from "./manifest.ts";

/** An input of the charter with its path from the top of what is checked. */
export interface DeclaredInput {
  readonly path: string;
  readonly scope?: Scope;
  readonly manifestRequired: boolean;
  readonly files: readonly string[];
}

export interface Inputs {
  readonly declared: readonly DeclaredInput[];
  /** Without declared inputs the whole folder is one. */
  readonly isWholeFolder: boolean;
  /** The files to read as estate, sorted. */
  readonly estate: readonly string[];
  /** What stands under no input, a line for each folder or file at the top. */
  readonly outside: readonly { readonly file: string; readonly why: string }[];
  readonly gaps: readonly Gap[];
}

/** `base`: the folder that the charter's paths start from. `exempt`: charter and seal, which are never estate. */
export function selectInputs(files: FileSet, charter: Charter, base: string, exempt: ReadonlySet<string>): Inputs {
  const all = [...files.keys()].filter((path) => !exempt.has(path)).toSorted(byCodeUnits);
  if (charter.inputs.length === 0) return { declared: [], isWholeFolder: true, estate: all, outside: [], gaps: [] };
  const gaps: Gap[] = [];
  const declared: DeclaredInput[] = [];
  for (const { path, scope, manifest } of charter.inputs) {
    const safe = safePath(path);
    if (!safe.ok) {
      gaps.push(everythingGap(path, `input ${path}`, safe.error));
      continue;
    }
    const whole = joinPath(base, safe.value);
    const below = all.filter((file) => isAtOrBelow(file, whole));
    if (below.length === 0) gaps.push(everythingGap(path, `input ${path}`, "the charter declares it, and no file stands there"));
    declared.push({ path: whole, ...(scope ? { scope } : {}), manifestRequired: manifest === "required", files: below });
  }
  const inside = new Set(declared.flatMap((input) => input.files));
  const outside = summarize(all.filter((path) => !inside.has(path)));
  return { declared, isWholeFolder: false, estate: all.filter((path) => inside.has(path)), outside, gaps };
}

function summarize(paths: readonly string[]): Inputs["outside"] {
  const counts = new Map<string, number>();
  for (const path of paths) {
    const top = path.includes("/") ? `${path.slice(0, path.indexOf("/"))}/` : path;
    counts.set(top, (counts.get(top) ?? 0) + 1);
  }
  return [...counts].map(([file, count]) => ({
    file,
    why: file.endsWith("/") ? `${count} files under no input of the charter` : "under no input of the charter",
  }));
}

/** What a file is read as. The same file may hold what several clusters or accounts share; then it is read once for each. */
export interface Context {
  readonly scope?: Scope;
  readonly call?: string;
}

/** Manifest before charter; of the charter's inputs the longest path that says a scope. Undefined: the file of a denied call, not to be read. */
export function contextsOf(path: string, inputs: Inputs, manifest: FoundManifest | undefined): readonly Context[] | undefined {
  if (manifest) return answersOf(manifest, path);
  const scoped = inputs.declared.filter((input) => input.scope && isAtOrBelow(path, input.path));
  const longest = Math.max(...scoped.map((input) => input.path.length));
  const scopes = scoped.flatMap((input) => (input.path.length === longest && input.scope ? [input.scope] : []));
  return scopes.length === 0 ? [{}] : scopes.map((scope) => ({ scope }));
}

/** Inputs that lack the manifest they require, and manifests that contradict the charter. */
export function manifestGaps(inputs: Inputs, reading: ManifestReading): readonly Gap[] {
  const gaps: Gap[] = [];
  for (const input of inputs.declared) {
    const governors = new Set(input.files.map(reading.governing));
    if (input.manifestRequired && governors.has(undefined)) {
      const bare = input.files.filter((file) => reading.governing(file) === undefined);
      const why = `the charter requires a ${MANIFEST_FILE}, and none lists ${bare[0]}${bare.length > 1 ? ` and ${bare.length - 1} more` : ""}`;
      gaps.push(everythingGap(input.path, `manifest of input ${input.path || "."}`, why));
    }
    for (const manifest of governors) {
      const member = manifest && input.scope ? contradiction(manifest.manifest.scope, input.scope) : undefined;
      if (manifest && member) {
        const why = `its ${member} is not the one that the charter gives input ${input.path || "."}`;
        gaps.push(everythingGap(manifest.file, `scope of ${manifest.file}`, why, { file: manifest.file, pointer: `/scope/${member}` }));
      }
    }
  }
  return gaps;
}

/** Threat: a collection of another account put where the charter expects production's. */
const contradiction = (manifest: Scope, charter: Scope): keyof Scope | undefined =>
  (Object.keys(charter) as (keyof Scope)[]).find(
    (key) => manifest[key] !== undefined && charter[key] !== undefined && manifest[key] !== charter[key],
  );

/** Where files without a manifest stand: inputs as the charter names them, else folders and files at the top. */
export function asGivenPlaces(inputs: Inputs, bare: readonly string[]): readonly string[] {
  const places = bare.map((path) => {
    const input = inputs.declared.findLast((declared) => isAtOrBelow(path, declared.path));
    return input ? input.path || "." : folderOf(path).split("/")[0] || path;
  });
  return [...new Set(places)].toSorted(byCodeUnits);
}
