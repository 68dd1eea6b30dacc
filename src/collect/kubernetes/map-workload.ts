// Pods and everything that makes pods → one workload observation each: whose identity it uses, what it mounts, what it may do to its node.
import type { KubernetesContainer, KubernetesObservation, KubernetesWorkload } from "../../model/observations/kubernetes.ts";
import { inside, type Source } from "../../model/source.ts";
import type { CollectorContext } from "../collector.ts";
import { KINDS } from "./kinds.ts";
import type { Placed } from "./map.ts";
import { attachmentsOf } from "./map-attachments.ts";
import { tolerationsOf } from "./map-placement.ts";
import { redactArguments, redactValue } from "./redact.ts";
import { type Container, CronJob, Head, Pod, type PodSpec, Templated, type Volume } from "./schema.ts";

interface Found {
  readonly spec: PodSpec;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, unknown>>;
  readonly path: readonly string[];
}

export function mapWorkload(document: unknown, at: Placed, kind: string, context: CollectorContext): KubernetesObservation {
  const { spec, labels, annotations, path } = podOf(document, at, kind);
  const source = inside(at.source, ...path);
  const volumes = (spec.volumes ?? []).map((volume, i) => ({ volume, source: inside(source, "volumes", i) }));
  const containers = [...(spec.initContainers ?? []), ...spec.containers, ...(spec.ephemeralContainers ?? [])];
  const isPinned = Boolean(spec.nodeName) || (spec.affinity?.nodeAffinity ?? null) !== null;
  return {
    ...at,
    kind: "kubernetes/workload",
    workloadKind: kind,
    group: KINDS[kind]?.groups[0] ?? "",
    // Absent: `default` (core/v1 PodSpec, set by the ServiceAccount admission controller).
    serviceAccount: spec.serviceAccountName || spec.serviceAccount || "default",
    ...(typeof spec.automountServiceAccountToken === "boolean" && { automountToken: spec.automountServiceAccountToken }),
    containers: withDigests(mapContainers(spec, source, context), document, kind),
    hostNetwork: spec.hostNetwork === true,
    hostPid: spec.hostPID === true,
    hostIpc: spec.hostIPC === true,
    hostPaths: volumes.flatMap(({ volume }) => hostPathOf(volume, containers)),
    secretVolumes: volumes.flatMap((each) => secretsOf(each.volume).map((secret) => ({ secret, source: each.source }))),
    configMapVolumes: volumes.flatMap((each) => configMapsOf(each.volume).map((configMap) => ({ configMap, source: each.source }))),
    ...(volumes.some(({ volume }) => volume.projected?.sources?.some((from) => from.serviceAccountToken)) && {
      projectedToken: true as const,
    }),
    imagePullSecrets: (spec.imagePullSecrets ?? []).map(({ name }) => name),
    podLabels: labels,
    ...declaredPorts(spec),
    ...attachmentsOf(annotations),
    ...controllerOf(document, kind),
    ...(kind === "Pod" && hasEnded(document) && { ended: true as const }),
    nodeSelector: spec.nodeSelector,
    ...tolerationsOf(spec.tolerations),
    ...claimTemplatesOf(document, kind),
    ...(isPinned && { pinned: true as const }),
  } satisfies KubernetesWorkload;
}

function podOf(document: unknown, at: Placed, kind: string): Found {
  if (kind === "Pod") return { spec: Pod.parse(document).spec, labels: at.labels, annotations: at.annotations, path: ["spec"] };
  const isCron = kind === "CronJob";
  const { template } = isCron ? CronJob.parse(document).spec.jobTemplate.spec : Templated.parse(document).spec;
  return {
    spec: template.spec,
    labels: template.metadata?.labels ?? {},
    annotations: template.metadata?.annotations ?? {},
    path: ["spec", ...(isCron ? ["jobTemplate", "spec"] : []), "template", "spec"],
  };
}

/** The status says which image runs, where the image's name is a tag: `registry/name@sha256:…`, with what pulled it before it. */
function withDigests(containers: KubernetesContainer[], document: unknown, kind: string): KubernetesContainer[] {
  if (kind !== "Pod") return containers;
  const { status } = Pod.parse(document);
  const statuses = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])];
  const digests = new Map(
    statuses.flatMap(
      ({ name, imageID }) =>
        /@(sha256:[0-9a-f]{64})$/
          .exec(imageID ?? "")
          ?.slice(1)
          .map((digest) => [name, digest] as const) ?? [],
    ),
  );
  return containers.map((each) => {
    const digest = digests.get(each.name);
    return digest === undefined ? each : { ...each, digest };
  });
}

function claimTemplatesOf(document: unknown, kind: string): Pick<KubernetesWorkload, "claimTemplates"> {
  const templates = kind === "StatefulSet" ? (Templated.parse(document).spec.volumeClaimTemplates ?? []) : [];
  return templates.length === 0 ? {} : { claimTemplates: templates.map(({ spec }) => spec?.storageClassName ?? "") };
}

function mapContainers(spec: PodSpec, source: Source, context: CollectorContext): KubernetesContainer[] {
  const lists = [
    ["initContainers", spec.initContainers ?? []],
    ["containers", spec.containers],
    ["ephemeralContainers", spec.ephemeralContainers ?? []],
  ] as const;
  return lists.flatMap(([key, list]) => list.map((container, i) => mapContainer(container, inside(source, key, i), context)));
}

function mapContainer(container: Container, source: Source, { fingerprint }: CollectorContext): KubernetesContainer {
  return {
    name: container.name ?? "",
    image: container.image ?? "",
    command: redactArguments(container.command, fingerprint),
    args: redactArguments(container.args, fingerprint),
    privileged: container.securityContext?.privileged === true,
    addedCapabilities: container.securityContext?.capabilities?.add ?? [],
    environment: (container.env ?? []).flatMap<KubernetesContainer["environment"][number]>(({ name, value, valueFrom }, i) => {
      const at = inside(source, "env", i);
      if (valueFrom?.secretKeyRef) return [{ name, secret: valueFrom.secretKeyRef.name, key: valueFrom.secretKeyRef.key, source: at }];
      if (valueFrom?.configMapKeyRef)
        return [{ name, configMap: valueFrom.configMapKeyRef.name, key: valueFrom.configMapKeyRef.key, source: at }];
      // Fields of the pod itself (its address, its limits) hold nothing from elsewhere.
      return valueFrom ? [] : [{ name, value: redactValue(name, value ?? "", fingerprint), source: at }];
    }),
    environmentFrom: (container.envFrom ?? []).flatMap(({ prefix, secretRef, configMapRef }, i) => {
      const at = { ...(prefix && { prefix }), source: inside(source, "envFrom", i) };
      return [
        ...(secretRef ? [{ secret: secretRef.name, ...at }] : []),
        ...(configMapRef ? [{ configMap: configMapRef.name, ...at }] : []),
      ];
    }),
  };
}

/** Named ports are looked up among the containers that stay, sidecars included. */
function declaredPorts(spec: PodSpec): Pick<KubernetesWorkload, "ports"> {
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always");
  const ports = [...spec.containers, ...sidecars].flatMap((container) => container.ports ?? []);
  if (ports.length === 0) return {};
  // Absent: TCP (core/v1 ContainerPort).
  return {
    ports: ports.map(({ name, containerPort, protocol }) => ({ ...(name && { name }), port: containerPort, protocol: protocol ?? "TCP" })),
  };
}

/** The API server asks for the owner's kind; a manifest without one names a group of such objects. */
export function controllerOf(document: unknown, kind: string): Pick<KubernetesWorkload, "controller"> {
  const owner = Head.parse(document).metadata.ownerReferences?.find(({ controller }) => controller === true);
  if (!owner) return {};
  const version = owner.apiVersion ?? "";
  const group = version.includes("/") ? version.slice(0, version.indexOf("/")) : "";
  return { controller: { kind: owner.kind ?? kind, group, name: owner.name } };
}

const ENDED: ReadonlySet<string> = new Set(["Succeeded", "Failed"]);
const hasEnded = (document: unknown): boolean => ENDED.has(Pod.parse(document).status?.phase ?? "");

/** A host path is read-only when every container that mounts it says so. */
function hostPathOf(volume: Volume, containers: readonly Container[]): { path: string; readOnly: boolean }[] {
  if (!volume.hostPath) return [];
  const mounts = containers.flatMap((container) => container.volumeMounts ?? []).filter((mount) => mount.name === volume.name);
  if (mounts.length === 0) return [];
  return [{ path: volume.hostPath.path, readOnly: mounts.every((mount) => mount.readOnly === true) }];
}

const secretsOf = (volume: Volume): string[] => [
  ...(volume.secret ? [volume.secret.secretName] : []),
  ...(volume.projected?.sources ?? []).flatMap(({ secret }) => (secret ? [secret.name] : [])),
];

const configMapsOf = (volume: Volume): string[] => [
  ...(volume.configMap ? [volume.configMap.name] : []),
  ...(volume.projected?.sources ?? []).flatMap(({ configMap }) => (configMap ? [configMap.name] : [])),
];
