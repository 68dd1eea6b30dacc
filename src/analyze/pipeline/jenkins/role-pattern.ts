// Patterns of item roles: as much of regular expressions as they are written with, matched in time that stays in proportion.

/**
 * Threat: a pattern is attacker-controlled, and JavaScript's expressions backtrack. Literals, classes of one character, `.` and the quantifiers
 * `*`, `+`, `?` on them are matched here, as are alternatives of such; anything else is left open.
 */
interface Atom {
  readonly matches: (char: string) => boolean;
  readonly least: 0 | 1;
  readonly many: boolean;
}

const MOST = 300;

/** True: it has parts that are not understood here. */
export const hasChoice = (pattern: string): boolean => parsed(pattern) === undefined;

export const matchesWhole = (pattern: string, text: string): boolean =>
  (parsed(pattern) ?? []).some((atoms) => run(atoms, text.slice(0, MOST)));

function parsed(written: string): readonly (readonly Atom[])[] | undefined {
  const ignoresCase = written.startsWith("(?i)");
  const pattern = (ignoresCase ? written.slice("(?i)".length) : written).replaceAll(/^\^|\$$/g, "");
  if (pattern.length > MOST) return undefined;
  const alternatives = topLevel(pattern);
  const all = alternatives?.map((one) => atomsOf(one, ignoresCase));
  return all === undefined || all.includes(undefined) ? undefined : (all as readonly (readonly Atom[])[]);
}

/** `a|b`, `(a|b)c`: one group of alternatives is multiplied out. */
function topLevel(pattern: string): readonly string[] | undefined {
  const group = /^([^()]*)\((?:\?:)?([^()]*)\)(?![*+?{])([^()]*)$/.exec(pattern);
  if (group !== null && !(group[1] ?? "").includes("|") && !(group[3] ?? "").includes("|"))
    return (group[2] ?? "").split("|").map((middle) => `${group[1] ?? ""}${middle}${group[3] ?? ""}`);
  return /[()]/.test(pattern.replaceAll(/\\./g, "")) ? undefined : pattern.split("|");
}

function atomsOf(text: string, ignoresCase: boolean): readonly Atom[] | undefined {
  const atoms: Atom[] = [];
  for (let at = 0; at < text.length;) {
    const found = /^(?:\\(.)|\[(\^?)([^\]\\[]+)\]|([^\\[\]{}*+?^$]))([*+?]?)/su.exec(text.slice(at, at + 80));
    if (found === null) return undefined;
    const [whole, escaped, negated, members, plain, quantifier] = found;
    const matches = matcher(escaped, members, negated === "^", plain, ignoresCase);
    if (matches === undefined) return undefined;
    atoms.push({ matches, least: quantifier === "*" || quantifier === "?" ? 0 : 1, many: quantifier === "*" || quantifier === "+" });
    at += whole.length;
  }
  return atoms;
}

const CLASSES: Readonly<Record<string, RegExp>> = { w: /\w/, d: /\d/, s: /\s/, W: /\W/, D: /\D/, S: /\S/ };

function matcher(
  escaped: string | undefined,
  members: string | undefined,
  isNegated: boolean,
  plain: string | undefined,
  ignoresCase: boolean,
): ((char: string) => boolean) | undefined {
  const same = (a: string, b: string): boolean => (ignoresCase ? a.toLowerCase() === b.toLowerCase() : a === b);
  if (members !== undefined) {
    const ranges = [...members.matchAll(/(.)-(.)|(.)/gsu)].map(([, from, to, one]) => [from ?? one ?? "", to ?? one ?? ""] as const);
    const within = (char: string): boolean => ranges.some(([from, to]) => char >= from && char <= to);
    return (char) => (within(char) || (ignoresCase && (within(char.toLowerCase()) || within(char.toUpperCase())))) !== isNegated;
  }
  if (escaped !== undefined) {
    const known = Object.hasOwn(CLASSES, escaped) ? CLASSES[escaped] : undefined;
    if (known !== undefined) return (char) => known.test(char);
    return /\w/.test(escaped) ? undefined : (char) => char === escaped;
  }
  return plain === "." ? () => true : (char) => same(char, plain ?? "");
}

/** Every state at once: as many steps as atoms times characters. */
function run(atoms: readonly Atom[], text: string): boolean {
  let states = closed(atoms, new Set([0]));
  for (const char of text) {
    const next = new Set<number>();
    for (const state of states) {
      const atom = atoms[state];
      if (atom === undefined || !atom.matches(char)) continue;
      next.add(state + 1);
      // `a+` met once leads on (state + 1 above) and stays where it may be met again.
      if (atom.many) next.add(state);
    }
    states = closed(atoms, next);
    if (states.size === 0) return false;
  }
  return states.has(atoms.length);
}

/** With what needs no character. */
function closed(atoms: readonly Atom[], states: ReadonlySet<number>): Set<number> {
  const all = new Set(states);
  for (const state of all) if (atoms[state]?.least === 0) all.add(state + 1);
  return all;
}
