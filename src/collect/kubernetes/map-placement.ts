// Nodes, claims and quotas → observations, and what a pod tolerates of nodes.
import { z } from "zod";
import type { KubernetesObservation, KubernetesWorkload } from "../../model/observations/kubernetes.ts";
import type { KubernetesQuota } from "../../model/observations/kubernetes-placement.ts";
import type { Mapper, Placed } from "./map.ts";
import type { Tolerations } from "./schema.ts";

const list = <T extends z.ZodType>(of: T) =>
  z
    .array(of)
    .nullish()
    .transform((found) => found ?? []);

const Node = z.object({
  spec: z.object({ taints: list(z.object({ key: z.string(), value: z.string().nullish(), effect: z.string() })) }).nullish(),
});
const Claim = z.object({ spec: z.object({ storageClassName: z.string().nullish() }) });

export const PLACEMENT_MAPPERS: Readonly<Record<string, Mapper>> = {
  Node: mapNode,
  PersistentVolumeClaim: mapClaim,
  ResourceQuota: mapQuota,
  LimitRange: mapQuota,
};

function mapNode(document: unknown, at: Placed): KubernetesObservation {
  const taints = Node.parse(document).spec?.taints ?? [];
  return { ...at, kind: "kubernetes/node", taints: taints.map(({ key, value, effect }) => ({ key, effect, ...(value && { value }) })) };
}

function mapClaim(document: unknown, at: Placed): KubernetesObservation {
  const { storageClassName } = Claim.parse(document).spec;
  return { ...at, kind: "kubernetes/volume-claim", ...(storageClassName && { storageClass: storageClassName }) };
}

function mapQuota(_: unknown, at: Placed, kind: string): KubernetesObservation {
  return { ...at, kind: "kubernetes/quota", objectKind: kind as KubernetesQuota["objectKind"] };
}

/** Absent operator: Equal (core/v1 Toleration). */
export const tolerationsOf = (written: z.infer<typeof Tolerations>): Pick<KubernetesWorkload, "tolerations"> =>
  written.length === 0
    ? {}
    : {
        tolerations: written.map(({ key, operator, value, effect }) => ({
          ...(key && { key }),
          operator: operator ?? "Equal",
          ...(value && { value }),
          ...(effect && { effect }),
        })),
      };
