// The Merkle tree of the ledger: hashes, roots and the two proofs, over any source of hashes of complete subtrees.
import { hash } from "node:crypto";

/** A SHA-256 hash, 32 bytes. */
export type Hash = Uint8Array;

/** The hash of the complete subtree over the leaves `index * 2**level` up to the next multiple of `2**level`. */
export type Subtrees = (level: number, index: number) => Hash;

/** Nodes and leaves are hashed apart, so that no node passes for a leaf (RFC 6962, section 2.1). */
export const leafHash = (entry: Uint8Array): Hash => sha256(prefixed(0, entry));
export const nodeHash = (left: Hash, right: Hash): Hash => {
  node.set(left, 1);
  node.set(right, 33);
  return sha256(node);
};

/** The root of the tree without leaves: the hash of nothing (RFC 6962, section 2.1). */
export const emptyRoot = (): Hash => sha256(new Uint8Array());

export const isSameHash = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0;

/** The root over the first `size` leaves. */
export const rootOf = (subtrees: Subtrees, size: number): Hash => (size === 0 ? emptyRoot() : treeHash(subtrees, 0, size));

/**
 * The audit path of the leaf at `index` in the tree over the first `size` leaves, from the leaf's sibling up. Throws a RangeError when the leaf is outside.
 *
 * Source: RFC 6962, section 2.1.1, PATH(m, D[n]).
 */
export function inclusionProof(subtrees: Subtrees, index: number, size: number): readonly Hash[] {
  if (!isIndex(index) || !isIndex(size) || index >= size) throw new RangeError(`no leaf ${index} in a tree of ${size}`);
  const path: Hash[] = [];
  for (let [from, to] = [0, size]; to - from > 1;) {
    const middle = from + largestPowerBelow(to - from);
    if (index < middle) {
      path.push(treeHash(subtrees, middle, to));
      to = middle;
    } else {
      path.push(treeHash(subtrees, from, middle));
      from = middle;
    }
  }
  return path.toReversed();
}

/**
 * Shows that the tree over `older` leaves is the beginning of the one over `newer`. Throws a RangeError when it cannot be.
 *
 * Source: RFC 6962, section 2.1.2, PROOF(m, D[n]). Empty for an empty or an equal tree.
 */
export function consistencyProof(subtrees: Subtrees, older: number, newer: number): readonly Hash[] {
  if (!isIndex(older) || !isIndex(newer) || older > newer) throw new RangeError(`${older} leaves are no beginning of ${newer}`);
  if (older === 0 || older === newer) return [];
  const path: Hash[] = [];
  let [from, to, isWhole] = [0, newer, true];
  while (to !== older) {
    const middle = from + largestPowerBelow(to - from);
    if (older <= middle) {
      path.push(treeHash(subtrees, middle, to));
      to = middle;
    } else {
      path.push(treeHash(subtrees, from, middle));
      from = middle;
      isWhole = false;
    }
  }
  if (!isWhole) path.push(treeHash(subtrees, from, to));
  return path.toReversed();
}

/** Whether the path leads from the leaf to the root (RFC 9162, section 2.1.3.2). */
export function provesInclusion(leaf: Hash, index: number, size: number, path: readonly Hash[], root: Hash): boolean {
  if (!isIndex(index) || !isIndex(size) || index >= size) return false;
  let [position, last, at] = [index, size - 1, leaf];
  for (const sibling of path) {
    if (last === 0) return false;
    if (position % 2 === 1 || position === last) {
      at = nodeHash(sibling, at);
      while (position % 2 === 0 && position !== 0) [position, last] = [half(position), half(last)];
    } else {
      at = nodeHash(at, sibling);
    }
    [position, last] = [half(position), half(last)];
  }
  return last === 0 && isSameHash(at, root);
}

/** Whether the path shows that `olderRoot` is the root of a beginning of the tree of `newerRoot` (RFC 9162, section 2.1.4.2). */
export function provesConsistency(older: number, newer: number, path: readonly Hash[], olderRoot: Hash, newerRoot: Hash): boolean {
  if (!isIndex(older) || !isIndex(newer) || older > newer) return false;
  if (older === newer) return path.length === 0 && isSameHash(olderRoot, newerRoot);
  if (older === 0) return path.length === 0 && isSameHash(olderRoot, emptyRoot());
  const steps = isPower(older) ? [olderRoot, ...path] : path;
  const [first, ...rest] = steps;
  if (first === undefined) return false;
  let [position, last] = [older - 1, newer - 1];
  while (position % 2 === 1) [position, last] = [half(position), half(last)];
  let [then, now] = [first, first];
  for (const sibling of rest) {
    if (last === 0) return false;
    if (position % 2 === 1 || position === last) {
      [then, now] = [nodeHash(sibling, then), nodeHash(sibling, now)];
      while (position % 2 === 0 && position !== 0) [position, last] = [half(position), half(last)];
    } else {
      now = nodeHash(now, sibling);
    }
    [position, last] = [half(position), half(last)];
  }
  return last === 0 && isSameHash(then, olderRoot) && isSameHash(now, newerRoot);
}

/** A number of leaves, or the place of one: whole, not negative, and exact as a JavaScript number. */
export const isIndex = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

function treeHash(subtrees: Subtrees, from: number, to: number): Hash {
  const width = to - from;
  if (isPower(width)) return subtrees(Math.log2(width), from / width);
  const middle = from + largestPowerBelow(width);
  return nodeHash(treeHash(subtrees, from, middle), treeHash(subtrees, middle, to));
}

// Sizes go beyond 32 bits, so no bit operators here.
const isPower = (value: number): boolean => 2 ** Math.floor(Math.log2(value)) === value;
const half = (value: number): number => Math.floor(value / 2);

/** The largest power of two that is smaller than `width`, which is at least 2. */
function largestPowerBelow(width: number): number {
  let power = 1;
  while (power * 2 < width) power *= 2;
  return power;
}

const sha256 = (bytes: Uint8Array): Hash => hash("sha256", bytes, "buffer");

// INVARIANT: the first byte stays 1; the rest is written before each use.
const node = new Uint8Array(65);
node[0] = 1;

function prefixed(prefix: number, bytes: Uint8Array): Uint8Array {
  const result = new Uint8Array(bytes.length + 1);
  result[0] = prefix;
  result.set(bytes, 1);
  return result;
}
