// Growing the ledger: which tiles and bundles a batch of entries adds or widens.
import { emptyRoot, type Hash, leafHash, nodeHash } from "./merkle.ts";
import { encodeBundle, readBundle, type ReadFile, readTile, rootOfFullTile, type Tile, TILE_WIDTH } from "./tiles.ts";

/** The right edge of the tree: at each level the hashes of its last tile, and the entries of the last bundle. What appending needs, and no more. */
export interface Edge {
  readonly size: number;
  readonly hashes: readonly (readonly Hash[])[];
  readonly entries: readonly Uint8Array[];
}

export const EMPTY_EDGE: Edge = { size: 0, hashes: [], entries: [] };

/** The edge of a stored tree. Throws a LedgerError when a tile is missing or has another length. */
export function readEdge(read: ReadFile, size: number): Edge {
  const hashes: (readonly Hash[])[] = [];
  for (let level = 0, count = size; count > 0; level++, count = Math.floor(count / TILE_WIDTH)) {
    const width = count % TILE_WIDTH;
    const bytes = width === 0 ? new Uint8Array() : readTile(read, { level, index: Math.floor(count / TILE_WIDTH), width });
    hashes.push(Array.from({ length: width }, (_, i) => bytes.subarray(i * 32, (i + 1) * 32)));
  }
  return { size, hashes, entries: size % TILE_WIDTH === 0 ? [] : readBundle(read, Math.floor(size / TILE_WIDTH), size) };
}

export interface Growth {
  readonly edge: Edge;
  /** Bundles first, then tiles from the leaves up: what a tile stands on is written before it. */
  readonly tiles: readonly Tile[];
}

/** Appends entries. Throws a LedgerError TOO_LARGE when one does not fit a bundle; then nothing was appended. */
export function append(edge: Edge, entries: readonly Uint8Array[]): Growth {
  const bundles: Tile[] = [];
  const allEntries = [...edge.entries, ...entries];
  const firstBundle = Math.floor(edge.size / TILE_WIDTH);
  for (let i = 0; entries.length > 0 && i * TILE_WIDTH < allEntries.length; i++) {
    const part = allEntries.slice(i * TILE_WIDTH, (i + 1) * TILE_WIDTH);
    bundles.push({ level: "entries", index: firstBundle + i, width: part.length, bytes: encodeBundle(part) });
  }
  const hashes: (readonly Hash[])[] = [];
  const tiles: Tile[] = [];
  let added: readonly Hash[] = entries.map(leafHash);
  for (let level = 0; added.length > 0 || level < edge.hashes.length; level++) {
    const all = [...(edge.hashes[level] ?? []), ...added];
    const first = Math.floor(edge.size / TILE_WIDTH ** (level + 1));
    const roots: Hash[] = [];
    for (let i = 0; added.length > 0 && i * TILE_WIDTH < all.length; i++) {
      const bytes = Buffer.concat(all.slice(i * TILE_WIDTH, (i + 1) * TILE_WIDTH));
      const width = bytes.length / 32;
      tiles.push({ level, index: first + i, width, bytes });
      if (width === TILE_WIDTH) roots.push(rootOfFullTile(bytes));
    }
    hashes.push(all.slice(roots.length * TILE_WIDTH));
    added = roots;
  }
  const size = edge.size + entries.length;
  return {
    edge: { size, hashes, entries: allEntries.slice(Math.floor(allEntries.length / TILE_WIDTH) * TILE_WIDTH) },
    tiles: [...bundles, ...tiles],
  };
}

/** The root of the tree that ends at this edge: its complete subtrees, from the smallest at the right to the largest. */
export function rootOfEdge({ hashes }: Edge): Hash {
  let root: Hash | undefined;
  for (const row of hashes) {
    for (let [to, width] = [row.length, 1]; to > 0; width *= 2) {
      if (Math.floor(row.length / width) % 2 === 0) continue;
      const left = completeTree(row.slice(to - width, to));
      root = root === undefined ? left : nodeHash(left, root);
      to -= width;
    }
  }
  return root ?? emptyRoot();
}

const completeTree = (hashes: readonly Hash[]): Hash =>
  hashes.length === 1
    ? (hashes[0] as Hash)
    : nodeHash(completeTree(hashes.slice(0, hashes.length / 2)), completeTree(hashes.slice(hashes.length / 2)));
