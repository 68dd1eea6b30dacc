// IP addresses and networks: two that share their first bits still do, and private ones stay private.
import { z } from "zod";
import { MaskError } from "../../error.ts";
import type { Masker } from "../../masker.ts";
import type { Prf } from "../../prf/prf.ts";
import { textMasking } from "../../text-masking.ts";
import { canonicalType } from "../../type-name.ts";
import { TEXT, underlying } from "../types.ts";
import { formatAddress, parseAddress, specialPrefix } from "./address.ts";

const Options = z.strictObject({
  /** Leading bits that stay, of addresses of version 4 and 6. */
  keepBits4: z.int().min(0).max(24).default(0),
  keepBits6: z.int().min(0).max(112).default(0),
});
type Options = z.infer<typeof Options>;

/**
 * Crypto-PAn's construction (Xu, Fan, Ammar and Moon, "Prefix-Preserving IP Address Anonymization", ICNP 2002, theorem 1): each bit is
 * flipped or not by a keyed function of the bits before it. One evaluation of ours has 256 bits, enough for all 255 prefixes
 * that end within one byte, so an address costs one evaluation for each of its bytes.
 */
function flip(prf: Prf, bytes: Uint8Array, bits: number, kept: number, into: Uint8Array): void {
  for (let at = 0; at < bytes.length; at++) {
    prf.evaluate(bytes, 0, at);
    const byte = bytes[at] as number;
    let node = 1;
    let masked = 0;
    for (let bit = 0; bit < 8; bit++) {
      const original = (byte >> (7 - bit)) & 1;
      const place = at * 8 + bit;
      const change = place >= kept && place < bits ? ((prf.words[node >> 5] as number) >>> (node & 31)) & 1 : 0;
      masked = (masked << 1) | (original ^ change);
      node = (node << 1) | original;
    }
    into[at] = masked;
  }
}

const MOST_STEPS = 200;

/** Walks on while an ordinary address became a special one, or the other way round: private, loopback and multicast keep their meaning. */
function maskAddress(prf: Prf, bytes: Uint8Array, bits: number, keep: number): Uint8Array {
  const special = specialPrefix(bytes);
  let current = bytes;
  for (let step = 0; step < MOST_STEPS; step++) {
    const next = new Uint8Array(bytes.length);
    flip(prf, current, bits, Math.max(keep, special), next);
    if (specialPrefix(next) === special) return next;
    current = next;
  }
  throw new MaskError("EXHAUSTED", "a network is as wide as its special range, and cannot become another one");
}

export const masker: Masker<Options> = {
  id: "ip",
  summary: "Another address; two that share a network still share one, and private ones stay private. Different ones stay different.",
  options: Options,
  types: ["inet", "cidr", ...TEXT],
  deterministic: true,
  keepsDistinct: (_options, column) => ["inet", "cidr"].includes(canonicalType(underlying(column).type)),
  compile: (options, column, prf) => {
    const own = prf.derive("ip");
    const [own4, own6] = [own.derive("4"), own.derive("6")];
    // An inet of a network's own address is one host among others: were its last bits left, another host could come to have them.
    const isInet = canonicalType(underlying(column).type) === "inet";
    return textMasking((text) => {
      const address = parseAddress(text);
      if (address === undefined) throw new MaskError("VALUE_NOT_MASKABLE", "a value is no IP address");
      const isFour = address.bytes.length === 4;
      const bits = isInet ? address.bytes.length * 8 : address.bits;
      const masked = maskAddress(isFour ? own4 : own6, address.bytes, bits, isFour ? options.keepBits4 : options.keepBits6);
      return formatAddress(masked) + address.suffix;
    });
  },
};
