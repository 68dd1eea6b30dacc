// Paths of files: folders and names become others of the same form, the kind of file stays.
import { z } from "zod";
import { textPermutation } from "../../bijection/text.ts";
import type { Masker } from "../../masker.ts";
import { textMasking } from "../../text-masking.ts";
import { TEXT } from "../types.ts";

const Options = z.strictObject({
  /** Leading folders that stay. */
  keepFolders: z.int().min(0).default(0),
});
type Options = z.infer<typeof Options>;

const SEPARATOR = /([/\\])/;
const EXTENSION = /^(.+?)((?:\.[a-z][a-z0-9]{0,4}){1,2})$/i;
const KEPT = new Set(["", "/", "\\", ".", ".."]);

export const masker: Masker<Options> = {
  id: "path",
  summary: "Another path with the same folders deep and the same extension; different ones stay different.",
  options: Options,
  types: TEXT,
  deterministic: true,
  keepsDistinct: (_options, column) => column.type !== "citext",
  compile: ({ keepFolders }, _column, prf) => {
    const permute = textPermutation(prf.derive("path"));
    return textMasking((text) => {
      let folders = 0;
      const parts = text.split(SEPARATOR);
      return parts
        .map((part, at) => {
          if (KEPT.has(part) || /^[a-z]:$/i.test(part)) return part;
          const isLast = at === parts.length - 1;
          if (!isLast && folders++ < keepFolders) return part;
          const [, stem = part, extension = ""] = isLast ? (EXTENSION.exec(part) ?? []) : [];
          return permute(stem) + extension;
        })
        .join("");
    });
  },
};
