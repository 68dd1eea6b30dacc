// Bytes → text: UTF-8 and nothing else, so that two programs never read two different texts from one file.
import { fail, ok, type Result } from "./result.ts";
import type { Refusal } from "./parse-problem.ts";

export interface Decoded {
  readonly text: string;
  /** The bytes of `text`: without the byte order mark. */
  readonly bytes: Uint8Array;
  readonly byteOrderMark: boolean;
  readonly newline: "none" | "lf" | "crlf" | "mixed";
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A UTF-8 byte order mark is taken off (RFC 8259, section 8.1 lets a reader ignore it); any other encoding is refused, never guessed. */
export function decode(file: Uint8Array): Result<Decoded, Refusal> {
  if (isUtf16(file)) {
    const remedy = "Convert it: iconv -f UTF-16 -t UTF-8 FILE. In PowerShell, write with Out-File -Encoding utf8.";
    return fail({ code: "UTF16", message: "is UTF-16 text, not UTF-8", remedy });
  }
  const byteOrderMark = file[0] === 0xef && file[1] === 0xbb && file[2] === 0xbf;
  const bytes = byteOrderMark ? file.subarray(3) : file;
  if (bytes.includes(0)) return fail({ code: "BINARY", message: "is binary, not text", remedy: "Export it as JSON or YAML." });
  try {
    return ok({ text: UTF8.decode(bytes), bytes, byteOrderMark, newline: newlineOf(bytes) });
  } catch {
    const offset = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes).indexOf("\ufffd");
    return fail({ code: "NOT_UTF8", message: "is not UTF-8 text", remedy: "Convert it to UTF-8 with iconv.", offset });
  }
}

/** By its byte order mark, or by the zero bytes that ASCII leaves in the first two characters (RFC 4627, section 3; UTF-32 included). */
function isUtf16(b: Uint8Array): boolean {
  if ((b[0] === 0xff && b[1] === 0xfe) || (b[0] === 0xfe && b[1] === 0xff)) return true;
  if (b.length < 4) return b.length === 2 && (b[0] === 0) !== (b[1] === 0);
  const zero = [b[0] === 0, b[1] === 0, b[2] === 0, b[3] === 0].map(Number).join("");
  return zero === "0101" || zero === "1010" || zero === "1110" || zero === "0111";
}

function newlineOf(bytes: Uint8Array): Decoded["newline"] {
  let crlf = 0;
  for (let i = bytes.indexOf(0x0d); i >= 0; i = bytes.indexOf(0x0d, i + 1)) if (bytes[i + 1] === 0x0a) crlf++;
  if (crlf === 0) return bytes.includes(0x0a) ? "lf" : "none";
  let lines = 0;
  for (let i = bytes.indexOf(0x0a); i >= 0; i = bytes.indexOf(0x0a, i + 1)) lines++;
  return lines === crlf ? "crlf" : "mixed";
}
