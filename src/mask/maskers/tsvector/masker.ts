// Text search vectors, where nothing computes them anew: every lexeme becomes another word, or none is left.
import { z } from "zod";
import { textPermutation } from "../../bijection/text.ts";
import type { Masker } from "../../masker.ts";
import { textMasking } from "../../text-masking.ts";

const Options = z.strictObject({
  as: z.enum(["empty", "words"]).default("empty"),
});
type Options = z.infer<typeof Options>;

/** PostgreSQL documentation, section 8.11.1: lexemes in quotes, a quote or backslash inside written twice. */
const LEXEME = /'((?:[^'\\]|''|\\\\)*)'/g;

export const masker: Masker<Options> = {
  id: "tsvector",
  summary: "No words, or others in their places. Where a trigger or a generated column computes it, let that do it.",
  options: Options,
  types: ["tsvector"],
  deterministic: true,
  keepsDistinct: () => false,
  compile: ({ as }, _column, prf) => {
    if (as === "empty") return () => undefined;
    const permute = textPermutation(prf.derive("tsvector"));
    return textMasking((text) => text.replaceAll(LEXEME, (_, lexeme: string) => `'${permute(lexeme)}'`));
  },
};
