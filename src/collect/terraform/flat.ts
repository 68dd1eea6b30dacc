// Attributes of Terraform before 0.12, one text for each leaf, as nested values.
import type { Json } from "../../lib/json.ts";

/**
 * `tags.%` = 2, `tags.Name`; `rule.#` = 1, `rule.3982542233.port`: `%` counts a map's members, `#` a list's or a set's items, whose keys are indices or
 * hashes. A count that the items do not bear out leaves the attribute out, so it reads as absent from no list at all.
 * Source: Terraform 0.11, flatmap.Expand.
 */
export function expandFlat(attributes: Readonly<Record<string, string>>): Record<string, Json> {
  const tree: Tree = { children: new Map() };
  for (const [key, value] of Object.entries(attributes)) insert(tree, key.split("."), value);
  return Object.fromEntries([...tree.children].map(([key, child]) => [key, valueOf(child)]));
}

interface Tree {
  value?: string;
  readonly children: Map<string, Tree>;
}

function insert(tree: Tree, path: readonly string[], value: string): void {
  let at = tree;
  path.forEach((key, depth) => {
    // The key of a map may itself hold dots (`kubernetes.io/role`): below a `%` everything that is left is one key.
    const rest = at.children.has("%") ? path.slice(depth).join(".") : key;
    if (at.children.has("%") && depth > 0) {
      if (!at.children.has(rest)) at.children.set(rest, { value, children: new Map() });
      return;
    }
    let child = at.children.get(key);
    if (!child) at.children.set(key, (child = { children: new Map() }));
    at = child;
  });
  at.value ??= value;
}

function valueOf(tree: Tree): Json {
  if (tree.children.size === 0) return tree.value ?? null;
  if (tree.children.has("#")) {
    const items = [...tree.children].filter(([key]) => key !== "#");
    return items.sort(([a], [b]) => Number(a) - Number(b)).map(([, child]) => valueOf(child));
  }
  return Object.fromEntries([...tree.children].filter(([key]) => key !== "%").map(([key, child]) => [key, valueOf(child)]));
}
