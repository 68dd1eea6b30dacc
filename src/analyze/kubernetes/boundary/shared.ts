// Clusters in which a lower environment and one of production stand side by side: where a namespace is what keeps them apart.
import { isProductionTier } from "../../reach/semantics.ts";
import type { Estate } from "../../estate.ts";
import { type Cluster, clustersOf, gapPlace, type Namespace } from "../cluster.ts";
import { namespaceId } from "../ids.ts";

export interface SharedCluster {
  readonly cluster: Cluster;
  readonly lower: string;
  readonly higher: string;
  /** Namespaces in which something runs, as far as was read. */
  readonly below: readonly Namespace[];
  readonly above: readonly Namespace[];
}

/**
 * Namespaces in which something runs. Where no workload of the cluster was read at all (a repository of namespaces and bindings, say), any namespace may be
 * one of them.
 */
export function occupied(cluster: Cluster): Namespace[] {
  const all = [...cluster.namespaces.values()];
  return hasWorkloads(cluster)
    ? all.filter(({ workloads }) => workloads.some((each) => each.ended === undefined))
    : all.filter(({ object }) => object !== undefined);
}

export const hasWorkloads = (cluster: Cluster): boolean => [...cluster.namespaces.values()].some(({ workloads }) => workloads.length > 0);

/** A pair for each wall into production with workloads on both sides of it in one cluster: an empty namespace is no neighbour. */
export function sharedClusters(estate: Estate): SharedCluster[] {
  const production = new Set(estate.charter.environments.flatMap(({ name, tier }) => (isProductionTier(tier) ? [name] : [])));
  const walls = estate.walls.filter(({ to }) => production.has(to));
  return [...clustersOf(estate).values()].flatMap((cluster) => {
    const byEnvironment = Map.groupBy(occupied(cluster), ({ name }) => estate.environmentOf(namespaceId(cluster.name, name)));
    return walls.flatMap(({ from, to }) => {
      const [below, above] = [byEnvironment.get(from), byEnvironment.get(to)];
      return below && above ? [{ cluster, lower: from, higher: to, below, above }] : [];
    });
  });
}

/** Clusters of production of which the workloads were not read: whether another environment stands in one is then not known. */
export const unreadWorkloads = (estate: Estate): string[] =>
  estate.gaps
    .filter(({ topic }) => topic === "kubernetes/workloads" || topic === "kubernetes/namespace")
    .map(({ what, why }) => `${what}: ${why}`);

/** What was not read of the clusters that environments share, by topic. */
export const unreadOf = (estate: Estate, pairs: readonly SharedCluster[], topics: readonly string[]): string[] =>
  estate.gaps
    .filter((gap) => topics.includes(gap.topic) && pairs.some(({ cluster }) => cluster.name === gapPlace(gap)?.cluster))
    .map(({ what, why }) => `${what}: ${why}`);

/** Whether something of the topic was not read in the cluster: then what is not there may only not have been seen. */
export const isUnread = (estate: Estate, cluster: Cluster, topic: string): boolean =>
  estate.gaps.some((gap) => gap.topic === topic && gapPlace(gap)?.cluster === cluster.name);

/** `namespace shop`, `namespaces shop, payments and 3 more`. */
export function namespaceWords(namespaces: readonly Namespace[]): string {
  const names = namespaces.map(({ name }) => name).toSorted();
  if (names.length === 1) return `namespace ${names[0]}`;
  const shown = names.slice(0, 2).join(names.length > 2 ? ", " : " and ");
  return `namespaces ${shown}${names.length > 2 ? ` and ${names.length - 2} more` : ""}`;
}
