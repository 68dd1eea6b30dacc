// Text of the same form: letters become letters of their kind, digits digits, punctuation and length stay.
import { z } from "zod";
import { textPermutation } from "../../bijection/text.ts";
import type { Masker } from "../../masker.ts";
import { textMasking } from "../../text-masking.ts";
import { TEXT } from "../types.ts";

const Options = z.strictObject({});
type Options = z.infer<typeof Options>;

export const masker: Masker<Options> = {
  id: "text",
  summary: "Other letters and digits of the same kinds in the same places; different texts stay different.",
  options: Options,
  types: TEXT,
  deterministic: true,
  keepsDistinct: (_options, column) => column.type !== "citext",
  compile: (_options, _column, prf) => textMasking(textPermutation(prf.derive("text"))),
};
