// Addresses of both families in one order: IPv4 below, IPv6 above, so that one sorted table serves both.

/** IPv4 as a number below 2³², IPv6 as a bigint from 2³² on. The two compare with each other by value. */
export type Address = number | bigint;

/** Both ends belong. */
export interface AddressRange {
  readonly from: Address;
  readonly to: Address;
}

const IPV6_BASE = 1n << 32n;

export function parseAddress(text: string): Address | undefined {
  if (text.includes(":")) {
    const value = parseIpv6(text);
    return value === undefined ? undefined : IPV6_BASE + value;
  }
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  let value = 0;
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return undefined;
    value = value * 256 + Number(part);
  }
  return value;
}

/** RFC 4291, section 2.2. */
function parseIpv6(text: string): bigint | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const groups = (half: string | undefined): string[] => (half === undefined || half === "" ? [] : half.split(":"));
  const head = groups(halves[0]);
  const tail = groups(halves[1]);
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  let value = 0n;
  for (const group of [...head, ...Array<string>(missing).fill("0"), ...tail]) {
    if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined;
    value = (value << 16n) | BigInt(`0x${group}`);
  }
  return value;
}

/** A block, host bits ignored as AWS does when it stores one; undefined when the text is none. */
export function parseCidr(text: string): AddressRange | undefined {
  const [address, length, ...rest] = text.split("/");
  const start = address === undefined ? undefined : parseAddress(address);
  if (start === undefined || length === undefined || rest.length > 0 || !/^\d{1,3}$/.test(length)) return undefined;
  const bits = Number(length);
  if (typeof start === "number") {
    if (bits > 32) return undefined;
    const size = 2 ** (32 - bits);
    const from = Math.floor(start / size) * size;
    return { from, to: from + size - 1 };
  }
  if (bits > 128) return undefined;
  const size = 1n << BigInt(128 - bits);
  const from = IPV6_BASE + ((start - IPV6_BASE) / size) * size;
  return { from, to: from + size - 1n };
}

export const contains = (range: AddressRange, address: Address): boolean => range.from <= address && address <= range.to;

export const containsAny = (ranges: readonly AddressRange[], address: Address): boolean => {
  for (const range of ranges) if (contains(range, address)) return true;
  return false;
};

export const isIpv6 = (address: Address): boolean => typeof address === "bigint";

export const compareAddresses = (a: Address, b: Address): number => (a < b ? -1 : a > b ? 1 : 0);

/** The address after; for boundaries of ranges only. */
export const after = (address: Address): Address => (typeof address === "number" ? address + 1 : address + 1n);

export function addressText(address: Address): string {
  if (typeof address === "number") return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
  const value = address - IPV6_BASE;
  return Array.from({ length: 8 }, (_, i) => ((value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16)).join(":");
}

const block = (text: string): AddressRange => parseCidr(text) ?? { from: 1, to: 0 };

/** Blocks that no internet router forwards to (IANA Special-Purpose Address Registries: RFC 1918, 6598, 3927, 1122, 4193, 4291). */
const NOT_INTERNET = [
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "100.64.0.0/10",
  "169.254.0.0/16",
  "127.0.0.0/8",
  "0.0.0.0/8",
  "224.0.0.0/3",
  "fc00::/7",
  "fe80::/10",
  "ff00::/8",
  "::/127",
].map(block);

export const isOnInternet = (address: Address): boolean => !containsAny(NOT_INTERNET, address);
