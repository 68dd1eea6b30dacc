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
  return {
    policies,
    forAction(action) {
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
    },
  };
}
