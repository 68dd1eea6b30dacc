// Networks beside the one that all pods share: their definitions, who is attached to them, and the policies for them.
import type { KubernetesObservation } from "../../model/observations/kubernetes.ts";
import type { KubernetesAttachedNetwork, KubernetesAttachment } from "../../model/observations/kubernetes-network.ts";
import type { Mapper, Placed } from "./map.ts";
import { networkPolicyOf } from "./map-network.ts";
import * as wire from "./schema-network.ts";

export const ATTACHMENT_MAPPERS: Readonly<Record<string, Mapper>> = {
  NetworkAttachmentDefinition: mapDefinition,
  UserDefinedNetwork: (document, at) => userNetwork(at, "UserDefinedNetwork", wire.UserDefinedNetwork.parse(document).spec),
  ClusterUserDefinedNetwork: mapClusterNetwork,
  MultiNetworkPolicy: (document, at) => ({
    ...networkPolicyOf(document, at),
    kind: "kubernetes/multi-network-policy",
    networks: selections(at.annotations["k8s.v1.cni.cncf.io/policy-for"] ?? "").map(({ namespace, name }) => ({
      name,
      ...(namespace && { namespace }),
    })),
  }),
};

function mapClusterNetwork(document: unknown, at: Placed): KubernetesObservation {
  const { namespaceSelector, network } = wire.ClusterUserDefinedNetwork.parse(document).spec;
  return { ...userNetwork(at, "ClusterUserDefinedNetwork", network), namespaces: namespaceSelector };
}

function userNetwork(
  at: Placed,
  objectKind: "UserDefinedNetwork" | "ClusterUserDefinedNetwork",
  { topology, layer2, layer3, localnet }: wire.UserNetwork,
): KubernetesAttachedNetwork {
  const role = (layer2 ?? layer3 ?? localnet)?.role;
  return {
    ...at,
    kind: "kubernetes/attached-network",
    objectKind,
    role: role === "Primary" ? "primary" : "secondary",
    topology: topology.toLowerCase(),
  };
}

function mapDefinition(document: unknown, at: Placed): KubernetesObservation {
  const config = cniConfig(wire.NetworkAttachmentDefinition.parse(document).spec?.config ?? "");
  const first = config?.plugins?.[0] ?? config;
  const parent = first?.master ?? first?.bridge;
  return {
    ...at,
    kind: "kubernetes/attached-network",
    objectKind: "NetworkAttachmentDefinition",
    role: first?.role === "primary" ? "primary" : "secondary",
    ...(first?.type && { plugin: { type: first.type, ...(config?.name && { network: config.name }), ...(parent && { parent }) } }),
    ...(first?.topology && { topology: first.topology.toLowerCase() }),
  } satisfies KubernetesAttachedNetwork;
}

/** JSON in a text, often written by hand. A comma too many is read over: the plugin refuses it, and then nobody is on the network. */
function cniConfig(text: string): ReturnType<typeof wire.CniConfig.parse> | undefined {
  try {
    const read = wire.CniConfig.safeParse(JSON.parse(text.replaceAll(/,(\s*[}\]])/g, "$1")));
    return read.success ? read.data : undefined;
  } catch {
    return undefined;
  }
}

/**
 * `k8s.v1.cni.cncf.io/networks` adds interfaces; `v1.multus-cni.io/default-network` takes the place of the first one.
 *
 * Source: Kubernetes Network Custom Resource Definition De-facto Standard, 4.1 (Network Attachment Selection Annotation); Multus, "Specify default cluster
 * network in Pod annotations".
 */
export function attachmentsOf(annotations: Readonly<Record<string, unknown>>): {
  attachments?: readonly KubernetesAttachment[];
  onlyAttached?: true;
} {
  const selected = (key: string): readonly KubernetesAttachment[] => {
    const text = annotations[key];
    return typeof text === "string" ? selections(text) : [];
  };
  const instead = selected("v1.multus-cni.io/default-network");
  const attachments = [...instead, ...selected("k8s.v1.cni.cncf.io/networks")];
  return { ...(attachments.length > 0 && { attachments }), ...(instead.length > 0 && { onlyAttached: true as const }) };
}

/** `NAMESPACE/NAME@INTERFACE, …`, or a list in JSON. What is neither stays as the name of a network that nobody knows. */
export function selections(text: string): readonly KubernetesAttachment[] {
  const written = selectionsInJson(text);
  if (written) return written;
  return text
    .split(",")
    .map((each) => each.trim().replace(/@[^/]*$/, ""))
    .filter((each) => each !== "")
    .map(named);
}

const named = (text: string): KubernetesAttachment => {
  const parts = text.split("/");
  return parts.length === 2 ? { namespace: parts[0] as string, name: parts[1] as string } : { name: text };
};

function selectionsInJson(text: string): readonly KubernetesAttachment[] | undefined {
  if (!text.trimStart().startsWith("[")) return undefined;
  try {
    const read = wire.NetworkSelection.safeParse(JSON.parse(text));
    return read.data?.map(({ name, namespace, ips }) => ({
      ...(namespace ? { namespace, name } : named(name)),
      ...(ips && ips.length > 0 && { addresses: ips.map((each) => each.replace(/\/.*$/, "")) }),
    }));
  } catch {
    return undefined;
  }
}
