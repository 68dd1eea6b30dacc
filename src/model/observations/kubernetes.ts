// What the Kubernetes collector reads: objects as the API serves them, narrowed to the fields used, secret values replaced by fingerprints.
import type { Source } from "../source.ts";
import type { KubernetesAttachment, KubernetesNetworkObservation, TransportProtocol } from "./kubernetes-network.ts";
import type { GitopsObservation } from "./gitops.ts";
import type { KubernetesPlacement, KubernetesToleration } from "./kubernetes-placement.ts";

/** What every object has. */
export interface KubernetesRead {
  readonly cluster: string;
  /** Absent for cluster-scoped objects. A namespaced manifest without a namespace stands in `default`, and the collector says so with a gap. */
  readonly namespace?: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** `KIND.GROUP/NAME`, of a manifest that names no namespace: `default` is where it stands unless it is applied elsewhere. */
  readonly placeless?: string;
  /** The API server served this object (it has a uid); otherwise it is a manifest, as given. */
  readonly served?: true;
  readonly source: Source;
}

export interface KubernetesNamespace extends KubernetesRead {
  readonly kind: "kubernetes/namespace";
}

export interface KubernetesServiceAccount extends KubernetesRead {
  readonly kind: "kubernetes/service-account";
  /** Its own default; absent means true (core/v1 ServiceAccount). */
  readonly automountToken?: boolean;
}

export interface KubernetesPolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
  readonly source: Source;
}

export interface KubernetesRole extends KubernetesRead {
  /** A ClusterRole when `namespace` is absent. */
  readonly kind: "kubernetes/role";
  readonly rules: readonly KubernetesPolicyRule[];
  /** ClusterRole aggregation: label selectors (matchLabels and matchExpressions as read). */
  readonly aggregates: readonly {
    readonly matchLabels: Readonly<Record<string, string>>;
    readonly matchExpressions: readonly { readonly key: string; readonly operator: string; readonly values: readonly string[] }[];
  }[];
}

export interface KubernetesSubject {
  readonly type: "User" | "Group" | "ServiceAccount";
  readonly name: string;
  readonly namespace?: string;
  readonly source: Source;
}

export interface KubernetesRoleBinding extends KubernetesRead {
  /** A ClusterRoleBinding when `namespace` is absent. */
  readonly kind: "kubernetes/role-binding";
  readonly role: { readonly type: "Role" | "ClusterRole"; readonly name: string };
  readonly subjects: readonly KubernetesSubject[];
}

export interface KubernetesSecret extends KubernetesRead {
  readonly kind: "kubernetes/secret";
  readonly type?: string;
  /** Key → keyed fingerprint of its value; absent where only the name is known (sealed or external secrets, references). */
  readonly values: Readonly<
    Record<
      string,
      {
        readonly fingerprint?: string;
        /** The id of the key that it was made with, where that is not the key of this reading: under two keys nothing can be told to be equal. */
        readonly key?: string;
        /** Where an external secret takes the value from, as written: `STORE KEY PROPERTY`. */
        readonly remote?: string;
      }
    >
  >;
  /** A cluster that Argo CD deploys to: the name and the address that its Applications call it by, which are no secret. */
  readonly argoCluster?: { readonly name?: string; readonly server?: string };
}

export interface KubernetesConfigMap extends KubernetesRead {
  readonly kind: "kubernetes/config-map";
  readonly data: Readonly<Record<string, string>>;
}

export interface KubernetesContainer {
  readonly name: string;
  readonly image: string;
  /** `sha256:…` of the image that a pod runs, as its status says. */
  readonly digest?: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly privileged: boolean;
  readonly addedCapabilities: readonly string[];
  readonly environment: readonly (
    | { readonly name: string; readonly value: string; readonly source: Source }
    | { readonly name: string; readonly secret: string; readonly key: string; readonly source: Source }
    | { readonly name: string; readonly configMap: string; readonly key: string; readonly source: Source }
  )[];
  /** `envFrom`. */
  readonly environmentFrom: readonly (
    | { readonly secret: string; readonly prefix?: string; readonly source: Source }
    | { readonly configMap: string; readonly prefix?: string; readonly source: Source }
  )[];
}

export interface KubernetesWorkload extends KubernetesRead {
  readonly kind: "kubernetes/workload";
  /** `Deployment`, `Pod`, `CronJob`, … and its API group (empty for core). */
  readonly workloadKind: string;
  readonly group: string;
  readonly serviceAccount: string;
  /** The pod's setting; absent: the service account's. */
  readonly automountToken?: boolean;
  readonly containers: readonly KubernetesContainer[];
  readonly hostNetwork: boolean;
  readonly hostPid: boolean;
  readonly hostIpc: boolean;
  readonly hostPaths: readonly { readonly path: string; readonly readOnly: boolean }[];
  readonly secretVolumes: readonly { readonly secret: string; readonly source: Source }[];
  readonly configMapVolumes: readonly { readonly configMap: string; readonly source: Source }[];
  /** A projected volume holds a token of the service account, whatever automount says. */
  readonly projectedToken?: true;
  readonly imagePullSecrets: readonly string[];
  readonly podLabels: Readonly<Record<string, string>>;
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** Ports that its containers declare: what a named port of a policy or a Service means there. Declaring one opens nothing. */
  readonly ports?: readonly { readonly name?: string; readonly port: number; readonly protocol: TransportProtocol }[];
  /** Networks that its pods are on beside the one that all pods share (Multus), or instead of it where `onlyAttached`. */
  readonly attachments?: readonly KubernetesAttachment[];
  readonly onlyAttached?: true;
  /** What made this pod, or this maker of pods (its controller among the owner references). */
  readonly controller?: { readonly kind: string; readonly group: string; readonly name: string };
  /** A pod that has ended: it sends and receives nothing any more. */
  readonly ended?: true;
  /** `nodeName`, or an affinity to nodes: where it runs is restricted by more than the selector. */
  readonly pinned?: true;
  readonly tolerations?: readonly KubernetesToleration[];
  /** Storage classes that its claim templates name; an empty text: the cluster's default. */
  readonly claimTemplates?: readonly string[];
}

/** Any other object: listed so that nothing is lost (quotas, custom resources). */
export interface KubernetesOther extends KubernetesRead {
  readonly kind: "kubernetes/other";
  readonly apiVersion: string;
  readonly objectKind: string;
}

export type KubernetesObservation =
  | KubernetesNamespace
  | KubernetesServiceAccount
  | KubernetesRole
  | KubernetesRoleBinding
  | KubernetesSecret
  | KubernetesConfigMap
  | KubernetesWorkload
  | KubernetesNetworkObservation
  | GitopsObservation
  | KubernetesPlacement
  | KubernetesOther;
