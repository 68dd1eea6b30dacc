// Capabilities, facts, rules and grants: what the engine closes over.
import { hashOf } from "../lib/hash.ts";
import type { Entity } from "./entity.ts";
import type { Gap } from "./gap.ts";
import type { Source } from "./source.ts";

/**
 * The closed list. `control`: decide what it is and does. `write`: change its content. `read`: read its content. `act-as`: use its identity.
 * `connect`: open a connection to it (matters to B4 only). `author`: propose a change. `approve`: give the approval a gate asks for.
 * `defeat`: make a guard stop guarding.
 */
export const CAPABILITIES = ["control", "write", "read", "act-as", "connect", "author", "approve", "defeat"] as const;

export type Capability = (typeof CAPABILITIES)[number];

/** Who controls a thing also has these over it. Applied by the engine and by the certificate checker, from this one table. */
export const IMPLIED: Readonly<Partial<Record<Capability, readonly Capability[]>>> = {
  control: ["write", "read", "act-as", "connect", "author", "defeat"],
};

export interface Fact {
  readonly capability: Capability;
  readonly entity: string;
}

export const fact = (capability: Capability, entity: string): Fact => ({ capability, entity });

/** The text form of a fact, used in certificates: `act-as arn:aws:iam::111122223333:role/x`. */
export const factText = (f: Fact): string => `${f.capability} ${f.entity}`;

/**
 * What someone could change to remove or narrow a rule. Its id is the owner's id and the hash of its canonical content, never a line or an
 * index, so a finding keeps its fingerprint when a file is reordered.
 */
export interface Grant {
  readonly id: string;
  /** Short, for people: `trust policy of role/deploy-production`. */
  readonly label: string;
  /** What to do about it, as an instruction: `trust only repo:acme/shop:environment:production`. */
  readonly change: string;
  readonly source: Source;
  /** False for what nobody would remove to separate (that a pod runs in its namespace). Such a grant is never proposed in a cut. */
  readonly removable: boolean;
  /** True when the way is open because something is missing (a branch rule, a reviewer): the change adds it. */
  readonly adds?: boolean;
}

export function grant(owner: string, content: unknown, rest: Omit<Grant, "id" | "removable"> & { readonly removable?: boolean }): Grant {
  return { ...rest, id: `${owner}#${hashOf(content).slice(0, 16)}`, removable: rest.removable ?? true };
}

/** `must`: certain. `may`: rests on a residual condition or on something that could not be read. */
export type Certainty = "must" | "may";

/** `needs gives`: whoever has all of `needs` (or, with `atLeast`, that many distinct ones of them) has `gives`. Monotone, denials included. */
export interface Rule {
  /** The rule family, `SYSTEM/what`, listed in docs/proof.md: `aws/assume-role`. Checks select crossings by it. */
  readonly family: string;
  readonly needs: readonly Fact[];
  /** When given, this many distinct needs suffice: how k approvals by different accounts are said. */
  readonly atLeast?: number;
  readonly gives: Fact;
  readonly certainty: Certainty;
  /** For a `may` rule: the gap's id or the residual condition, in plain words. */
  readonly because?: string;
  /** The first grant is the one that a finding is named after. */
  readonly grants: readonly Grant[];
  /** One short plain sentence: who can do what to what, through what. */
  readonly how: string;
  readonly source: Source;
}

/**
 * A token that a system issues: whoever has `holder` can obtain one with these claims. The identity plane matches trust policies over it.
 * A claim's `value` may hold `*` where the holder chooses the text; `except` lists patterns the holder cannot reach (protected branches).
 */
export interface IdentityToken {
  /** Host and path without scheme: `token.actions.githubusercontent.com`. */
  readonly issuer: string;
  readonly claims: Readonly<Record<string, { readonly value: string; readonly except?: readonly string[] }>>;
  readonly holder: Fact;
  /** In plain words, who asks for the token: `a job on any branch of acme/shop`. */
  readonly how: string;
  readonly source: Source;
}

/** Where the planes of `analyze` put what they derive from the estate. */
export interface EntitySink {
  entity(entity: Entity): void;
  token(token: IdentityToken): void;
}

export interface RuleSink {
  rule(rule: Rule): void;
  /** Says that this plane turned the gap into the may-rules it could have held. A gap that nobody takes makes every statement unknown. */
  took(gap: Gap): void;
  /** A gap that only shows during analysis (a condition key without a meaning, a name that resolves to nothing). */
  gap(gap: Gap): void;
}
