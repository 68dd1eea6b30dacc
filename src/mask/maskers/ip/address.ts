// Text of addresses under the ip masker: RFC 4291 section 2.2 in, RFC 5952 out, as PostgreSQL's inet writes it.
import { isIPv4, isIPv6 } from "node:net";

export interface Address {
  readonly bytes: Uint8Array;
  /** How many leading bits say something: a network's, or all of an address's. */
  readonly bits: number;
  /** `/24`, as it stood. */
  readonly suffix: string;
}

export function parseAddress(text: string): Address | undefined {
  const [, host = "", suffix = "", length] = /^([^/%]+)(\/(\d{1,3}))?$/.exec(text.trim()) ?? [];
  const bytes = isIPv4(host) ? Uint8Array.from(host.split("."), Number) : isIPv6(host) ? parseSix(host) : undefined;
  if (bytes === undefined) return undefined;
  const most = bytes.length * 8;
  const bits = length === undefined ? most : Number(length);
  if (bits > most) return undefined;
  // A host within a network has bits of its own beyond the network's.
  return { bytes, bits: hasBitsBeyond(bytes, bits) ? most : bits, suffix };
}

function hasBitsBeyond(bytes: Uint8Array, bits: number): boolean {
  for (let place = bits; place < bytes.length * 8; place++)
    if ((((bytes[place >> 3] as number) >> (7 - (place & 7))) & 1) === 1) return true;
  return false;
}

function parseSix(host: string): Uint8Array {
  const four = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(host);
  const plain = four === null ? host : host.slice(0, four.index) + sixteen(four[1], four[2]) + ":" + sixteen(four[3], four[4]);
  const [head = "", tail] = plain.split("::");
  const groups = (part: string | undefined): readonly string[] => (part === undefined || part === "" ? [] : part.split(":"));
  const before = groups(head);
  const after = groups(tail);
  const all = tail === undefined ? before : [...before, ...Array.from({ length: 8 - before.length - after.length }, () => "0"), ...after];
  return Uint8Array.from(all.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]));
}

const sixteen = (high: string | undefined, low: string | undefined): string => (Number(high) * 256 + Number(low)).toString(16);

/** RFC 5952, section 4. */
export function formatAddress(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  const groups = Array.from({ length: 8 }, (_, at) => ((bytes[at * 2] as number) << 8) | (bytes[at * 2 + 1] as number));
  let [best, longest] = [-1, 1];
  for (let from = 0; from < 8; from++) {
    let to = from;
    while (to < 8 && groups[to] === 0) to++;
    if (to - from > longest) [best, longest] = [from, to - from];
  }
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(":");
  return best < 0 ? hex(groups) : `${hex(groups.slice(0, best))}::${hex(groups.slice(best + longest))}`;
}

type Range = readonly [prefix: readonly number[], bits: number];

/** IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890), and multicast (RFC 5771, RFC 4291); the narrower before the wider. */
const SPECIAL: Readonly<Record<4 | 16, readonly Range[]>> = {
  4: [
    [[255, 255, 255, 255], 32],
    [[10], 8],
    [[172, 16], 12],
    [[192, 168], 16],
    [[100, 64], 10],
    [[127], 8],
    [[169, 254], 16],
    [[192, 0, 2], 24],
    [[198, 51, 100], 24],
    [[203, 0, 113], 24],
    [[0], 8],
    [[224], 4],
    [[240], 4],
  ],
  16: [
    [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 128],
    [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff], 96],
    [[0], 8],
    [[0xfe, 0x80], 10],
    [[0xfc], 7],
    [[0xff], 8],
    [[0x20, 0x01, 0x0d, 0xb8], 32],
    [[0x00, 0x64, 0xff, 0x9b], 96],
  ],
};

/** How many leading bits make it special; 0 for an ordinary address. */
export function specialPrefix(bytes: Uint8Array): number {
  const holds = ([prefix, bits]: Range): boolean => {
    for (let place = 0; place < bits; place++) {
      const [byte, shift] = [place >> 3, 7 - (place & 7)];
      if (((((bytes[byte] as number) ^ (prefix[byte] ?? 0)) >> shift) & 1) === 1) return false;
    }
    return true;
  };
  return SPECIAL[bytes.length as 4 | 16].find(holds)?.[1] ?? 0;
}
