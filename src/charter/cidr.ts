// Network ranges as intervals, so that overlapping boundaries show.

export interface Range {
  readonly version: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

/** The addresses of a range in CIDR notation (RFC 4632 section 3.1, RFC 4291 section 2.3). The schema has checked that it is one. */
export function rangeOf(cidr: string): Range {
  const [address = "", prefix = ""] = cidr.split("/");
  const version = address.includes(":") ? 6 : 4;
  const bits = version === 6 ? 128n : 32n;
  const free = bits - BigInt(prefix);
  const value = version === 6 ? address6(address) : address4(address);
  const first = (value >> free) << free;
  return { version, first, last: first + (1n << free) - 1n };
}

export const rangesOverlap = (a: Range, b: Range): boolean => a.version === b.version && a.first <= b.last && b.first <= a.last;

/** By first address; of two that begin together the wider comes first. */
export function compareRanges(a: Range, b: Range): number {
  if (a.version !== b.version) return a.version - b.version;
  if (a.first !== b.first) return a.first < b.first ? -1 : 1;
  return a.last === b.last ? 0 : a.last > b.last ? -1 : 1;
}

const address4 = (text: string): bigint => text.split(".").reduce((value, part) => value * 256n + BigInt(part), 0n);

// `::` stands for as many zero groups as are missing; the last 32 bits may be written as IPv4 (RFC 4291 section 2.2).
function address6(text: string): bigint {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const plain = dotted
    ? `${dotted[1]}${(address4(dotted[2] ?? "") >> 16n).toString(16)}:${(address4(dotted[2] ?? "") & 0xffffn).toString(16)}`
    : text;
  const [head = "", tail] = plain.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => "0");
  return [...left, ...zeros, ...right].reduce((value, group) => value * 65536n + BigInt(`0x${group}`), 0n);
}
