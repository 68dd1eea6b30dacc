// The leaf hashes of a ledger in memory: 32 bytes an entry, in one array that grows.

export interface LeafList {
  size(): number;
  push(leaf: Uint8Array): void;
  /** Throws a RangeError beyond the end. */
  at(index: number): Uint8Array;
}

export function leafList(): LeafList {
  let bytes = Buffer.alloc(32 * 1024);
  let count = 0;
  return {
    size: () => count,
    push: (leaf) => {
      if ((count + 1) * 32 > bytes.length) bytes = Buffer.concat([bytes], bytes.length * 2);
      bytes.set(leaf, count * 32);
      count++;
    },
    at: (index) => {
      if (index < 0 || index >= count) throw new RangeError(`no entry ${index} of ${count}`);
      return bytes.subarray(index * 32, (index + 1) * 32);
    },
  };
}
