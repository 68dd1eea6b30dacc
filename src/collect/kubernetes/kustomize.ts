// Overlays of plain manifests → the objects they give; any other overlay, and every chart, → a gap that names the command that renders it.
import { posix } from "node:path";
import { z } from "zod";
import { isObject } from "../../lib/json.ts";
import type { Gap } from "../../model/gap.ts";
import type { Observation } from "../../model/observation.ts";
import type { KubernetesObservation, KubernetesWorkload } from "../../model/observations/kubernetes.ts";
import type { KubernetesKustomization } from "../../model/observations/kubernetes-rendering.ts";
import type { Source } from "../../model/source.ts";
import type { ObservationSink, ParsedFile } from "../collector.ts";
import { namespaceGap } from "./namespace-gap.ts";

const Names = z
  .array(z.string())
  .nullish()
  .transform((names) => names ?? []);
const Texts = z
  .record(z.string(), z.string())
  .nullish()
  .transform((texts) => texts ?? {});
const Tag = z.union([z.string(), z.number()]).transform(String).nullish();

/** kustomize.config.k8s.io/v1beta1. */
const Kustomization = z.object({
  resources: Names,
  bases: Names,
  namespace: z.string().nullish(),
  commonAnnotations: Texts,
  labels: z.array(z.object({ pairs: Texts, includeSelectors: z.boolean().nullish(), includeTemplates: z.boolean().nullish() })).nullish(),
  images: z.array(z.object({ name: z.string(), newName: z.string().nullish(), newTag: Tag, digest: z.string().nullish() })).nullish(),
});

/** What changes no object, or only what is followed here. */
const FOLLOWED: ReadonlySet<string> = new Set([
  ...["apiVersion", "kind", "metadata", "resources", "bases", "namespace", "commonAnnotations", "labels", "images", "replicas"],
  ...["generatorOptions", "buildMetadata", "sortOptions"],
]);

export const isKustomization = (document: unknown): document is Readonly<Record<string, unknown>> =>
  isObject(document) && String(document["apiVersion"]).startsWith("kustomize.config.k8s.io/") && document["kind"] === "Kustomization";

/** Chart.yaml of Helm: a name and a version, and no kind (Helm, "Charts", The Chart.yaml File). */
export const isChart = (document: unknown): document is Readonly<Record<string, unknown>> =>
  isObject(document) &&
  /^v[12]$/.test(String(document["apiVersion"])) &&
  document["kind"] === undefined &&
  typeof document["name"] === "string" &&
  document["version"] !== undefined;

export function mapKustomization(document: unknown, file: ParsedFile, source: Source, cluster: string, sink: ObservationSink): void {
  const parsed = Kustomization.safeParse(document);
  if (!parsed.success) {
    sink.gap(unrendered(cluster, source, folderOf(file.path), "it does not fit the schema"));
    return;
  }
  const { resources, bases, namespace, commonAnnotations, labels, images } = parsed.data;
  const written = Object.keys(document as object).filter((key) => !FOLLOWED.has(key));
  const selecting = (labels ?? []).some(({ includeSelectors, includeTemplates }) => includeSelectors === true || includeTemplates === true);
  sink.observation({
    kind: "kubernetes/kustomization",
    cluster,
    file: file.path,
    resources: [...resources, ...bases],
    ...(namespace && { namespace }),
    labels: Object.assign({}, ...(labels ?? []).map(({ pairs }) => pairs)) as Record<string, string>,
    annotations: commonAnnotations,
    images: (images ?? []).map(({ name, newName, newTag, digest }) => ({
      name,
      ...(newName && { newName }),
      ...(newTag && { newTag }),
      ...(digest && { digest }),
    })),
    unfollowed: [...written, ...(selecting ? ["labels of selectors"] : [])],
    source,
  } satisfies KubernetesKustomization);
}

export const chartGap = (document: Readonly<Record<string, unknown>>, file: ParsedFile, source: Source, cluster: string): Gap => ({
  ...unrendered(cluster, source, folderOf(file.path), ""),
  what: `what helm template ${folderOf(file.path)} gives`,
  why: `chart ${String(document["name"])} is not rendered: run helm template with the values of its environment, and read what that prints`,
});

const folderOf = (path: string): string => posix.dirname(path);

const unrendered = (cluster: string, source: Source, folder: string, why: string): Gap => ({
  topic: "kubernetes/unrendered",
  subject: cluster,
  what: `what kustomize build ${folder} gives`,
  why: `${why}: run kustomize build ${folder}, and read what that prints`,
  clauses: ["A1", "A2", "A6", "D3"],
  source,
});

type Objects = readonly KubernetesObservation[];

/**
 * Objects of files that a kustomization names are there as often as overlays take them, each time as the overlay has them, and not once more as the file
 * has them. Nobody applies the base of an overlay by itself.
 */
export function rendered(observations: readonly Observation[], sink: Pick<ObservationSink, "gap">): KubernetesObservation[] {
  const overlays = observations.filter((each): each is KubernetesKustomization => each.kind === "kubernetes/kustomization");
  const objects = observations.filter((each) => each.kind !== "kubernetes/kustomization") as Objects;
  const render = renderer(overlays, objects, sink);
  const roots = overlays.filter((each) => !overlays.some((other) => other !== each && namedBy(other).includes(folderOf(each.file))));
  const named = new Set(overlays.flatMap((each) => namedBy(each).map((path) => `${each.cluster} ${path}`)));
  const plain = objects.filter((each) => !named.has(`${each.cluster} ${each.source.file}`));
  const all = [...plain, ...roots.flatMap(render)];
  for (const each of all) if (each.placeless !== undefined) sink.gap(namespaceGap(each));
  return all;
}

const namedBy = ({ file, resources }: KubernetesKustomization): string[] =>
  resources.map((path) => posix.join(folderOf(file), path).replace(/\/$/, ""));

/** Overlays stand on overlays; a hostile one may stand on itself. */
const DEEPEST = 16;

function renderer(overlays: readonly KubernetesKustomization[], objects: Objects, sink: Pick<ObservationSink, "gap">) {
  const byFile = Map.groupBy(objects, (each) => `${each.cluster} ${each.source.file}`);
  const byFolder = new Map(overlays.map((each) => [`${each.cluster} ${folderOf(each.file)}`, each]));
  const told = new Set<KubernetesKustomization>();
  const tell = (overlay: KubernetesKustomization, why: string): void => {
    if (told.has(overlay)) return;
    told.add(overlay);
    sink.gap(unrendered(overlay.cluster, overlay.source, folderOf(overlay.file), why));
  };
  const render = (overlay: KubernetesKustomization, depth = 0): Objects => {
    if (depth > DEEPEST) return [];
    if (overlay.unfollowed.length > 0) tell(overlay, `it has ${overlay.unfollowed.join(", ")}`);
    const below = namedBy(overlay).flatMap((path, index): Objects => {
      const found = byFile.get(`${overlay.cluster} ${path}`);
      if (found) return found;
      const folder = byFolder.get(`${overlay.cluster} ${path}`);
      if (folder) return render(folder, depth + 1);
      tell(overlay, `its resource ${overlay.resources[index]} is not among the files of cluster ${overlay.cluster}`);
      return [];
    });
    return below.map((each) => transformed(each, overlay, below));
  };
  return (overlay: KubernetesKustomization) => render(overlay);
}

/**
 * The namespace is set on every namespaced object, on Namespace objects themselves, and on subjects that are service accounts of the overlay, or `default`;
 * labels and annotations on the objects' metadata alone; images on containers by name.
 *
 * Source: Kustomize, "Kustomization file", namespace, labels, commonAnnotations, images; NamespaceTransformer of kubernetes-sigs/kustomize.
 */
function transformed(object: KubernetesObservation, overlay: KubernetesKustomization, all: Objects): KubernetesObservation {
  const { namespace, labels, annotations, images } = overlay;
  const { placeless: _, ...rest } = object;
  const base = namespace === undefined ? object : (rest as KubernetesObservation);
  const named = {
    ...base,
    labels: { ...base.labels, ...labels },
    annotations: { ...base.annotations, ...annotations },
    ...(namespace !== undefined && base.namespace !== undefined && { namespace }),
    ...(namespace !== undefined && base.kind === "kubernetes/namespace" && { name: namespace }),
  } as KubernetesObservation;
  if (named.kind === "kubernetes/workload") return withImages(named, images);
  if (named.kind !== "kubernetes/role-binding" || namespace === undefined) return named;
  const accounts = new Set(all.flatMap((each) => (each.kind === "kubernetes/service-account" ? [each.name] : [])));
  const isOwn = (name: string): boolean => name === "default" || accounts.has(name);
  return {
    ...named,
    subjects: named.subjects.map((each) => (each.type === "ServiceAccount" && isOwn(each.name) ? { ...each, namespace } : each)),
  };
}

function withImages(workload: KubernetesWorkload, images: KubernetesKustomization["images"]): KubernetesWorkload {
  if (images.length === 0) return workload;
  return {
    ...workload,
    containers: workload.containers.map((container) => {
      const [, name = container.image, suffix = ""] = /^(.+?)((?::[\w.-]+)?(?:@sha256:[0-9a-f]+)?)$/.exec(container.image) ?? [];
      const found = images.find((each) => each.name === name);
      if (!found) return container;
      const { newName = name, newTag, digest } = found;
      const tagged = newTag === undefined ? newName : `${newName}:${newTag}`;
      const image = digest !== undefined ? `${newName}@${digest}` : newTag !== undefined ? tagged : `${newName}${suffix}`;
      return { ...container, image };
    }),
  };
}
