// First pass: the objects that controllers deploy by, and what each of them applies, placed where it is applied.
import type { Entity, Place } from "../../model/entity.ts";
import type { EntitySink } from "../../model/rule.ts";
import type { Source } from "../../model/source.ts";
import type { PlaneInput } from "../plane.ts";
import { accessEntities } from "./argo-access.ts";
import { powerId } from "./argo-ids.ts";
import { installationsOf } from "./argo.ts";
import { idOf, labelOf, manifestsId, type Named, partOf, requestId, resource } from "./emit.ts";
import { stagesOf } from "./kargo.ts";
import { freightId } from "./promotion-rules.ts";

export function gitopsEntities(input: PlaneInput, sink: EntitySink): void {
  accessEntities(input, sink);
  const { observations } = input;
  const seen = new Set<string>();
  const add = (entity: Entity): void => {
    if (seen.has(entity.id)) return;
    seen.add(entity.id);
    sink.entity(entity);
  };
  const guard = (id: string, label: string, place: Place, source: Source): void => add({ id, kind: "guard", label, place, source });
  /** What is applied belongs to where it is applied: deciding it is entering there, wherever the object itself stands. */
  const applied = (kind: string, object: Named, place: Place): void => {
    const id = idOf(kind, object);
    add(resource(kind, object));
    guard(manifestsId(id), `what ${labelOf(kind, object)} applies`, place, object.source);
    guard(requestId(id), `requests to apply ${labelOf(kind, object)}`, {}, object.source);
  };
  /** How objects of a namespace are written as a whole: neither a source nor a target, but a way in (ids.ts of the Kubernetes plane). */
  const parts = (
    { cluster, namespace = "default", source }: Pick<Named, "cluster" | "namespace" | "source">,
    ...names: readonly string[]
  ): void => {
    for (const name of names) guard(partOf(cluster, namespace, name), `${name} of ${namespace}`, { cluster, namespace }, source);
  };
  for (const argo of installationsOf(input)) {
    parts(argo, "argo-applications", "argo-application-sets", "argo-projects");
    for (const { object, target } of argo.applications)
      applied("Application", object, placeOf(target?.cluster, object.destination.namespace));
    for (const { object, target } of argo.sets) {
      const { namespace } = object.template.destination;
      const isMany = namespace === undefined || namespace.includes("{{");
      applied("ApplicationSet", object, placeOf(target?.cluster, isMany ? undefined : namespace));
    }
    for (const project of argo.projects) {
      add(resource("AppProject", project));
      for (const target of argo.targets)
        guard(
          powerId(idOf("AppProject", project), target),
          `what ${labelOf("AppProject", project)} permits in ${target.cluster ?? target.name}`,
          {},
          project.source,
        );
    }
  }
  for (const each of [...observations("gitops/flux-source"), ...observations("gitops/flux-deployment")])
    parts(each, "flux-sources", "flux-deployments");
  for (const source of observations("gitops/flux-source")) add(resource(source.objectKind, source));
  for (const each of observations("gitops/flux-deployment"))
    applied(each.objectKind, each, each.remote ? {} : placeOf(each.cluster, each.targetNamespace ?? each.namespace));
  for (const warehouse of observations("gitops/kargo-warehouse")) add(resource("Warehouse", warehouse));
  for (const policies of observations("gitops/kargo-policies"))
    if (policies.objectKind === "ProjectConfig") add(resource("ProjectConfig", policies));
  for (const { object } of stagesOf(input)) {
    const id = idOf("Stage", object);
    add(resource("Stage", object));
    parts(object, "kargo-promotions", "kargo-settings");
    guard(freightId(id), `freight of ${labelOf("Stage", object)}`, {}, object.source);
    guard(requestId(id), `requests to promote to ${labelOf("Stage", object)}`, {}, object.source);
  }
  for (const strategy of observations("gitops/promoter-strategy")) add(resource("PromotionStrategy", strategy));
}

const placeOf = (cluster: string | undefined, namespace: string | undefined): Place =>
  cluster === undefined ? {} : { cluster, ...(namespace !== undefined && { namespace }) };
