// Hardware addresses: another one of the same kind, or of the same vendor.
import { z } from "zod";
import { permutation } from "../../bijection/permutation.ts";
import { MaskError } from "../../error.ts";
import type { Masker } from "../../masker.ts";
import { textMasking } from "../../text-masking.ts";
import { canonicalType } from "../../type-name.ts";
import { TEXT, underlying } from "../types.ts";

const Options = z.strictObject({
  keepVendor: z.boolean().default(false),
});
type Options = z.infer<typeof Options>;

/** IEEE 802-2014, section 8.2: 24 bits are the vendor's; the two lowest of the first byte say group and locally administered. */
const VENDOR_DIGITS = 6;
const FORM = /^[0-9a-f]{12}(?:[0-9a-f]{4})?$/i;

export const masker: Masker<Options> = {
  id: "mac",
  summary: "Another hardware address; different ones stay different.",
  options: Options,
  types: ["macaddr", "macaddr8", ...TEXT],
  deterministic: true,
  keepsDistinct: (_options, column) => canonicalType(underlying(column).type).startsWith("macaddr"),
  compile: ({ keepVendor }, _column, prf) => {
    const own = prf.derive("mac").derive(keepVendor ? "vendor" : "all");
    const low = permutation(own.derive("low"), 2 ** 24);
    const longLow = permutation(own.derive("long low"), 2 ** 40);
    const whole = permutation(own.derive("whole"), 2 ** 46);
    const maskDigits = (digits: string): string => {
      if (keepVendor || digits.length === 16) {
        const rest = digits.slice(VENDOR_DIGITS);
        return (
          digits.slice(0, VENDOR_DIGITS) +
          (digits.length === 16 ? longLow : low)(Number.parseInt(rest, 16)).toString(16).padStart(rest.length, "0")
        );
      }
      const first = Number.parseInt(digits.slice(0, 2), 16);
      const masked = whole((first >> 2) * 2 ** 40 + Number.parseInt(digits.slice(2), 16));
      const high = Math.floor(masked / 2 ** 40);
      return ((high << 2) | (first & 3)).toString(16).padStart(2, "0") + (masked - high * 2 ** 40).toString(16).padStart(10, "0");
    };
    return textMasking((text) => {
      const digits = text.replaceAll(/[^0-9a-z]/gi, "");
      if (!FORM.test(digits)) throw new MaskError("VALUE_NOT_MASKABLE", "a value is no hardware address");
      const masked = maskDigits(digits);
      const shown = /[A-F]/.test(digits) ? masked.toUpperCase() : masked;
      let at = 0;
      return text.replaceAll(/[0-9a-f]/gi, () => shown[at++] as string);
    });
  },
};
