// Names of people, from lists: the same name becomes the same other one.
import { z } from "zod";
import { type ByteSink, ensure, writeBytes } from "../../byte-sink.ts";
import { LOCALES, lists } from "../../lists/lists.ts";
import type { ColumnType, Masker } from "../../masker.ts";
import { choose } from "../../prf/prf.ts";
import { TOKEN_LENGTH, tokenSql, writeToken } from "../token.ts";
import { TEXT } from "../types.ts";

const Options = z.strictObject({
  part: z.enum(["full", "given", "family"]).default("full"),
  locale: z.enum(LOCALES).default("en"),
  /** Puts a token after the name, so that different names stay different. */
  unique: z.boolean().default(false),
});
type Options = z.infer<typeof Options>;

const FEWEST = 20;

const roomOf = ({ unique }: Options, { maxLength = 255 }: ColumnType): number => maxLength - (unique ? TOKEN_LENGTH + 1 : 0);

/** The names that fit: of a full name each part has half of the room. */
function partsFor(options: Options, type: ColumnType): readonly (readonly string[])[] {
  const { given, family } = lists[options.locale];
  const room = roomOf(options, type);
  const half = Math.floor((room - 1) / 2);
  const within = (names: readonly string[], most: number): readonly string[] => names.filter((each) => each.length <= most);
  if (options.part === "full") return [within(given, half), within(family, room - 1 - half)];
  return [within(options.part === "given" ? given : family, room)];
}

export const masker: Masker<Options> = {
  id: "name",
  summary: "Another name of a person, from a list in the chosen language, without regard to gender.",
  options: Options,
  types: TEXT,
  deterministic: true,
  keepsDistinct: ({ unique }) => unique,
  refuses: (options, column) =>
    partsFor(options, column).some((names) => names.length < FEWEST)
      ? `has fewer than ${FEWEST} names that fit into ${column.maxLength} characters`
      : undefined,
  compile: (options, column, prf) => {
    const own = prf.derive("name").derive(options.part);
    const parts = partsFor(options, column).map((names) => names.map((each) => Buffer.from(each)));
    return (input, start, end, out: ByteSink) => {
      if (start === end) return;
      own.evaluate(input, start, end);
      for (let part = 0; part < parts.length; part++) {
        const names = parts[part] as readonly Buffer[];
        const chosen = names[choose(own, part, names.length)] as Buffer;
        if (part > 0) space(out);
        writeBytes(out, chosen, 0, chosen.length);
      }
      if (!options.unique) return;
      space(out);
      writeToken(out, own);
    };
  },
  sql: (options, column, { concat, keyed }) =>
    keyed(["name", options.part], (made) => {
      const names = partsFor(options, column).map((from, word) => made.pick(word, from));
      return concat(
        [...names, ...(options.unique ? [concat(tokenSql(made))] : [])].flatMap((part, at) => (at === 0 ? [part] : ["' '", part])),
      );
    }),
};

function space(out: ByteSink): void {
  ensure(out, 1);
  out.bytes[out.at++] = 0x20;
}
