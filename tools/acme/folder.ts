// The files of one collection and the manifest that lists them: a question asked, the answer's file, its digest.
import { posix } from "node:path";
import { sha256 } from "../../src/lib/hash.ts";
import type { Manifest, Scope } from "../../src/model/manifest.ts";

/** Path relative to the example's folder → content. */
export type Files = Map<string, string>;

export interface Folder {
  /** An answered call and its answer. Objects are printed as JSON, text as it is. */
  readonly answer: (call: string, file: string, body: unknown) => void;
  /** A call that was answered by an error: that there is none, or that it may not be seen. */
  readonly denied: (call: string, error: string) => void;
  readonly close: () => void;
}

const COLLECTED = { from: "2026-11-20T06:00:04Z", to: "2026-11-20T06:03:41Z" } as const;

/** `indent`: four spaces for the AWS CLI and kubectl, two for `gh api`, so that the files read as the vendor's tool prints them. */
export function openFolder(files: Files, path: string, scope: Scope, collectedBy: string, indent: number): Folder {
  const calls: Manifest["calls"] = [];
  return {
    answer(call, file, body) {
      const full = posix.join(path, file);
      if (files.has(full)) throw new Error(`${full} is written twice`);
      const text = typeof body === "string" ? body : `${JSON.stringify(body, null, indent)}\n`;
      files.set(full, text);
      calls.push({ call, status: "answered", file, sha256: sha256(text) });
    },
    denied(call, error) {
      calls.push({ call, status: "denied", error });
    },
    close() {
      const manifest: Manifest = { bulkhead: "manifest/1", scope, collectedAt: COLLECTED, collectedBy, calls };
      files.set(posix.join(path, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
    },
  };
}
