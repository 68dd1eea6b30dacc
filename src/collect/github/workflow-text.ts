// A workflow file as it is written down: every line where it was, and a fingerprint where a secret value stood.
import { isMap, isPair, isScalar, LineCounter, type Pair, parseDocument, type Scalar, visit } from "yaml";
import { scriptWithoutSecrets, withoutSecrets } from "../../lib/secret-text.ts";

type Fingerprint = (secret: string) => string;

/** Maps whose members are values under names of people's choosing; elsewhere a member is GitHub's word, such as the scope `id-token`. */
const NAMED: ReadonlySet<string> = new Set(["env", "with", "secrets", "credentials", "outputs"]);

interface Change {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** What is no YAML is searched as it stands. */
export function workflowWithoutSecrets(text: string, by: Fingerprint): string {
  const document = parseDocument(text, { lineCounter: new LineCounter(), uniqueKeys: false, logLevel: "silent" });
  if (document.errors.length > 0) return scriptWithoutSecrets(text, by);
  const changes: Change[] = [];
  visit(document, {
    Scalar(key, node, path) {
      if (key === "key" || typeof node.value !== "string" || !node.range) return;
      const change = changeOf(text, node, nameOf(path), by);
      if (change) changes.push(change);
    },
  });
  const changed = changes
    .toSorted((a, b) => b.from - a.from)
    .reduce((whole, { from, to, text: put }) => whole.slice(0, from) + put + whole.slice(to), text);
  // Comments too; what stands already as a fingerprint stays.
  return scriptWithoutSecrets(changed, by);
}

/** The member's name, where people chose it. */
function nameOf(path: readonly unknown[]): string {
  const pairs = path.filter(isPair) as readonly Pair[];
  const [parent, own] = [pairs.at(-2), pairs.at(-1)];
  const text = (pair: Pair | undefined): string => (isScalar(pair?.key) ? String(pair.key.value) : "");
  return own !== undefined && isScalar(own.value) && isMap(parent?.value) && NAMED.has(text(parent)) ? text(own) : "";
}

function changeOf(text: string, node: Scalar, name: string, by: Fingerprint): Change | undefined {
  const value = String(node.value);
  const clean = withoutSecrets(name, value, by);
  const [from, to] = node.range as [number, number, number];
  if (clean === value) return undefined;
  const old = text.slice(from, to);
  const isBlock = node.type === "BLOCK_LITERAL" || node.type === "BLOCK_FOLDED";
  // Line by line in a script, so that each keeps its place.
  if (isBlock && clean === scriptWithoutSecrets(value, by)) return { from, to, text: scriptWithoutSecrets(old, by) };
  const lines = old.split("\n").length - 1;
  return { from, to, text: `${JSON.stringify(clean)}${"\n".repeat(lines)}` };
}
