// Label selectors: which labels one takes in.
import { canonicalJson } from "../../../lib/json.ts";
import type { KubernetesLabelSelector } from "../../../model/observations/kubernetes-network.ts";

type Labels = Readonly<Record<string, string>>;

/**
 * All requirements must hold. `NotIn` holds where the label is missing too.
 *
 * Source: Kubernetes, "Labels and Selectors", Set-based requirement: `environment notin (…)` selects all resources without the key as well.
 */
export function matches(selector: KubernetesLabelSelector, labels: Labels): boolean {
  return (
    Object.entries(selector.matchLabels).every(([key, value]) => has(labels, key) && labels[key] === value) &&
    selector.matchExpressions.every(({ key, operator, values }) => {
      const value = has(labels, key) ? labels[key] : undefined;
      if (operator === "Exists") return value !== undefined;
      if (operator === "DoesNotExist") return value === undefined;
      return (value !== undefined && values.includes(value)) === (operator === "In");
    })
  );
}

const has = (labels: Labels, key: string): boolean => Object.hasOwn(labels, key);

const keysOf = ({ matchLabels, matchExpressions }: KubernetesLabelSelector): string[] => [
  ...Object.keys(matchLabels),
  ...matchExpressions.map(({ key }) => key),
];

/** Selectors met in policies, each once. */
export interface SelectorSet {
  add(selector: KubernetesLabelSelector): number;
  /** One byte a selector: whether it takes in the labels. Equal for labels that no selector tells apart. */
  bits(labels: Labels): string;
}

/** Labels that no selector names are left out before anything is compared: a thousand pod hashes cost what one does. */
export function selectorSet(): SelectorSet {
  const selectors: KubernetesLabelSelector[] = [];
  const ids = new Map<string, number>();
  const keys = new Set<string>();
  const known = new Map<string, string>();
  return {
    add(selector) {
      const text = canonicalJson([selector.matchLabels, selector.matchExpressions]);
      let id = ids.get(text);
      if (id === undefined) {
        id = selectors.push(selector) - 1;
        ids.set(text, id);
        for (const key of keysOf(selector)) keys.add(key);
        known.clear();
      }
      return id;
    },
    bits(labels) {
      const named = Object.entries(labels).filter(([key]) => keys.has(key));
      const text = JSON.stringify(named.toSorted(([a], [b]) => (a < b ? -1 : 1)));
      let bits = known.get(text);
      if (bits === undefined) {
        bits = selectors.map((selector) => (matches(selector, labels) ? "1" : "0")).join("");
        known.set(text, bits);
      }
      return bits;
    },
  };
}
