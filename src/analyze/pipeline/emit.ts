// Rules of this plane in their common form, so that every family says the same things in the same order.
import { type Fact, type Grant, grant, type Rule } from "../../model/rule.ts";
import type { Source } from "../../model/source.ts";

export interface Draft {
  readonly family: string;
  readonly needs: readonly Fact[];
  readonly atLeast?: number;
  readonly gives: Fact;
  /** Given: the rule is not certain, and why. */
  readonly because?: string | undefined;
  readonly how: string;
  readonly grants: readonly Grant[];
  readonly source: Source;
}

export function ruleOf({ because, ...draft }: Draft): Rule {
  return because === undefined ? { ...draft, certainty: "must" } : { ...draft, certainty: "may", because };
}

/** A grant for what nobody would remove to separate: how the forge itself works. */
export const nature = (owner: string, label: string, source: Source): Grant =>
  grant(owner, { nature: label }, { label, change: `${label}: this is how it works`, source, removable: false });

/** A grant for a protection that is missing: its change adds it. */
export const missing = (owner: string, what: string, change: string, source: Source): Grant => ({
  ...grant(owner, { missing: what }, { label: what, change, source }),
  adds: true,
});

/** The reasons why something is uncertain, in one line; undefined when there are none. */
export const becauseOf = (...reasons: readonly (string | undefined | false)[]): string | undefined => {
  const given = [...new Set(reasons.filter((reason): reason is string => typeof reason === "string"))];
  return given.length === 0 ? undefined : given.join("; ");
};
