// XML: every text and attribute by the rule of its path; the elements stay.
import { z } from "zod";
import { MaskError } from "../../error.ts";
import type { Masker } from "../../masker.ts";
import { textMasking } from "../../text-masking.ts";
import { Others, type PartMask, Rule, otherText, partMask, ruleRefusal } from "../parts.ts";
import { TEXT } from "../types.ts";

const Options = z.strictObject({
  /** `/order/customer/name`, `/order/@id`, or `//email` at any depth. */
  paths: z
    .record(z.string().regex(/^\/\/?[\w.:-]+(\/[\w.:-]+)*(\/@[\w.:-]+)?$/, "is no path such as /order/name, /order/@id or //email"), Rule)
    .default({}),
  others: Others,
});
type Options = z.infer<typeof Options>;

const VALUE = { type: "text" };

/** Extensible Markup Language 1.0: comments (2.5), instructions (2.6), CDATA (2.7), document types (2.8), tags (3.1). */
const TOKEN =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[([\s\S]*?)\]\]>|<!DOCTYPE[^>[]*(?:\[[\s\S]*?\])?[^>]*>|<(\/?)([\w.:-]+)((?:\s+[\w.:-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|([^<]+)/gy;
const ATTRIBUTE = /(\s+)([\w.:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

const decode = (text: string): string =>
  text.replaceAll(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, decimal?: string, name?: string) => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    return decimal === undefined ? (ENTITIES[name ?? ""] ?? whole) : String.fromCodePoint(Number(decimal));
  });

const encode = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

export const masker: Masker<Options> = {
  id: "xml",
  summary: "Each text and attribute by the rule of its path; comments go.",
  options: Options,
  types: ["xml", ...TEXT],
  deterministic: true,
  keepsDistinct: () => false,
  refuses: ({ paths }, column, maskers) => {
    for (const [path, rule] of Object.entries(paths)) {
      const refused = ruleRefusal(rule, VALUE, column, maskers);
      if (refused !== undefined) return `cannot mask ${path}: ${refused}`;
    }
    return undefined;
  },
  compile: ({ paths, others }, column, prf, maskers) => {
    const rules = Object.entries(paths).map(([path, rule]) => ({ path, mask: partMask(rule, VALUE, column, prf, maskers) }));
    const other = partMask(otherText(others), VALUE, column, prf, maskers);
    const maskAt = (path: string): PartMask => rules.find((rule) => leadsTo(rule.path, path))?.mask ?? other;
    return textMasking((text) => rewriteXml(text, maskAt));
  },
};

const leadsTo = (rule: string, path: string): boolean =>
  rule.startsWith("//") ? `${path}/`.includes(`/${rule.slice(2)}/`) : path === rule || path.startsWith(`${rule}/`);

function rewriteXml(text: string, maskAt: (path: string) => PartMask): string {
  const open: string[] = [];
  let out = "";
  let at = 0;
  while (at < text.length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match === null) throw new MaskError("VALUE_NOT_MASKABLE", "a value is no XML");
    const [whole, characters, closes, name, attributes = "", isEmpty, plain] = match;
    at += whole.length;
    const path = `/${open.join("/")}`;
    const content = characters ?? (plain === undefined ? undefined : decode(plain));
    if (content !== undefined) out += content.trim() === "" ? content : encode(maskAt(path)(content) ?? "");
    else if (name === undefined) out += whole.startsWith("<!--") ? "" : whole;
    else if (closes === "/") {
      if (open.pop() !== name) throw new MaskError("VALUE_NOT_MASKABLE", "a value is no well-formed XML");
      out += whole;
    } else {
      open.push(name);
      const own = `/${open.join("/")}`;
      const masked = attributes.replaceAll(ATTRIBUTE, (_, space: string, key: string, double?: string, single?: string) => {
        const value = decode(double ?? single ?? "");
        return `${space}${key}="${encode(key.startsWith("xmlns") ? value : (maskAt(`${own}/@${key}`)(value) ?? ""))}"`;
      });
      out += `<${name}${masked}${isEmpty}>`;
      if (isEmpty === "/") open.pop();
    }
  }
  return out;
}
