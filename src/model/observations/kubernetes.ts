// What the Kubernetes collector reads: objects as the API serves them, narrowed to the fields used, secret values replaced by fingerprints.
import type { Source } from "../source.ts";

interface Read {
  readonly cluster: string;
  /** Absent for cluster-scoped objects. A namespaced manifest without a namespace stands in `default`, and the collector says so with a gap. */
  readonly namespace?: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** The API server served this object (it has a uid); otherwise it is a manifest, as given. */
  readonly served?: true;
  readonly source: Source;
}

export interface KubernetesNamespace extends Read {
  readonly kind: "kubernetes/namespace";
}

export interface KubernetesServiceAccount extends Read {
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

export interface KubernetesRole extends Read {
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

export interface KubernetesRoleBinding extends Read {
  /** A ClusterRoleBinding when `namespace` is absent. */
  readonly kind: "kubernetes/role-binding";
  readonly role: { readonly type: "Role" | "ClusterRole"; readonly name: string };
  readonly subjects: readonly KubernetesSubject[];
}

export interface KubernetesSecret extends Read {
  readonly kind: "kubernetes/secret";
  readonly type?: string;
  /** Key → keyed fingerprint of its value; absent where only the name is known (sealed or external secrets, references). */
  readonly values: Readonly<
    Record<
      string,
      {
        readonly fingerprint?: string;
        /** Where an external secret takes the value from, as written: `STORE KEY PROPERTY`. */
        readonly remote?: string;
      }
    >
  >;
}

export interface KubernetesConfigMap extends Read {
  readonly kind: "kubernetes/config-map";
  readonly data: Readonly<Record<string, string>>;
}

export interface KubernetesContainer {
  readonly name: string;
  readonly image: string;
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

export interface KubernetesWorkload extends Read {
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
  /** `nodeName`, or an affinity to nodes: where it runs is restricted by more than the selector. */
  readonly pinned?: true;
}

/** Any other object: listed so that nothing is lost (NetworkPolicy, Ingress, custom resources). */
export interface KubernetesOther extends Read {
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
  | KubernetesOther;
