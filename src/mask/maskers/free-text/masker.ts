// Texts that people wrote: what is found in them to be personal or secret is masked by its kind, the rest stays.
import { z } from "zod";
import { type Kind, kindFacts } from "../../discover/kind.ts";
import { spansOf } from "../../discover/spans.ts";
import { MaskError } from "../../error.ts";
import type { Column, Masker, Maskers } from "../../masker.ts";
import type { Prf } from "../../prf/prf.ts";
import { textMasking } from "../../text-masking.ts";
import { type PartMask, partMask, ruleRefusal } from "../parts.ts";
import { TEXT } from "../types.ts";

const Options = z.strictObject({});
type Options = z.infer<typeof Options>;

const PART = { type: "text" };

export const masker: Masker<Options> = {
  id: "free-text",
  summary: "Names, addresses, numbers and keys that are found in the text are masked, the same ones alike; the rest stays.",
  options: Options,
  types: TEXT,
  deterministic: true,
  keepsDistinct: () => false,
  compile: (_options, column, prf, maskers) => {
    const own = prf.derive("free-text");
    const masks = new Map<Kind, PartMask>();
    const maskFor = (kind: Kind): PartMask => {
      let mask = masks.get(kind);
      if (mask === undefined) masks.set(kind, (mask = compileKind(kind, column, own, maskers)));
      return mask;
    };
    const most = column.maxLength ?? Infinity;
    return textMasking((text) => {
      let out = "";
      let at = 0;
      for (const { kind, start, end } of spansOf(text)) {
        out += text.slice(at, start) + (maskFor(kind)(text.slice(start, end)) ?? "");
        at = end;
      }
      const masked = [...(out + text.slice(at))];
      return masked.length <= most ? masked.join("") : masked.slice(0, most).join("");
    });
  },
};

/** The first masker of the kind that masks a part of a text; `text`, which masks any, is among them. */
function compileKind(kind: Kind, column: Column, prf: Prf, maskers: Maskers): PartMask {
  const choice = kindFacts[kind].maskers.find((each) => ruleRefusal(each, PART, column, maskers) === undefined) ?? "text";
  const mask = partMask(choice, PART, column, prf, maskers);
  const fallback = partMask("text", PART, column, prf, maskers);
  return (text) => {
    try {
      return mask(text);
    } catch (error) {
      if (!(error instanceof MaskError)) throw error;
      // What a detector took for such a thing and its masker cannot read is masked as text.
      return fallback(text);
    }
  };
}
