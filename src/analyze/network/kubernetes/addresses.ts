// Blocks of addresses of both families, cut into the ranges that policies tell apart.

type Family = 4 | 6;

export interface AddressRange {
  readonly family: Family;
  readonly from: bigint;
  readonly to: bigint;
}

const BITS: Readonly<Record<Family, number>> = { 4: 32, 6: 128 };
export const everyAddress = (family: Family): AddressRange => ({ family, from: 0n, to: (1n << BigInt(BITS[family])) - 1n });

/** `10.0.0.0/8`, `fd00::/8`. Undefined: no such block. Bits after the prefix are dropped, as the kernel does. */
export function parseBlock(text: string): AddressRange | undefined {
  const [address = "", prefix = "", rest] = text.split("/");
  const family: Family = address.includes(":") ? 6 : 4;
  const value = family === 6 ? parseV6(address) : parseV4(address);
  if (value === undefined || rest !== undefined || !/^\d{1,3}$/.test(prefix) || Number(prefix) > BITS[family]) return undefined;
  const size = 1n << BigInt(BITS[family] - Number(prefix));
  const from = value - (value % size);
  return { family, from, to: from + size - 1n };
}

function parseV4(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || parts.some((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

/** RFC 4291, section 2.2. */
function parseV6(text: string): bigint | undefined {
  const embedded = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (embedded) {
    const v4 = parseV4(embedded[2] as string);
    if (v4 === undefined) return undefined;
    return parseV6(`${embedded[1]}${(v4 >> 16n).toString(16)}:${(v4 & 0xffffn).toString(16)}`);
  }
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => "0"), ...tail];
  if (groups.some((group) => !/^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return groups.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n);
}

/**
 * The finest ranges that the blocks tell apart, in order: between two neighbouring edges every policy decides alike. IPv6 appears when some block
 * is of IPv6.
 */
export function cutRanges(blocks: readonly AddressRange[]): readonly AddressRange[] {
  const families: readonly Family[] = blocks.some(({ family }) => family === 6) ? [4, 6] : [4];
  return families.flatMap((family) => {
    const own = blocks.filter((block) => block.family === family);
    const whole = everyAddress(family);
    const starts = new Set([whole.from, ...own.flatMap(({ from, to }) => [from, to + 1n])]);
    starts.delete(whole.to + 1n);
    const cuts = [...starts].toSorted((a, b) => (a < b ? -1 : 1));
    return cuts.map((from, i) => ({ family, from, to: (cuts[i + 1] ?? whole.to + 1n) - 1n }));
  });
}

export const isWithin = (range: AddressRange, block: AddressRange): boolean =>
  range.family === block.family && block.from <= range.from && range.to <= block.to;

/** Whether one address stands in a block and in none of its holes. */
export function isInBlock(address: string, { cidr, except }: { readonly cidr: string; readonly except: readonly string[] }): boolean {
  const one = parseBlock(`${address}/${address.includes(":") ? 128 : 32}`);
  const isIn = (text: string): boolean => {
    const block = parseBlock(text);
    return one !== undefined && block !== undefined && isWithin(one, block);
  };
  return isIn(cidr) && !except.some(isIn);
}

export const rangeText = ({ family, from, to }: AddressRange): string => `${addressText(family, from)}-${addressText(family, to)}`;

function addressText(family: Family, value: bigint): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join(".");
  const groups = Array.from({ length: 8 }, (_, i) => ((value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16));
  return shortened(groups);
}

/** RFC 5952, section 4.2: the longest run of zero groups, the first of equals, becomes `::`. */
function shortened(groups: readonly string[]): string {
  let best = { at: 0, length: 1 };
  for (let at = 0; at < groups.length; at++) {
    let length = 0;
    while (groups[at + length] === "0") length++;
    if (length > best.length) best = { at, length };
  }
  if (best.length < 2) return groups.join(":");
  return `${groups.slice(0, best.at).join(":")}::${groups.slice(best.at + best.length).join(":")}`;
}
