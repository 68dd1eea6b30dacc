// The tree against RFC 6962's own definitions, written out slowly, and against published roots.
import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { append, EMPTY_EDGE, readEdge, rootOfEdge } from "./append.ts";
import { LedgerError } from "./error.ts";
import {
  consistencyProof,
  emptyRoot,
  type Hash,
  inclusionProof,
  leafHash,
  provesConsistency,
  provesInclusion,
  rootOf,
  type Subtrees,
} from "./merkle.ts";
import {
  decodeBundle,
  encodeBundle,
  MAX_ENTRY_BYTES,
  parseTilePath,
  type ReadFile,
  subtreesOf,
  type Tile,
  TILE_WIDTH,
  tilePath,
  tilesOf,
} from "./tiles.ts";

const bytes = (hex: string): Uint8Array => Buffer.from(hex, "hex");
const hex = (value: Uint8Array): string => Buffer.from(value).toString("hex");
const sha = (...parts: readonly Uint8Array[]): Hash => createHash("sha256").update(Buffer.concat(parts)).digest();

/** RFC 6962, section 2.1, word for word. */
function slowRoot(entries: readonly Uint8Array[]): Hash {
  if (entries.length === 0) return sha();
  if (entries.length === 1) return sha(bytes("00"), entries[0] as Uint8Array);
  let k = 1;
  while (k * 2 < entries.length) k *= 2;
  return sha(bytes("01"), slowRoot(entries.slice(0, k)), slowRoot(entries.slice(k)));
}

/** RFC 6962, section 2.1.1. */
function slowPath(m: number, entries: readonly Uint8Array[]): readonly Hash[] {
  if (entries.length === 1) return [];
  let k = 1;
  while (k * 2 < entries.length) k *= 2;
  const [left, right] = [entries.slice(0, k), entries.slice(k)];
  return m < k ? [...slowPath(m, left), slowRoot(right)] : [...slowPath(m - k, right), slowRoot(left)];
}

/** RFC 6962, section 2.1.2, SUBPROOF. */
function slowSubproof(m: number, entries: readonly Uint8Array[], isWhole: boolean): readonly Hash[] {
  if (m === entries.length) return isWhole ? [] : [slowRoot(entries)];
  let k = 1;
  while (k * 2 < entries.length) k *= 2;
  const [left, right] = [entries.slice(0, k), entries.slice(k)];
  return m <= k ? [...slowSubproof(m, left, isWhole), slowRoot(right)] : [...slowSubproof(m - k, right, false), slowRoot(left)];
}

const slowSubtrees =
  (entries: readonly Uint8Array[]): Subtrees =>
  (level, index) =>
    slowRoot(entries.slice(index * 2 ** level, (index + 1) * 2 ** level));

const entriesOf = (count: number): readonly Uint8Array[] => Array.from({ length: count }, (_, i) => Buffer.from(`entry ${i}`));

/** A ledger in memory, grown in the given batches. */
function grown(batches: readonly (readonly Uint8Array[])[]): {
  readonly files: Map<string, Uint8Array>;
  readonly read: ReadFile;
  readonly root: Hash;
  readonly size: number;
} {
  const files = new Map<string, Uint8Array>();
  let edge = EMPTY_EDGE;
  for (const batch of batches) {
    const next = append(edge, batch);
    for (const tile of next.tiles) files.set(tilePath(tile), tile.bytes);
    edge = next.edge;
  }
  return { files, read: (path) => files.get(path), root: rootOfEdge(edge), size: edge.size };
}

// The eight leaves and roots that implementations of RFC 6962 share (certificate-transparency, merkle_tree_test).
test.each([
  [0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  [1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"],
  [2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
  [3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"],
  [4, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"],
  [5, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"],
  [6, "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"],
  [7, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"],
  [8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"],
])("the published root of %i leaves", (size, root) => {
  const leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"].map(bytes);
  expect(hex(grown([leaves.slice(0, size)]).root)).toBe(root);
  expect(hex(slowRoot(leaves.slice(0, size)))).toBe(root);
});

test("law: roots and proofs are those of the definition, for every size up to 40", () => {
  for (let size = 0; size <= 40; size++) {
    const entries = entriesOf(size);
    const subtrees = slowSubtrees(entries);
    expect(rootOf(subtrees, size)).toEqual(slowRoot(entries));
    for (let m = 0; m < size; m++) expect(inclusionProof(subtrees, m, size)).toEqual(slowPath(m, entries));
    for (let m = 1; m <= size; m++) expect(consistencyProof(subtrees, m, size)).toEqual(m === size ? [] : slowSubproof(m, entries, true));
  }
});

test("law: proofs hold for what they are of, and for nothing else, for every size up to 24", () => {
  for (let size = 1; size <= 24; size++) {
    const entries = entriesOf(size);
    const [subtrees, root] = [slowSubtrees(entries), slowRoot(entries)];
    for (let m = 0; m < size; m++) {
      const path = inclusionProof(subtrees, m, size);
      const leaf = leafHash(entries[m] as Uint8Array);
      for (let other = 0; other <= size; other++) expect(provesInclusion(leaf, other, size, path, root)).toBe(other === m);
      expect(provesInclusion(leafHash(Buffer.from("another")), m, size, path, root)).toBe(false);
      expect(provesInclusion(leaf, m, size, [...path, root], root)).toBe(false);
      if (path.length > 0) expect(provesInclusion(leaf, m, size, path.slice(1), root)).toBe(false);
    }
    for (let m = 0; m <= size; m++) {
      const path = consistencyProof(subtrees, m, size);
      for (let other = 0; other <= size; other++) {
        expect(provesConsistency(m, size, path, slowRoot(entries.slice(0, other)), root)).toBe(other === m);
      }
      // Nothing is the beginning of everything, and one entry alone is the same turned round.
      const turned = slowRoot([...entries].toReversed());
      expect(provesConsistency(m, size, path, slowRoot(entries.slice(0, m)), turned)).toBe(m === 0 || size === 1);
    }
  }
});

describe("tiles", () => {
  test("paths as the specification writes them", () => {
    expect(tilePath({ level: 0, index: 1234067, width: TILE_WIDTH })).toBe("tile/0/x001/x234/067");
    expect(tilePath({ level: 3, index: 0, width: 17 })).toBe("tile/3/000.p/17");
    expect(tilePath({ level: "entries", index: 1000, width: 255 })).toBe("tile/entries/x001/000.p/255");
  });

  test("a tree of 70,000 has the tiles that the specification counts", () => {
    const hashes = [...tilesOf(70_000)].filter(({ level }) => level !== "entries");
    const count = (level: number, width: number): number => hashes.filter((each) => each.level === level && each.width === width).length;
    expect([count(0, 256), count(0, 112), count(1, 256), count(1, 17), count(2, 1)]).toEqual([273, 1, 1, 1, 1]);
    expect(hashes.length).toBe(277);
    for (const name of tilesOf(70_000)) expect(parseTilePath(tilePath(name))).toEqual(name);
    for (const other of ["tile/0/0", "tile/0/x000/001", "tile/0/000.p/0", "tile/0/000.p/256", "tile/entries/../000", "checkpoint"])
      expect(parseTilePath(other)).toBeUndefined();
    expect([...tilesOf(256)].map(tilePath)).toEqual(["tile/0/000", "tile/1/000.p/1", "tile/entries/000"]);
  });

  test("law: however a ledger is cut into batches, its tiles, root and edge are the same", { timeout: 30_000 }, () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 1, maxLength: 6 }), (sizes) => {
        const entries = entriesOf(sizes.reduce((sum, each) => sum + each, 0));
        let from = 0;
        const batches = sizes.map((size) => entries.slice(from, (from += size)));
        const [whole, cut] = [grown([entries]), grown(batches)];
        expect(cut.root).toEqual(slowRoot(entries));
        expect(whole.root).toEqual(cut.root);
        for (const name of tilesOf(entries.length)) expect(cut.files.get(tilePath(name))).toEqual(whole.files.get(tilePath(name)));
        expect(rootOfEdge(readEdge(cut.read, entries.length))).toEqual(cut.root);
        if (entries.length > 0) expect(rootOf(subtreesOf(cut.read, entries.length), entries.length)).toEqual(cut.root);
      }),
      { numRuns: 25 },
    );
  });

  test("law: a tree of three levels is the same from its tiles as from its definition", { timeout: 60_000 }, () => {
    const entries = entriesOf(66_000);
    const { read, root } = grown([entries]);
    expect(root).toEqual(slowRoot(entries));
    const subtrees = subtreesOf(read, entries.length);
    for (const index of [0, 255, 256, 65_535, 65_536, 65_999])
      expect(
        provesInclusion(
          leafHash(entries[index] as Uint8Array),
          index,
          entries.length,
          inclusionProof(subtrees, index, entries.length),
          root,
        ),
      ).toBe(true);
    for (const older of [1, 256, 65_536, 65_537])
      expect(
        provesConsistency(
          older,
          entries.length,
          consistencyProof(subtrees, older, entries.length),
          slowRoot(entries.slice(0, older)),
          root,
        ),
      ).toBe(true);
  });

  test("law: bundles hold what was put in, whatever it is", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 256 }), (entries) => {
        const name = { level: "entries", index: 0, width: entries.length } as const;
        expect(decodeBundle(encodeBundle(entries), name)).toEqual(entries);
        expect(() => decodeBundle(encodeBundle(entries).subarray(0, -1), name)).toThrow(LedgerError);
      }),
    );
  });

  test("an entry that its length cannot count is refused, and one byte less is not", () => {
    expect(() => append(EMPTY_EDGE, [new Uint8Array(MAX_ENTRY_BYTES + 1)])).toThrow(LedgerError);
    expect(append(EMPTY_EDGE, [new Uint8Array(MAX_ENTRY_BYTES)]).edge.size).toBe(1);
  });

  test("a missing tile and one of another length are told apart", () => {
    const { files } = grown([entriesOf(3)]);
    const path = tilePath({ level: 0, index: 0, width: 3 });
    const readWith =
      (tile: Tile["bytes"] | undefined): ReadFile =>
      (asked) =>
        asked === path ? tile : files.get(asked);
    const codeOf = (read: ReadFile): string => {
      try {
        rootOf(subtreesOf(read, 3), 3);
        return "none";
      } catch (error) {
        return (error as LedgerError).code;
      }
    };
    expect(codeOf(readWith(undefined))).toBe("MISSING_TILE");
    expect(codeOf(readWith(new Uint8Array(95)))).toBe("BAD_TILE");
    expect(codeOf(readWith(files.get(path)))).toBe("none");
  });
});

test("the empty tree has the hash of nothing", () => {
  expect(rootOfEdge(EMPTY_EDGE)).toEqual(emptyRoot());
});
