// Warehouses, Stages and promotion policies of Kargo, and strategies of GitOps Promoter → observations.
import { asList, isObject } from "../../lib/json.ts";
import type {
  KargoPolicies,
  KargoStage,
  KargoTask,
  KargoWarehouse,
  PromoterRepository,
  PromoterStatus,
  PromoterStrategy,
} from "../../model/observations/gitops.ts";
import type { KubernetesObservation } from "../../model/observations/kubernetes.ts";
import { inside } from "../../model/source.ts";
import type { CollectorContext } from "../collector.ts";
import { mapSource } from "./map-flux.ts";
import type { Mapper, Placed } from "./map.ts";
import { redactText } from "./redact.ts";
import * as wire from "./schema-gitops.ts";

export const PROMOTION_MAPPERS: Readonly<Record<string, Mapper>> = {
  Project: mapPolicies,
  ProjectConfig: mapPolicies,
  Warehouse: mapWarehouse,
  Stage: mapStage,
  PromotionTask: mapTask,
  ClusterPromotionTask: mapTask,
  PromotionStrategy: mapStrategy,
  // Flux and GitOps Promoter both have a kind of this name.
  GitRepository: (document, at, kind, context) =>
    isOfPromoter(document) ? mapRepository(document, at) : mapSource(document, at, kind, context),
  ArgoCDCommitStatus: mapStatus,
  TimedCommitStatus: mapStatus,
  GitCommitStatus: mapStatus,
  ScheduledCommitStatus: mapStatus,
  WebRequestCommitStatus: mapStatus,
};

const isOfPromoter = (document: unknown): boolean =>
  isObject(document) && typeof document["apiVersion"] === "string" && document["apiVersion"].startsWith("promoter.argoproj.io/");

function mapPolicies(document: unknown, at: Placed, kind: string): KubernetesObservation {
  const policies = wire.KargoPolicies.parse(document).spec?.promotionPolicies ?? [];
  return {
    ...at,
    kind: "gitops/kargo-policies",
    objectKind: kind as KargoPolicies["objectKind"],
    // A ProjectConfig has the name of its project and stands in its namespace, which has that name too.
    project: at.namespace ?? at.name,
    policies: policies.map(({ stage, stageSelector, autoPromotionEnabled }, i) => {
      const { name, ...selector } = stageSelector ?? { matchLabels: {}, matchExpressions: [] };
      const hasLabels = Object.keys(selector.matchLabels).length > 0 || selector.matchExpressions.length > 0;
      return {
        ...((stage || name) && { name: (stage || name) as string }),
        ...(hasLabels && { selector }),
        isAutomatic: autoPromotionEnabled === true,
        source: inside(at.source, "spec", "promotionPolicies", i),
      };
    }),
  } satisfies KargoPolicies;
}

function mapWarehouse(document: unknown, at: Placed, _: string, { fingerprint }: CollectorContext): KubernetesObservation {
  const subscriptions = wire.KargoWarehouse.parse(document).spec.subscriptions.map((each, i) => ({
    ...each,
    source: inside(at.source, "spec", "subscriptions", i),
  }));
  const url = (text: string): string => redactText(text, fingerprint);
  return {
    ...at,
    kind: "gitops/kargo-warehouse",
    git: subscriptions.flatMap(({ git, source }) => {
      if (!git) return [];
      // Without a strategy: the newest commit of the branch (Kargo, "Working with Warehouses", Git subscriptions).
      const byTag = (git.commitSelectionStrategy || "NewestFromBranch") !== "NewestFromBranch";
      return [{ repository: url(git.repoURL), ...(git.branch && { branch: git.branch }), byTag, source }];
    }),
    images: subscriptions.flatMap(({ image, source }) => (image ? [{ repository: url(image.repoURL), source }] : [])),
    charts: subscriptions.flatMap(({ chart, source }) =>
      chart ? [{ repository: url(chart.repoURL), ...(chart.name && { name: chart.name }), source }] : [],
    ),
  } satisfies KargoWarehouse;
}

type Steps = Pick<KargoStage, "applications" | "pushes" | "waitsForMerge">;

function stepsOf(steps: readonly wire.KargoStep[], { fingerprint }: CollectorContext): Steps {
  const named = (uses: string) => steps.filter((step) => step.uses === uses).map(({ config }) => config ?? {});
  const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);
  // git-push pushes a working tree: its repository is the one that was cloned to it, and its branch the one that was checked out.
  const cloned = named("git-clone").flatMap((config) => {
    const repository = text(config["repoURL"]);
    const branches = asList(config["checkout"]).flatMap((each) => (isObject(each) ? (text(each["branch"]) ?? []) : []));
    return [{ repository, branches }];
  });
  const pushes = named("git-push").flatMap((config) => {
    const target = text(config["targetBranch"]);
    const made = config["generateTargetBranch"] === true;
    return cloned.flatMap(({ repository, branches }) =>
      (target ? [target] : made || branches.length === 0 ? [undefined] : branches).map((branch) => ({
        ...(repository && { repository: redactText(repository, fingerprint) }),
        ...(branch && { branch }),
      })),
    );
  });
  return {
    applications: named("argocd-update").flatMap(({ apps }) =>
      wire.KargoApplications.parse(apps).map(({ name, namespace }) => ({ name, ...(namespace && { namespace }) })),
    ),
    pushes,
    waitsForMerge: named("git-wait-for-pr").length > 0,
  };
}

function mapStage(document: unknown, at: Placed, _: string, context: CollectorContext): KubernetesObservation {
  const { requestedFreight, promotionTemplate } = wire.KargoStage.parse(document).spec;
  const steps = promotionTemplate?.spec.steps ?? [];
  return {
    ...at,
    kind: "gitops/kargo-stage",
    requests: requestedFreight.map(({ origin, sources }, i) => ({
      warehouse: origin.name,
      direct: sources.direct === true,
      stages: sources.stages,
      source: inside(at.source, "spec", "requestedFreight", i),
    })),
    ...stepsOf(steps, context),
    tasks: steps.flatMap(({ task }) => (task ? [{ name: task.name, isClusterWide: task.kind === "ClusterPromotionTask" }] : [])),
    // IsControlFlow of akuity/kargo api/v1alpha1/stage_types.go.
    isControlFlow: steps.length === 0,
  } satisfies KargoStage;
}

function mapTask(document: unknown, at: Placed, _: string, context: CollectorContext): KubernetesObservation {
  return { ...at, kind: "gitops/kargo-task", ...stepsOf(wire.KargoTask.parse(document).spec.steps, context) } satisfies KargoTask;
}

function mapStrategy(document: unknown, at: Placed): KubernetesObservation {
  const { gitRepositoryRef, proposedCommitStatuses, environments } = wire.PromoterStrategy.parse(document).spec;
  return {
    ...at,
    kind: "gitops/promoter-strategy",
    repository: gitRepositoryRef.name,
    statuses: proposedCommitStatuses.map(({ key }) => key),
    environments: environments.map((each, i) => ({
      branch: each.branch,
      // "+kubebuilder:default:=true" (argoproj-labs/gitops-promoter api/v1alpha1/promotionstrategy_types.go).
      isAutomatic: each.autoMerge !== false,
      statuses: each.proposedCommitStatuses.map(({ key }) => key),
      ...(each.dependsOn && { dependsOn: each.dependsOn }),
      source: inside(at.source, "spec", "environments", i),
    })),
  } satisfies PromoterStrategy;
}

function mapRepository(document: unknown, at: Placed): KubernetesObservation {
  const { github } = wire.PromoterRepository.parse(document).spec;
  return {
    ...at,
    kind: "gitops/promoter-repository",
    ...(github?.owner && github.name && { github: `${github.owner}/${github.name}` }),
  } satisfies PromoterRepository;
}

function mapStatus(document: unknown, at: Placed, kind: string): KubernetesObservation {
  const { key, promotionStrategyRef } = wire.PromoterStatus.parse(document).spec;
  // Only an ArgoCDCommitStatus has a default: `argocd-health`.
  return {
    ...at,
    kind: "gitops/promoter-status",
    objectKind: kind,
    key: key || "argocd-health",
    strategy: promotionStrategyRef.name,
  } satisfies PromoterStatus;
}
