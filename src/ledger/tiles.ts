// The ledger as files: tiles of hashes and bundles of entries, as C2SP tlog-tiles lays them out.
import { LedgerError } from "./error.ts";
import { type Hash, nodeHash, type Subtrees } from "./merkle.ts";

/** Hashes in a full tile, and entries in a full bundle. */
export const TILE_WIDTH = 256;
const TILE_HEIGHT = 8;
const HASH_BYTES = 32;

/** Bytes that one entry may have: its length is a uint16 in the bundle (tlog-tiles, "Log entries"). */
export const MAX_ENTRY_BYTES = 0xffff;

/** Where a tile or a bundle stands. `width` is below 256 for a partial one. */
export interface TileName {
  readonly level: number | "entries";
  readonly index: number;
  readonly width: number;
}

export interface Tile extends TileName {
  readonly bytes: Uint8Array;
}

/** Reads a file of the ledger by its path below the prefix; undefined when there is none. */
export type ReadFile = (path: string) => Uint8Array | undefined;

/** `tile/0/x001/x234/067`, with `.p/112` behind it for a partial tile (tlog-tiles, "Merkle Tree"). */
export function tilePath({ level, index, width }: TileName): string {
  const groups = [String(index % 1000).padStart(3, "0")];
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    groups.unshift(`x${String(rest % 1000).padStart(3, "0")}`);
  }
  return `tile/${level}/${groups.join("/")}${width === TILE_WIDTH ? "" : `.p/${width}`}`;
}

/** What a path names; undefined when it names no tile. Only the one spelling of `tilePath` is taken. */
export function parseTilePath(path: string): TileName | undefined {
  const [, level, groups = "", width] = /^tile\/(entries|\d{1,2})\/((?:x\d{3}\/){0,4}\d{3})(?:\.p\/(\d{1,3}))?$/.exec(path) ?? [];
  if (level === undefined) return undefined;
  const name: TileName = {
    level: level === "entries" ? level : Number(level),
    index: Number(groups.replaceAll(/[x/]/g, "")),
    width: width === undefined ? TILE_WIDTH : Number(width),
  };
  return name.width > 0 && tilePath(name) === path ? name : undefined;
}

/** The tile that holds `index` at a level of a tree of `size` leaves, with the width it has there. */
function tileOf(level: number, index: number, size: number): TileName {
  const hashes = Math.floor(size / TILE_WIDTH ** level);
  return { level, index, width: Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH) };
}

/** Every tile and bundle of a tree of `size` leaves. */
export function* tilesOf(size: number): Iterable<TileName> {
  for (let level = 0, hashes = size; hashes > 0; level++, hashes = Math.floor(hashes / TILE_WIDTH)) {
    for (let index = 0; index * TILE_WIDTH < hashes; index++) yield tileOf(level, index, size);
  }
  for (let index = 0; index * TILE_WIDTH < size; index++) yield { ...tileOf(0, index, size), level: "entries" };
}

/**
 * A partial tile may be gone once the full one is there, so the full one is asked for as well (tlog-tiles, "Partial Tiles").
 * Throws a LedgerError: MISSING_TILE when neither is there, BAD_TILE when it has another length.
 */
export function readTile(read: ReadFile, name: TileName): Uint8Array {
  const bytes = readOrFull(read, name);
  const full = TILE_WIDTH * HASH_BYTES;
  if (bytes.length !== name.width * HASH_BYTES && bytes.length !== full)
    throw new LedgerError("BAD_TILE", `${tilePath(name)}: ${bytes.length} bytes, ${name.width * HASH_BYTES} expected`);
  return bytes.subarray(0, name.width * HASH_BYTES);
}

function readOrFull(read: ReadFile, name: TileName): Uint8Array {
  const bytes = read(tilePath(name)) ?? (name.width < TILE_WIDTH ? read(tilePath({ ...name, width: TILE_WIDTH })) : undefined);
  if (bytes === undefined) throw new LedgerError("MISSING_TILE", `${tilePath(name)}: missing`);
  return bytes;
}

/** Hashes of complete subtrees of a tree of `size` leaves, from its tiles; each tile is read once. */
export function subtreesOf(read: ReadFile, size: number): Subtrees {
  const kept = new Map<string, Uint8Array>();
  const at = (level: number, index: number): Hash => {
    const name = tileOf(level, Math.floor(index / TILE_WIDTH), size);
    const key = `${level}/${name.index}`;
    let tile = kept.get(key);
    if (tile === undefined) {
      tile = readTile(read, name);
      kept.set(key, tile);
    }
    const from = (index % TILE_WIDTH) * HASH_BYTES;
    return tile.subarray(from, from + HASH_BYTES);
  };
  const subtree: Subtrees = (level, index) =>
    level % TILE_HEIGHT === 0 ? at(level / TILE_HEIGHT, index) : nodeHash(subtree(level - 1, index * 2), subtree(level - 1, index * 2 + 1));
  return subtree;
}

/** The root of a full tile's own subtree: what stands for it one level up. */
export function rootOfFullTile(tile: Uint8Array): Hash {
  let hashes = Array.from({ length: TILE_WIDTH }, (_, i) => tile.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES));
  while (hashes.length > 1) {
    hashes = Array.from({ length: hashes.length / 2 }, (_, i) => nodeHash(hashes[i * 2] as Hash, hashes[i * 2 + 1] as Hash));
  }
  return hashes[0] as Hash;
}

/** Entries one after the other, each behind its length as a big-endian uint16. Throws a LedgerError TOO_LARGE. */
export function encodeBundle(entries: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(entries.reduce((sum, entry) => sum + 2 + entry.length, 0));
  let at = 0;
  for (const entry of entries) {
    if (entry.length > MAX_ENTRY_BYTES) throw new LedgerError("TOO_LARGE", `an entry of ${entry.length} bytes, at most ${MAX_ENTRY_BYTES}`);
    bytes[at] = entry.length >> 8;
    bytes[at + 1] = entry.length & 0xff;
    bytes.set(entry, at + 2);
    at += 2 + entry.length;
  }
  return bytes;
}

/** The entries of a bundle. Throws a LedgerError BAD_TILE when the lengths do not fit the bytes, or it has not `width` entries. */
export function decodeBundle(bytes: Uint8Array, name: TileName): readonly Uint8Array[] {
  const entries: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = at + 2 <= bytes.length ? ((bytes[at] as number) << 8) | (bytes[at + 1] as number) : Infinity;
    if (at + 2 + length > bytes.length) throw new LedgerError("BAD_TILE", `${tilePath(name)}: cut short in entry ${entries.length}`);
    entries.push(bytes.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  if (entries.length !== name.width && entries.length !== TILE_WIDTH)
    throw new LedgerError("BAD_TILE", `${tilePath(name)}: ${entries.length} entries, ${name.width} expected`);
  return entries.slice(0, name.width);
}

export const readBundle = (read: ReadFile, index: number, size: number): readonly Uint8Array[] => {
  const name: TileName = { ...tileOf(0, index, size), level: "entries" };
  return decodeBundle(readOrFull(read, name), name);
};
