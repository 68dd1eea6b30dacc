// Host patterns of plays and of --limit, over the groups of one inventory.
import { globMatches } from "../../lib/glob.ts";

/** What a pattern is asked of. */
export interface Hosts {
  /** In the order of the inventory. */
  readonly all: readonly string[];
  /** Members of a group, those of its children included; undefined: no such group. */
  readonly group: (name: string) => readonly string[] | undefined;
  readonly groupNames: readonly string[];
}

export interface Matched {
  readonly hosts: readonly string[];
  /** Given: the pattern holds what the files do not, so it may be any host of the inventory. */
  readonly unknown?: string;
}

/**
 * "," and ":" separate; a colon in an IPv6 address or in a subscript does not. Sources: Ansible, "Patterns: targeting hosts and groups", Common
 * patterns ("You can use either a comma or a colon to separate a list of hosts; the comma is preferred when dealing with ranges and IPv6 addresses").
 */
export function partsOf(pattern: string): readonly string[] {
  const text = pattern.trim();
  const parts = text.includes(",") ? text.split(",") : (text.match(/(?:\[[^\]]*\]|[^:\s[]|\[)+|::/g) ?? []);
  const isAddress = /^[0-9a-f:.]*::[0-9a-f:.]*$/i.test(text) || /^(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}$/i.test(text);
  return (isAddress ? [text] : parts).map((part) => part.trim()).filter((part) => part !== "");
}

/**
 * "Regardless of the order … all groups separated by `:` are unioned, then `&` intersected, then `!` excluded"; with nothing but these, from all.
 * Source: Ansible, "Patterns: targeting hosts and groups", Pattern processing order.
 */
export function hostsMatching(pattern: string, hosts: Hosts): Matched {
  if (pattern.includes("{{")) return { hosts: hosts.all, unknown: `hosts: ${pattern} depends on a value that the files do not hold` };
  const parts = partsOf(pattern);
  const regular = parts.filter((part) => !/^[!&]/.test(part));
  const isLocal = (name: string): boolean => /^(?:localhost|127\.0\.0\.1|::1)$/.test(name) && !hosts.all.includes(name);
  const problems: string[] = [];
  const of = (part: string): readonly string[] => {
    if (isLocal(part)) return [];
    if (!part.startsWith("@")) return matching(part, hosts);
    problems.push(`the hosts of ${part.slice(1)} are not in the files`);
    return hosts.all;
  };
  let found = new Set((regular.length === 0 ? ["all"] : regular).flatMap(of));
  for (const part of parts) if (part.startsWith("&")) found = found.intersection(new Set(of(part.slice(1))));
  for (const part of parts) if (part.startsWith("!")) found = found.difference(new Set(of(part.slice(1))));
  const inOrder = hosts.all.filter((name) => found.has(name));
  return { hosts: inOrder, ...(problems[0] !== undefined && { unknown: problems[0] }) };
}

function matching(part: string, hosts: Hosts): readonly string[] {
  if (part === "all" || part === "*") return hosts.all;
  if (part.startsWith("~")) return byExpression(part.slice(1), hosts);
  const subscript = /^(.+)\[(-?\d*)(?:([:-])(-?\d*))?\]$/.exec(part);
  if (subscript) return bySubscript(subscript, hosts);
  const own = hosts.group(part);
  if (own !== undefined) return own;
  const groups = hosts.groupNames.filter((name) => globMatches(part, name)).flatMap((name) => hosts.group(name) ?? []);
  return [...groups, ...hosts.all.filter((name) => globMatches(part, name))];
}

/** Python's `re.match`, which begins at the start. What JavaScript does not read matches everything: no host is lost for it. */
function byExpression(text: string, hosts: Hosts): readonly string[] {
  const expression = expressionOf(text);
  if (expression === undefined) return hosts.all;
  const groups = hosts.groupNames.filter((name) => expression.test(name)).flatMap((name) => hosts.group(name) ?? []);
  return [...groups, ...hosts.all.filter((name) => expression.test(name))];
}

function expressionOf(text: string): RegExp | undefined {
  // Threat: an expression of the repository's choice may take forever. Only those without nested repetition are run.
  if (text.length > 200 || /\)[*+{]/.test(text)) return undefined;
  try {
    return new RegExp(`^(?:${text})`);
  } catch {
    return undefined;
  }
}

/** `webservers[0]`, `[-1]`, `[0:5]` (ends included), `[1:]`. */
function bySubscript([, name = "", from = "", separator, to = ""]: RegExpExecArray, hosts: Hosts): readonly string[] {
  const list = matching(name, hosts);
  const at = (text: string, otherwise: number): number =>
    text === "" ? otherwise : Number(text) < 0 ? list.length + Number(text) : Number(text);
  const first = at(from, 0);
  return separator === undefined ? list.slice(first, first + 1) : list.slice(first, at(to, list.length - 1) + 1);
}
