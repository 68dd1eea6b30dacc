// The INI forms that Ansible writes: inventories and ansible.cfg. Lines are kept, since an INI file has no pointers.

export interface Line {
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

export interface Section {
  /** Without brackets; empty before the first. */
  readonly name: string;
  readonly number: number;
  readonly lines: readonly Line[];
}

/** Sections with their lines, comments (`#`, `;` at the start; ` #` later) and empty lines taken out. */
export function sectionsOf(text: string): readonly Section[] {
  const sections: { name: string; number: number; lines: Line[] }[] = [{ name: "", number: 1, lines: [] }];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === "" || /^[#;]/.test(line)) continue;
    const header = /^\[([^\]\s][^\]]*)\](?:\s*[#;].*)?$/.exec(line);
    // A line such as `[01:50].example.com` is no header: it goes on after the bracket.
    if (header) sections.push({ name: (header[1] as string).trim(), number: index + 1, lines: [] });
    else (sections.at(-1) as { lines: Line[] }).lines.push({ number: index + 1, text: raw });
  }
  return sections.filter((section) => section.name !== "" || section.lines.length > 0);
}

/** Words of a host line as the shell splits them: quotes keep spaces, ` #` starts a comment (inventory plugin `ini`, notes). */
export function wordsOf(line: string): readonly string[] {
  const words: string[] = [];
  for (const match of line.matchAll(/\s*((?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'])+)/g)) {
    const word = match[1] as string;
    if (word.startsWith("#") || word.startsWith(";")) break;
    words.push(
      word.replaceAll(
        /"((?:[^"\\]|\\.)*)"|'([^']*)'/g,
        (_, double: string | undefined, single: string | undefined) => double ?? single ?? "",
      ),
    );
  }
  return words;
}

/** `key = value`, the value as written without a comment after it. */
export function settingOf(line: string): readonly [string, string] | undefined {
  const match = /^\s*([^=:\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line);
  if (!match) return undefined;
  return [match[1] as string, (match[2] as string).replace(/\s+[;#].*$/, "").replaceAll(/^(["'])(.*)\1$/g, "$2")];
}
