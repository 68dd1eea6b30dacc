// One document → observations: unfolds lists, places objects in cluster and namespace, and hands each kind to its mapper.
import { asList, isObject } from "../../lib/json.ts";
import type { Gap } from "../../model/gap.ts";
import type { KubernetesObservation, KubernetesOther } from "../../model/observations/kubernetes.ts";
import { inside, type Source } from "../../model/source.ts";
import type { CollectorContext, ObservationSink, ParsedFile } from "../collector.ts";
import {
  apiVersionOf,
  isClusterObject,
  isDiscovery,
  isList,
  isNamespacedOther,
  type Kind,
  kindOf,
  misplacedKind,
  type Topic,
} from "./kinds.ts";
import { CLAUSES } from "./clauses.ts";
import { chartGap, isChart, isKustomization, mapKustomization } from "./kustomize.ts";
import { LAST_APPLIED, mapConfigMap, mapExternalSecret, mapSealedSecret, mapSecret } from "./map-secret.ts";
import { ATTACHMENT_MAPPERS } from "./map-attachments.ts";
import { mapMachine } from "./map-machine.ts";
import { ARGO_MAPPERS } from "./map-argo.ts";
import { FLUX_MAPPERS } from "./map-flux.ts";
import { NETWORK_MAPPERS } from "./map-network.ts";
import { PLACEMENT_MAPPERS } from "./map-placement.ts";
import { PROMOTION_MAPPERS } from "./map-promotion.ts";
import { mapRole, mapRoleBinding } from "./map-rbac.ts";
import { mapWorkload } from "./map-workload.ts";
import { problemOf } from "./problem.ts";
import { redactNote } from "./redact.ts";
import { Head, ServiceAccount } from "./schema.ts";

/** What every observation of an object shares. */
export interface Placed {
  readonly cluster: string;
  readonly namespace?: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly served?: true;
  readonly placeless?: string;
  readonly source: Source;
}

export type Mapper = (document: unknown, at: Placed, kind: string, context: CollectorContext) => KubernetesObservation;

const MAPPERS: Readonly<Record<string, Mapper>> = {
  Namespace: (_, at) => ({ ...at, kind: "kubernetes/namespace" }),
  ServiceAccount: mapServiceAccount,
  Role: mapRole,
  ClusterRole: mapRole,
  RoleBinding: mapRoleBinding,
  ClusterRoleBinding: mapRoleBinding,
  Secret: mapSecret,
  SealedSecret: mapSealedSecret,
  ExternalSecret: mapExternalSecret,
  ConfigMap: mapConfigMap,
  ...NETWORK_MAPPERS,
  ...ATTACHMENT_MAPPERS,
  VirtualMachine: mapMachine,
  VirtualMachineInstance: mapMachine,
  VirtualMachineInstanceReplicaSet: mapMachine,
  VirtualMachinePool: mapMachine,
  ...PLACEMENT_MAPPERS,
  ...ARGO_MAPPERS,
  ...FLUX_MAPPERS,
  ...PROMOTION_MAPPERS,
};

/** Lists may hold lists; a hostile file may nest them without end. */
const DEEPEST_LIST = 8;

export function map(document: unknown, index: number, file: ParsedFile, sink: ObservationSink, context: CollectorContext): void {
  const cluster = file.scope?.cluster;
  if (cluster === undefined) {
    const isFirst = file.documents.findIndex((each) => isClusterObject(each)) === index;
    if (isFirst) sink.gap(scopeGap(file));
    return;
  }
  const source: Source = { file: file.path, pointer: "", ...(file.documents.length > 1 && { document: index }) };
  if (isKustomization(document)) return mapKustomization(document, file, source, cluster, sink);
  if (isChart(document)) return sink.gap(chartGap(document, file, source, cluster));
  unfold(document, source, 0, { cluster, sink, context });
}

interface Target {
  readonly cluster: string;
  readonly sink: ObservationSink;
  readonly context: CollectorContext;
}

function unfold(document: unknown, source: Source, depth: number, to: Target): void {
  if (isDiscovery(document)) return;
  if (!isClusterObject(document)) to.sink.gap(malformed(to.cluster, "other", source, "an item that is no Kubernetes object"));
  else if (!isList(document)) mapObject(document, source, to);
  else if (depth >= DEEPEST_LIST) to.sink.gap(malformed(to.cluster, "other", source, "lists nested too deeply"));
  else {
    // Items of a typed list leave out what the list's own kind says (API conventions, "Lists"): a PodList of v1 holds Pods of v1.
    const implied = document.kind === "List" ? {} : { apiVersion: document.apiVersion, kind: document.kind.slice(0, -"List".length) };
    if (isCutOff(document)) to.sink.gap(malformed(to.cluster, topicOf(implied), inside(source, "metadata", "continue"), CUT_OFF));
    asList((document as unknown as { items: unknown[] }).items).forEach((item, i) => {
      unfold(isObject(item) ? { ...implied, ...item } : item, inside(source, "items", i), depth + 1, to);
    });
  }
}

const CUT_OFF = "the list is cut off; collect it without --limit, or all its pages";

/** A page that is not the last names the next (API concepts, "Retrieving large results sets in chunks"). */
function isCutOff(list: object): boolean {
  const metadata = "metadata" in list && isObject(list.metadata) ? list.metadata : {};
  return (metadata["continue"] ?? "") !== "";
}

function topicOf({ apiVersion, kind }: { readonly apiVersion?: string; readonly kind?: string }): Topic {
  const api = apiVersionOf(apiVersion ?? "");
  return (api && kindOf(kind ?? "", api)?.topic) ?? "other";
}

function mapObject(document: { apiVersion: string; kind: string }, source: Source, to: Target): void {
  const api = apiVersionOf(document.apiVersion);
  if (!api) {
    to.sink.gap(malformed(to.cluster, "other", inside(source, "apiVersion"), `${document.apiVersion} is no API version`));
    return;
  }
  const known = kindOf(document.kind, api);
  const misplaced = known ? undefined : misplacedKind(document.kind, api);
  const topic = known?.topic ?? misplaced?.topic ?? "other";
  const head = Head.safeParse(document);
  const subject = subjectOf(document, to.cluster, known);
  if (!head.success) {
    to.sink.gap(malformed(subject, topic, inside(source, ...problemOf(head.error).path), problemOf(head.error).text));
    return;
  }
  if (misplaced || (known && !known.versions.includes(api.version))) {
    to.sink.gap(malformed(subject, topic, inside(source, "apiVersion"), `${document.kind} has no version ${document.apiVersion}`));
    return;
  }
  const at = place(head.data, source, known ? known.namespaced : isNamespacedOther(api.group, document.kind), api.group, to);
  try {
    to.sink.observation(observe(document, head.data, at, known, to.context));
  } catch (error) {
    const problem = problemOf(error);
    to.sink.gap(malformed(subject, topic, inside(source, ...problem.path), problem.text));
  }
}

function observe(document: unknown, head: Head, at: Placed, known: Kind | undefined, context: CollectorContext): KubernetesObservation {
  if (!known) return { ...at, kind: "kubernetes/other", apiVersion: head.apiVersion, objectKind: head.kind } satisfies KubernetesOther;
  const mapper = MAPPERS[head.kind] ?? mapWorkload;
  return mapper(document, at, head.kind, context);
}

function place({ metadata, kind }: Head, source: Source, isNamespaced: boolean, group: string, to: Target): Placed {
  const { [LAST_APPLIED]: _, ...notes } = metadata.annotations;
  const annotations = Object.fromEntries(Object.entries(notes).map(([key, text]) => [key, redactNote(text, to.context.fingerprint)]));
  const isPlaceless = isNamespaced && !metadata.namespace;
  // A cluster-scoped kind ignores a namespace that a manifest gives it; a kind of which nothing is known is believed.
  const namespace = isPlaceless ? "default" : kindIsClusterScoped(kind, group) ? undefined : (metadata.namespace ?? undefined);
  return {
    cluster: to.cluster,
    ...(namespace && { namespace }),
    name: metadata.name,
    labels: metadata.labels,
    annotations,
    ...(metadata.uid && { served: true as const }),
    ...(isPlaceless && { placeless: `${group ? `${kind}.${group}` : kind}/${metadata.name}` }),
    source,
  };
}

const kindIsClusterScoped = (kind: string, group: string): boolean => kindOf(kind, { group, version: "v1" })?.namespaced === false;

function subjectOf(document: unknown, cluster: string, known: Kind | undefined): string {
  const metadata = isObject(document) && isObject(document["metadata"]) ? document["metadata"] : {};
  const { namespace } = metadata;
  return typeof namespace === "string" && namespace !== "" && known?.namespaced !== false ? `${cluster}/${namespace}` : cluster;
}

function mapServiceAccount(document: unknown, at: Placed): KubernetesObservation {
  const { automountServiceAccountToken: automountToken } = ServiceAccount.parse(document);
  return { ...at, kind: "kubernetes/service-account", ...(typeof automountToken === "boolean" && { automountToken }) };
}

const malformed = (subject: string, topic: Topic, source: Source, why: string): Gap => ({
  topic: `kubernetes/${topic}`,
  subject,
  what: `an object of ${subject}`,
  why,
  clauses: CLAUSES[topic],
  source,
});

const scopeGap = (file: ParsedFile): Gap => ({
  topic: "kubernetes/scope",
  subject: file.path,
  what: `the cluster of ${file.path}`,
  why: "neither a manifest nor the charter's inputs name the cluster",
  clauses: CLAUSES.other,
  source: { file: file.path },
});
