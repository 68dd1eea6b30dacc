// Writes that no row of the permission table interprets: they count as changes of where they happen.
import type { KubernetesPolicyRule } from "../../model/observations/kubernetes.ts";
import type { Effect } from "./effects.ts";
import { carriesName } from "./permits.ts";

const WRITES = ["create", "update", "patch", "delete", "deletecollection", "*"];

/** Requests with a writing verb that change nothing by themselves; what they open is in the permission table. */
const CHANGES_NOTHING =
  /^(?:(?:pods|nodes|services)\/(?:exec|attach|portforward|proxy)|serviceaccounts\/token|events|(?:self|local)?subject(?:access|rules)?reviews|selfsubjectrulesreviews|tokenreviews|certificatesigningrequests|signers)$/;

/** Resources that stand in no namespace: a RoleBinding never gives them. Namespaces are the exception: it gives the one it stands in. */
const CLUSTER_SCOPED =
  /^(?:nodes|persistentvolumes|clusterroles|clusterrolebindings|certificatesigningrequests|(?:mutating|validating)webhookconfigurations|(?:mutating|validating)admissionpolic(?:ies|ybindings)|customresourcedefinitions|storageclasses|csidrivers|csinodes|volumeattachments|priorityclasses|runtimeclasses|ingressclasses|apiservices|flowschemas|prioritylevelconfigurations|podsecuritypolicies)(?:\/|$)/;

const CORE = "pods secrets configmaps services serviceaccounts namespaces endpoints replicationcontrollers persistentvolumeclaims".split(
  " ",
);

/** Where Kubernetes itself has served what it calls so. A rule that names it in other groups of Kubernetes alone permits nothing. */
const HOMES: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ...CORE.map((each) => [each, [""]] as const),
  ...["deployments", "daemonsets", "replicasets"].map((each) => [each, ["apps", "extensions"]] as const),
  ["statefulsets", ["apps"]],
  ...["jobs", "cronjobs"].map((each) => [each, ["batch"]] as const),
  ...["ingresses", "networkpolicies"].map((each) => [each, ["networking.k8s.io", "extensions"]] as const),
  ...["roles", "rolebindings", "clusterroles", "clusterrolebindings"].map((each) => [each, ["rbac.authorization.k8s.io"]] as const),
  ["horizontalpodautoscalers", ["autoscaling", "extensions"]],
  ["poddisruptionbudgets", ["policy"]],
]);

/** Groups that only Kubernetes serves, so that what they hold is known. */
const OWN_GROUPS: ReadonlySet<string> = new Set([...HOMES.values()].flat());

/**
 * Whether the API server could ever let a request through by this verb and resource of the rule: a create has no name that resourceNames could be
 * compared with, `pods/*` is no pattern, and `deployments` of the core group are none.
 *
 * Source: permits.ts; Kubernetes API reference, groups.
 */
function isServed({ apiGroups, resourceNames }: KubernetesPolicyRule, verb: string, resource: string): boolean {
  const [name = "", subresource] = resource.split("/");
  if (subresource === "*" && name !== "*") return false;
  if (resourceNames.length > 0 && subresource === undefined && !carriesName({ verb, group: "", resource: name })) return false;
  const homes = subresource === undefined ? HOMES.get(name) : undefined;
  return homes === undefined || apiGroups.some((group) => homes.includes(group) || !OWN_GROUPS.has(group));
}

/** One effect for all plain writes, named after the first; in the cluster's scope, writes of cluster-scoped objects alone are not certain to change a namespace. */
export function* otherWrites(rules: readonly KubernetesPolicyRule[], scope: "namespace" | "cluster"): Iterable<Effect> {
  const written = rules.flatMap((rule) => {
    const verbs = rule.verbs.filter((verb) => WRITES.includes(verb));
    const resources = rule.resources.filter((resource) => !CHANGES_NOTHING.test(resource));
    return verbs.flatMap((verb) =>
      resources
        .filter((resource) => isServed(rule, verb, resource))
        .map((resource) => ({ verb, resource, source: rule.source, isClusterScoped: CLUSTER_SCOPED.test(resource) })),
    );
  });
  const namespaced = written.filter((each) => !each.isClusterScoped);
  const effect = (of: typeof written): Effect => {
    const first = of[0] as (typeof written)[number];
    const more = new Set(of.map((each) => each.resource)).size - 1;
    return {
      family: "kubernetes/other-write",
      capability: "write",
      target: { type: "scope" },
      certainty: "must",
      how: `${first.verb === "*" ? "change" : first.verb} ${first.resource === "*" ? "every resource" : first.resource}${more > 0 ? ` and ${more} more` : ""}`,
      source: first.source,
    };
  };
  if (namespaced.length > 0) yield effect(namespaced);
  else if (scope === "cluster" && written.length > 0) {
    yield {
      ...effect(written),
      uncertainBelow: "what a change of an object outside every namespace does to the namespaces is not modeled",
    };
  }
}
