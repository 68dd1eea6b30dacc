// Which networks a cluster has: the one that all pods share, those that take its place in some namespaces, and those that pods are on besides.
import type { Observations } from "../../../model/observation.ts";
import type { KubernetesWorkload } from "../../../model/observations/kubernetes.ts";
import type {
  KubernetesAttachedNetwork,
  KubernetesAttachment,
  KubernetesLabelSelector,
  KubernetesNetworkPolicy,
} from "../../../model/observations/kubernetes-network.ts";
import { remembered } from "./once-each.ts";
import { matches } from "./selectors.ts";

/** One network of a cluster: who is on it, and which policies hold there. */
export interface Segment {
  /** Absent: the network that all pods share. */
  readonly name?: string;
  readonly role: "primary" | "secondary";
  /** Stands behind the namespace of its pods in names, as netpol-analyzer writes it. */
  readonly mark: string;
  holds(workload: KubernetesWorkload): boolean;
  readonly policies: readonly KubernetesNetworkPolicy[];
  /** Addresses that a pod asks for on it. */
  addressesOf(workload: KubernetesWorkload): readonly string[];
  /** Why its pods may not get to each other at all. */
  readonly because?: string;
}

/**
 * In a namespace with this label the pods are on its primary user-defined network and not on the shared one; it is given when the namespace is created,
 * or never.
 *
 * Source: OVN-Kubernetes, "User Defined Networks" (primary networks); OpenShift, "About user-defined networks".
 */
const PRIMARY_LABEL = "k8s.ovn.org/primary-user-defined-network";

const NO_ADDRESSES: readonly string[] = [];

export function segmentsOf(observations: Observations, cluster: string, labelsOf: (namespace: string) => Labels): readonly Segment[] {
  const ofCluster = (each: { readonly cluster: string }): boolean => each.cluster === cluster;
  const policies = observations("kubernetes/network-policy").filter(ofCluster);
  const workloads = observations("kubernetes/workload").filter(ofCluster);
  const find = finder(observations("kubernetes/attached-network").filter(ofCluster), labelsOf);
  const shared: Segment = { role: "primary", mark: "", policies, addressesOf: () => NO_ADDRESSES, holds: (each) => !find.instead(each) };
  const primary = new Map<string, Place>();
  const secondary = new Map<string, Place>();
  for (const each of workloads) {
    const place = each.onlyAttached ? undefined : find.instead(each);
    if (place) primary.set(place.key, place);
    for (const attachment of each.attachments ?? []) {
      const found = find.attached(attachment, namespaceOf(each));
      secondary.set(found.key, found);
    }
  }
  if (primary.size + secondary.size === 0) return [shared];
  const multi = observations("kubernetes/multi-network-policy").filter(ofCluster);
  const common = { ...shared, holds: (each: KubernetesWorkload) => !each.onlyAttached && !find.instead(each) };
  return [
    common,
    ...sorted(primary).map((place) => ({
      ...shared,
      ...place.told,
      holds: (each: KubernetesWorkload) => !each.onlyAttached && find.instead(each)?.key === place.key,
    })),
    ...sorted(secondary).map((place): Segment => {
      const isHere = (of: KubernetesAttachment, namespace: string): boolean => find.attached(of, namespace).key === place.key;
      const attachments = (each: KubernetesWorkload): readonly KubernetesAttachment[] =>
        (each.attachments ?? []).filter((attachment) => isHere(attachment, namespaceOf(each)));
      return {
        ...place.told,
        role: "secondary",
        mark: "",
        holds: (each) => attachments(each).length > 0,
        addressesOf: (each) => attachments(each).flatMap(({ addresses }) => addresses ?? []),
        policies: multi.flatMap((each) =>
          each.networks.some((network) => isHere(network, namespaceOf(each))) ? [{ ...each, kind: "kubernetes/network-policy" }] : [],
        ),
      };
    }),
  ];
}

type Labels = Readonly<Record<string, string>>;

const namespaceOf = ({ namespace }: { readonly namespace?: string }): string => namespace ?? "default";

const sorted = (places: ReadonlyMap<string, Place>): readonly Place[] =>
  [...places.values()].toSorted((a, b) => (a.told.name < b.told.name ? -1 : 1));

/** A network by what tells it from others. */
interface Place {
  readonly key: string;
  readonly told: { readonly name: string; readonly mark: string; readonly because?: string };
}

interface Finder {
  /** The network that takes the place of the shared one for these pods. */
  instead(workload: KubernetesWorkload): Place | undefined;
  attached(attachment: KubernetesAttachment, namespace: string): Place;
}

function finder(networks: readonly KubernetesAttachedNetwork[], labelsOf: (namespace: string) => Labels): Finder {
  const owned = new Map(networks.map((each) => [`${each.objectKind} ${each.namespace ?? ""}/${each.name}`, each]));
  const across = networks.filter(({ objectKind }) => objectKind === "ClusterUserDefinedNetwork");
  const selects = (each: KubernetesAttachedNetwork, namespace: string): boolean =>
    matches(each.namespaces as KubernetesLabelSelector, labelsOf(namespace));
  const primaries = new Map<string, Place | typeof NONE_INSTEAD>();
  const primaryOf = (namespace: string): Place | typeof NONE_INSTEAD => {
    if (!Object.hasOwn(labelsOf(namespace), PRIMARY_LABEL)) return NONE_INSTEAD;
    const isPrimary = ({ role }: KubernetesAttachedNetwork): boolean => role === "primary";
    const here = networks.filter((each) => isPrimary(each) && each.namespace === namespace);
    const own = here.find(({ objectKind }) => objectKind === "UserDefinedNetwork");
    const wide = across.find((each) => isPrimary(each) && selects(each, namespace));
    const made = here.find(({ objectKind }) => objectKind === "NetworkAttachmentDefinition");
    const found = own ?? wide ?? made;
    return found ? placeOf(found) : UNREAD_PRIMARY;
  };
  return {
    instead: (each) => {
      // A pod on its node's network is on no other (core/v1 PodSpec, hostNetwork).
      if (each.hostNetwork) return undefined;
      const namespace = namespaceOf(each);
      const place = remembered(primaries, namespace, () => primaryOf(namespace));
      return place === NONE_INSTEAD ? undefined : (place as Place);
    },
    attached: ({ namespace: named, name }, home) => {
      const namespace = named ?? home;
      const found =
        owned.get(`UserDefinedNetwork ${namespace}/${name}`) ??
        across.find((each) => each.name === name && selects(each, namespace)) ??
        owned.get(`NetworkAttachmentDefinition ${namespace}/${name}`);
      return found
        ? placeOf(found)
        : { key: `unread ${namespace}/${name}`, told: { name: `${namespace}/${name}`, mark: "", because: UNREAD } };
    },
  };
}

const NONE_INSTEAD = "none";
const UNREAD = "the definition of the network was not read, so nobody can say what else is on it";

/** Without the network that the label asks for, the pods do not start; they are taken to share one that was not read. */
const UNREAD_PRIMARY: Place = {
  key: "unread primary network",
  told: {
    name: "a primary network that was not read",
    mark: "",
    because: "the namespaces' primary network was not read: it may be one or several",
  },
};

/**
 * OVN networks are one by their name, wherever they are defined. Any other plugin joins what its interface of the node joins, so definitions that use
 * the same interface are one network, and whether nodes meet on it depends on what lies between them.
 *
 * Source: OVN-Kubernetes, "Multi-homing", configuration ("name": networks of the same name are the same network); CNI plugins, macvlan and bridge.
 */
function placeOf({ objectKind, namespace, name, plugin, topology }: KubernetesAttachedNetwork): Place {
  if (objectKind === "ClusterUserDefinedNetwork") return { key: `cluster ${name}`, told: { name, mark: "", ...onNodes(topology) } };
  if (objectKind === "UserDefinedNetwork")
    return { key: `user ${namespace}/${name}`, told: { name: `${namespace}/${name}`, mark: "[udn]", ...onNodes(topology) } };
  const network = plugin?.network ?? name;
  if (!plugin) return { key: `unread ${namespace}/${name}`, told: { name: `${namespace}/${name}`, mark: "", because: UNREAD } };
  if (plugin.type === "ovn-k8s-cni-overlay") return { key: `overlay ${network}`, told: { name: network, mark: "", ...onNodes(topology) } };
  const key = plugin.parent === undefined ? `${plugin.type} ${network}` : `on ${plugin.parent}`;
  return { key, told: { name: network, mark: "", because: NODES } };
}

const NODES = "whether interfaces of two nodes meet on this network depends on what joins the nodes";
const onNodes = (topology: string | undefined): { readonly because?: string } => (topology === "localnet" ? { because: NODES } : {});
