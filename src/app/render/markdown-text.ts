// Text of others inside GitHub Flavored Markdown: what an estate names itself stays text, whatever it is named.
import { safe } from "./text.ts";

/** Longest text of others in one place: a name of a megabyte must not take the comment for itself. */
const LONGEST = 400;

const clipped = (text: string): string => {
  const clean = safe(text.slice(0, LONGEST * 2))
    .toWellFormed()
    .replaceAll(/\s+/g, " ")
    .trim();
  return clean.length > LONGEST ? `${clean.slice(0, LONGEST - 1).toWellFormed()}…` : clean;
};

/**
 * Threat: an attacker-controlled name that mentions a team, refers to an issue, or becomes a link. GitHub looks for these in the text after
 * Markdown was read, so a backslash is no help; a zero-width space between takes them apart.
 */
const unlinked = (text: string): string =>
  text
    .replaceAll(/[@#](?=\w)/g, "$&\u200b")
    .replaceAll(/(?<=\bGH)-(?=\d)/gi, "-\u200b")
    .replaceAll("://", ":\u200b//")
    .replaceAll(/www\./gi, "$&\u200b");

/** GitHub Docs, writing mathematical expressions: a dollar sign in an element of its own begins no formula. */
const DOLLAR = "<span>$</span>";

/** In a paragraph, a list item or a table cell. CommonMark 2.4: a backslash makes any ASCII punctuation itself. */
export const inProse = (text: string): string =>
  unlinked(clipped(text))
    .replaceAll(/[\\`*_{}[\]<>|#!~&]/g, "\\$&")
    .replace(/^[-+=]|(?<=^\d{1,9})[.)]/, "\\$&")
    .replaceAll("$", () => DOLLAR);

/** In a line that begins an HTML block (CommonMark 4.6), where Markdown is not read; where it is after all, references are text too. */
export const inHtml = (text: string): string =>
  unlinked(clipped(text))
    .replaceAll(/[\\`*_[\]|~!&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
    .replaceAll("$", () => DOLLAR);

/** CommonMark 6.1: a code span ends at a run of as many backticks as it began with. Nothing inside is read, so names stay exact. */
export function inCode(text: string): string {
  const clean = clipped(text);
  const runs = clean.match(/`+/g) ?? [];
  const fence = "`".repeat(Math.max(0, ...runs.map((run) => run.length)) + 1);
  const pad = clean.startsWith("`") || clean.endsWith("`") ? " " : "";
  return `${fence}${pad}${clean}${pad}${fence}`;
}

/** As many blocks from the start as fit into the room, each with the line break after it. */
export function fitting(blocks: readonly string[], room: number): readonly string[] {
  let used = 0;
  const end = blocks.findIndex((block) => {
    used += block.length + 1;
    return used > room;
  });
  return end === -1 ? blocks : blocks.slice(0, end);
}
