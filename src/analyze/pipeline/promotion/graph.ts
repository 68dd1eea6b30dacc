// The promotion graph: jobs that deploy, what they wait for, and the gate before each, present, weak or missing. Drawn by app.
import { productionNames } from "../../reach/semantics.ts";
import type { Estate } from "../../estate.ts";
import { type Approvals, approvalsOf } from "./approvals.ts";
import { decorations } from "./gates.ts";
import { intoProduction } from "./into-production.ts";
import { type Deployment, deployments, toldByHistory } from "./deployments.ts";
import { type Asked, tasksOf } from "./tasks.ts";

/** `asked`: others than the starter approve. `reviewed`: the branch asks, not the deployment. `weak`: one may approve what one started. */
export type GateState = "asked" | "reviewed" | "automatic" | "weak" | "missing" | "unknown";

export interface GraphGate {
  readonly state: GateState;
  /** `1 of @rita`, `no approval`. */
  readonly words: string;
}

export interface GraphNode {
  readonly id: string;
  readonly label: string;
  /** `acme/shop · deploy.yml`: jobs of one definition stand together. */
  readonly group: string;
  /** Names of the forge's environments, `?` where the files do not hold them. */
  readonly environments: readonly string[];
  readonly isProduction: boolean;
  readonly isManual: boolean;
  /** Absent: it deploys to no environment of the charter. */
  readonly gate?: GraphGate;
  /** Checks of promotion that report it. */
  readonly notes: readonly string[];
  /** Given for production where deployments were collected: how many came after one of the same commit below. */
  readonly history?: string;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** Given: the wait holds nothing back, and why. */
  readonly despite?: string | undefined;
}

export interface PromotionGraph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

function gateOf(asked: Asked, deployment: Deployment): GraphGate {
  const approvals = approvalsOf(asked, deployment);
  if (!deployment.complete) return { state: "unknown", words: "environment not in the files" };
  const each = approvals.map(stateOf);
  const worst = (["missing", "weak", "unknown", "reviewed", "asked"] as const).flatMap(
    (state) => each.find((one) => one.state === state) ?? [],
  )[0];
  const gate = worst ?? { state: "missing", words: "no approval" };
  return gate.state === "missing" && isAutomatic(asked, deployment) ? { state: "automatic", words: "automatic" } : gate;
}

function stateOf({ count, reviewers, preventsSelfReview, onBranch, decidedBy, known }: Approvals): GraphGate {
  const who = reviewers.length === 0 ? "" : reviewers.length > 3 ? ` of ${reviewers.length} people` : ` of ${reviewers.join(", ")}`;
  if (count > 0 && preventsSelfReview) return { state: "asked", words: `${plural(count, "approval")}${who}` };
  if (count > 0) return { state: "weak", words: `${plural(count, "approval")}${who}, also one's own` };
  if ((onBranch ?? 0) > 0) return { state: "reviewed", words: `${plural(onBranch ?? 0, "approval")} on the branch` };
  if (decidedBy.length > 0) return { state: "unknown", words: `${decidedBy.join(", ")} decides` };
  return known ? { state: "missing", words: "no approval" } : { state: "unknown", words: "approvals not read" };
}

/** The charter asks for no approval on any promotion into the environments it deploys to. */
function isAutomatic(asked: Asked, deployment: Deployment): boolean {
  const production = productionNames(asked.charter);
  return deployment.environments.every((name) => {
    const into = asked.charter.promotion.filter((one) => one.to === name);
    return !production.has(name) && into.every((one) => one.approvals === 0);
  });
}

/** Of one repository or project (`acme/shop`), or of all. */
export function promotionGraph(estate: Estate, project?: string): PromotionGraph {
  const { asked, into } = intoProduction(estate, "P1");
  const tasks = tasksOf(asked);
  const production = productionNames(estate.charter);
  const deploying = new Map(
    deployments(asked)
      .filter(({ task }) => !task.isCalledOnly && (project === undefined || task.project === project))
      .map((one) => [one.job, one]),
  );
  const shown = new Set([
    ...deploying.keys(),
    ...[...deploying.values()].flatMap(({ task }) => tasks.before(task).map((one) => one.task.id)),
  ]);
  // A job that only calls a workflow is drawn as the jobs that it calls, which wait for what it waits for.
  const isCaller = (id: string): boolean => tasks.all.some((one) => one.id.startsWith(`${id}/`));
  for (const id of [...shown]) if (!deploying.has(id) && (tasks.of(id)?.actions.length ?? 0) === 0 && isCaller(id)) shown.delete(id);
  const all = tasks.all.filter((task) => shown.has(task.id));
  const nodes = all.map((task): GraphNode => {
    const deployment = deploying.get(task.id);
    const isProduction = deployment?.environments.some((name) => production.has(name)) ?? false;
    const told =
      deployment && isProduction
        ? toldByHistory(
            asked,
            into.filter((one) => one.deployment.job === task.id),
          )
        : [];
    const named = task.environments.map((id) => id.slice(id.indexOf("#environment/") + "#environment/".length));
    // A job that names none may still tell by its commands what it changes.
    const names = named.length > 0 ? named : (deployment?.environments ?? []);
    const file = task.definition.slice(task.definition.lastIndexOf("/") + 1);
    return {
      id: task.id,
      label: task.label.startsWith(`${file} / `) ? task.label.slice(file.length + 3) : task.label,
      group: `${task.project} · ${file}`,
      environments: task.environmentsComplete ? names : [...names, "?"],
      isProduction,
      isManual: task.isManual,
      ...(deployment && { gate: gateOf(asked, deployment) }),
      ...(told.length > 0 && { history: told.join("; ") }),
      notes: deployment && isProduction ? decorations(asked, deployment).map((one) => one.why) : [],
    };
  });
  const edges = all.flatMap((task) =>
    task.waits.filter((wait) => shown.has(wait.on)).map((wait): GraphEdge => ({ from: wait.on, to: task.id, despite: wait.despite })),
  );
  return { nodes, edges: withoutDetours(edges) };
}

/** An edge that a path of other edges says too is left out, unless it is the one that holds. */
function withoutDetours(edges: readonly GraphEdge[]): readonly GraphEdge[] {
  const next = Map.groupBy(edges, (edge) => edge.from);
  const isReached = (from: string, to: string): boolean => {
    const seen = new Set<string>();
    const queue = (next.get(from) ?? []).filter((edge) => edge.to !== to).map((edge) => edge.to);
    for (const at of queue) {
      if (at === to) return true;
      if (seen.has(at)) continue;
      seen.add(at);
      for (const edge of next.get(at) ?? []) queue.push(edge.to);
    }
    return false;
  };
  return edges.filter((edge) => edge.despite !== undefined || !isReached(edge.from, edge.to));
}
