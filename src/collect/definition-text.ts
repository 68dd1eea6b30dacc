// A definition of a pipeline as it is written down: every line where it was, and a fingerprint where a secret value stood.
import { isMap, isPair, isScalar, type Pair, parseAllDocuments, type Scalar, visit } from "yaml";
import { scriptWithoutSecrets, withoutSecrets } from "../lib/secret-text.ts";

type Fingerprint = (secret: string) => string;

/** Maps whose members are values under names of people's choosing; elsewhere a member is the forge's word, such as the scope `id-token`. */
const NAMED: ReadonlySet<string> = new Set(["env", "with", "secrets", "credentials", "outputs", "variables"]);

interface Change {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** What is no YAML is searched as it stands. `isEveryName`: a member that is named like a secret holds one, wherever it stands. */
export function definitionWithoutSecrets(text: string, by: Fingerprint, isEveryName = false): string {
  const parsed = parseAllDocuments(text, { uniqueKeys: false, logLevel: "silent" });
  const documents = Array.isArray(parsed) ? parsed : [];
  if (documents.some((each) => each.errors.length > 0)) return lineByLine(text, by);
  const changes: Change[] = [];
  for (const document of documents)
    visit(document, {
      Scalar(key, node, path) {
        if (key === "key" || typeof node.value !== "string" || !node.range) return;
        const change = changeOf(text, node, nameOf(path, isEveryName), by);
        if (change) changes.push(change);
      },
    });
  const changed = changes
    .toSorted((a, b) => b.from - a.from)
    .reduce((whole, { from, to, text: put }) => whole.slice(0, from) + put + whole.slice(to), text);
  // Comments too; what stands already as a fingerprint stays.
  return lineByLine(changed, by);
}

/** A private key in a comment, which spans lines (RFC 7468). */
const KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;

const newlinesIn = (text: string): number => text.split("\n").length - 1;

const lineByLine = (text: string, by: Fingerprint): string =>
  scriptWithoutSecrets(
    text.replaceAll(KEY, (key) => `fingerprint:${by(key)}${"\n".repeat(newlinesIn(key))}`),
    by,
  );

/** The member's name, where people chose it; of `NAME: { value: … }` the outer one (GitLab Docs, "variables", `variables:description`). */
function nameOf(path: readonly unknown[], isEveryName: boolean): string {
  const pairs = path.filter(isPair) as readonly Pair[];
  const text = (pair: Pair | undefined): string => (isScalar(pair?.key) ? String(pair.key.value) : "");
  const isNested = text(pairs.at(-1)) === "value" && text(pairs.at(-3)) === "variables";
  const [parent, own] = isNested ? [pairs.at(-3), pairs.at(-2)] : [pairs.at(-2), pairs.at(-1)];
  const isNamed = isEveryName || (isMap(parent?.value) && NAMED.has(text(parent)));
  return own !== undefined && isScalar(pairs.at(-1)?.value) && isNamed ? text(own) : "";
}

function changeOf(text: string, node: Scalar, name: string, by: Fingerprint): Change | undefined {
  const value = String(node.value);
  const clean = withoutSecrets(name, value, by);
  const [from, to] = node.range as [number, number, number];
  if (clean === value) return undefined;
  const old = text.slice(from, to);
  const isBlock = node.type === "BLOCK_LITERAL" || node.type === "BLOCK_FOLDED";
  // In its place in a script, where the secret is part of a line.
  const inPlace = scriptWithoutSecrets(old, by);
  if (isBlock && clean === scriptWithoutSecrets(value, by) && newlinesIn(inPlace) === newlinesIn(old)) return { from, to, text: inPlace };
  return { from, to, text: `${JSON.stringify(clean)}${"\n".repeat(newlinesIn(old))}` };
}
