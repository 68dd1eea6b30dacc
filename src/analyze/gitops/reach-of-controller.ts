// What Argo CD's own service account may do where it applies things: the far end of what a project permits.
import { fact } from "../../model/rule.ts";
import { boundOf } from "../kubernetes/bindings.ts";
import { clustersOf } from "../kubernetes/cluster.ts";
import { serviceAccountId } from "../kubernetes/ids.ts";
import { once } from "../kubernetes/once.ts";
import type { PlaneInput } from "../plane.ts";
import type { Installation, Target } from "./argo.ts";

/** Undefined: it reaches the namespace (without one, the whole cluster); false: it does not; a text: why that is not known. */
export type Reach = (namespace: string | undefined) => string | false | undefined;

/**
 * In its own cluster the application controller acts as its service account; elsewhere as a token whose permissions the secret does not tell.
 *
 * Source: Argo CD, "Installation": the manifests bind argocd-application-controller to a cluster role that permits everything, the namespace-scoped ones to
 * a role of the namespace.
 */
export function reachOf(input: PlaneInput, argo: Installation, target: Target): Reach {
  // Where it deploys an Application it may.
  const deployed = new Set(argo.applications.flatMap((each) => (each.target === target ? (each.object.destination.namespace ?? []) : [])));
  const reach =
    target.secret === undefined
      ? ownReach(input, argo)
      : () => `what Argo CD may do in cluster ${target.cluster ?? target.name} is not in the files`;
  return (namespace) => (namespace !== undefined && deployed.has(namespace) ? undefined : reach(namespace));
}

function ownReach(input: PlaneInput, argo: Installation): Reach {
  const bound = bindingsOf(input).get(`${argo.cluster}/${argo.namespace}`) ?? [];
  if (bound.length === 0) return () => `what Argo CD may do in cluster ${argo.cluster} was not read`;
  const everywhere = bound.filter(({ namespace }) => namespace === undefined);
  if (everywhere.some(({ isWhole }) => isWhole)) return () => undefined;
  const open = bound.some(({ isKnown }) => !isKnown) ? `what Argo CD may do in cluster ${argo.cluster} was not read` : false;
  return (namespace) => {
    if (namespace === undefined) return open;
    const here = bound.filter((each) => each.namespace === undefined || each.namespace === namespace);
    if (here.some(({ isWhole, makesPods }) => isWhole || makesPods)) return undefined;
    return open;
  };
}

interface Binding {
  readonly namespace: string | undefined;
  readonly isWhole: boolean;
  readonly makesPods: boolean;
  readonly isKnown: boolean;
}

/** Bindings of the service accounts that application controllers run as, by `CLUSTER/NAMESPACE` of the controller. */
const bindingsOf = once((input): ReadonlyMap<string, readonly Binding[]> => {
  const accounts = new Map<string, string>();
  for (const cluster of clustersOf(input).values())
    for (const { name: namespace, serviceAccounts } of cluster.namespaces.values())
      for (const name of serviceAccounts.keys())
        if (name.endsWith("application-controller"))
          accounts.set(serviceAccountId(cluster.name, namespace, name), `${cluster.name}/${namespace}`);
  const found = new Map<string, Binding[]>();
  for (const bound of boundOf(input)) {
    for (const { need } of bound.subjects) {
      const key = need.capability === fact("act-as", "").capability ? accounts.get(need.entity) : undefined;
      if (key === undefined) continue;
      const effects = bound.effects ?? [];
      const list = found.get(key) ?? [];
      list.push({
        namespace: bound.namespace,
        isWhole: effects.some(({ capability, target }) => capability === "control" && target.type === "scope"),
        makesPods: effects.some(
          ({ capability, target }) => capability === "write" && target.type === "part" && target.part === "workloads",
        ),
        isKnown: bound.effects !== undefined,
      });
      found.set(key, list);
    }
  }
  return found;
});
