// Turns decisions into rules: grants from the deciding statements, defeat of the guards that hold, may where something is undecided.
import { fact, grant, type Fact, type Grant, type Rule, type RuleSink } from "../../model/rule.ts";
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
  const rules = new Map<string, Rule>();
  const usedGuards = new Map<string, Obstacle>();
  const add = (rule: Rule): void => {
    if (rule.needs.some((need) => need.entity === rule.gives.entity && need.capability === rule.gives.capability)) return;
    const needs = rule.needs.map((need) => `${need.capability} ${need.entity}`).sort();
    const key = `${rule.gives.capability} ${rule.gives.entity} ${needs.join(" ")}`;
    const known = rules.get(key);
    if (!known || (known.certainty === "may" && rule.certainty === "must")) rules.set(key, rule);
  };
  return {
    usedGuards,
    rule: add,
    decided(decision, parts) {
      const rule = ruleOf(decision, parts, usedGuards);
      if (rule) add(rule);
    },
    flush(sink) {
      for (const rule of rules.values()) sink.rule(rule);
    },
  };
}

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
  const [first, ...others] = by;
  const grants = [...(first ? [grantOf(first, parts.change), ...others.map((bound) => grantOf(bound))] : []), ...(parts.grants ?? [])];
  return {
    family: parts.family,
    needs,
    gives: parts.gives,
    certainty: because.length === 0 ? "must" : "may",
    ...(because.length > 0 && { because: [...new Set(because)].join("; ") }),
    grants,
    how: parts.how,
    source: parts.source ?? grants[0]?.source ?? parts.place ?? { file: "" },
  };
}

const grantCache = new WeakMap<Bound["policy"], Map<string, Grant>>();

/** A policy statement as a grant. Computed once for a statement and change: hundreds of rules rest on the same few. */
export function grantOf(bound: Bound, change?: string): Grant {
  const { policy, statement } = bound;
  let known = grantCache.get(policy);
  if (!known) grantCache.set(policy, (known = new Map()));
  const key = `${statement.index} ${change ?? ""}`;
  let made = known.get(key);
  if (!made) {
    const told = policy.told?.get(statement.index);
    const label = told?.label ?? (statement.sid === undefined ? policy.label : `${policy.label}, statement ${statement.sid}`);
    made = grant(policy.owner, told ? told.content : { policy: policy.label, statement: statement.json }, {
      label,
      change: change ?? told?.change ?? `narrow or remove ${summary(statement.json["Action"], "what is not in NotAction")} in ${label}`,
      source: statementSource(bound),
    });
    known.set(key, made);
  }
  return made;
}

export const statementSource = ({ policy, statement }: Bound): Source =>
  policy.told?.get(statement.index)?.source ??
  (policy.source.file === "" ? policy.source : inside(policy.source, "Statement", statement.index));

function summary(value: Json | undefined, otherwise: string): string {
  const list = asList(value).map(String);
  if (list.length === 0) return otherwise;
  return list.length > 2 ? `${list[0]} and ${list.length - 1} more` : list.join(" and ");
}
