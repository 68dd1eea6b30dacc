// Which environments controllers, Stages and promoted branches belong to: what the checks of promotion and of controllers ask.
import type { Source } from "../../model/source.ts";
import { namespaceId } from "../kubernetes/ids.ts";
import type { KnownEstate } from "../plane.ts";
import { type Application, installationsOf } from "./argo.ts";
import { idOf, labelOf } from "./emit.ts";
import { fluxControllers } from "./flux.ts";
import { type Stage, stagesOf, upstream } from "./kargo.ts";
import { type PromotedBranch, promotedBranches } from "./promotion-rules.ts";

export type Asked = Pick<KnownEstate, "observations" | "charter" | "gaps" | "environmentOf">;

/** A controller, with one thing of each environment that it deploys to. */
export interface Controller {
  /** Id of the namespace that it stands in. */
  readonly id: string;
  readonly label: string;
  readonly environments: ReadonlyMap<string, string>;
  /** Why it may deploy to others. */
  readonly unknown: readonly string[];
  readonly source: Source;
}

const environmentOfApplication = ({ environmentOf }: Asked, { object, target }: Application): string | undefined =>
  target?.cluster === undefined || object.destination.namespace === undefined
    ? undefined
    : environmentOf(namespaceId(target.cluster, object.destination.namespace));

export function controllers(asked: Asked): Controller[] {
  return [...argoControllers(asked), ...fluxControllersOf(asked)];
}

function argoControllers(asked: Asked): Controller[] {
  return installationsOf(asked).map((argo) => {
    const environments = new Map<string, string>();
    const unknown: string[] = [];
    for (const application of argo.applications) {
      const environment = environmentOfApplication(asked, application);
      const label = labelOf("Application", application.object);
      if (environment !== undefined && !environments.has(environment)) environments.set(environment, label);
      if (application.target?.cluster === undefined) unknown.push(`which cluster ${label} is applied to is not in the files`);
    }
    for (const set of argo.sets)
      if (set.unknown !== undefined) unknown.push(`what ${labelOf("ApplicationSet", set.object)} generates: ${set.unknown}`);
    return {
      id: namespaceId(argo.cluster, argo.namespace),
      label: `Argo CD in ${argo.namespace} of ${argo.cluster}`,
      environments,
      unknown,
      source: argo.source,
    };
  });
}

/** What a Kustomization applies is only known where it is bound to a namespace: by its target, or by an account of its own. */
function fluxControllersOf(asked: Asked): Controller[] {
  const found = new Map<string, Controller & { environments: Map<string, string>; unknown: string[] }>();
  for (const each of asked.observations("gitops/flux-deployment")) {
    const controller = fluxControllers(asked).get(`${each.cluster} ${each.objectKind}`);
    const id = namespaceId(each.cluster, controller?.workload.namespace ?? "flux-system");
    const label = labelOf(each.objectKind, each);
    const known = found.get(id) ?? {
      id,
      label: `Flux in ${controller?.workload.namespace ?? "flux-system"} of ${each.cluster}`,
      environments: new Map<string, string>(),
      unknown: [],
      source: controller?.workload.source ?? each.source,
    };
    found.set(id, known);
    const namespace = each.targetNamespace ?? (each.serviceAccount === undefined ? undefined : each.namespace);
    const environment = namespace === undefined || each.remote ? undefined : asked.environmentOf(namespaceId(each.cluster, namespace));
    if (environment !== undefined && !known.environments.has(environment)) known.environments.set(environment, label);
    if (each.remote) known.unknown.push(`which cluster ${label} is applied to is not in the files`);
  }
  return [...found.values()];
}

export interface StageEnvironments {
  readonly stage: Stage;
  readonly id: string;
  readonly label: string;
  readonly environments: ReadonlySet<string>;
}

/** By what its promotions deploy, and by the charter where it names the Stage itself. */
export function stageEnvironments(asked: Asked): StageEnvironments[] {
  return stagesOf(asked).map((stage) => {
    const id = idOf("Stage", stage.object);
    const own = stage.applications.flatMap((each) => environmentOfApplication(asked, each) ?? []);
    const declared = own.length > 0 ? undefined : declaredFor(asked, id);
    return { stage, id, label: labelOf("Stage", stage.object), environments: new Set(declared === undefined ? own : [declared]) };
  });
}

/** A Stage stands in its project's namespace: only its own id says which environment it deploys to. */
const declaredFor = ({ charter }: Asked, id: string): string | undefined =>
  charter.environments.find(({ boundary }) => boundary.entities?.includes(id))?.name;

/** Whether whatever a Stage deploys was in some environment of `lower` before. Undefined: not in the files. */
export function passesLower(
  one: StageEnvironments,
  all: readonly StageEnvironments[],
  lower: ReadonlySet<string>,
  seen: ReadonlySet<string> = new Set(),
): boolean | undefined {
  if (one.stage.object.requests.some(({ direct }) => direct)) return false;
  if (seen.has(one.id)) return false;
  const before = upstream(
    one.stage,
    all.map(({ stage }) => stage),
  ).flatMap((stage) => all.filter((each) => each.stage === stage));
  const named = new Set(one.stage.object.requests.flatMap(({ stages }) => stages));
  if (before.length < named.size) return undefined;
  const answers = before.map((each) => {
    if ([...each.environments].some((environment) => lower.has(environment))) return true;
    if (each.environments.size === 0 && !each.stage.object.isControlFlow) return undefined;
    return passesLower(each, all, lower, new Set([...seen, one.id]));
  });
  if (answers.includes(false)) return false;
  return answers.includes(undefined) ? undefined : true;
}

export interface BranchEnvironment extends PromotedBranch {
  readonly id: string;
  readonly label: string;
  readonly environment?: string;
}

/** Branches that GitOps Promoter merges into, with the environment of what applies them. */
export function branchEnvironments(asked: Asked): BranchEnvironment[] {
  return asked.observations("gitops/promoter-strategy").flatMap((strategy) =>
    promotedBranches(asked, strategy).map((promoted) => {
      const environment = environmentOfApplication(asked, promoted.application);
      return {
        ...promoted,
        id: idOf("PromotionStrategy", strategy),
        label: labelOf("PromotionStrategy", strategy),
        ...(environment !== undefined && { environment }),
      };
    }),
  );
}

/** Branches that come before one: those it depends on, or, where none says so, those before it in the list. */
export function branchesBefore({ strategy, branch }: PromotedBranch): ReadonlySet<string> {
  const { environments } = strategy;
  const isGraph = environments.some(({ dependsOn }) => dependsOn !== undefined && dependsOn.length > 0);
  if (!isGraph) return new Set(environments.slice(0, environments.indexOf(branch)).map((each) => each.branch));
  const found = new Set<string>();
  const follow = (names: readonly string[]): void => {
    for (const name of names) {
      if (found.has(name)) continue;
      found.add(name);
      follow(environments.find((each) => each.branch === name)?.dependsOn ?? []);
    }
  };
  follow(branch.dependsOn ?? []);
  return found;
}

/**
 * Keys that hold a merge back and that may be a person's word: set by an answer from the web, or by what was not read. Health, waiting times, schedules and
 * rules over the commit are none.
 */
export function statusesOfOthers({ observations }: Asked, { strategy, branch }: PromotedBranch): string[] {
  const own = observations("gitops/promoter-status").filter(
    ({ cluster, strategy: of }) => cluster === strategy.cluster && of === strategy.name,
  );
  return [...strategy.statuses, ...branch.statuses].filter((key) => {
    const setters = own.filter((each) => each.key === key);
    return setters.length === 0 || setters.some(({ objectKind }) => objectKind === "WebRequestCommitStatus");
  });
}
