// Addresses of the web: the scheme and the form stay; host, path, query and fragment become others, and user and password go.
import { z } from "zod";
import { textPermutation } from "../../bijection/text.ts";
import type { Masker } from "../../masker.ts";
import type { Prf } from "../../prf/prf.ts";
import { textMasking } from "../../text-masking.ts";
import { TEXT } from "../types.ts";

const Options = z.strictObject({
  /** Hosts that stay as they are: your own, which identify nobody. */
  keepHosts: z.array(z.string().min(1)).default([]),
});
type Options = z.infer<typeof Options>;

/** RFC 3986, appendix B, with the authority in its parts. */
const FORM = /^([a-z][a-z0-9+.-]*:)(\/\/)(?:[^/?#@]*@)?([^/?#:]*|\[[^\]]*\])(:\d+)?([^?#]*)(\?[^#]*)?(#.*)?$/i;

export const masker: Masker<Options> = {
  id: "url",
  summary: "Another address under a reserved domain with the same scheme and form.",
  options: Options,
  types: TEXT,
  deterministic: true,
  keepsDistinct: () => false,
  compile: ({ keepHosts }, { maxLength = Infinity }, prf) => {
    const own = prf.derive("url");
    const permute = textPermutation(own);
    const kept = new Set(keepHosts.map((each) => each.toLowerCase()));
    return textMasking((text) => {
      const match = FORM.exec(text);
      if (match === null) return permute(text);
      const [, scheme = "", slashes = "", host = "", port = "", path = "", query = "", fragment = ""] = match;
      const newHost = kept.has(host.toLowerCase()) ? host : hostFor(own, host);
      const rest = segments(path, permute) + pairs(query, permute) + (fragment === "" ? "" : `#${permute(fragment.slice(1))}`);
      return cut(scheme + slashes + newHost + port + rest, maxLength);
    });
  },
};

/** RFC 2606, section 3. */
function hostFor(prf: Prf, host: string): string {
  if (host === "") return host;
  const bytes = Buffer.from(host.toLowerCase());
  prf.evaluate(bytes, 0, bytes.length);
  return `h${((prf.words[0] as number) >>> 0).toString(36)}.example.com`;
}

/** An escaped byte is masked as its characters would be, and stays a valid escape. */
const unescaped = (text: string, mask: (text: string) => string): string =>
  text
    .split(/(%[0-9a-f]{2})/i)
    .map((part, at) => (at % 2 === 1 ? "%20" : mask(part)))
    .join("");

const segments = (path: string, mask: (text: string) => string): string =>
  path
    .split("/")
    .map((part) => {
      const [, stem = part, extension = ""] = /^(.+?)(\.[a-z][a-z0-9]{0,4})$/i.exec(part) ?? [];
      return unescaped(stem, mask) + extension;
    })
    .join("/");

/** Names of parameters are the application's and stay. */
const pairs = (query: string, mask: (text: string) => string): string =>
  query
    .replaceAll(/([?&;][^=&;]*=)([^&;]*)/g, (_, name: string, value: string) => name + unescaped(value, mask))
    .replace(/^\?([^=&;]+)$/, (_, only: string) => `?${unescaped(only, mask)}`);

const cut = (text: string, most: number): string => (text.length <= most ? text : text.slice(0, most));
