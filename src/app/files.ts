// A folder → its files as bytes, in one order: the only place where an estate is read from a disk.
import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { CodedError } from "../lib/error.ts";
import { DEFAULT_LIMITS } from "../lib/parse.ts";

/** A file that stands there and was not read. It stays in the set, so that nothing below can take it for absent. */
export interface Unread {
  readonly unread: string;
}

/** Paths relative to the folder, `/` between parts, sorted by UTF-16 code units when it comes from `readFolder`. */
export type FileSet = ReadonlyMap<string, Uint8Array | Unread>;

export const isRead = (content: Uint8Array | Unread | undefined): content is Uint8Array => content instanceof Uint8Array;

export interface FolderLimits {
  readonly files: number;
  readonly bytesPerFile: number;
  readonly bytes: number;
}

export const FOLDER_LIMITS: FolderLimits = { files: 200_000, bytesPerFile: DEFAULT_LIMITS.bytes, bytes: 2 * 2 ** 30 };

/** Where a collection under way keeps what it has, until it is whole. */
export const WORKING_FOLDER = ".bulkhead";

/** None is ever an input; a charter that names one below them is told that it does not exist. */
const SKIPPED: ReadonlySet<string> = new Set([".git", "node_modules", WORKING_FOLDER]);

export class FolderError extends CodedError<"NOT_A_FOLDER" | "TOO_MANY_FILES" | "TOO_LARGE"> {}

/** Throws a FolderError when there is no such folder, or more in it than the limits allow. */
export function readFolder(folder: string, limits: Partial<FolderLimits> = {}): FileSet {
  const all = { ...FOLDER_LIMITS, ...limits };
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw new FolderError("NOT_A_FOLDER", `${folder} is not a folder`);
  const root = realpathSync(folder);
  const files = new Map<string, Uint8Array | Unread>();
  let bytes = 0;
  const found: string[] = [];
  const unlisted = listInto(found, root, "", all.files);
  if (found.length > all.files) throw new FolderError("TOO_MANY_FILES", `${folder} holds more than ${all.files} files`);
  for (const path of found.toSorted(byCodeUnits)) {
    const content = unlisted.get(path) ?? readInside(root, path, all.bytesPerFile);
    bytes += isRead(content) ? content.length : 0;
    if (bytes > all.bytes) throw new FolderError("TOO_LARGE", `${folder} holds more than ${all.bytes / 2 ** 20} MiB`);
    files.set(printable(path), content);
  }
  return files;
}

export const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Returns folders that cannot be listed: they count as one unread file each. */
function listInto(found: string[], root: string, below: string, limit: number): ReadonlyMap<string, Unread> {
  const unlisted = new Map<string, Unread>();
  const pending = [below];
  for (let folder = pending.pop(); folder !== undefined && found.length <= limit; folder = pending.pop()) {
    try {
      for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
        if (SKIPPED.has(entry.name)) continue;
        const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
        (entry.isDirectory() ? pending : found).push(path);
      }
    } catch (error) {
      found.push(folder);
      unlisted.set(folder, { unread: `the folder cannot be listed (${codeOf(error)})` });
    }
  }
  return unlisted;
}

/** Threat: a link, a pipe or a device in a collected folder that makes us read elsewhere, or wait for ever. */
function readInside(root: string, path: string, limit: number): Uint8Array | Unread {
  const name = join(root, path);
  try {
    if (!lstatSync(name).isSymbolicLink()) return readRegular(name, limit);
    const target = realpathSync(name);
    if (target !== root && !target.startsWith(root.endsWith(sep) ? root : root + sep))
      return { unread: "a link that leads out of the folder" };
    return statSync(target).isDirectory() ? { unread: "a link to a folder is not followed" } : readRegular(target, limit);
  } catch (error) {
    return { unread: `cannot be read (${codeOf(error)})` };
  }
}

function readRegular(name: string, limit: number): Uint8Array | Unread {
  const file = openSync(name, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) return { unread: "not a regular file" };
    if (stat.size > limit) return { unread: `larger than ${limit / 2 ** 20} MiB, the limit for a file` };
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "unknown error";

/** Threat: a file name with control characters that rewrites the terminal it is printed on. */
const printable = (path: string): string =>
  path.replace(
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
