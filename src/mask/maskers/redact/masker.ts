// A mark in place of every letter and digit: nothing is left but how long it was, and not even that when a word is asked for.
import { z } from "zod";
import { writeText } from "../../byte-sink.ts";
import type { Masker } from "../../masker.ts";
import { TEXT } from "../types.ts";

const Options = z.strictObject({
  character: z.string().length(1).default("*"),
  /** Instead of one mark for each character. */
  word: z.string().min(1).optional(),
  keepLast: z.int().min(0).max(4).default(0),
});
type Options = z.infer<typeof Options>;

export const masker: Masker<Options> = {
  id: "redact",
  summary: "A mark for every character, or one word.",
  options: Options,
  types: TEXT,
  deterministic: true,
  keepsDistinct: () => false,
  refuses: ({ word, keepLast }, { maxLength }) => {
    if (word !== undefined && keepLast > 0) return "takes a word or keepLast, not both";
    return word !== undefined && maxLength !== undefined && word.length > maxLength
      ? `writes ${word.length} characters, and the column has ${maxLength}`
      : undefined;
  },
  compile:
    ({ character, word, keepLast }) =>
    (input, start, end, out) => {
      if (start === end) return;
      if (word !== undefined) return writeText(out, word);
      const characters = [...input.toString("utf8", start, end)];
      const kept = characters.length > 2 * keepLast ? keepLast : 0;
      writeText(out, character.repeat(characters.length - kept) + (kept === 0 ? "" : characters.slice(-kept).join("")));
    },
  sql: ({ word }, _column, { value }) =>
    word === undefined ? undefined : `CASE WHEN ${value} = '' OR ${value} IS NULL THEN ${value} ELSE '${word.replaceAll("'", "''")}' END`,
};
