// Turns decisions into rules: grants from the deciding statements, defeat of the guards that hold, may where something is undecided.
import { CAPABILITIES, fact, factText, grant, type Capability, type Fact, type Grant, type Rule, type RuleSink } from "../../model/rule.ts";
import { inside, type Source } from "../../model/source.ts";
import { asList, type Json } from "../../lib/json.ts";
import type { Bound, Decision, Obstacle } from "./evaluate.ts";

export interface Parts {
  readonly family: string;
  readonly needs: readonly Fact[];
  readonly gives: Fact;
  readonly how: string;
  /** What to do about the deciding statement, when the default (narrow or remove it) is not the natural change. */
  readonly change?: string;
  /** For a rule that no policy statement makes. */
  readonly grants?: readonly Grant[];
  readonly source?: Source;
  /** Where it stands when no statement decides. */
  readonly place?: Source;
  /** Further reasons why it is not certain. */
  readonly unless?: readonly string[];
}

export interface Emission {
  /** A rule from a decision; none when nothing could make it hold. */
  decided(decision: Decision, parts: Parts): void;
  rule(rule: Rule): void;
  /** Guards that hold some rule back, with what they hold: their defeat must be derivable. */
  readonly usedGuards: ReadonlyMap<string, Obstacle>;
  /** Hands every rule on: one for the same needs and gives, the certain one where there are two. */
  flush(sink: RuleSink): void;
}

export function emission(): Emission {
  const rules: Rule[] = [];
  const placeOf = places();
  const usedGuards = new Map<string, Obstacle>();
  const add = (rule: Rule): void => {
    if (rule.needs.some((need) => need.entity === rule.gives.entity && need.capability === rule.gives.capability)) return;
    const place = placeOf(rule, rules.length);
    const known = rules[place];
    if (!known || (known.certainty === "may" && rule.certainty === "must")) rules[place] = rule;
  };
  return {
    usedGuards,
    rule: add,
    decided(decision, parts) {
      const rule = ruleOf(decision, parts, usedGuards);
      if (rule) add(rule);
    },
    flush(sink) {
      for (const rule of rules) sink.rule(rule);
    },
  };
}

/**
 * Where the rule with the same needs and conclusion stands, or `next`. Nearly every rule has one need, and hundreds of thousands of joined names cost
 * more than looking up the two names that are there.
 */
function places(): (rule: Rule, next: number) => number {
  const bySet = new Map<string, number>();
  const byPair = new Map<string, Map<string, Map<string, number>>>();
  const inner = <T>(map: Map<string, Map<string, T>>, key: string): Map<string, T> => {
    let found = map.get(key);
    if (!found) map.set(key, (found = new Map()));
    return found;
  };
  return ({ gives, needs }, next) => {
    const [only] = needs;
    const one = only !== undefined && needs.length === 1;
    const among = one ? inner(inner(byPair, PAIRS[only.capability][gives.capability]), gives.entity) : bySet;
    const key = one ? only.entity : `${factText(gives)} ${needs.map(factText).sort().join(" ")}`;
    const known = among.get(key);
    if (known === undefined) among.set(key, next);
    return known ?? next;
  };
}

type OfCapability<T> = Readonly<Record<Capability, T>>;

/** A name for each pair of capabilities. */
const PAIRS = Object.fromEntries(
  CAPABILITIES.map((need) => [need, Object.fromEntries(CAPABILITIES.map((gives) => [gives, `${need} ${gives}`]))]),
) as OfCapability<OfCapability<string>>;

function ruleOf(decision: Decision, parts: Parts, used: Map<string, Obstacle>): Rule | undefined {
  if (decision.outcome === "unknown") return built(parts, [], parts.needs, [decision.missing, ...(parts.unless ?? [])]);
  const because = [...decision.residual, ...(parts.unless ?? [])];
  if (decision.outcome !== "denied") return built(parts, decision.by, parts.needs, because);
  const guards = decision.obstacles.map((obstacle) => obstacle.guard);
  if (guards.length === 0 || guards.some((guard) => guard === undefined)) return undefined;
  for (const obstacle of decision.obstacles) remember(obstacle, used);
  const ids = [...new Set(guards.map((guard) => guard!.id))];
  const needs = [...parts.needs, ...ids.map((id) => fact("defeat", id))];
  return built({ ...parts, how: `${parts.how}, once ${guards[0]!.label} no longer holds it` }, decision.by, needs, because);
}

/** A guard that also holds by not allowing can be lifted in more ways than one that only denies. */
function remember(obstacle: Obstacle, used: Map<string, Obstacle>): void {
  if (obstacle.guard && (obstacle.by === undefined || !used.has(obstacle.guard.id))) used.set(obstacle.guard.id, obstacle);
}

function built(parts: Parts, by: readonly Bound[], needs: readonly Fact[], because: readonly string[]): Rule {
  const grants = by.map((bound, i) => (i === 0 ? grantOf(bound, parts.change) : grantOf(bound)));
  if (parts.grants) grants.push(...parts.grants);
  const { family, gives, how } = parts;
  const source = parts.source ?? grants[0]?.source ?? parts.place ?? { file: "" };
  // Written out, since a rule is made hundreds of thousands of times.
  if (because.length === 0) return { family, needs, gives, certainty: "must", grants, how, source };
  return { family, needs, gives, certainty: "may", because: [...new Set(because)].join("; "), grants, how, source };
}

const grantCache = new WeakMap<Bound["policy"], Map<string, (Grant | undefined)[]>>();

/** A policy statement as a grant. Computed once for a statement and change: hundreds of rules rest on the same few. */
export function grantOf(bound: Bound, change = ""): Grant {
  const { policy, statement } = bound;
  let ofPolicy = grantCache.get(policy);
  if (!ofPolicy) grantCache.set(policy, (ofPolicy = new Map()));
  let known = ofPolicy.get(change);
  if (!known) ofPolicy.set(change, (known = []));
  return (known[statement.index] ??= madeGrant(bound, change));
}

function madeGrant(bound: Bound, change: string): Grant {
  const { policy, statement } = bound;
  const told = policy.told?.get(statement.index);
  const label = told?.label ?? (statement.sid === undefined ? policy.label : `${policy.label}, statement ${statement.sid}`);
  const otherwise = told?.change ?? `narrow or remove ${summary(statement.json["Action"], "what is not in NotAction")} in ${label}`;
  return grant(policy.owner, told ? told.content : { policy: policy.label, statement: statement.json }, {
    label,
    change: change === "" ? otherwise : change,
    source: statementSource(bound),
  });
}

export const statementSource = ({ policy, statement }: Bound): Source =>
  policy.told?.get(statement.index)?.source ??
  (policy.source.file === "" ? policy.source : inside(policy.source, "Statement", statement.index));

function summary(value: Json | undefined, otherwise: string): string {
  const list = asList(value).map(String);
  if (list.length === 0) return otherwise;
  return list.length > 2 ? `${list[0]} and ${list.length - 1} more` : list.join(" and ");
}
