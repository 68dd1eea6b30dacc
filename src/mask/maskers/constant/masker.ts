// The same value for every row.
import { z } from "zod";
import { writeBytes } from "../../byte-sink.ts";
import type { Masker } from "../../masker.ts";

const Options = z.strictObject({
  /** As PostgreSQL's text input takes it. */
  value: z.string(),
});
type Options = z.infer<typeof Options>;

export const masker: Masker<Options> = {
  id: "constant",
  summary: "One declared value for every row that has one.",
  options: Options,
  types: ["*"],
  deterministic: true,
  keepsDistinct: () => false,
  refuses: ({ value }, { maxLength, labels }) => {
    if (maxLength !== undefined && [...value].length > maxLength)
      return `writes ${[...value].length} characters, and the column has ${maxLength}`;
    return labels !== undefined && !labels.includes(value) ? `writes "${value}", which is none of ${labels.join(", ")}` : undefined;
  },
  compile: ({ value }) => {
    const bytes = Buffer.from(value);
    return (_input, _start, _end, out) => writeBytes(out, bytes, 0, bytes.length);
  },
  sql: ({ value }, column, { value: expression }) =>
    `CASE WHEN ${expression} IS NULL THEN NULL ELSE CAST('${value.replaceAll("'", "''")}' AS ${column.type}) END`,
};
