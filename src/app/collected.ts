// What a live collection keeps on the disk: each answer as it comes, beside the estate, and in the estate whole folders or none.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { parseCall } from "../collect/aws/call.ts";
import { saysNone } from "../collect/aws/denied.ts";
import type { Collected, Earlier } from "../collect/aws/fetch.ts";
import { sha256 } from "../lib/hash.ts";
import { isObject, type JsonObject } from "../lib/json.ts";
import { fail, ok, type Result } from "../lib/result.ts";
import { safePath } from "../lib/safe-path.ts";
import { type Call, Manifest } from "../model/manifest.ts";
import { readFolder, WORKING_FOLDER } from "./files.ts";
import { MANIFEST_FILE, writeManifest } from "./manifest.ts";

/** What stands in an estate is for those who may read it: an attacker would know the ways in from it. */
const OWN_FOLDER = { recursive: true, mode: 0o700 } as const;
const OWN_FILE = { mode: 0o600 } as const;

export interface Store {
  readonly earlier: (folder: string) => Earlier | undefined;
  readonly keep: (folder: string, call: string, document: JsonObject) => void;
  readonly place: (collected: Collected) => void;
}

/** `output`: the folder that holds `estate/`. With `refresh` nothing that stands there counts. */
export function storeIn(output: string, refresh: boolean): Store {
  const estate = join(output, "estate", "aws");
  const working = join(output, WORKING_FOLDER, "collect-aws");
  const known = new Map<string, Earlier | undefined>();
  const earlier = (folder: string): Earlier | undefined => {
    if (!known.has(folder)) {
      if (refresh) rmSync(join(working, folder), { recursive: true, force: true });
      known.set(folder, refresh ? undefined : earlierIn(join(estate, folder), join(working, folder)));
    }
    return known.get(folder);
  };
  return {
    earlier,
    keep(folder, call, document) {
      earlier(folder);
      keepAnswer(join(working, folder), call, document);
    },
    place(collected) {
      placeFolder(collected, join(estate, collected.folder), working);
    },
  };
}

const KeptAnswer = z.strictObject({ call: z.string(), at: z.iso.datetime(), document: z.custom<JsonObject>(isObject) });
type KeptAnswer = z.infer<typeof KeptAnswer>;

/** Written beside and renamed, so that whoever takes it up finds an answer or none. */
function keepAnswer(journal: string, call: string, document: JsonObject): void {
  mkdirSync(journal, OWN_FOLDER);
  const file = join(journal, `${sha256(call)}.json`);
  const kept: KeptAnswer = { call, at: new Date().toISOString(), document };
  writeFileSync(`${file}.new`, JSON.stringify(kept), OWN_FILE);
  renameSync(`${file}.new`, file);
}

function earlierIn(place: string, journal: string): Earlier | undefined {
  const begun = answersIn(journal);
  const manifest = manifestIn(place);
  if (begun.size === 0 && manifest === undefined) return undefined;
  const calls = new Map((manifest?.calls ?? []).map((call) => [call.call, call]));
  const times = [...(manifest ? [manifest.collectedAt.from] : []), ...[...begun.values()].map(({ at }) => at)];
  return {
    from: new Date(Math.min(...times.map((time) => Date.parse(time)))),
    isWhole: begun.size === 0 && manifest !== undefined && isWhole(place, manifest),
    regions: [...new Set([...calls.keys(), ...begun.keys()].flatMap((call) => parseCall(call)?.flags["region"] ?? []))],
    answerTo(call) {
      const kept = begun.get(call);
      if (kept) return ok(kept.document);
      const told = calls.get(call);
      return told && answerOf(place, told);
    },
  };
}

function answersIn(journal: string): ReadonlyMap<string, KeptAnswer> {
  if (!existsSync(journal)) return new Map();
  const files = readdirSync(journal).filter((name) => name.endsWith(".json"));
  const kept = files.map((name) => KeptAnswer.safeParse(parsed(join(journal, name))).data).filter((answer) => answer !== undefined);
  return new Map(kept.map((answer) => [answer.call, answer]));
}

const parsed = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
};

const manifestIn = (place: string): Manifest | undefined => Manifest.safeParse(parsed(join(place, MANIFEST_FILE))).data;

/** The answer, where the file is still the one that was written; of errors only those that say that there is none. */
function answerOf(place: string, call: Call): Result<JsonObject, string> | undefined {
  if (call.status === "denied") return isNone(call) ? fail(call.error) : undefined;
  const path = safePath(call.file);
  if (!path.ok || !existsSync(join(place, path.value))) return undefined;
  const bytes = readFileSync(join(place, path.value));
  if (sha256(bytes) !== call.sha256) return undefined;
  const document: unknown = JSON.parse(bytes.toString());
  return isObject(document) ? ok(document) : undefined;
}

function isNone({ call, error }: Extract<Call, { status: "denied" }>): boolean {
  const asked = parseCall(call);
  return asked !== undefined && saysNone(asked, error);
}

/** Every call was answered, every file is as the manifest says, and no other stands there. */
function isWhole(place: string, { calls }: Manifest): boolean {
  if (calls.some((call) => call.status === "denied" && !isNone(call))) return false;
  const listed = new Map(calls.flatMap((call) => (call.file === undefined ? [] : [[call.file, call.sha256]])));
  const files = [...readFolder(place)].filter(([path]) => path !== MANIFEST_FILE);
  return (
    files.length === listed.size && files.every(([path, content]) => content instanceof Uint8Array && listed.get(path) === sha256(content))
  );
}

/**
 * Writes outside the estate and then puts in place by renaming, so that whoever reads the estate at any moment, also after this was killed, finds the
 * old collection, the new one or none, and never a mixture. The kept answers go last: they are what a next run takes up.
 */
function placeFolder(collected: Collected, place: string, working: string): void {
  const [made, old] = [join(working, `${collected.folder}.new`), join(working, `${collected.folder}.old`)];
  for (const left of [made, old]) rmSync(left, { recursive: true, force: true });
  mkdirSync(made, OWN_FOLDER);
  const calls = collected.answers.map((answer): Call => {
    if ("error" in answer) return { call: answer.call, status: "denied", error: answer.error };
    const path = safePath(answer.file);
    if (!path.ok) throw new Error(`a collected file would be called ${answer.file}: ${path.error}`);
    const text = `${JSON.stringify(answer.document, null, 4)}\n`;
    mkdirSync(dirname(join(made, path.value)), OWN_FOLDER);
    writeFileSync(join(made, path.value), text, OWN_FILE);
    return { call: answer.call, status: "answered", file: path.value, sha256: sha256(text) };
  });
  writeFileSync(join(made, MANIFEST_FILE), writeManifest(manifestOf(collected, calls)), OWN_FILE);
  mkdirSync(dirname(place), OWN_FOLDER);
  if (existsSync(place)) renameSync(place, old);
  renameSync(made, place);
  for (const done of [old, join(working, collected.folder)]) rmSync(done, { recursive: true, force: true });
  for (const folder of [working, dirname(working)]) if (readdirSync(folder).length === 0) rmdirSync(folder);
}

const manifestOf = ({ scope, from, to, collectedBy }: Collected, calls: Manifest["calls"]): Manifest => ({
  bulkhead: "manifest/1",
  scope,
  collectedAt: { from: from.toISOString(), to: to.toISOString() },
  collectedBy,
  calls,
});
