// Small estates in memory for the tests of this folder: a charter, files, manifests, and a collector that reads `{"test": …}`.
import type { Charter as CharterType } from "../charter/schema.ts";
import { Charter } from "../charter/schema.ts";
import type { Collector } from "../collect/collector.ts";
import { sha256 } from "../lib/hash.ts";
import { isObject } from "../lib/json.ts";
import type { Manifest, Scope } from "../model/manifest.ts";
import type { FileSet } from "./files.ts";

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

export const filesOf = (files: Readonly<Record<string, string | Uint8Array>>): Map<string, Uint8Array> =>
  new Map(Object.entries(files).map(([path, content]) => [path, typeof content === "string" ? bytes(content) : content]));

export const AWS_SCOPE: Scope = { system: "aws", account: "111122223333" };

export const charterOf = (part: Readonly<Record<string, unknown>> = {}): CharterType =>
  Charter.parse({
    bulkhead: 1,
    organization: { name: "acme" },
    environments: [{ name: "production", tier: "production", purpose: "shop", owner: "ops", data: "personal", boundary: {} }],
    ...part,
  });

/** The manifest of a folder in which every file answers the call `get NAME`. */
export function manifestFor(files: FileSet, folder: string, denied: readonly string[] = [], scope: Scope = AWS_SCOPE): Manifest {
  const calls: Manifest["calls"] = [...files].flatMap(([path, content]) =>
    path.startsWith(`${folder}/`) && content instanceof Uint8Array
      ? [
          {
            call: `get ${path.slice(folder.length + 1)}`,
            status: "answered" as const,
            file: path.slice(folder.length + 1),
            sha256: sha256(content),
          },
        ]
      : [],
  );
  return {
    bulkhead: "manifest/1",
    scope,
    collectedAt: { from: "2026-11-24T08:00:00Z", to: "2026-11-24T08:05:00Z" },
    collectedBy: "bulkhead collect",
    calls: [...calls, ...denied.map((call) => ({ call, status: "denied" as const, error: "AccessDenied" }))],
  };
}

/** Reads `{"test": NAME}` as an account of that name. What it is given of scope and call is in the account's id and parent. */
export const testCollector: Collector = {
  system: "aws",
  reads: [],
  permissions: [],
  cannotSee: [],
  recognize: (document) => (isObject(document) && "test" in document ? "test" : undefined),
  map: (document, index, file, sink, context) => {
    if (!isObject(document)) return;
    sink.observation({
      kind: "aws/account",
      account: file.scope?.account ?? "none",
      name: String(document["test"]),
      status: context.fingerprint(String(document["test"])),
      ...(file.call === undefined ? {} : { parent: file.call }),
      source: { file: file.path, document: index },
    });
    if (file.scope === undefined)
      sink.gap({ topic: "aws/scope", subject: file.path, what: `scope of ${file.path}`, why: "not given", clauses: [] });
  },
  denied: (call, error) => (call.startsWith("none") ? [] : [{ topic: "aws/test", subject: call, what: call, why: error, clauses: ["A1"] }]),
};
