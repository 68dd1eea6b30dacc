// What decides which pods share machines, disks and limits: nodes, claims and quotas, as the API serves them.
import type { KubernetesRead } from "./kubernetes.ts";

export interface KubernetesTaint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

/** Toleration, core/v1. Without a key: every taint. Without an effect: every effect. */
export interface KubernetesToleration {
  readonly key?: string;
  readonly operator: "Equal" | "Exists";
  readonly value?: string;
  readonly effect?: string;
}

export interface KubernetesNode extends KubernetesRead {
  readonly kind: "kubernetes/node";
  readonly taints: readonly KubernetesTaint[];
}

/** A PersistentVolumeClaim, or the template of one in a StatefulSet. Absent class: the cluster's default. */
export interface KubernetesVolumeClaim extends KubernetesRead {
  readonly kind: "kubernetes/volume-claim";
  readonly storageClass?: string;
}

/** ResourceQuota and LimitRange: what a namespace's pods may take of the cluster. */
export interface KubernetesQuota extends KubernetesRead {
  readonly kind: "kubernetes/quota";
  readonly objectKind: "ResourceQuota" | "LimitRange";
}

export type KubernetesPlacement = KubernetesNode | KubernetesVolumeClaim | KubernetesQuota;
