// Virtual machines of KubeVirt, and what makes them → one workload observation each: a machine runs inside a pod, under the machine's labels.
import { z } from "zod";
import type { KubernetesContainer, KubernetesObservation, KubernetesWorkload } from "../../model/observations/kubernetes.ts";
import { inside, type Source } from "../../model/source.ts";
import { KINDS } from "./kinds.ts";
import type { Placed } from "./map.ts";
import { attachmentsOf, selections } from "./map-attachments.ts";
import { controllerOf } from "./map-workload.ts";

const Texts = z
  .record(z.string(), z.string())
  .nullish()
  .transform((texts) => texts ?? {});
const SecretRef = z.object({ secretRef: z.object({ name: z.string() }).nullish() });

/** kubevirt.io/v1 VirtualMachineInstanceSpec. */
const MachineSpec = z.object({
  nodeSelector: Texts,
  affinity: z.object({ nodeAffinity: z.unknown().optional() }).nullish(),
  networks: z
    .array(
      z.object({
        pod: z.unknown().optional(),
        multus: z.object({ networkName: z.string().min(1), default: z.boolean().nullish() }).nullish(),
      }),
    )
    .nullish(),
  volumes: z
    .array(
      z.object({
        name: z.string(),
        containerDisk: z.object({ image: z.string() }).nullish(),
        secret: z.object({ secretName: z.string() }).nullish(),
        configMap: z.object({ name: z.string() }).nullish(),
        serviceAccount: z.object({ serviceAccountName: z.string() }).nullish(),
        cloudInitNoCloud: SecretRef.nullish(),
        cloudInitConfigDrive: SecretRef.nullish(),
        hostDisk: z.object({ path: z.string() }).nullish(),
      }),
    )
    .nullish(),
});
type MachineSpec = z.infer<typeof MachineSpec>;
type Volume = NonNullable<MachineSpec["volumes"]>[number];

const Template = z.object({
  metadata: z.object({ labels: Texts, annotations: z.record(z.string(), z.unknown()).nullish() }).nullish(),
  spec: MachineSpec,
});
const Templated = z.object({ spec: z.object({ template: Template }) });
const Pool = z.object({ spec: z.object({ virtualMachineTemplate: Templated }) });
const Instance = z.object({ spec: MachineSpec, status: z.object({ phase: z.string().nullish() }).nullish() });

interface Found {
  readonly spec: MachineSpec;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, unknown>>;
  readonly path: readonly string[];
}

export function mapMachine(document: unknown, at: Placed, kind: string): KubernetesObservation {
  const { spec, labels, annotations, path } = machineOf(document, at, kind);
  const source = inside(at.source, ...path);
  const volumes = (spec.volumes ?? []).map((volume, i) => ({ volume, source: inside(source, "volumes", i) }));
  const account = volumes.find(({ volume }) => volume.serviceAccount)?.volume.serviceAccount?.serviceAccountName;
  return {
    ...at,
    kind: "kubernetes/workload",
    workloadKind: kind,
    group: KINDS[kind]?.groups[0] ?? "",
    // The pod around a machine mounts no token; a volume brings one into the machine (KubeVirt user guide, "serviceAccount").
    serviceAccount: account ?? "default",
    automountToken: false,
    ...(account !== undefined && { projectedToken: true as const }),
    containers: volumes.flatMap(({ volume }) => diskOf(volume)),
    hostNetwork: false,
    hostPid: false,
    hostIpc: false,
    hostPaths: volumes.flatMap(({ volume }) => (volume.hostDisk ? [{ path: volume.hostDisk.path, readOnly: false }] : [])),
    secretVolumes: volumes.flatMap((each) => secretsOf(each.volume, each.source)),
    configMapVolumes: volumes.flatMap((each) =>
      each.volume.configMap ? [{ configMap: each.volume.configMap.name, source: each.source }] : [],
    ),
    imagePullSecrets: [],
    podLabels: labels,
    ...networksOf(spec, annotations),
    ...controllerOf(document, kind),
    ...(kind === "VirtualMachineInstance" && hasEnded(document) && { ended: true as const }),
    nodeSelector: spec.nodeSelector,
    ...((spec.affinity?.nodeAffinity ?? null) !== null && { pinned: true as const }),
  } satisfies KubernetesWorkload;
}

function machineOf(document: unknown, at: Placed, kind: string): Found {
  if (kind === "VirtualMachineInstance")
    return { spec: Instance.parse(document).spec, labels: at.labels, annotations: at.annotations, path: ["spec"] };
  const isPool = kind === "VirtualMachinePool";
  const { template } = isPool ? Pool.parse(document).spec.virtualMachineTemplate.spec : Templated.parse(document).spec;
  return {
    spec: template.spec,
    labels: template.metadata?.labels ?? {},
    annotations: template.metadata?.annotations ?? {},
    path: ["spec", ...(isPool ? ["virtualMachineTemplate", "spec"] : []), "template", "spec"],
  };
}

/** Without networks, the pod's own; a Multus network that is the default takes its place (KubeVirt user guide, "Interfaces and Networks"). */
function networksOf(
  { networks }: MachineSpec,
  annotations: Found["annotations"],
): Pick<KubernetesWorkload, "attachments" | "onlyAttached"> {
  const given = attachmentsOf(annotations);
  const own = (networks ?? []).flatMap(({ multus }) => (multus ? selections(multus.networkName) : []));
  const attachments = [...(given.attachments ?? []), ...own];
  const isApart = (networks ?? []).length > 0 && !networks?.some(({ pod }) => pod !== undefined && pod !== null);
  return {
    ...(attachments.length > 0 && { attachments }),
    ...((given.onlyAttached || isApart) && { onlyAttached: true as const }),
  };
}

/** The image of a disk is what the machine runs. */
const diskOf = ({ name, containerDisk }: Volume): KubernetesContainer[] =>
  containerDisk
    ? [
        {
          name,
          image: containerDisk.image,
          command: [],
          args: [],
          privileged: false,
          addedCapabilities: [],
          environment: [],
          environmentFrom: [],
        },
      ]
    : [];

function secretsOf(volume: Volume, source: Source): KubernetesWorkload["secretVolumes"] {
  const names = [volume.secret?.secretName, volume.cloudInitNoCloud?.secretRef?.name, volume.cloudInitConfigDrive?.secretRef?.name];
  return names.flatMap((secret) => (secret ? [{ secret, source }] : []));
}

const ENDED: ReadonlySet<string> = new Set(["Succeeded", "Failed"]);
const hasEnded = (document: unknown): boolean => ENDED.has(Instance.parse(document).status?.phase ?? "");
