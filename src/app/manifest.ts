// manifest.json: what a collection asked, got and was denied. Finds manifests, checks the files they list, signs and writes them.
import type { KeyObject } from "node:crypto";
import { canonicalJson, isObject } from "../lib/json.ts";
import { parseBytes, placeOf } from "../lib/parse.ts";
import { folderOf, isAtOrBelow, joinPath, safePath } from "../lib/safe-path.ts";
import type { Gap } from "../model/gap.ts";
import { type Call, Manifest, type Scope } from "../model/manifest.ts";
import { type FileSet, isRead } from "./files.ts";
import { type Digests, everythingGap, tampering } from "./integrity.ts";
import { signatureOf, signatureProblem, signatureState } from "./signature.ts";

export const MANIFEST_FILE = "manifest.json";

export const signManifest = (manifest: Manifest, privateKey: KeyObject): Manifest => ({
  ...manifest,
  signature: signatureOf(manifest, privateKey),
});

/**
 * The bytes of `manifest.json`: keys sorted, two spaces. Not the only bytes that are accepted, since a person may write a manifest: the
 * signature covers its canonical content, and where the folder is sealed the seal covers its very bytes.
 */
export const writeManifest = (manifest: Manifest): Uint8Array =>
  new TextEncoder().encode(`${JSON.stringify(JSON.parse(canonicalJson(manifest)), null, 2)}\n`);

/** A manifest that was found, with the calls that answer each file below its folder. */
export interface FoundManifest {
  readonly file: string;
  readonly folder: string;
  readonly manifest: Manifest;
  readonly signed: boolean;
  /** By path from the top of what is checked. */
  readonly calls: ReadonlyMap<string, readonly Call[]>;
}

export interface ManifestReading {
  readonly manifests: readonly FoundManifest[];
  readonly gaps: readonly Gap[];
  readonly assumptions: readonly string[];
  /** The manifest nearest above a file, if any: it alone says what the file is. */
  readonly governing: (path: string) => FoundManifest | undefined;
}

export interface ManifestOptions {
  readonly trustedKeys: readonly KeyObject[];
  readonly digests: Digests;
  /** Files that no manifest lists, wherever they stand: the charter and the seal. */
  readonly exempt: ReadonlySet<string>;
  /** The folder stands under a seal signed by a trusted key. */
  readonly sealed: boolean;
  /** Whether a manifest in this folder says something about what is read. Default: every manifest does. */
  readonly concerns?: (folder: string) => boolean;
}

export function readManifests(files: FileSet, options: ManifestOptions): ManifestReading {
  const found: FoundManifest[] = [];
  const gaps: Gap[] = [];
  const assumptions: string[] = [];
  const isAsked = (folder: string): boolean => options.concerns?.(folder) ?? true;
  for (const [file, content] of files) {
    if (file !== MANIFEST_FILE && !file.endsWith(`/${MANIFEST_FILE}`)) continue;
    const manifest = isRead(content) ? manifestIn(file, content) : content.unread;
    const asked = isAsked(folderOf(file));
    if (typeof manifest === "string" && asked) gaps.push(broken(file, manifest));
    if (manifest === undefined || typeof manifest === "string") continue;
    const state = signatureState(manifest, options.trustedKeys);
    const problem = state !== "invalid" && options.sealed ? undefined : signatureProblem(state, options.trustedKeys);
    if (problem && asked) gaps.push(broken(file, problem));
    if (state === "unknown-key" && !problem && asked)
      assumptions.push(`${file} is signed, and its signature was not checked: no trusted key for it was given.`);
    found.push({
      file,
      folder: folderOf(file),
      manifest,
      signed: state === "valid",
      calls: callsByPath(file, manifest, asked ? gaps : []),
    });
  }
  const byFolder = new Map(found.map((manifest) => [manifest.folder, manifest]));
  const governing = (path: string): FoundManifest | undefined => nearest(byFolder, path);
  const manifests = found.filter((manifest) => isAsked(manifest.folder));
  for (const manifest of manifests) gaps.push(...listedFiles(files, manifest, options.digests));
  for (const manifest of manifests) gaps.push(...unlistedFiles(files, manifest, governing, options.exempt));
  return { manifests, gaps, assumptions, governing };
}

const broken = (file: string, why: string): Gap => everythingGap(file, `the manifest ${file}`, why, { file });

/** Undefined: some other program's manifest.json. Text: why it is no whole manifest of ours. */
function manifestIn(file: string, content: Uint8Array): Manifest | string | undefined {
  const parsed = parseBytes(file, content);
  if (!parsed.ok) return Buffer.from(content).includes("bulkhead") ? `${placeOf(parsed.error)} ${parsed.error.message}` : undefined;
  const document = parsed.value.documents[0];
  // One altered byte in its mark must not turn a manifest into just another file.
  if (!isObject(document) || !("bulkhead" in document || ("calls" in document && "scope" in document))) return undefined;
  const manifest = Manifest.safeParse(document);
  if (!manifest.success) {
    const issue = manifest.error.issues[0];
    return `/${issue?.path.join("/") ?? ""} ${issue?.message ?? "is not as it should be"}`;
  }
  const { from, to } = manifest.data.collectedAt;
  return Date.parse(from) > Date.parse(to) ? "/collectedAt ends before it begins" : manifest.data;
}

function callsByPath(file: string, manifest: Manifest, gaps: Gap[]): ReadonlyMap<string, readonly Call[]> {
  const calls = new Map<string, Call[]>();
  for (const [index, call] of manifest.calls.entries()) {
    if (call.file === undefined) continue;
    const path = safePath(call.file);
    if (!path.ok || path.value === "") {
      const why = path.ok ? "the path names a folder" : path.error;
      gaps.push(everythingGap(file, `the file of call ${index + 1} in ${file}`, why, { file, pointer: `/calls/${index}/file` }));
      continue;
    }
    const whole = joinPath(folderOf(file), path.value);
    const others = calls.get(whole);
    if (others) others.push(call);
    else calls.set(whole, [call]);
  }
  return calls;
}

function nearest(byFolder: ReadonlyMap<string, FoundManifest>, path: string): FoundManifest | undefined {
  for (let folder = folderOf(path); ; folder = folderOf(folder)) {
    const manifest = byFolder.get(folder);
    if (manifest || folder === "") return manifest;
  }
}

function listedFiles(files: FileSet, { file, calls }: FoundManifest, digests: Digests): readonly Gap[] {
  const gaps: Gap[] = [];
  for (const [path, listing] of calls) {
    for (const call of listing) {
      const why = call.sha256 !== undefined ? tampering(files, digests, path, call.sha256) : files.has(path) ? undefined : "missing";
      if (why) gaps.push(everythingGap(path, `${path}, which ${file} lists`, why, { file: path }));
    }
    if (new Set(listing.map((call) => call.status)).size > 1)
      gaps.push(everythingGap(path, `${path} in ${file}`, "one call says that it was answered, another that it was denied", { file }));
  }
  return gaps;
}

function unlistedFiles(
  files: FileSet,
  manifest: FoundManifest,
  governing: ManifestReading["governing"],
  exempt: ReadonlySet<string>,
): readonly Gap[] {
  const gaps: Gap[] = [];
  for (const path of files.keys()) {
    if (!isAtOrBelow(path, manifest.folder) || path === manifest.file || exempt.has(path) || manifest.calls.has(path)) continue;
    if (governing(path) !== manifest) continue;
    gaps.push(everythingGap(path, `${path}, which ${manifest.file} does not list`, "added after the collection", { file: path }));
  }
  return gaps;
}

/** The scope and the calls that a manifest gives one of its files; undefined for a file that must not be read: its call was denied. */
export function answersOf(manifest: FoundManifest, path: string): readonly { readonly scope: Scope; readonly call?: string }[] | undefined {
  const calls = manifest.calls.get(path) ?? [];
  if (calls.some((call) => call.status === "denied")) return undefined;
  const scope = manifest.manifest.scope;
  return calls.length === 0 ? [{ scope }] : [...new Set(calls.map((call) => call.call))].map((call) => ({ scope, call }));
}
