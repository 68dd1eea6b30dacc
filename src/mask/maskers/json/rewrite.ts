// Walks over JSON text and writes it again with other texts and numbers, without parsing numbers or losing the order of members.
import { MaskError } from "../../error.ts";

/** The step for an element is `*`: a policy names no single element. Undefined is null. */
export type LeafMask = (path: readonly string[], value: string, isNumber: boolean) => string | undefined;

/** RFC 8259. */
const TOKEN = /\s*(?:([{}[\],:])|("(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false|null))\s*/gy;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

const broken = (): MaskError => new MaskError("VALUE_NOT_MASKABLE", "a value is no JSON");

export function rewriteJson(text: string, mask: LeafMask): string {
  const path: string[] = [];
  const containers: ("{" | "[")[] = [];
  let out = "";
  let expectsName = false;
  let at = 0;
  TOKEN.lastIndex = 0;
  while (at < text.length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match === null) throw broken();
    const [whole, mark, string, number, word] = match;
    at += whole.length;
    if (mark !== undefined) {
      out += mark === ":" ? ": " : mark === "," ? ", " : mark;
      expectsName = step(mark, path, containers);
    } else if (string !== undefined && expectsName) {
      const name = parsed(string);
      path[path.length - 1] = name;
      out += string;
      expectsName = false;
    } else if (word !== undefined) out += word;
    else out += leaf(string === undefined ? (number as string) : parsed(string), string === undefined, path, mask);
  }
  if (containers.length > 0) throw broken();
  return out;
}

/** Follows brackets; answers whether a member's name comes next. */
function step(mark: string, path: string[], containers: ("{" | "[")[]): boolean {
  if (mark === "{" || mark === "[") {
    containers.push(mark);
    path.push("*");
    return mark === "{";
  }
  if (mark === "}" || mark === "]") {
    if (containers.pop() !== (mark === "}" ? "{" : "[")) throw broken();
    path.pop();
    return false;
  }
  return mark === "," && containers.at(-1) === "{";
}

function parsed(string: string): string {
  try {
    return JSON.parse(string) as string;
  } catch (cause) {
    throw new MaskError("VALUE_NOT_MASKABLE", "a value is no JSON", { cause });
  }
}

function leaf(value: string, isNumber: boolean, path: readonly string[], mask: LeafMask): string {
  const masked = mask(path, value, isNumber);
  if (masked === undefined) return "null";
  return isNumber && NUMBER.test(masked) ? masked : JSON.stringify(masked);
}
