// Policies that apply together, indexed by action: each action's statements are found once.
import { statementsFor } from "./policy.ts";
import type { AttachedPolicy, Bound, PolicyIndex } from "./evaluate.ts";

interface Found {
  readonly allows: readonly Bound[];
  readonly denies: readonly Bound[];
}

const NOTHING: Found = { allows: [], denies: [] };

export function indexPolicies(policies: readonly AttachedPolicy[]): PolicyIndex {
  const memo = new Map<string, Found>();
  const services = servicesOf(policies);
  let lastAction = "";
  let lastFound = NOTHING;
  return {
    policies,
    forAction(action) {
      // One question asks for one action several times in a row.
      if (action === lastAction) return lastFound;
      lastAction = action;
      return (lastFound = find(action));
    },
  };

  function find(action: string): Found {
    if (services && !services.some((service) => action.startsWith(service))) return NOTHING;
    const known = memo.get(action);
    if (known) return known;
    const allows: Bound[] = [];
    const denies: Bound[] = [];
    for (const policy of policies) {
      for (const statement of statementsFor(policy.compiled, action)) {
        (statement.effect === "Allow" ? allows : denies).push({ policy, statement });
      }
    }
    const found = allows.length + denies.length === 0 ? NOTHING : { allows, denies };
    memo.set(action, found);
    return found;
  }
}

/** More services than this are not told apart: then looking up the action is as cheap. */
const MOST_SERVICES = 12;

/**
 * What the statements' actions begin with (`s3:`); undefined: anything. Most principals have to do with a few services, and are asked about many.
 */
function servicesOf(policies: readonly AttachedPolicy[]): readonly string[] | undefined {
  const found = new Set<string>();
  for (const { compiled } of policies) {
    for (const { actions } of compiled.statements) {
      if (actions.negated) return undefined;
      for (const pattern of actions.patterns) {
        const service = pattern.slice(0, pattern.indexOf(":") + 1);
        if (service === "" || /[*?]/.test(service)) return undefined;
        found.add(service);
      }
    }
  }
  return found.size > MOST_SERVICES ? undefined : [...found];
}
