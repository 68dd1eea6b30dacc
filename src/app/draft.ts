// What a live collection keeps on the disk until it is whole: files as they come, and a journal of finished calls that a next run takes up.
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import type { Sink } from "../collect/sink.ts";
import { sha256 } from "../lib/hash.ts";
import type { Json } from "../lib/json.ts";
import { safePath } from "../lib/safe-path.ts";
import { type Call, Manifest, type Scope } from "../model/manifest.ts";
import { readFolder, WORKING_FOLDER } from "./files.ts";
import { MANIFEST_FILE, writeManifest } from "./manifest.ts";

/** Every call was answered, every file is as the manifest says, and no other stands there. */
export function isWholeFolder(place: string): boolean {
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

export interface Placed {
  readonly answered: number;
  readonly denied: readonly (readonly [call: string, error: string])[];
}

const SHOWN = 5;

export function tellUnanswered(what: string, { answered, denied }: Placed, say: (line: string) => void): void {
  say(`${what}  ${answered} answers, ${denied.length} calls not answered`);
  for (const [call, error] of denied.slice(0, SHOWN)) say(`  ${call}\n    ${error}`);
  if (denied.length > SHOWN) say(`  and ${denied.length - SHOWN} more, in the manifest`);
}

/** Outside the estate, which only ever holds whole collections. */
export function workingFolder(output: string, name: string): { readonly folder: string; readonly close: () => void } {
  const folder = join(output, WORKING_FOLDER, name);
  return {
    folder,
    close: () => {
      for (const each of [folder, dirname(folder)]) if (existsSync(each) && readdirSync(each).length === 0) rmdirSync(each);
    },
  };
}

/** `call`: the one page of a list that the file is. `isText`: no JSON. */
const Written = z.strictObject({ file: z.string(), sha256: z.string(), call: z.string().optional(), isText: z.literal(true).optional() });
const Line = z.union([
  z.strictObject({ from: z.iso.datetime(), name: z.string(), server: z.string(), keyId: z.string() }),
  z.strictObject({ call: z.string(), files: z.array(Written) }),
]);

/** What stands in an estate is for those who may read it: an attacker would know the ways in from it. */
const OWN_FOLDER = { recursive: true, mode: 0o700 } as const;
const OWN_FILE = { mode: 0o600 } as const;

/** Who asked, whom, and under which key fingerprints were made: an interrupted collection goes on only where all three are the same. */
export interface AskedBy {
  readonly name: string;
  readonly server: string;
  readonly keyId: string;
}

const JOURNAL = "journal.jsonl";
/** What is older says little of the state that the rest will show. */
const OLDEST_MS = 24 * 3_600_000;

/** Answers on their way: files in a folder beside the place, and a journal that tells which calls are finished. */
export class Draft implements Sink {
  readonly #folder: string;
  readonly #from: Date;
  readonly #by: AskedBy;
  readonly #files = new Map<string, z.infer<typeof Written>[]>();
  readonly #finished = new Set<string>();
  readonly #denied = new Map<string, string>();
  /** Names in small letters, and whose call's they are. */
  readonly #names = new Map<string, string>();
  readonly resumed: number;

  constructor(folder: string, by: AskedBy, isAnew: boolean) {
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
      for (const { file } of line.files) this.#names.set(file.toLowerCase(), line.call);
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

  written(call: string): readonly Json[] {
    return (this.#files.get(call) ?? []).map(({ file, isText }) => {
      const text = readFileSync(join(this.#folder, file), "utf8");
      return isText ? text : (JSON.parse(text) as Json);
    });
  }

  write(call: string, file: string, document: Json, as?: string): void {
    const path = safePath(this.#free(call, file));
    if (!path.ok) throw new Error(`a collected file would be called ${file}: ${path.error}`);
    const text = typeof document === "string" ? document : `${JSON.stringify(document, null, 4)}\n`;
    mkdirSync(dirname(join(this.#folder, path.value)), OWN_FOLDER);
    writeFileSync(join(this.#folder, path.value), text, OWN_FILE);
    const written = {
      ...{ file: path.value, sha256: sha256(text) },
      ...(as !== undefined && as !== call && { call: as }),
      ...(typeof document === "string" && { isText: true as const }),
    };
    const others = (this.#files.get(call) ?? []).filter((each) => each.file !== written.file);
    this.#files.set(call, [...others, written]);
  }

  /** Threat: two names that a disk which does not tell capitals apart takes for one, and a name that a manifest has. */
  #free(call: string, file: string): string {
    const [, stem = file, ending = ""] = /^(.*?)(\.\w+)?$/s.exec(file) ?? [];
    const isTaken = (name: string): boolean =>
      (this.#names.get(name.toLowerCase()) ?? call) !== call || name.toLowerCase().split("/").at(-1) === MANIFEST_FILE;
    let free = file;
    for (let i = 2; isTaken(free); i++) free = `${stem}-${i}${ending}`;
    this.#names.set(free.toLowerCase(), call);
    return free;
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
  putInPlace(place: string, scope: Scope): Placed {
    const answered = [...this.#files].flatMap(([whole, files]) =>
      files.map(({ file, sha256, call = whole }): Call => ({ call, status: "answered", file, sha256 })),
    );
    const denied = [...this.#denied].map(([call, error]): Call => ({ call, status: "denied", error }));
    const key = (call: Call): string => `${call.call}\n${call.file ?? ""}`;
    const manifest: Manifest = {
      bulkhead: "manifest/1",
      scope,
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
