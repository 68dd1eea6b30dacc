// IP addresses and CIDR ranges as the IpAddress operator compares them (IPv4 and IPv6).

interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

function parse(text: string): Address | undefined {
  if (text.includes(":")) return parseSix(text);
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return undefined;
  return { bits: 32, value: parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n) };
}

function parseSix(text: string): Address | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const groups = (half: string | undefined): string[] => (half === undefined || half === "" ? [] : half.split(":"));
  const head = groups(halves[0]);
  const tail = groups(halves[1]);
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const all = [...head, ...Array.from({ length: missing }, () => "0"), ...tail];
  if (!all.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return { bits: 128, value: all.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n) };
}

/** Whether the address lies in the range (an address, or a network with a prefix length). What does not parse lies nowhere. */
export function addressIn(address: string, range: string): boolean {
  const [network = "", length] = range.split("/");
  const a = parse(address);
  const b = parse(network);
  if (!a || !b || a.bits !== b.bits) return false;
  const prefix = length === undefined ? a.bits : Number(length);
  if (!Number.isInteger(prefix) || prefix < 0 || prefix > a.bits) return false;
  const shift = BigInt(a.bits - prefix);
  return a.value >> shift === b.value >> shift;
}
