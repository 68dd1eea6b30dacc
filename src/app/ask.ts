// Questions a person asks of an estate beside the three statements: a path between two things, and who can do what to one.
import type { Estate } from "../analyze/estate.ts";
import { close, holds } from "../analyze/reach/close.ts";
import { inWords, type Step } from "../analyze/reach/decide.ts";
import { buildRuleBase, type RuleBase } from "../analyze/reach/rule-base.ts";
import { personSources } from "../analyze/reach/semantics.ts";
import { derivation } from "../analyze/reach/witness.ts";
import { nearest } from "../charter/problem.ts";
import { CAPABILITIES, type Capability, type Fact, fact } from "../model/rule.ts";

export type AskError = { readonly code: "UNKNOWN_ENTITY"; readonly name: string; readonly near: readonly string[] };

/** The entity with this id, or the only one whose label or end of id is this text; a person by id; an environment by name. */
export function resolve(estate: Estate, name: string): { readonly ids: readonly string[] } | AskError {
  if (estate.entities.has(name)) return { ids: [name] };
  const environment = name.startsWith("environment:") ? name.slice("environment:".length) : name;
  if (estate.charter.environments.some((each) => each.name === environment)) {
    return { ids: [...estate.entities.keys()].filter((id) => estate.environmentOf(id) === environment) };
  }
  const person = name.startsWith("person:") ? name.slice("person:".length) : name;
  if (estate.charter.people.some((each) => each.id === person)) return { ids: [`person:${person}`] };
  const ending = [...estate.entities.values()].filter(
    (entity) => entity.label === name || entity.id.endsWith(`/${name}`) || entity.id.endsWith(`:${name}`),
  );
  if (ending.length === 1) return { ids: [(ending[0] as { id: string }).id] };
  const near = ending.length > 1 ? ending.slice(0, 5).map((entity) => entity.id) : guesses(estate, name);
  return { code: "UNKNOWN_ENTITY", name, near };
}

function guesses(estate: Estate, name: string): string[] {
  const text = name.toLowerCase();
  const containing = [...estate.entities.keys()].filter((id) => id.toLowerCase().includes(text)).slice(0, 5);
  if (containing.length > 0) return containing;
  const close = nearest(name, [
    ...estate.charter.environments.map((each) => each.name),
    ...[...estate.entities.values()].map((each) => each.label),
  ]);
  return close === undefined ? [] : [close];
}

export interface Reach {
  readonly verdict: "yes" | "no" | "maybe";
  readonly target?: Fact;
  readonly steps: readonly Step[];
}

/** Everything that `ids` start with: control over things, identity for people. */
function startsOf(estate: Estate, ids: readonly string[]): Fact[] {
  return ids.flatMap((id) => {
    const person = id.startsWith("person:") ? estate.charter.people.find((each) => `person:${each.id}` === id) : undefined;
    if (person) return personSources(estate, person);
    const kind = estate.entities.get(id)?.kind;
    if (kind === "guard") return [];
    if (kind === "change") return [fact("author", id)];
    return [fact(kind === "account" || kind === "principal" ? "act-as" : "control", id)];
  });
}

const STRONGEST: readonly Capability[] = ["control", "write", "act-as", "read", "approve", "author", "connect", "defeat"];

/** Whether whoever has `from` can come to have a capability over `to`; the strongest that is had, by the shortest walk. */
export function path(estate: Estate, from: readonly string[], to: readonly string[], wanted: readonly Capability[] = STRONGEST): Reach {
  const base = buildRuleBase(estate.entities.keys(), estate.rules);
  const sources = startsOf(estate, from).map((f) => base.factOf(f));
  for (const may of [false, true]) {
    const closure = close(base, sources, { may });
    for (const capability of wanted) {
      const reached = to.map((id) => base.factOf(fact(capability, id))).filter((f) => holds(closure, f));
      reached.sort((a, b) => (closure.height[a] as number) - (closure.height[b] as number));
      const goal = reached[0];
      if (goal === undefined) continue;
      const steps = inWords(base, estate, derivation(base, closure, goal));
      return {
        verdict: may ? "maybe" : "yes",
        target: { capability, entity: base.entityIds[(goal / CAPABILITIES.length) | 0] as string },
        steps,
      };
    }
  }
  return { verdict: "no", steps: [] };
}

export interface Who {
  readonly id: string;
  readonly label: string;
  readonly environment?: string;
  readonly verdict: "yes" | "maybe";
  /** Rule families of the last step, in words. */
  readonly how: string;
}

/** What each verb of `who-can` asks for. */
export const VERBS: Readonly<Record<string, readonly Capability[]>> = {
  write: ["control", "write"],
  read: ["read"],
  deploy: ["control", "write"],
  connect: ["connect"],
};

/**
 * People, and entities of environments below, that can come to have one of the capabilities over any of the ids. `deploy` asks it of workloads,
 * namespaces, clusters and jobs only.
 */
export function whoCan(estate: Estate, verb: string, ids: readonly string[]): Who[] {
  const capabilities = VERBS[verb] ?? [];
  const targets =
    verb === "deploy" ? ids.filter((id) => ["workload", "namespace", "cluster", "job"].includes(estate.entities.get(id)?.kind ?? "")) : ids;
  const base = buildRuleBase(estate.entities.keys(), estate.rules);
  const goals = targets.flatMap((id) => capabilities.map((capability) => base.factOf(fact(capability, id)))).filter((f) => f >= 0);
  const found: Who[] = [];
  const environments = new Set(targets.map((id) => estate.environmentOf(id)));
  for (const person of estate.charter.people) add(`person:${person.id}`, person.name, personSources(estate, person));
  for (const entity of estate.entities.values()) {
    if (!["principal", "workload", "job", "runner", "change"].includes(entity.kind) || environments.has(estate.environmentOf(entity.id)))
      continue;
    add(entity.id, entity.label, startsOf(estate, [entity.id]));
  }
  return found;

  function add(id: string, label: string, starts: readonly Fact[]): void {
    const sources = starts.map((f) => base.factOf(f)).filter((f) => f >= 0);
    if (sources.length === 0) return;
    const environment = estate.environmentOf(id);
    for (const may of [false, true]) {
      const how = lastStep(base, sources, goals, may);
      if (how === undefined) continue;
      found.push({ id, label, ...(environment !== undefined && { environment }), verdict: may ? "maybe" : "yes", how });
      return;
    }
  }
}

function lastStep(base: RuleBase, sources: readonly number[], goals: readonly number[], may: boolean): string | undefined {
  const closure = close(base, sources, { may });
  const reached = goals
    .filter((goal) => holds(closure, goal))
    .sort((a, b) => (closure.height[a] as number) - (closure.height[b] as number))[0];
  if (reached === undefined) return undefined;
  const last = derivation(base, closure, reached).at(-1);
  return last === undefined || last.rule < 0 ? "holds it" : base.rule(last.rule).how;
}
