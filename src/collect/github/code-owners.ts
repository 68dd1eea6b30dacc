// CODEOWNERS → who owns which files. Source: GitHub Docs, "About code owners", CODEOWNERS syntax.
import type { GithubCodeOwner } from "../../model/observations/github.ts";

/** "GitHub will search for them in that order and use the first one it finds": `.github/`, the root, `docs/`. */
export const CODE_OWNERS: readonly string[] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];

/** A line that holds no owner leaves its files without one; what follows a blank and `#` is a comment. */
export function readCodeOwners(text: string): readonly GithubCodeOwner[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    const words = line
      .replace(/(^|\s)#.*$/, "")
      .trim()
      .match(/(?:\\ |\S)+/g);
    const [pattern, ...owners] = words ?? [];
    // "If any line in your CODEOWNERS file contains invalid syntax, that line is skipped": `!` and `[ ]` do not work there.
    if (pattern === undefined || /^!|[[\]]/.test(pattern) || !owners.every((owner) => owner.includes("@"))) return [];
    return [{ pattern: pattern.replaceAll("\\ ", " "), owners, line: index + 1 }];
  });
}
