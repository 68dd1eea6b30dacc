// Kargo as its objects describe it: which Applications a Stage moves, what it takes its freight from, and whether it moves by itself.
import { globMatches } from "../../lib/glob.ts";
import type { KargoPolicy, KargoStage, KargoTask, KargoWarehouse } from "../../model/observations/gitops.ts";
import { once } from "../kubernetes/once.ts";
import { matches } from "../network/kubernetes/selectors.ts";
import type { PlaneInput } from "../plane.ts";
import { type Application, installationsOf } from "./argo.ts";
import { githubRepository, revisionOf } from "./repositories.ts";

export interface Stage {
  readonly object: KargoStage;
  /** Applications that its promotions change. */
  readonly applications: readonly Application[];
  /** Why there may be others. */
  readonly unknown?: string;
  /** Undefined: a policy is written so that only Kargo can say whether it means the Stage. */
  readonly isAutomatic: boolean | undefined;
  readonly policy?: KargoPolicy;
  readonly waitsForMerge: boolean;
  readonly warehouses: readonly KargoWarehouse[];
}

export const stagesOf = once((input): readonly Stage[] => input.observations("gitops/kargo-stage").map((object) => stageOf(input, object)));

function stageOf(input: PlaneInput, object: KargoStage): Stage {
  const { observations } = input;
  const tasks = object.tasks.map(({ name, isClusterWide }) =>
    observations("gitops/kargo-task").find(
      (each) =>
        each.cluster === object.cluster &&
        each.name === name &&
        (isClusterWide ? each.namespace === undefined : each.namespace === object.namespace),
    ),
  );
  const steps = [object, ...tasks.filter((task) => task !== undefined)];
  const moved = applicationsOf(input, object, steps);
  const unread = tasks.includes(undefined) ? "a PromotionTask that it uses was not read" : undefined;
  const unknown = moved.unknown ?? unread;
  return {
    object,
    applications: moved.applications,
    ...(unknown !== undefined && { unknown }),
    ...automatic(input, object),
    waitsForMerge: steps.some(({ waitsForMerge }) => waitsForMerge),
    warehouses: observations("gitops/kargo-warehouse").filter(
      (each) =>
        each.cluster === object.cluster &&
        each.namespace === object.namespace &&
        object.requests.some(({ warehouse }) => warehouse === each.name),
    ),
  };
}

/** Argo CD Applications say which Stage may update them in this annotation, `PROJECT:STAGE` (Kargo, "argocd-update", Application authorization). */
const AUTHORIZED = "kargo.akuity.io/authorized-stage";

/** Those that authorize it, those that its steps name, and those that deploy a branch it pushes to. */
function applicationsOf(
  input: PlaneInput,
  stage: KargoStage,
  steps: readonly (KargoStage | KargoTask)[],
): { readonly applications: Application[]; readonly unknown?: string } {
  const own = installationsOf(input).flatMap((each) => (each.cluster === stage.cluster ? each.applications : []));
  const said = (text: string): string | undefined => {
    const filled = text
      .replaceAll(/\$\{\{\s*ctx\.stage\s*\}\}/g, stage.name)
      .replaceAll(/\$\{\{\s*ctx\.project\s*\}\}/g, stage.namespace ?? "");
    return filled.includes("${{") ? undefined : filled;
  };
  const found = new Set<Application>();
  let unknown: string | undefined;
  for (const each of own) {
    const [project, name] = (each.object.annotations[AUTHORIZED] ?? "").split(":");
    if (name !== undefined && project === stage.namespace && globMatches(name, stage.name)) found.add(each);
  }
  for (const { name, namespace = "argocd" } of steps.flatMap(({ applications }) => applications)) {
    const at = said(namespace);
    const named = said(name);
    if (named === undefined || at === undefined) unknown = "a step names an Application by an expression";
    const one = own.find(({ object }) => object.name === named && object.namespace === at);
    if (one) found.add(one);
    else if (named !== undefined) unknown = `Application ${at ?? "?"}/${named}, which it updates, was not read`;
  }
  for (const push of steps.flatMap(({ pushes }) => pushes)) {
    const repository = push.repository === undefined ? undefined : said(push.repository);
    const branch = push.branch === undefined ? undefined : said(push.branch);
    if (repository === undefined || branch === undefined) {
      unknown = "a step pushes to a branch by an expression";
      continue;
    }
    for (const each of own) if (deploysFrom(each, repository, branch)) found.add(each);
  }
  return { applications: [...found], ...(unknown !== undefined && found.size === 0 && { unknown }) };
}

function deploysFrom({ object }: Application, repository: string, branch: string): boolean {
  return object.sources.some(({ repository: url, revision }) => {
    const tracked = revisionOf(revision);
    return tracked.type === "branch" && tracked.name === branch && sameRepository(url, repository);
  });
}

export const sameRepository = (a: string, b: string): boolean => {
  const [one, other] = [githubRepository(a), githubRepository(b)];
  return one === undefined || other === undefined ? a === b : one.toLowerCase() === other.toLowerCase();
};

/**
 * Off unless a policy of the project switches it on. A policy means a Stage by name, by `glob:` or `regex:`, or by labels; with a name and labels both must
 * hold.
 *
 * Source: akuity/kargo api/v1alpha1/project_config_types.go, PromotionPolicy and PromotionPolicySelector.
 */
function automatic(input: PlaneInput, stage: KargoStage): Pick<Stage, "isAutomatic" | "policy"> {
  const policies = input
    .observations("gitops/kargo-policies")
    .filter(({ cluster, project }) => cluster === stage.cluster && project === stage.namespace)
    .flatMap((each) => each.policies)
    .filter(({ isAutomatic }) => isAutomatic);
  const sure = policies.find((policy) => means(policy, stage) === true);
  if (sure) return { isAutomatic: true, policy: sure };
  const open = policies.find((policy) => means(policy, stage) === undefined);
  return open ? { isAutomatic: undefined, policy: open } : { isAutomatic: false };
}

function means({ name, selector }: KargoPolicy, stage: KargoStage): boolean | undefined {
  if (selector && !matches(selector, stage.labels)) return false;
  if (name === undefined) return true;
  const [, kind, pattern = ""] = /^(glob|regexp?):(.*)$/.exec(name) ?? [];
  if (kind === undefined) return name === stage.name;
  if (kind === "glob") return /[[\]{}\\]/.test(pattern) ? undefined : globMatches(pattern, stage.name);
  // Attacker-controlled: only a pattern of plain text and `.*` is tried, as a glob.
  const plain = /^(\^?)([\w.-]*(?:\.\*)?[\w.-]*)(\$?)$/.exec(pattern);
  if (!plain) return undefined;
  const [, start, middle = "", end] = plain;
  const glob = `${start ? "" : "*"}${middle.replaceAll(".*", "*").replaceAll(".", "?")}${end ? "" : "*"}`;
  return globMatches(glob, stage.name);
}

/** Stages that another one takes freight from, nearest first. */
export function upstream(stage: Stage, all: readonly Stage[]): readonly Stage[] {
  const names = new Set(stage.object.requests.flatMap(({ stages }) => stages));
  return all.filter(
    ({ object }) => object.cluster === stage.object.cluster && object.namespace === stage.object.namespace && names.has(object.name),
  );
}
