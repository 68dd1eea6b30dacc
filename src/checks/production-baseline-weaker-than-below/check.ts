// Clause S3: production runs a program under a weaker baseline than an environment below does.
import type { Estate } from "../../analyze/estate.ts";
import { imageOf } from "../../analyze/kubernetes/boundary/images.ts";
import { hasQuota, LEVELS, levelOf, needsPrivileges } from "../../analyze/kubernetes/boundary/isolation.ts";
import { type Cluster, clustersOf, type Namespace } from "../../analyze/kubernetes/cluster.ts";
import { namespaceId } from "../../analyze/kubernetes/ids.ts";
import { isUnread } from "../../analyze/kubernetes/boundary/shared.ts";
import { productionNames } from "../../analyze/reach/semantics.ts";
import { order } from "../../charter/order.ts";
import type { Check, Found } from "../check.ts";

export const check: Check = {
  id: "production-baseline-weaker-than-below",
  clause: "S3",
  severity: "low",
  title: "Production's baseline is weaker than that of the environment below it",
  remediation:
    "Give production's namespace at least the pod security level, quota and limits of the namespace below in which the same program runs.",
  evaluate: ({ estate }) => {
    const production = productionNames(estate.charter);
    const { isBelow } = order(estate.charter);
    const all = placesOf(estate);
    return {
      findings: all
        .filter(({ environment }) => production.has(environment))
        .flatMap((above) => {
          const counterparts = all.filter(
            (each) => isBelow(each.environment, above.environment) && [...each.images].some((image) => above.images.has(image)),
          );
          return counterparts.flatMap((below) => found(estate, above, below)).slice(0, 1);
        }),
      unknown: estate.gaps
        .filter(({ topic }) => topic === "kubernetes/namespaces" || topic === "kubernetes/workloads" || topic === "kubernetes/other")
        .map(({ what, why }) => `${what}: ${why}`),
    };
  },
};

interface Place {
  readonly cluster: Cluster;
  readonly namespace: Namespace;
  readonly environment: string;
  readonly images: ReadonlySet<string>;
}

/** Namespaces run the same program when a workload of one name runs an image of one name. Pods of the nodes' own are in every cluster and tell nothing. */
function placesOf(estate: Estate): Place[] {
  return [...clustersOf(estate).values()].flatMap((cluster) =>
    [...cluster.namespaces.values()].flatMap((namespace) => {
      const environment = estate.environmentOf(namespaceId(cluster.name, namespace.name));
      if (environment === undefined) return [];
      const own = namespace.workloads.filter(({ workloadKind, ended }) => workloadKind !== "DaemonSet" && ended === undefined);
      const images = new Set(
        own.flatMap(({ name, containers }) => containers.flatMap(({ image }) => `${name} ${imageOf(image)?.repository ?? image}`)),
      );
      return [{ cluster, namespace, environment, images }];
    }),
  );
}

function found(estate: Estate, above: Place, below: Place): Found[] {
  const rank = ({ namespace }: Place): number => LEVELS.indexOf(levelOf(namespace) ?? "privileged");
  const lacks = (kind: "ResourceQuota" | "LimitRange"): boolean =>
    hasQuota(estate, below.cluster, below.namespace, kind) === true && hasQuota(estate, above.cluster, above.namespace, kind) === false;
  const weaker = [
    // What its pods need it must let them have; and labels and pods that were not read tell nothing.
    ...(above.namespace.object !== undefined &&
    rank(above) < rank(below) &&
    !needsPrivileges(above.namespace) &&
    !isUnread(estate, above.cluster, "kubernetes/workloads")
      ? [`enforces pod security ${levelOf(above.namespace) ?? "at no level"}, not ${levelOf(below.namespace)}`]
      : []),
    ...(["ResourceQuota", "LimitRange"] as const).filter(lacks).map((kind) => `has no ${kind}`),
  ];
  if (weaker.length === 0) return [];
  const id = namespaceId(above.cluster.name, above.namespace.name);
  return [
    {
      verdict: "violated",
      summary: `Namespace ${above.namespace.name} of ${above.environment} ${weaker.join(" and ")}, and namespace ${below.namespace.name} of ${below.environment}, which runs the same program, is stricter`,
      from: namespaceId(below.cluster.name, below.namespace.name),
      to: id,
      fromEnvironment: below.environment,
      toEnvironment: above.environment,
      grant: id,
      change: [`give namespace ${above.namespace.name} the baseline of namespace ${below.namespace.name}`],
      source: above.namespace.source,
    },
  ];
}
