// Live collection of a cluster onto a disk: each answer is written as it comes, and an interrupted collection goes on where it stopped.
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { keyIdOf } from "../collect/kubernetes/fingerprint-key.ts";
import { type Caller, type FetchOptions, openCluster, type Sink } from "../collect/kubernetes/fetch.ts";
import { sha256 } from "../lib/hash.ts";
import type { Json } from "../lib/json.ts";
import { safePath } from "../lib/safe-path.ts";
import { type Call, Manifest } from "../model/manifest.ts";
import { CollectError } from "./collect.ts";
import { readFolder, WORKING_FOLDER } from "./files.ts";
import { MANIFEST_FILE, writeManifest } from "./manifest.ts";

export { leastRole } from "../collect/kubernetes/fetch-resources.ts";

export interface CollectKubernetesOptions extends FetchOptions {
  /** The cluster's name in the charter. */
  readonly cluster: string;
  /** The folder that holds `estate/`. */
  readonly output: string;
  /** Ask again what stands there already. */
  readonly refresh: boolean;
  readonly say: (line: string) => void;
}

/** How many calls were not answered; each is written down, becomes a gap, and stops nothing. Throws a CollectError when nothing can be asked. */
export async function collectKubernetes(options: CollectKubernetesOptions): Promise<number> {
  const place = join(options.output, "estate", "kubernetes", options.cluster);
  if (!options.refresh && isWhole(place)) {
    options.say(`${options.cluster}  kept, it is whole; ask again with --refresh`);
    return 0;
  }
  const cluster = await openCluster(options);
  if (!cluster.ok) throw new CollectError("REFUSED", `the cluster answers nothing: ${cluster.error}\n  ${REMEDY}`);
  const { caller, collect } = cluster.value;
  options.say(`${options.cluster}  asked as ${caller.name}`);
  const working = join(options.output, WORKING_FOLDER, "collect-kubernetes");
  const draft = new Draft(join(working, options.cluster), { ...caller, keyId: keyIdOf(options.fingerprint) }, options.refresh);
  if (draft.resumed > 0) options.say(`${options.cluster}  goes on: ${draft.resumed} calls were answered before it was cut short`);
  await collect(draft);
  const { answered, denied } = draft.putInPlace(place, options.cluster);
  for (const folder of [working, dirname(working)]) if (readdirSync(folder).length === 0) rmdirSync(folder);
  options.say(`${options.cluster}  ${answered} answers, ${denied.length} calls not answered`);
  for (const [call, error] of denied.slice(0, SHOWN)) options.say(`  ${call}\n    ${error}`);
  if (denied.length > SHOWN) options.say(`  and ${denied.length - SHOWN} more, in the manifest`);
  return denied.length;
}

const SHOWN = 5;

/** Every call was answered, every file is as the manifest says, and no other stands there. */
function isWhole(place: string): boolean {
  if (!existsSync(join(place, MANIFEST_FILE))) return false;
  const files = readFolder(place);
  const manifest = Manifest.safeParse(parsed(readFileSync(join(place, MANIFEST_FILE), "utf8"))).data;
  if (!manifest || manifest.calls.some(({ status }) => status === "denied")) return false;
  const listed = new Map(manifest.calls.map((call) => [call.file, call.sha256]));
  return (
    files.size === listed.size + 1 &&
    [...files].every(([path, content]) => path === MANIFEST_FILE || (content instanceof Uint8Array && listed.get(path) === sha256(content)))
  );
}

const REMEDY = "Name a context of your kubeconfig with --context, and the file with --kubeconfig where it is not the usual one.";

const Written = z.strictObject({ file: z.string(), sha256: z.string() });
const Line = z.union([
  z.strictObject({ from: z.iso.datetime(), name: z.string(), server: z.string(), keyId: z.string() }),
  z.strictObject({ call: z.string(), files: z.array(Written) }),
]);

/** What stands in an estate is for those who may read it: an attacker would know the ways in from it. */
const OWN_FOLDER = { recursive: true, mode: 0o700 } as const;
const OWN_FILE = { mode: 0o600 } as const;

interface By extends Caller {
  readonly keyId: string;
}

const JOURNAL = "journal.jsonl";
/** What is older says little of the state that the rest will show. */
const OLDEST_MS = 24 * 3_600_000;

/** Answers on their way: files in a folder beside the place, and a journal that tells which calls are finished. */
class Draft implements Sink {
  readonly #folder: string;
  readonly #from: Date;
  readonly #by: By;
  readonly #files = new Map<string, z.infer<typeof Written>[]>();
  readonly #finished = new Set<string>();
  readonly #denied = new Map<string, string>();
  readonly resumed: number;

  constructor(folder: string, by: By, isAnew: boolean) {
    this.#folder = folder;
    this.#by = by;
    const begun = isAnew ? undefined : this.#read();
    this.resumed = this.#finished.size;
    this.#from = begun ?? new Date();
    if (begun) return;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, OWN_FOLDER);
    this.#note({ from: this.#from.toISOString(), ...by });
  }

  #note(line: z.infer<typeof Line>): void {
    appendFileSync(join(this.#folder, JOURNAL), `${JSON.stringify(line)}\n`, OWN_FILE);
  }

  /** When the interrupted collection began; undefined when there is none that the same user made with the same key of late. */
  #read(): Date | undefined {
    if (!existsSync(join(this.#folder, JOURNAL))) return undefined;
    const lines = readFileSync(join(this.#folder, JOURNAL), "utf8").split("\n").map(lineOf);
    const head = lines[0];
    if (!head || !("from" in head)) return undefined;
    const begun = new Date(head.from);
    const isSame = head.name === this.#by.name && head.server === this.#by.server && head.keyId === this.#by.keyId;
    if (!isSame || Date.now() - begun.getTime() > OLDEST_MS) return undefined;
    for (const line of lines.slice(1)) {
      if (!line || !("call" in line) || !line.files.every((file) => this.#isWritten(file))) continue;
      this.#files.set(line.call, line.files);
      this.#finished.add(line.call);
    }
    // A page of a list that was not finished is no part of anything: the list may come out shorter this time.
    const kept = new Set([JOURNAL, ...[...this.#files.values()].flat().map(({ file }) => file)]);
    for (const path of readFolder(this.#folder).keys()) if (!kept.has(path)) rmSync(join(this.#folder, path), { force: true });
    return begun;
  }

  #isWritten({ file, sha256: expected }: z.infer<typeof Written>): boolean {
    const path = join(this.#folder, file);
    return existsSync(path) && sha256(readFileSync(path)) === expected;
  }

  isFinished(call: string): boolean {
    return this.#finished.has(call);
  }

  write(call: string, file: string, document: Json): void {
    const path = safePath(file);
    if (!path.ok) throw new Error(`a collected file would be called ${file}: ${path.error}`);
    const text = `${JSON.stringify(document, null, 4)}\n`;
    mkdirSync(dirname(join(this.#folder, path.value)), OWN_FOLDER);
    writeFileSync(join(this.#folder, path.value), text, OWN_FILE);
    const written = { file: path.value, sha256: sha256(text) };
    const others = (this.#files.get(call) ?? []).filter((each) => each.file !== written.file);
    this.#files.set(call, [...others, written]);
  }

  forget(call: string): void {
    for (const { file } of this.#files.get(call) ?? []) rmSync(join(this.#folder, file), { force: true });
    this.#files.delete(call);
  }

  finish(call: string): void {
    this.#finished.add(call);
    this.#note({ call, files: this.#files.get(call) ?? [] });
  }

  deny(call: string, error: string): void {
    this.forget(call);
    this.#denied.set(call, error);
  }

  /** By renaming, so that whoever reads the estate finds the old collection, the new one or none, and never a mixture. */
  putInPlace(place: string, cluster: string): { readonly answered: number; readonly denied: readonly (readonly [string, string])[] } {
    const answered = [...this.#files].flatMap(([call, files]) => files.map((file): Call => ({ call, status: "answered", ...file })));
    const denied = [...this.#denied].map(([call, error]): Call => ({ call, status: "denied", error }));
    const key = (call: Call): string => `${call.call}\n${call.file ?? ""}`;
    const manifest: Manifest = {
      bulkhead: "manifest/1",
      scope: { system: "kubernetes", cluster },
      collectedAt: { from: this.#from.toISOString(), to: new Date().toISOString() },
      collectedBy: this.#by.name,
      calls: [...answered, ...denied].toSorted((a, b) => (key(a) < key(b) ? -1 : 1)),
    };
    rmSync(join(this.#folder, JOURNAL));
    writeFileSync(join(this.#folder, MANIFEST_FILE), writeManifest(manifest), OWN_FILE);
    const old = `${this.#folder}.old`;
    rmSync(old, { recursive: true, force: true });
    mkdirSync(dirname(place), OWN_FOLDER);
    if (existsSync(place)) renameSync(place, old);
    renameSync(this.#folder, place);
    rmSync(old, { recursive: true, force: true });
    return { answered: this.#files.size, denied: [...this.#denied] };
  }
}

/** A line that was cut short when the collection was interrupted says nothing. */
const lineOf = (text: string): z.infer<typeof Line> | undefined => Line.safeParse(parsed(text)).data;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
