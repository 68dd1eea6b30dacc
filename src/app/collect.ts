// Live collection onto a disk: what a system answered becomes files below `estate/`, with a manifest beside them. Whole folders, or none.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Collected, fetchAws, type FetchOptions } from "../collect/aws/fetch.ts";
import { parseCall } from "../collect/aws/call.ts";
import { CodedError } from "../lib/error.ts";
import { sha256 } from "../lib/hash.ts";
import { safePath } from "../lib/safe-path.ts";
import { type Call, Manifest } from "../model/manifest.ts";
import { MANIFEST_FILE, writeManifest } from "./manifest.ts";
import { readFolder } from "./files.ts";

export { leastPolicy } from "../collect/aws/fetch-calls.ts";

export class CollectError extends CodedError<"REFUSED"> {}

export interface CollectOptions extends Omit<FetchOptions, "isKept"> {
  /** The folder that holds `estate/`. */
  readonly output: string;
  /** Ask again what stands there already. */
  readonly refresh: boolean;
  readonly say: (line: string) => void;
}

/** Throws a CollectError when nothing can be asked at all. A denied call is written down, and stops nothing. */
export async function collectAws(options: CollectOptions): Promise<void> {
  const top = join(options.output, "estate", "aws");
  const isKept: FetchOptions["isKept"] = (folder, regions) => !options.refresh && isWhole(join(top, folder), regions);
  for await (const event of fetchAws({ ...options, isKept })) {
    if (event.kind === "refused") throw new CollectError("REFUSED", `AWS answers nothing: ${event.why}\n  ${REMEDY}`);
    if (event.kind === "kept") options.say(`${event.folder}  kept, it is whole; ask again with --refresh`);
    if (event.kind === "passed-over") options.say(`${event.folder}  passed over: ${event.why}`);
    if (event.kind !== "collected") continue;
    writeCollected(top, event.collected);
    const denied = event.collected.answers.filter((answer) => "error" in answer).length;
    options.say(`${event.collected.folder}  ${event.collected.answers.length - denied} answers, ${denied} errors written down`);
  }
}

const REMEDY =
  "Give credentials (aws login, aws sso login, or the AWS_… variables), name them with --profile, and a region with --regions.";

/** A manifest stands there, every file is as it says and no other does, and every region that is asked for was asked. */
export function isWhole(folder: string, regions: readonly string[] | undefined): boolean {
  if (!existsSync(join(folder, MANIFEST_FILE))) return false;
  const manifest = manifestIn(folder);
  if (!manifest) return false;
  const listed = new Map(manifest.calls.flatMap((call) => (call.file === undefined ? [] : [[call.file, call.sha256]])));
  const files = [...readFolder(folder)].filter(([path]) => path !== MANIFEST_FILE);
  const asked = new Set(manifest.calls.map((call) => parseCall(call.call)?.flags["region"]));
  return (
    files.length === listed.size &&
    files.every(([path, content]) => content instanceof Uint8Array && listed.get(path) === sha256(content)) &&
    (regions ?? []).every((region) => asked.has(region))
  );
}

function manifestIn(folder: string): Manifest | undefined {
  try {
    return Manifest.safeParse(JSON.parse(readFileSync(join(folder, MANIFEST_FILE), "utf8"))).data;
  } catch {
    return undefined;
  }
}

/** Writes beside and then puts in place, so that a folder is the old collection or the new one and never a mixture. */
function writeCollected(top: string, collected: Collected): void {
  const place = join(top, collected.folder);
  const beside = join(top, `.${collected.folder}.partial`);
  rmSync(beside, { recursive: true, force: true });
  const calls = collected.answers.map((answer): Call => {
    if ("error" in answer) return { call: answer.call, status: "denied", error: answer.error };
    const path = safePath(answer.file);
    if (!path.ok) throw new Error(`a collected file would be called ${answer.file}: ${path.error}`);
    const text = `${JSON.stringify(answer.document, null, 4)}\n`;
    // What stands in an estate is for those who may read it: an attacker would know the ways in from it.
    mkdirSync(dirname(join(beside, path.value)), { recursive: true, mode: 0o700 });
    writeFileSync(join(beside, path.value), text, { mode: 0o600 });
    return { call: answer.call, status: "answered", file: path.value, sha256: sha256(text) };
  });
  const manifest: Manifest = {
    bulkhead: "manifest/1",
    scope: collected.scope,
    collectedAt: { from: collected.from.toISOString(), to: collected.to.toISOString() },
    collectedBy: collected.collectedBy,
    calls,
  };
  mkdirSync(beside, { recursive: true, mode: 0o700 });
  writeFileSync(join(beside, MANIFEST_FILE), writeManifest(manifest), { mode: 0o600 });
  rmSync(place, { recursive: true, force: true });
  renameSync(beside, place);
}
