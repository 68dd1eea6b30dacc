// What a cluster's modules say, short; objects.ts turns it into what the API server prints.

export type Stage = "production" | "development" | "test";

export interface WorkloadSpec {
  readonly name: string;
  readonly kind: "Deployment" | "StatefulSet" | "DaemonSet" | "CronJob";
  readonly image: string;
  /** Default: the workload's own name. */
  readonly serviceAccount?: string;
  /** False: no token of the service account in the pod. */
  readonly token?: false;
  readonly replicas?: number;
  readonly schedule?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Variable → secret and key. */
  readonly secretEnv?: Readonly<Record<string, readonly [secret: string, key: string]>>;
  readonly configFrom?: readonly string[];
  readonly secretVolumes?: readonly string[];
  readonly configVolumes?: readonly string[];
  readonly args?: readonly string[];
  /** A pod of the node: shares its network and reads a path of its file system. */
  readonly node?: { readonly hostPath: string; readonly privileged: boolean };
}

export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

export interface Subject {
  readonly kind: "ServiceAccount" | "Group" | "User";
  readonly name: string;
  readonly namespace?: string;
}

export interface BindingSpec {
  readonly name: string;
  readonly role: readonly [kind: "Role" | "ClusterRole", name: string];
  readonly subjects: readonly Subject[];
}

export interface NamespaceSpec {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly workloads?: readonly WorkloadSpec[];
  /** Service account → role of AWS that it may take; undefined: none. Those of the workloads are added. */
  readonly serviceAccounts?: Readonly<Record<string, string | undefined>>;
  /** Secret → key → label of the value; see fingerprintText. */
  readonly secrets?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly configMaps?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly roles?: Readonly<Record<string, readonly PolicyRule[]>>;
  readonly bindings?: readonly BindingSpec[];
}

export interface ClusterSpec {
  readonly name: "production" | "development";
  readonly namespaces: readonly NamespaceSpec[];
  readonly clusterRoles: Readonly<Record<string, readonly PolicyRule[]>>;
  readonly clusterBindings: readonly BindingSpec[];
}

export const serviceAccount = (namespace: string, name: string): Subject => ({ kind: "ServiceAccount", name, namespace });

export const rules = (apiGroup: string, resources: readonly string[], ...verbs: readonly string[]): PolicyRule => ({
  apiGroups: [apiGroup],
  resources,
  verbs,
});

export const READ = ["get", "list", "watch"] as const;
