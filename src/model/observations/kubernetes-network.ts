// What the Kubernetes collector reads about the network of a cluster: policies, services and the ways in from outside, as the API serves them.
import type { Source } from "../source.ts";
import type { KubernetesRead } from "./kubernetes.ts";

/** LabelSelector, meta/v1. Empty: everything. */
export interface KubernetesLabelSelector {
  readonly matchLabels: Readonly<Record<string, string>>;
  readonly matchExpressions: readonly {
    readonly key: string;
    readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
    readonly values: readonly string[];
  }[];
}

export type TransportProtocol = "TCP" | "UDP" | "SCTP";

/** NetworkPolicyPort, networking/v1. Without `port`: every port of the protocol. */
export interface KubernetesPolicyPort {
  readonly protocol: TransportProtocol;
  readonly port?: number | string;
  readonly endPort?: number;
}

/** NetworkPolicyPeer, networking/v1. Selectors without a namespace selector are about the policy's own namespace. */
export type KubernetesPolicyPeer =
  | { readonly podSelector?: KubernetesLabelSelector; readonly namespaceSelector?: KubernetesLabelSelector }
  | { readonly cidr: string; readonly except: readonly string[] };

/** No peers: everyone. No ports: every port. */
export interface KubernetesPolicyNetworkRule {
  readonly peers: readonly KubernetesPolicyPeer[];
  readonly ports: readonly KubernetesPolicyPort[];
  readonly source: Source;
}

export interface KubernetesNetworkPolicy extends KubernetesRead {
  readonly kind: "kubernetes/network-policy";
  readonly podSelector: KubernetesLabelSelector;
  /** As written; absent: Ingress, and Egress when there are egress rules. */
  readonly policyTypes?: readonly ("Ingress" | "Egress")[];
  readonly ingress: readonly KubernetesPolicyNetworkRule[];
  readonly egress: readonly KubernetesPolicyNetworkRule[];
}

/** MultiNetworkPolicy of k8s.cni.cncf.io: a network policy for interfaces on the networks it names, and for no other. */
export interface KubernetesMultiNetworkPolicy extends Omit<KubernetesNetworkPolicy, "kind"> {
  readonly kind: "kubernetes/multi-network-policy";
  readonly networks: readonly Pick<KubernetesAttachment, "namespace" | "name">[];
}

/** An interface of a pod on a network of its own: the definition it names, and the addresses it asks for. */
export interface KubernetesAttachment {
  /** Absent: the pod's. */
  readonly namespace?: string;
  readonly name: string;
  readonly addresses?: readonly string[];
}

/** NetworkAttachmentDefinition of k8s.cni.cncf.io; UserDefinedNetwork and ClusterUserDefinedNetwork of k8s.ovn.org. */
export interface KubernetesAttachedNetwork extends KubernetesRead {
  readonly kind: "kubernetes/attached-network";
  readonly objectKind: "NetworkAttachmentDefinition" | "UserDefinedNetwork" | "ClusterUserDefinedNetwork";
  /** `primary`: it takes the place of the network that all pods share. */
  readonly role: "primary" | "secondary";
  /** Of a ClusterUserDefinedNetwork. */
  readonly namespaces?: KubernetesLabelSelector;
  /** CNI plugin, and what it says of the network: its name, the interface of the node that it uses. Absent: not readable. */
  readonly plugin?: { readonly type: string; readonly network?: string; readonly parent?: string };
  /** `layer2`, `layer3` or `localnet`, of an OVN network. */
  readonly topology?: string;
}

/** Pods by their namespace's labels, and by their own where `pods` is given. */
export interface KubernetesNamespacedPods {
  readonly namespaces: KubernetesLabelSelector;
  readonly pods?: KubernetesLabelSelector;
}

/** `unknown`: a field of a newer version of the API; such a rule fails closed (network-policy-api, peers). */
export type KubernetesAdminPeer =
  | KubernetesNamespacedPods
  | { readonly nodes: KubernetesLabelSelector }
  | { readonly networks: readonly string[] }
  | { readonly domainNames: readonly string[] }
  | { readonly unknown: true };

export type KubernetesAdminPort =
  | { readonly protocol: TransportProtocol; readonly from: number; readonly to: number }
  | { readonly named: string };

export interface KubernetesAdminRule {
  readonly name?: string;
  readonly action: "allow" | "deny" | "pass";
  readonly peers: readonly KubernetesAdminPeer[];
  /** Absent: every port and protocol. */
  readonly ports?: readonly KubernetesAdminPort[];
  readonly source: Source;
}

/** AdminNetworkPolicy and BaselineAdminNetworkPolicy (v1alpha1), ClusterNetworkPolicy (v1alpha2), all of policy.networking.k8s.io. */
export interface KubernetesAdminPolicy extends KubernetesRead {
  readonly kind: "kubernetes/admin-policy";
  readonly objectKind: "AdminNetworkPolicy" | "BaselineAdminNetworkPolicy" | "ClusterNetworkPolicy";
  readonly tier: "admin" | "baseline";
  /** Lower is asked first. */
  readonly priority: number;
  readonly subject: KubernetesNamespacedPods;
  readonly ingress: readonly KubernetesAdminRule[];
  readonly egress: readonly KubernetesAdminRule[];
}

export interface KubernetesService extends KubernetesRead {
  readonly kind: "kubernetes/service";
  readonly type: "ClusterIP" | "NodePort" | "LoadBalancer" | "ExternalName";
  /** Absent: its endpoints are made by hand. */
  readonly selector?: Readonly<Record<string, string>>;
  readonly ports: readonly {
    readonly name?: string;
    readonly protocol: TransportProtocol;
    readonly port: number;
    readonly targetPort?: number | string;
  }[];
}

/** A Service that a way in forwards to. Without `port`: every port of the Service. */
export interface KubernetesBackend {
  readonly namespace?: string;
  readonly service: string;
  readonly port?: number | string;
}

/** Ingress, OpenShift Route, and the routes of the Gateway API: what brings connections from outside to Services. */
export interface KubernetesEntryPoint extends KubernetesRead {
  readonly kind: "kubernetes/entry-point";
  readonly objectKind: string;
  readonly group: string;
  readonly backends: readonly KubernetesBackend[];
  /** Gateways that a route of the Gateway API attaches to; it does nothing without one. Absent for other kinds. */
  readonly gateways?: readonly { readonly namespace?: string; readonly name: string }[];
  /** Class of an Ingress. */
  readonly className?: string;
}

export interface KubernetesGateway extends KubernetesRead {
  readonly kind: "kubernetes/gateway";
  readonly className: string;
}

/** Gateway API: lets routes of other namespaces forward to what stands in its own. */
export interface KubernetesReferenceGrant extends KubernetesRead {
  readonly kind: "kubernetes/reference-grant";
  readonly from: readonly { readonly group: string; readonly kind: string; readonly namespace: string }[];
  readonly to: readonly { readonly group: string; readonly kind: string; readonly name?: string }[];
}

export type KubernetesNetworkObservation =
  | KubernetesNetworkPolicy
  | KubernetesMultiNetworkPolicy
  | KubernetesAttachedNetwork
  | KubernetesAdminPolicy
  | KubernetesService
  | KubernetesEntryPoint
  | KubernetesGateway
  | KubernetesReferenceGrant;

export const KUBERNETES_NETWORK_KINDS = [
  "kubernetes/network-policy",
  "kubernetes/multi-network-policy",
  "kubernetes/attached-network",
  "kubernetes/admin-policy",
  "kubernetes/service",
  "kubernetes/entry-point",
  "kubernetes/gateway",
  "kubernetes/reference-grant",
] as const satisfies readonly KubernetesNetworkObservation["kind"][];
