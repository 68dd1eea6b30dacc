// What namespaces of one cluster use together although nothing in them says so: ingress classes and storage classes.
import type { Observations } from "../../../model/observation.ts";
import type { Source } from "../../../model/source.ts";
import type { Namespace } from "../cluster.ts";
import { objectId } from "../ids.ts";
import type { SharedCluster } from "./shared.ts";

export interface SharedClass {
  readonly id: string;
  readonly label: string;
  /** What each side uses it for. */
  readonly below: string;
  readonly above: string;
  readonly source: Source;
}

interface Use {
  readonly className: string;
  readonly label: string;
  readonly source: Source;
}

/**
 * One ingress controller terminates the traffic of every Ingress of its class, and holds their certificates; one storage class puts the volumes of both on
 * one backend under one key. A class that is not named is the cluster's default.
 *
 * Source: Kubernetes, "Ingress", Ingress class, Default IngressClass; "Gateway API", GatewayClass; "Storage Classes", Default StorageClass.
 */
export function sharedClasses(observations: Observations, { cluster, below, above }: SharedCluster): SharedClass[] {
  const kinds = [
    { kind: "IngressClass", group: "networking.k8s.io", what: "ingress class", uses: ingresses(observations, cluster.name) },
    { kind: "StorageClass", group: "storage.k8s.io", what: "storage class", uses: claims(observations, cluster.name) },
  ];
  return kinds.flatMap(({ kind, group, what, uses }) => {
    const of = (namespaces: readonly Namespace[]): Map<string, Use> => {
      const found = new Map<string, Use>();
      for (const { name } of namespaces)
        for (const use of uses.get(name) ?? []) if (!found.has(use.className)) found.set(use.className, use);
      return found;
    };
    const higher = of(above);
    return [...of(below).values()].flatMap((one) => {
      const other = higher.get(one.className);
      if (!other) return [];
      const label = one.className === "" ? `the default ${what}` : `${what} ${one.className}`;
      return [
        {
          id: objectId(cluster.name, undefined, kind, group, one.className || "default"),
          label,
          below: one.label,
          above: other.label,
          source: one.source,
        },
      ];
    });
  });
}

type Uses = ReadonlyMap<string, readonly Use[]>;

function ingresses(observations: Observations, cluster: string): Uses {
  const ingress = observations("kubernetes/entry-point").filter((each) => each.cluster === cluster && each.objectKind === "Ingress");
  const gateways = observations("kubernetes/gateway").filter((each) => each.cluster === cluster);
  return grouped([
    ...ingress.map((each) => ({
      namespace: each.namespace ?? "default",
      className: each.className ?? each.annotations["kubernetes.io/ingress.class"] ?? "",
      label: `Ingress ${each.namespace ?? "default"}/${each.name}`,
      source: each.source,
    })),
    ...gateways.map((each) => ({
      namespace: each.namespace ?? "default",
      className: `gateway ${each.className}`,
      label: `Gateway ${each.namespace ?? "default"}/${each.name}`,
      source: each.source,
    })),
  ]);
}

function claims(observations: Observations, cluster: string): Uses {
  const own = observations("kubernetes/volume-claim").filter((each) => each.cluster === cluster);
  const sets = observations("kubernetes/workload").filter((each) => each.cluster === cluster && each.claimTemplates !== undefined);
  return grouped([
    ...own.map((each) => ({
      namespace: each.namespace ?? "default",
      className: each.storageClass ?? "",
      label: `PersistentVolumeClaim ${each.namespace ?? "default"}/${each.name}`,
      source: each.source,
    })),
    ...sets.flatMap((each) =>
      (each.claimTemplates ?? []).map((className) => ({
        namespace: each.namespace ?? "default",
        className,
        label: `${each.workloadKind} ${each.namespace ?? "default"}/${each.name}`,
        source: each.source,
      })),
    ),
  ]);
}

const grouped = (uses: readonly (Use & { readonly namespace: string })[]): Uses => Map.groupBy(uses, ({ namespace }) => namespace);
