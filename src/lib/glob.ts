// Patterns with `*` (any run of characters) and `?` (one character), as IAM and the charter write them.

/** Whether the whole text matches the pattern, letter case included. */
export const globMatches = (pattern: string, text: string): boolean =>
  pattern === text || pattern === "*" || (/[*?]/.test(pattern) && matchesInLinearSpace(pattern, text));

// Iterative matching with one backtrack point: an attacker-controlled pattern such as `*a*a*a*b` costs at most |pattern| × |text|.
function matchesInLinearSpace(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let mark = 0;
  while (t < text.length) {
    const c = pattern[p];
    if (c === "*") {
      star = p++;
      mark = t;
    } else if (c !== undefined && (c === "?" || c === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++mark;
    } else return false;
  }
  while (pattern[p] === "*") p++;
  return p === pattern.length;
}

/** Whether some text matches both patterns. Exact, by dynamic programming over the two patterns. */
export function globsIntersect(a: string, b: string): boolean {
  let row = new Uint8Array(b.length + 1);
  row[0] = 1;
  for (let j = 0; j < b.length && b[j] === "*"; j++) row[j + 1] = 1;
  for (let i = 0; i < a.length; i++) {
    const next = new Uint8Array(b.length + 1);
    const x = a[i] as string;
    if (x === "*") next[0] = row[0] as number;
    for (let j = 0; j < b.length; j++) {
      const y = b[j] as string;
      if (x === "*" || y === "*") next[j + 1] = (row[j + 1] as number) | (next[j] as number) | (row[j] as number);
      else if (x === y || x === "?" || y === "?") next[j + 1] = row[j] as number;
    }
    row = next;
  }
  return row[b.length] === 1;
}
