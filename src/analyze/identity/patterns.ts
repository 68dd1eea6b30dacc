// Patterns over ARNs, actions and token subjects: matching, covering and narrowing, with literal `*` and `?` kept apart from wildcards.
import { globMatches, globsIntersect } from "../../lib/glob.ts";

/** Stand for a literal `*`, `?` in a pattern: what `${*}`, `${?}` and the value of a policy variable mean (IAM User Guide, "Policy variables"). */
const LITERAL_STAR = "\uE000";
const LITERAL_MARK = "\uE001";

/** A name nobody has chosen yet: only wildcards match it. */
export const FRESH = "\uE002";

export const isLiteral = (pattern: string): boolean => !/[*?]/.test(pattern);

/** The text as a pattern that matches only itself. */
export const literally = (text: string): string => text.replaceAll("*", LITERAL_STAR).replaceAll("?", LITERAL_MARK);

/** The text that `literally` was given, for people. */
export const written = (pattern: string): string => pattern.replaceAll(LITERAL_STAR, "*").replaceAll(LITERAL_MARK, "?");

const plain = (pattern: string): boolean => !pattern.includes(LITERAL_STAR) && !pattern.includes(LITERAL_MARK);

/** Whether a concrete text matches; a `*` in the text is a character like any other. */
export const matches = (pattern: string, text: string): boolean => globMatches(pattern, plain(pattern) ? text : literally(text));

/**
 * Whether every text that matches `inner` matches `outer`. Sound: a star of `outer` swallows whatever stands in `inner`, a `?` only what is
 * one character for sure.
 */
export function covers(outer: string, inner: string): boolean {
  if (outer === "*" || outer === inner) return true;
  if (!outer.includes("?")) return globMatches(outer, inner);
  return coversFrom(marksFirst(outer), marksFirst(inner));
}

/** `*?` and `?*` are the same pattern: the marks come first. */
const marksFirst = (pattern: string): string =>
  pattern.replace(/[*?]{2,}/g, (run) => run.replaceAll("*", "") + (run.includes("*") ? "*" : ""));

function coversFrom(outer: string, inner: string): boolean {
  // row[j]: whether what is left of `outer` covers inner from j on; built from the end of `outer`.
  let row = Array.from({ length: inner.length + 1 }, (_, j) => j === inner.length);
  for (let i = outer.length - 1; i >= 0; i--) {
    const next: boolean[] = [];
    for (let j = inner.length; j >= 0; j--) {
      const here = inner[j];
      if (outer[i] === "*") next[j] = (row[j] as boolean) || (j < inner.length && (next[j + 1] as boolean));
      else next[j] = here !== undefined && here !== "*" && (here === outer[i] || outer[i] === "?") && (row[j + 1] as boolean);
    }
    row = next;
  }
  return row[0] as boolean;
}

/** The part of `target` (a pattern) that `pattern` allows: one narrower pattern, or undefined when nothing is left. */
export function narrow(target: string, pattern: string): string | undefined {
  if (isLiteral(target)) return matches(pattern, target) ? target : undefined;
  if (covers(pattern, target)) return target;
  return intersects(pattern, target) ? pattern : undefined;
}

/** Most pairs differ in what they begin with, which is cheap to see. */
export function intersects(a: string, b: string): boolean {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === STAR || y === STAR || x === MARK || y === MARK) break;
    if (x !== y) return false;
  }
  return globsIntersect(a, b);
}

const STAR = 42;
const MARK = 63;

/** What can follow `prefix` in texts that match `pattern`: the pattern's possible rests after it. */
export function restsAfter(pattern: string, prefix: string): readonly string[] {
  let states = closeOverStars(pattern, new Set([0]));
  for (const character of prefix) {
    const next = new Set<number>();
    for (const at of states) {
      const expected = pattern[at];
      if (expected === "*") next.add(at);
      else if (expected !== undefined && (expected === "?" || expected === character)) next.add(at + 1);
    }
    states = closeOverStars(pattern, next);
  }
  return [...states].map((at) => pattern.slice(at));
}

function closeOverStars(pattern: string, states: Set<number>): Set<number> {
  for (const at of states) if (pattern[at] === "*") states.add(at + 1);
  return states;
}

/**
 * Whether some text matches `chosen` (what a caller can bring) and `pattern`, and is not excepted. Exact when `chosen` is a literal or a
 * literal followed by one star, or when nothing excepted is near; otherwise undefined: not decided.
 */
export function reachable(chosen: string, except: readonly string[], pattern: string): boolean | undefined {
  if (!globsIntersect(chosen, pattern)) return false;
  if (except.length === 0) return true;
  if (isLiteral(pattern)) return !except.some((other) => matches(other, pattern));
  if (isLiteral(chosen)) return !except.some((other) => matches(other, chosen));
  const prefix = chosen.slice(0, -1);
  if (chosen.endsWith("*") && isLiteral(prefix)) {
    return restsAfter(pattern, prefix).some((rest) => !except.some((other) => covers(other, prefix + rest)));
  }
  return except.some((other) => globsIntersect(other, pattern)) ? undefined : true;
}
