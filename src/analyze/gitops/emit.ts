// Rules and entities of this plane in their common form.
import type { Entity } from "../../model/entity.ts";
import { type Gap, gapId } from "../../model/gap.ts";
import { type Fact, fact, grant, type Grant, type Rule, type RuleSink } from "../../model/rule.ts";
import { inside, type Source } from "../../model/source.ts";
import { clustersOf } from "../kubernetes/cluster.ts";
import { clusterId, namespaceId, objectId } from "../kubernetes/ids.ts";
import { clusterSink } from "../kubernetes/wide.ts";
import type { KnownEstate } from "../plane.ts";
import type { Writer } from "./sources.ts";

/** An object of a cluster, as this plane names it. */
export interface Named {
  readonly cluster: string;
  readonly namespace?: string;
  readonly name: string;
  readonly source: Source;
}

export const GROUPS: Readonly<Record<string, string>> = {
  Application: "argoproj.io",
  ApplicationSet: "argoproj.io",
  AppProject: "argoproj.io",
  Kustomization: "kustomize.toolkit.fluxcd.io",
  HelmRelease: "helm.toolkit.fluxcd.io",
  ArtifactGenerator: "source.extensions.fluxcd.io",
  Stage: "kargo.akuity.io",
  Warehouse: "kargo.akuity.io",
  ProjectConfig: "kargo.akuity.io",
  Project: "kargo.akuity.io",
  PromotionStrategy: "promoter.argoproj.io",
};

export const idOf = (kind: string, { cluster, namespace, name }: Omit<Named, "source">): string =>
  objectId(cluster, namespace, kind, GROUPS[kind] ?? "source.toolkit.fluxcd.io", name);

/** Something that an object stands for. The id names no place, so that it stands where the entity says, and nowhere otherwise. */
export const derivedId = (object: string, part: string): string => `gitops:${object}#${part}`;

/** What an object applies: whoever controls it decides what is created where the object is applied. */
export const manifestsId = (object: string): string => derivedId(object, "manifests");

/** What someone has to ask for before an object that waits is applied. */
export const requestId = (object: string): string => derivedId(object, "request");

export const labelOf = (kind: string, { namespace, name }: Pick<Named, "namespace" | "name">): string =>
  `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;

export const resource = (kind: string, object: Named & { readonly labels?: Readonly<Record<string, string>> }): Entity => ({
  id: idOf(kind, object),
  kind: "resource",
  label: labelOf(kind, object),
  place: { cluster: object.cluster, ...(object.namespace !== undefined && { namespace: object.namespace }) },
  source: object.source,
  ...(object.labels && { labels: object.labels }),
});

/** The rules of one object: one grant where nothing else is said, and its source. */
export interface Emitter {
  readonly estate: KnownEstate;
  readonly sink: RuleSink;
}

export interface Draft {
  readonly family: string;
  readonly needs: readonly Fact[];
  readonly gives: Fact;
  readonly because?: string | undefined;
  readonly how: string;
  readonly grant: Grant;
  readonly source?: Source;
}

export function emit({ sink }: Emitter, { because, grant: first, source, ...draft }: Draft): void {
  sink.rule(ruleOf({ because, grant: first, ...draft, ...(source && { source }) }));
}

export function ruleOf({ because, grant: first, source, ...draft }: Draft): Rule {
  const certain = because === undefined ? ({ certainty: "must" } as const) : ({ certainty: "may", because } as const);
  return { ...draft, ...certain, grants: [first], source: source ?? first.source };
}

/** How the system works: nobody would remove it. */
export const nature = (owner: string, label: string, source: Source): Grant =>
  grant(owner, { nature: label }, { label, change: `${label}: this is how it works`, source, removable: false });

/** Control of a whole cluster, and of each of its namespaces where several environments share it (wide.ts of the Kubernetes plane). */
export function emitWide(to: Emitter, cluster: string, draft: Omit<Draft, "gives">): void {
  const found = clustersOf(to.estate).get(cluster);
  const rule = ruleOf({ ...draft, gives: fact("control", clusterId(cluster)) });
  if (found) clusterSink(to.estate, found, to.sink).wide(rule);
  else to.sink.rule(rule);
}

/** A gap that shows only here, with the may-rule that it could have held. */
export function emitGap(to: Emitter, gap: Gap, gives: readonly Fact[], how: string): void {
  to.sink.gap(gap);
  to.sink.took(gap);
  if (Object.hasOwn(to.estate.charter.absent, gap.topic)) return;
  const source = gap.source ?? { file: "" };
  const read = grant(gapId(gap), "unread", { label: gap.what, change: `read ${gap.what}`, source });
  for (const each of gives) emit(to, { family: "gitops/unread", needs: [], gives: each, because: gapId(gap), how, grant: read });
}

/**
 * What a source says comes to be applied: at once, or when someone asks for it (`request`). The grant is the source as the object names it, so that a
 * finding is named after it wherever the controller stands.
 */
export function emitSource(
  to: Emitter,
  object: { readonly id: string; readonly label: string; readonly source: Source },
  writer: Writer,
  from: { readonly content: unknown; readonly source: Source; readonly request?: Fact; readonly because?: string },
): void {
  if (writer.type === "fixed" || writer.type === "stranger") return;
  const gives = fact("control", manifestsId(object.id));
  if (writer.type === "unread") {
    const gap: Gap = {
      topic: "gitops/source",
      subject: object.id,
      what: `${writer.what}, which ${object.label} deploys from`,
      why: writer.why,
      clauses: ["A1", "A6", "P1", "P2", "P3"],
      source: from.source,
    };
    emitGap(to, gap, [gives], `whoever writes ${writer.what} decides what ${object.label} applies`);
    return;
  }
  const because = [writer.because, from.because].filter((reason) => reason !== undefined).join("; ");
  emit(to, {
    family: "gitops/source",
    needs: [writer.need, ...(from.request ? [from.request] : [])],
    gives,
    because: because === "" ? undefined : because,
    how: `${object.label} applies what ${writer.what} says${from.request ? ", when someone asks for it" : ""}`,
    grant: grant(object.id, from.content, {
      label: `source of ${object.label}`,
      change: `let ${object.label} deploy from a branch that takes reviewed changes only`,
      source: from.source,
    }),
  });
}

/** Whoever controls a namespace controls what stands in it; whoever may write objects of a kind there writes each of them. */
export function emitOwned({ sink }: Emitter, kind: string, object: Named, part: string): void {
  const { cluster, namespace = "default", source } = object;
  const id = idOf(kind, object);
  const label = labelOf(kind, object);
  const grants = [nature(namespaceId(cluster, namespace), `${label} stands in ${namespace}`, source)];
  const base = { certainty: "must", grants, source } as const;
  sink.rule({
    ...base,
    family: "kubernetes/namespace-owner",
    needs: [fact("control", namespaceId(cluster, namespace))],
    gives: fact("control", id),
    how: `${label} stands in ${namespace}`,
  });
  sink.rule({
    ...base,
    family: "gitops/write-object",
    needs: [fact("write", objectId(cluster, namespace, "-", "", part))],
    gives: fact("write", id),
    how: `${label} is one of them`,
  });
}

/** The part of a namespace that stands for all its objects of a kind. */
export const partOf = (cluster: string, namespace: string, part: string): string => objectId(cluster, namespace, "-", "", part);

export const specOf = (source: Source): Source => inside(source, "spec");
