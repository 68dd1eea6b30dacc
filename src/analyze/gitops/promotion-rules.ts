// Who decides what Kargo and GitOps Promoter move into an environment: the sources of freight, the settings, and who asks for a promotion.
import type { PromoterStrategy } from "../../model/observations/gitops.ts";
import { type Fact, fact, grant } from "../../model/rule.ts";
import { namespaceId } from "../kubernetes/ids.ts";
import type { PlaneInput } from "../plane.ts";
import { type Application, installationsOf } from "./argo.ts";
import { writerOf } from "./argo-ids.ts";
import { derivedId, emit, emitOwned, type Emitter, idOf, labelOf, manifestsId, nature, partOf, requestId } from "./emit.ts";
import { type Stage, sameRepository, stagesOf } from "./kargo.ts";
import { type Revision, githubRepository } from "./repositories.ts";
import { gitWriter, registryWriter, type Writer } from "./sources.ts";

/** What a Stage was given to deploy. */
export const freightId = (stage: string): string => derivedId(stage, "freight");

export function promotionRules(to: Emitter): void {
  for (const stage of stagesOf(to.estate)) stageRules(to, stage);
  warehouseRules(to);
  for (const policies of to.estate.observations("gitops/kargo-policies"))
    if (policies.objectKind === "ProjectConfig") emitOwned(to, "ProjectConfig", policies, "kargo-settings");
  for (const strategy of to.estate.observations("gitops/promoter-strategy")) strategyRules(to, strategy);
}

/**
 * Freight comes from a warehouse directly, or from a Stage before it where it was verified; it is promoted when someone asks (a Promotion), or by itself.
 *
 * Source: Kargo, "Working with Stages", Requested Freight, "Working with Projects", Promotion policies; akuity/kargo api/v1alpha1/stage_types.go.
 */
function stageRules(to: Emitter, stage: Stage): void {
  const { object } = stage;
  const { cluster, namespace = "default" } = object;
  const id = idOf("Stage", object);
  const label = labelOf("Stage", object);
  emitOwned(to, "Stage", object, "kargo-settings");
  const freight = fact("control", freightId(id));
  const request = fact("approve", requestId(id));
  const own = nature(id, `${label} says itself what its promotions do`, object.source);
  const owner = nature(namespaceId(cluster, namespace), `what stands in ${namespace}`, object.source);
  emit(to, {
    family: "gitops/write-object",
    needs: [fact("write", id)],
    gives: freight,
    how: `who rewrites ${label} decides what its promotions do`,
    grant: own,
  });
  const asks: readonly (readonly [Fact, string])[] = [
    [fact("write", partOf(cluster, namespace, "kargo-promotions")), `a Promotion in ${namespace} asks ${label} to deploy`],
    [
      fact("write", partOf(cluster, namespace, "kargo-settings")),
      `who rewrites the promotion policies of ${namespace} lets ${label} deploy by itself`,
    ],
  ];
  for (const [need, how] of asks) emit(to, { family: "gitops/promotion", needs: [need], gives: request, how, grant: owner });
  for (const part of ["kargo-promotions", "kargo-settings"])
    emit(to, {
      family: "kubernetes/namespace-owner",
      needs: [fact("control", namespaceId(cluster, namespace))],
      gives: fact("write", partOf(cluster, namespace, part)),
      how: `${part} of ${namespace} belong to the namespace`,
      grant: owner,
    });
  requestRules(to, stage, { id, label, freight, request });
  for (const application of stage.applications) {
    const target = idOf("Application", application.object);
    emit(to, {
      family: "gitops/promotion",
      needs: [freight],
      gives: fact("control", manifestsId(target)),
      how: `${label} deploys its freight by ${labelOf("Application", application.object)}`,
      grant: own,
    });
  }
}

function requestRules(
  to: Emitter,
  stage: Stage,
  { id, label, freight, request }: { readonly id: string; readonly label: string; readonly freight: Fact; readonly request: Fact },
): void {
  const { object, isAutomatic, policy } = stage;
  const because = isAutomatic === undefined ? `whether a promotion policy means ${label} is not known` : undefined;
  const promotes = grant(
    id,
    { automatic: isAutomatic ?? "unknown" },
    {
      label: `promotion policy of ${label}`,
      change: `let ${label} deploy when another than the author of the change asks for it`,
      source: policy?.source ?? object.source,
    },
  );
  for (const { warehouse, direct, stages, source } of object.requests) {
    const { cluster, namespace } = object;
    const place = { cluster, ...(namespace !== undefined && { namespace }) };
    const from = [
      ...(direct ? [[fact("control", idOf("Warehouse", { ...place, name: warehouse })), `Warehouse ${warehouse}`] as const] : []),
      ...stages.map((name) => [fact("control", freightId(idOf("Stage", { ...place, name }))), `Stage ${name}`] as const),
    ];
    for (const [need, what] of from) {
      const base = { family: "gitops/promotion", gives: freight, source, grant: promotes } as const;
      if (isAutomatic !== false) emit(to, { ...base, needs: [need], because, how: `${label} takes freight of ${what} by itself` });
      emit(to, { ...base, needs: [need, request], how: `${label} takes freight of ${what} when someone asks for it` });
    }
  }
}

function warehouseRules(to: Emitter): void {
  for (const object of to.estate.observations("gitops/kargo-warehouse")) {
    const id = idOf("Warehouse", object);
    const label = labelOf("Warehouse", object);
    emitOwned(to, "Warehouse", object, "kargo-settings");
    const subscribe = (writer: Writer, content: object, source: typeof object.source): void => {
      if (writer.type !== "fact") return;
      emit(to, {
        family: "gitops/promotion",
        needs: [writer.need],
        gives: fact("control", id),
        because: writer.because,
        how: `${label} makes freight of what ${writer.what} says`,
        grant: grant(id, content, {
          label: `subscription of ${label}`,
          change: `let ${label} subscribe to a branch that takes reviewed changes only`,
          source,
        }),
      });
    };
    for (const { repository, branch, byTag, source } of object.git) {
      const revision: Revision = byTag
        ? { type: "tag", name: "any" }
        : branch === undefined
          ? { type: "default" }
          : { type: "branch", name: branch };
      subscribe(gitWriter(to.estate, repository, revision), { git: repository, branch: branch ?? "HEAD" }, source);
    }
    for (const { repository, source } of object.images)
      subscribe(registryWriter(to.estate, repository, undefined, undefined), { image: repository }, source);
    for (const { repository, name, source } of object.charts)
      subscribe(registryWriter(to.estate, repository, name, undefined), { chart: repository }, source);
  }
}

export interface PromotedBranch {
  readonly strategy: PromoterStrategy;
  readonly branch: PromoterStrategy["environments"][number];
  readonly application: Application;
}

/** Applications that are moved on by a strategy: they apply a branch of its repository that it merges into. */
export function promotedBranches(input: PlaneInput, strategy: PromoterStrategy): PromotedBranch[] {
  const repository = input
    .observations("gitops/promoter-repository")
    .find(
      (each) => each.cluster === strategy.cluster && each.namespace === strategy.namespace && each.name === strategy.repository,
    )?.github;
  if (repository === undefined) return [];
  return strategy.environments.flatMap((branch) =>
    installationsOf(input)
      .flatMap(({ applications }) => applications)
      .filter(({ object }) => appliesBranch(object, repository, branch.branch))
      .map((application) => ({ strategy, branch, application })),
  );
}

function appliesBranch({ sources, hydrator }: Application["object"], repository: string, branch: string): boolean {
  const url = `https://github.com/${repository}`;
  if (hydrator) return hydrator.applied === branch && sameRepository(hydrator.dry.repository, url);
  return sources.some(
    (source) => source.revision === branch && githubRepository(source.repository) !== undefined && sameRepository(source.repository, url),
  );
}

/**
 * The promoter opens a pull request from a hydrated branch into the branch that is applied, and merges it by itself unless `autoMerge` is false; commit
 * statuses hold it back, which machines set. Then whoever writes what is hydrated decides what is applied.
 *
 * Source: argoproj-labs/gitops-promoter api/v1alpha1/promotionstrategy_types.go, Environment.
 */
function strategyRules(to: Emitter, strategy: PromoterStrategy): void {
  const id = idOf("PromotionStrategy", strategy);
  const label = labelOf("PromotionStrategy", strategy);
  emitOwned(to, "PromotionStrategy", strategy, "promotion-strategies");
  for (const { branch, application } of promotedBranches(to.estate, strategy)) {
    const { hydrator } = application.object;
    const writer = hydrator && writerOf(to.estate, hydrator.dry);
    if (writer?.type !== "fact") continue;
    const gives = fact("control", manifestsId(idOf("Application", application.object)));
    const target = labelOf("Application", application.object);
    const merges = grant(
      id,
      { branch: branch.branch, autoMerge: branch.isAutomatic },
      {
        label: `merge into ${branch.branch} by ${label}`,
        change: `set autoMerge: false for ${branch.branch}, and require an approval on the branch`,
        source: branch.source,
      },
    );
    const base = { family: "gitops/promotion", gives, because: writer.because, grant: merges } as const;
    if (branch.isAutomatic)
      emit(to, {
        ...base,
        needs: [writer.need],
        how: `${label} merges what ${writer.what} says into ${branch.branch}, which ${target} applies`,
      });
    else
      emit(to, {
        ...base,
        needs: [writer.need, fact("write", id)],
        how: `who rewrites ${label} lets it merge into ${branch.branch} by itself`,
      });
  }
}
