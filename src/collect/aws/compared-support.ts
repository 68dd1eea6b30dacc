// For tests: files written by hand as an estate, and a result without the names of files, so that two collections of one estate can be compared.
import type { FileSet } from "../../app/files.ts";
import type { CheckResult, FindingSource } from "../../findings/result.ts";
import { sha256 } from "../../lib/hash.ts";
import { Manifest } from "../../model/manifest.ts";
import { parseCall } from "./call.ts";
import type { WrittenFolder } from "./hand-written-support.ts";

/** Each answer a file of its own, numbered, with a manifest that says what it answers. */
export function writtenFiles(folders: Readonly<Record<string, WrittenFolder>>): FileSet {
  const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(`${JSON.stringify(value, undefined, 2)}\n`);
  const files = new Map<string, Uint8Array>();
  for (const [folder, { scope, calls }] of Object.entries(folders)) {
    const listed: Manifest["calls"] = calls.map(([call, answer], i) => {
      if (typeof answer === "string") return { call, status: "denied", error: answer };
      const content = bytes(answer);
      files.set(`estate/${folder}/${i}.json`, content);
      return { call, status: "answered", file: `${i}.json`, sha256: sha256(content) };
    });
    const manifest: Manifest = {
      bulkhead: "manifest/1",
      scope: { system: "aws", ...scope },
      collectedAt: { from: "2026-11-24T08:00:00Z", to: "2026-11-24T08:05:00Z" },
      collectedBy: "by hand",
      calls: listed,
    };
    files.set(`estate/${folder}/manifest.json`, bytes(manifest));
  }
  return files;
}

/** Which call each file answers, by the manifests: the flags in one order, since a person writes them in another. */
export function manifestsIn(files: FileSet): ReadonlyMap<string, string> {
  const calls = new Map<string, string>();
  for (const [path, content] of files) {
    if (!path.endsWith("/manifest.json") || !(content instanceof Uint8Array)) continue;
    const manifest = Manifest.parse(JSON.parse(new TextDecoder().decode(content)));
    for (const { call, file } of manifest.calls) {
      const { service, operation, flags } = parseCall(call) ?? {};
      const sorted = Object.entries(flags ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
      if (file !== undefined) calls.set(`${path.slice(0, -"manifest.json".length)}${file}`, JSON.stringify([service, operation, sorted]));
    }
  }
  return calls;
}

/** What a result says, with the call that was answered in place of each file's name and without lines, which are a matter of layout. */
export type Pinned = Readonly<Record<string, unknown>>;

export function withoutPlaces(result: CheckResult, calls: ReadonlyMap<string, string>): Pinned {
  const { verdict, statements, clauses, environments, findings, cut, gaps, unrecognized, assumptions } = result;
  const { systems, counts } = result.estate;
  const told = { verdict, statements, clauses, environments, findings, cut, gaps, unrecognized, assumptions, systems, counts };
  return pinned(told, calls) as Pinned;
}

function pinned(value: unknown, calls: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => pinned(item, calls));
  if (typeof value !== "object" || value === null) return value;
  if ("file" in value && typeof value.file === "string") {
    const { file, pointer } = value as FindingSource;
    // Which network ACL comes first is the emulator's to say: it has those of its default networks besides.
    return { answered: calls.get(file) ?? file, pointer: pointer?.replace(/^\/NetworkAcls\/\d+/, "/NetworkAcls/…") };
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, pinned(item, calls)]));
}
