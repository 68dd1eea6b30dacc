// Ranges in host names of an inventory: www[01:50].example.com, db-[a:f], [1:9:2].

/** A range may not stand for more hosts than an inventory can sensibly hold. Threat: an attacker-controlled range of billions. */
const MOST = 20_000;

/**
 * "www[01:50:2].example.com": numbers with their leading zeros, or letters, with an optional step; several ranges in a name multiply.
 * Undefined: no valid range, or too many hosts.
 *
 * Source: Ansible, "How to build your inventory", Adding ranges of hosts.
 */
export function expand(name: string): readonly string[] | undefined {
  const match = /^([^[\]]*)\[([^[\]:]*):([^[\]:]*)(?::(\d+))?\](.*)$/.exec(name);
  if (!match) return /[[\]]/.test(name) ? undefined : [name];
  const [, before = "", from = "", to = "", step = "1", after = ""] = match;
  const values = valuesOf(from === "" ? "0" : from, to, Number(step));
  const rest = expand(after);
  if (values === undefined || rest === undefined || values.length * rest.length > MOST) return undefined;
  return values.flatMap((value) => rest.map((end) => before + value + end));
}

function valuesOf(from: string, to: string, step: number): readonly string[] | undefined {
  if (step < 1) return undefined;
  if (/^\d+$/.test(from) && /^\d+$/.test(to)) {
    const [first, last] = [Number(from), Number(to)];
    if (last < first || (last - first) / step > MOST) return undefined;
    const width = from.length > 1 && from.startsWith("0") ? from.length : 0;
    return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, i) => String(first + i * step).padStart(width, "0"));
  }
  if (!/^[A-Za-z]$/.test(from) || !/^[A-Za-z]$/.test(to)) return undefined;
  const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const [first, last] = [letters.indexOf(from), letters.indexOf(to)];
  return last < first ? undefined : [...letters.slice(first, last + 1)].filter((_, i) => i % step === 0);
}
