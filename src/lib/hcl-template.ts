// Quoted and heredoc templates of HashiCorp's configuration language → texts and interpolations, escapes and indentation taken off.
import type { HclExpression } from "./hcl-tree.ts";

/** An interpolation, from `${` to behind `}`, as offsets into the text that goes with it. */
export interface Interpolation {
  readonly from: number;
  readonly to: number;
  readonly value: HclExpression;
}

/** What stands between quotation marks. */
export const quoted = (text: string, interpolations: readonly Interpolation[]): HclExpression =>
  joined(pieces(text, interpolations).map((piece) => (typeof piece === "string" ? literal(unescaped(piece)) : piece)));

/**
 * A heredoc from `<<` on; interpolations by offsets into the file, where the heredoc begins at `start`. It knows no backslash. With `<<-` the least
 * indentation of its lines is taken off each. Source: HCL Native Syntax Specification, "Template Expressions".
 */
export function heredoc(text: string, start: number, interpolations: readonly Interpolation[]): HclExpression {
  const first = text.indexOf("\n") + 1;
  const last = text.lastIndexOf("\n") + 1;
  const inner = interpolations.map(({ from, to, value }) => ({ from: from - start - first, to: to - start - first, value }));
  const found = pieces(text.slice(first, Math.max(first, last)), inner);
  const flush = text.startsWith("<<-") ? leastIndent(found) : 0;
  return joined(
    found.map((piece, i) => {
      if (typeof piece !== "string") return piece;
      // What follows an interpolation is no beginning of a line.
      const lines = flush === 0 ? piece : piece.replace(i === 0 ? /^[ \t]*/gm : /(?<=\n)[ \t]*/g, (indent) => indent.slice(flush));
      return literal(lines.replaceAll("$${", "${").replaceAll("%%{", "%{"));
    }),
  );
}

type Piece = string | HclExpression;

function pieces(text: string, interpolations: readonly Interpolation[]): readonly Piece[] {
  const found: Piece[] = [];
  let at = 0;
  for (const { from, to, value } of interpolations) {
    found.push(text.slice(at, from), value);
    at = to;
  }
  return [...found, text.slice(at)];
}

function leastIndent(found: readonly Piece[]): number {
  const starts = found.flatMap((piece, i) => {
    if (typeof piece !== "string") return [];
    const isFollowed = i + 1 < found.length;
    const lines = piece.split("\n");
    return lines.flatMap((line, n) => {
      const isStart = n > 0 || i === 0;
      const isBlank = line.trim() === "" && (n < lines.length - 1 || !isFollowed);
      return isStart && !isBlank ? [/^[ \t]*/.exec(line)?.[0].length ?? 0] : [];
    });
  });
  return starts.length === 0 ? 0 : Math.min(...starts);
}

const literal = (value: string): HclExpression => ({ is: "literal", value });

/** One interpolation alone is its value and no text (the specification, "Template Unwrap"). */
function joined(parts: readonly HclExpression[]): HclExpression {
  const kept = parts.filter((part) => part.is !== "literal" || part.value !== "");
  const [first] = kept;
  if (first === undefined) return literal("");
  return kept.length === 1 ? first : { is: "template", parts: kept };
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\" };

const unescaped = (text: string): string =>
  text.replace(
    /\$\$\{|%%\{|\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))/gs,
    (whole: string, short?: string, long?: string, one?: string) => {
      if (one !== undefined) return ESCAPES[one] ?? whole;
      const code = short ?? long;
      return code === undefined ? whole.slice(1) : String.fromCodePoint(Math.min(Number.parseInt(code, 16), 0x10ffff));
    },
  );
