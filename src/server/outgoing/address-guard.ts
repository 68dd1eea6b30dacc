// Where the server may connect on somebody's word: public addresses, and private ones that were allowed by name. Asked of the address that is connected to, not of a name.
import { lookup as resolve } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";

/** RFC 6890 and its registries: this machine, private networks, link-local (where clouds keep credentials), shared, documentation, benchmarks, multicast, reserved. */
const NOT_PUBLIC: readonly (readonly [address: string, bits: number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
];

export class RefusedAddress extends Error {}

export interface AddressGuard {
  /** For node's sockets: resolves, and gives only what may be connected to. */
  readonly lookup: LookupFunction;
  /** Throws for an address that stands in the URL itself, which no lookup sees. */
  check(hostname: string): void;
}

/** `allowed`: ranges, as ADDRESS/BITS, that are private and meant. */
export function addressGuard(allowed: readonly string[]): AddressGuard {
  const own = new BlockList();
  for (const range of allowed) {
    const [address = "", bits = ""] = range.split("/");
    own.addSubnet(address, Number(bits), isIP(address) === 6 ? "ipv6" : "ipv4");
  }
  const blocked = new BlockList();
  for (const [address, bits] of NOT_PUBLIC) blocked.addSubnet(address, bits);
  const publicV6 = new BlockList();
  // Of IPv6 only what is assigned to the internet (RFC 4291, section 2.4), less what leads into IPv4 or is for documents.
  publicV6.addSubnet("2000::", 3, "ipv6");
  const notPublicV6 = new BlockList();
  for (const [address, bits] of [
    ["2001::", 23],
    ["2001:db8::", 32],
    ["2002::", 16],
    ["3fff::", 20],
  ] as const)
    notPublicV6.addSubnet(address, bits, "ipv6");
  const mayConnect = (address: string): boolean => {
    if (isIP(address) === 4) return own.check(address) || !blocked.check(address);
    // An IPv4 address in IPv6's clothes is not in 2000::/3, and so refused unless it is allowed as it is written.
    return isIP(address) === 6 && (own.check(address, "ipv6") || (publicV6.check(address, "ipv6") && !notPublicV6.check(address, "ipv6")));
  };
  return {
    check: (hostname) => {
      const address = hostname.replace(/^\[(.*)\]$/, "$1");
      if (isIP(address) !== 0 && !mayConnect(address)) throw new RefusedAddress(`${address} is no public address, and not allowed`);
    },
    lookup: (hostname, options, callback) => {
      resolve(hostname, { ...options, all: true }, (error, found) => {
        if (error) return callback(error, "", 0);
        const usable = found.filter(({ address }) => mayConnect(address));
        const [first] = usable;
        if (first === undefined) return callback(new RefusedAddress(`${hostname} has no public address, and none that is allowed`), "", 0);
        if (options.all) return callback(null, usable);
        callback(null, first.address, first.family);
      });
    },
  };
}
