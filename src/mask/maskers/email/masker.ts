// Addresses of e-mail that reach nobody: the local part is a name and a token, the domain one that is reserved or declared.
import { z } from "zod";
import { ensure, writeBytes } from "../../byte-sink.ts";
import { lists } from "../../lists/lists.ts";
import type { ColumnType, Masker } from "../../masker.ts";
import { choose } from "../../prf/prf.ts";
import { TOKEN_LENGTH, tokenSql, writeToken } from "../token.ts";
import { TEXT } from "../types.ts";

/** RFC 2606, section 3: registered to nobody who would read the mail. */
const RESERVED = ["example.com", "example.net", "example.org"];

const Options = z.strictObject({
  /** Domains of yours that swallow mail, instead of the reserved ones. */
  domains: z
    .array(z.string().regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/i))
    .min(1)
    .default(RESERVED),
  /** Takes `Ann@Example.com` and `ann@example.com` for one address; not for unique columns that tell them apart. */
  foldCase: z.boolean().default(false),
});
type Options = z.infer<typeof Options>;

const asLocalPart = (name: string): string =>
  name
    .normalize("NFD")
    .replaceAll("ł", "l")
    .replaceAll("Ł", "l")
    .toLowerCase()
    .replaceAll(/[^a-z]/g, "");

const LONGEST_NAME = 8;

const localParts = (names: readonly string[]): readonly Buffer[] =>
  [...new Set(names.map(asLocalPart))]
    .filter((each) => each.length >= 2 && each.length <= LONGEST_NAME)
    .map((each) => Buffer.from(`${each}.`));

const longest = (options: Options): number => Math.max(...options.domains.map((each) => each.length));

/** RFC 5321, section 4.5.3.1: 254 characters in all. */
const roomOf = (options: Options, { maxLength = 254 }: ColumnType): number => maxLength - longest(options) - 1;

const hasNamesFor = (options: Options, type: ColumnType): boolean => roomOf(options, type) >= TOKEN_LENGTH + 2 * (LONGEST_NAME + 1);

export const masker: Masker<Options> = {
  id: "email",
  summary: "Another e-mail address, under a reserved or declared domain; different addresses stay different.",
  options: Options,
  types: TEXT,
  deterministic: true,
  keepsDistinct: ({ foldCase }, column) => !foldCase || column.type === "citext",
  refuses: (options, column) =>
    roomOf(options, column) < TOKEN_LENGTH
      ? `needs ${TOKEN_LENGTH + 1 + longest(options)} characters for an address that stays distinct, and the column has ${column.maxLength}`
      : undefined,
  compile: (options, column, prf) => {
    const own = prf.derive("email");
    const hasNames = hasNamesFor(options, column);
    const given = localParts(lists.en.given);
    const family = localParts(lists.en.family);
    const domains = options.domains.map((each) => Buffer.from(`@${each}`));
    const folds = options.foldCase || column.type === "citext";
    return (input, start, end, out) => {
      if (start === end) return;
      if (folds) {
        const folded = Buffer.from(input.toString("utf8", start, end).toLowerCase());
        own.evaluate(folded, 0, folded.length);
      } else own.evaluate(input, start, end);
      ensure(out, 64);
      if (hasNames) {
        const first = given[choose(own, 0, given.length)] as Buffer;
        const last = family[choose(own, 1, family.length)] as Buffer;
        writeBytes(out, first, 0, first.length);
        writeBytes(out, last, 0, last.length);
      }
      writeToken(out, own);
      const domain = domains[choose(own, 2, domains.length)] as Buffer;
      writeBytes(out, domain, 0, domain.length);
    };
  },
  // What lower case is differs between engines.
  sql: (options, column, { concat, keyed }) =>
    options.foldCase || column.type === "citext"
      ? undefined
      : keyed(["email"], (made) => {
          const names = hasNamesFor(options, column)
            ? [made.pick(0, localParts(lists.en.given).map(String)), made.pick(1, localParts(lists.en.family).map(String))]
            : [];
          return concat([
            ...names,
            ...tokenSql(made),
            made.pick(
              2,
              options.domains.map((each) => `@${each}`),
            ),
          ]);
        }),
};
