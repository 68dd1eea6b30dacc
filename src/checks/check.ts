// The contract of a check folder: one question about the estate, answered with findings.
import type { Estate } from "../analyze/estate.ts";
import type { Decision, Way } from "../analyze/reach/decide.ts";
import type { Severity } from "../findings/result.ts";
import type { Source } from "../model/source.ts";

export interface CheckInput {
  readonly estate: Estate;
  readonly decision: Decision;
  /** The ways across that this check claims. Empty for a check that claims none. */
  readonly ways: readonly Way[];
}

/** A finding without its check: what was found, between which environments, by which grant. */
export interface Found {
  readonly verdict: "violated" | "unknown";
  /** A concrete plain sentence: `Any branch of acme/shop can act as role/deploy-production`. */
  readonly summary: string;
  readonly from: string;
  readonly to: string;
  readonly fromEnvironment?: string;
  readonly toEnvironment?: string;
  /** What the fingerprint hashes beside check and environments: the crossing grant's id, or the id of the thing itself. */
  readonly grant: string;
  readonly way?: Way;
  readonly count?: number;
  readonly people?: readonly string[];
  /** Instructions. */
  readonly change: readonly string[];
  readonly source?: Source;
}

export type Outcome =
  | {
      readonly findings: readonly Found[];
      /** Why the answer is incomplete, in plain words; any makes the clause unknown unless it is violated. */
      readonly unknown?: readonly string[];
      /** What was seen, whatever the verdict, a sentence each. */
      readonly shown?: readonly string[];
    }
  | { readonly notApplicable: string };

export interface Check {
  /** Kebab-case, stated as the violation; equal to the folder's name, the docs anchor and the SARIF rule. */
  readonly id: string;
  readonly clause: string;
  readonly severity: Severity;
  readonly title: string;
  readonly remediation: string;
  /** Ways across that this check reports. The first check in the registry that claims a way has it: every way is reported once. */
  readonly claims?: (way: Way, estate: Estate) => boolean;
  readonly evaluate: (input: CheckInput) => Outcome;
}

/** The findings of a check that reports the ways it claims, each as it stands. */
export function findingsOfWays(summary: (way: Way, estate: Estate) => string): Check["evaluate"] {
  return ({ ways, estate }) => ({ findings: ways.map((way) => foundWay(way, summary(way, estate))) });
}

export function foundWay(way: Way, summary: string): Found {
  const named = way.rule.grants[0];
  const first = way.steps.find((step) => step.rule === undefined) ?? way.steps[0];
  return {
    verdict: way.verdict,
    summary,
    from: first?.to ?? way.from,
    to: way.target.entity,
    ...(way.from !== "people" && { fromEnvironment: way.from }),
    toEnvironment: way.to,
    grant: way.grant,
    way,
    count: way.count,
    people: way.people,
    change: named ? [named.change] : [],
    source: named?.source ?? way.rule.source,
  };
}
