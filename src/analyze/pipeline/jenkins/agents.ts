// Agents that keep what builds leave, and which stages and contexts may run on them. Source: Jenkins Handbook, "Using Jenkins agents"; "Controller Isolation".
import type { JenkinsStage } from "../../../model/observations/jenkins.ts";
import type { Job, Runner } from "../model/model.ts";
import type { Run } from "./contexts.ts";
import type { ControllerFacts } from "./facts.ts";
import { agentId } from "./ids.ts";

interface Machine {
  readonly id: string;
  readonly name: string;
  readonly labels: readonly string[];
  readonly exclusive: boolean;
  readonly because?: string | undefined;
  readonly source: Runner["source"];
}

const BUILT_IN = "built-in";

/** "Builds running on the built-in node have the same level of access to the controller file system as the Jenkins process". */
export const builtInId = (controller: ControllerFacts): string => agentId(controller.name, BUILT_IN);

export const buildsOnController = (controller: ControllerFacts): boolean => (controller.observed.builtInExecutors ?? 0) > 0;

/** What a cloud makes for one build and throws away keeps nothing. */
function machinesOf(controller: ControllerFacts): readonly Machine[] {
  const { name, agents, source } = controller;
  const permanent = agents
    .filter((agent) => !agent.ephemeral)
    .map((agent) => ({
      id: agentId(name, agent.name),
      name: agent.name,
      labels: agent.labels,
      exclusive: agent.exclusive,
      because: agent.restricted ? `which jobs agent ${agent.name} takes is narrowed by a property that is not read` : undefined,
      source: agent.source,
    }));
  const builtIn = { id: builtInId(controller), name: BUILT_IN, labels: [BUILT_IN, "master"], exclusive: false, source };
  return buildsOnController(controller) ? [...permanent, builtIn] : permanent;
}

export const runnersOf = (controller: ControllerFacts, runs: readonly Run[]): readonly Runner[] =>
  machinesOf(controller).map(({ id, name, because, source }) => ({
    id,
    label: `agent ${name}`,
    place: {},
    open: runs.map((run) => ({ id: run.context.id, because })),
    source,
  }));

export function runnersFor(controller: ControllerFacts, stage: JenkinsStage): Job["runners"] {
  const wanted = stage.labels.filter((label) => label !== "*");
  const isOpen = stage.labels.includes("*");
  return machinesOf(controller).flatMap(({ id, labels, exclusive, because }) => {
    const fits = wanted.length === 0 ? !exclusive || isOpen : wanted.every((expression) => labelMatches(expression, labels));
    const reason = isOpen ? "the label that the stage asks for is no literal text" : because;
    return fits ? [{ id, because: reason }] : [];
  });
}

/** `linux && docker || !windows` (Jenkins, "Label expressions"): parentheses, `!`, `&&`, `||`. What is more than that matches nothing for certain. */
export function labelMatches(expression: string, labels: readonly string[]): boolean {
  const tokens = [...expression.slice(0, 500).matchAll(/\|\||&&|[()!]|"[^"]*"|[^\s()!&|]+/g)].map((found) => found[0]);
  let at = 0;
  const any = (depth: number): boolean => {
    let value = all(depth);
    while (tokens[at] === "||") {
      at++;
      value = all(depth) || value;
    }
    return value;
  };
  const all = (depth: number): boolean => {
    let value = one(depth);
    while (tokens[at] === "&&") {
      at++;
      value = one(depth) && value;
    }
    return value;
  };
  const one = (depth: number): boolean => {
    const token = tokens[at++];
    if (token === undefined || depth > 50) return false;
    if (token === "!") return !one(depth + 1);
    if (token !== "(") return labels.includes(token.replaceAll('"', ""));
    const inner = any(depth + 1);
    at++;
    return inner;
  };
  return any(0);
}
