// Who is bound, and what a bound role does: one rule a subject, and one an effect.
import { fact, type Fact, grant, type Rule } from "../../model/rule.ts";
import type { KnownEstate } from "../plane.ts";
import { bindableId, bindableRoles, type Bound, boundOf } from "./bindings.ts";
import type { Cluster } from "./cluster.ts";
import type { Effect } from "./effects.ts";
import { clusterId, groupId, namespaceId, objectId, partId, serviceAccountId, userId, workloadId } from "./ids.ts";
import type { ClusterSink } from "./wide.ts";

/**
 * A subject acts as the binding; the binding has the effects of its role, in its namespace or everywhere.
 *
 * Source: Kubernetes, "Using RBAC Authorization", RoleBinding and ClusterRoleBinding: a RoleBinding to a ClusterRole grants it in the binding's
 * namespace only.
 */
export function bindingRules(estate: KnownEstate, cluster: Cluster, sink: ClusterSink): void {
  for (const bound of boundOf(estate)) {
    if (bound.cluster !== cluster.name) continue;
    for (const { need, grant: removable, how } of bound.subjects) {
      const gives = fact("act-as", bound.id);
      sink.rule({ family: bound.family, needs: [need], gives, certainty: "must", grants: [removable], how, source: removable.source });
    }
    const isAmbient = bound.subjects.every(({ need }) => isComponent(estate, need.entity));
    for (const effect of bound.effects ?? []) effectRules(cluster, bound, effect, isAmbient, sink);
  }
}

/** A service account that stands in no environment: one of the cluster's own components. */
const isComponent = (estate: KnownEstate, entity: string): boolean =>
  entity.includes("/ServiceAccount/") && estate.environmentOf(entity) === undefined;

function effectRules(cluster: Cluster, bound: Bound, effect: Effect, isAmbient: boolean, sink: ClusterSink): void {
  const where = bound.namespace === undefined ? `in every namespace of ${cluster.name}` : `in ${bound.namespace}`;
  const own = grant(bound.id, "binding", { label: bound.label, change: bound.narrower, source: bound.source });
  const ofRole = grant(bound.roleId, [effect.capability, effect.target], {
    label: bound.role,
    change: `take out of ${bound.role} that its holders ${effect.how}`,
    source: effect.source,
    removable: effect.source.file !== bound.source.file || effect.source.pointer !== bound.source.pointer,
  });
  const base = {
    family: effect.family,
    certainty: effect.certainty,
    ...(effect.because !== undefined && { because: effect.because }),
    // A cluster-wide binding is itself what to change: its role may be right in the namespaces that need it.
    grants: bound.namespace === undefined ? [own, ofRole] : [ofRole],
    how: `${bound.role} lets it ${effect.how} ${where}`,
    source: effect.source,
  } as const;
  const holder = fact("act-as", bound.id);
  const { target } = effect;
  if (target.type === "bindable") {
    for (const role of bindableRoles(cluster, bound.namespace, effect)) {
      const needs = [holder, fact("write", partId(cluster.name, bound.namespace, "role-bindings"))];
      sink.rule({ ...base, needs, gives: fact("act-as", bindableId(cluster.name, bound.namespace, role)) });
    }
    return;
  }
  for (const gives of targetFacts(cluster, bound.namespace, effect)) {
    const rule: Rule = { ...base, needs: [holder], gives };
    if (bound.namespace === undefined)
      sink.wide(rule, { ...(effect.uncertainBelow !== undefined && { uncertainBelow: effect.uncertainBelow }), isAmbient });
    else sink.rule(rule);
  }
}

function targetFacts(cluster: Cluster, namespace: string | undefined, { capability, target }: Effect): Fact[] {
  const name = cluster.name;
  switch (target.type) {
    case "scope":
      return [fact(capability, namespace === undefined ? clusterId(name) : namespaceId(name, namespace))];
    case "part":
      return [fact(capability, partId(name, namespace, target.part))];
    case "cluster-part":
      return [fact(capability, partId(name, undefined, target.part))];
    case "user": {
      const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(target.name);
      return [fact(capability, account ? serviceAccountId(name, account[1] as string, account[2] as string) : userId(name, target.name))];
    }
    case "group":
      return [fact(capability, groupId(name, target.name))];
    case "pod":
      return podFacts(cluster, namespace, capability, target.name);
    case "object":
      return objectFacts(cluster, namespace, capability, target);
    case "bindable":
      return [];
  }
}

const spaces = (cluster: Cluster, namespace: string | undefined) =>
  namespace === undefined ? [...cluster.namespaces.values()] : [cluster.namespaces.get(namespace)].filter((each) => each !== undefined);

/** Named objects that exist. A namespace is named for its labels: who relabels it defeats its pod security. */
function objectFacts(
  cluster: Cluster,
  namespace: string | undefined,
  capability: Fact["capability"],
  target: Effect["target"] & { type: "object" },
): Fact[] {
  if (target.kind === "Namespace") {
    const isHere = cluster.namespaces.has(target.name) && (namespace === undefined || namespace === target.name);
    return isHere ? [fact(capability, partId(cluster.name, target.name, "pod-security"))] : [];
  }
  return spaces(cluster, namespace).flatMap((space) => {
    const exists =
      target.kind === "Secret"
        ? space.secrets.has(target.name)
        : target.kind === "ConfigMap"
          ? space.configMaps.has(target.name)
          : target.kind === "ServiceAccount"
            ? space.serviceAccounts.has(target.name)
            : space.deployers.has(`${target.kind}/${target.name}`) ||
              space.workloads.some((each) => each.workloadKind === target.kind && each.name === target.name);
    return exists ? [fact(capability, objectId(cluster.name, space.name, target.kind, target.group, target.name))] : [];
  });
}

/** A pod is named after what makes it, with a suffix (`web-7d4b9c6f5-x2x9p`, `db-0`). */
function podFacts(cluster: Cluster, namespace: string | undefined, capability: Fact["capability"], pod: string): Fact[] {
  return spaces(cluster, namespace).flatMap((space) =>
    space.workloads.filter(({ name }) => pod === name || pod.startsWith(`${name}-`)).map((each) => fact(capability, workloadId(each))),
  );
}
