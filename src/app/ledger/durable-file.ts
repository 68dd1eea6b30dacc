// Files that are there after a power cut once the call has returned.
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { LedgerError } from "../../ledger/error.ts";

/** Writes a file as a whole: a neighbour is written and synced, takes the file's name, and the folder is synced. */
export function writeDurably(path: string, bytes: Uint8Array): void {
  makeFolder(dirname(path));
  const beside = `${path}.${process.pid}.new`;
  const file = openSync(beside, "w");
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(beside, path);
  syncFolder(dirname(path));
}

/** Makes a folder and those above it, each synced in the one that holds it. */
export function makeFolder(path: string): void {
  const first = mkdirSync(path, { recursive: true });
  if (first === undefined) return;
  for (let at = path; ; at = dirname(at)) {
    syncFolder(dirname(at));
    if (at === first || at === dirname(at)) return;
  }
}

function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/**
 * Holds a lock file while `act` runs. A lock whose process is gone from this host is taken over; it is moved away first and looked at again, so that a
 * lock that somebody took meanwhile is given back. Throws a LedgerError LOCKED when another process holds it.
 */
export function locked<T>(path: string, act: () => T): T {
  makeFolder(dirname(path));
  const own = `${hostname()} ${process.pid}\n`;
  if (!takes(path, own) && !(isStale(path) && takes(path, own))) {
    throw new LedgerError("LOCKED", `${path}  another process writes here\n  Try again; if no process does, remove the file.`);
  }
  try {
    return act();
  } finally {
    unlinkSync(path);
  }
}

/** The lock appears with its holder's name in it, or not at all: a holder that dies in between must not leave one that names nobody. */
function takes(path: string, own: string): boolean {
  const beside = `${path}.${process.pid}.new`;
  writeFileSync(beside, own);
  try {
    linkSync(beside, path);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw cause;
  } finally {
    unlinkSync(beside);
  }
}

function isStale(path: string): boolean {
  const holder = read(path);
  if (holder === undefined || !isGone(holder)) return holder === undefined;
  const away = `${path}.${process.pid}.gone`;
  try {
    renameSync(path, away);
  } catch {
    return true;
  }
  const isSame = read(away) === holder;
  if (!isSame) linkSync(away, path);
  unlinkSync(away);
  return isSame;
}

function isGone(holder: string): boolean {
  const [host, id] = holder.trim().split(" ");
  if (host !== hostname() || !/^\d+$/.test(id ?? "")) return false;
  try {
    process.kill(Number(id), 0);
    return false;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === "ESRCH";
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
