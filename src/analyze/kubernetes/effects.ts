// What a set of policy rules amounts to: each permission that reaches further than its own object, as one effect.
import type { Capability, Certainty } from "../../model/rule.ts";
import type { KubernetesPolicyRule } from "../../model/observations/kubernetes.ts";
import type { Source } from "../../model/source.ts";
import type { ClusterPart, NamespacePart } from "./ids.ts";
import { carriesName, isEverything, permits, request } from "./permits.ts";
import { CLUSTER_ROWS, NAMESPACE_ROWS, type Row } from "./permission-table.ts";
import { otherWrites } from "./other-writes.ts";

export type Target =
  /** Control or change of the whole namespace, or of the cluster. */
  | { readonly type: "scope" }
  | { readonly type: "part"; readonly part: NamespacePart }
  | { readonly type: "cluster-part"; readonly part: ClusterPart }
  /** One object, by the name a rule gives it. */
  | { readonly type: "object"; readonly kind: string; readonly group: string; readonly name: string }
  | { readonly type: "pod"; readonly name: string }
  | { readonly type: "user" | "group"; readonly name: string }
  /** The effects of a role that the holder may bind. */
  | { readonly type: "bindable"; readonly role: { readonly type: "Role" | "ClusterRole"; readonly name: string } | "every Role" };

export interface Effect {
  readonly family: string;
  readonly capability: Capability;
  readonly target: Target;
  readonly certainty: Certainty;
  readonly because?: string;
  /** For an effect over the whole cluster: whether it changes each namespace is not certain. */
  readonly uncertainBelow?: string;
  /** What the holder may do, to be followed by where: `create workloads`. */
  readonly how: string;
  readonly source: Source;
}

/** The effects of the rules where a binding gives them: in one namespace, or in the whole cluster. Each effect once. */
export function effectsOf(rules: readonly KubernetesPolicyRule[], scope: "namespace" | "cluster"): readonly Effect[] {
  const everything = rules.find(isEverything);
  if (everything) {
    return [
      {
        family: "kubernetes/cluster-admin",
        capability: "control",
        target: { type: "scope" },
        certainty: "must",
        how: "do everything",
        source: everything.source,
      },
    ];
  }
  const effects = new Map<string, Effect>();
  const add = (effect: Effect): void => {
    const key = JSON.stringify([effect.capability, effect.target]);
    const known = effects.get(key);
    if (!known || (known.certainty === "may" && effect.certainty === "must")) effects.set(key, effect);
  };
  const rows = scope === "cluster" ? [...NAMESPACE_ROWS, ...CLUSTER_ROWS] : NAMESPACE_ROWS;
  for (const rule of rules) {
    for (const row of rows) for (const effect of byRow(rule, row)) add(effect);
    for (const effect of special(rule, scope, rules)) add(effect);
  }
  for (const effect of otherWrites(rules, scope)) add(effect);
  return [...effects.values()];
}

function* byRow(rule: KubernetesPolicyRule, row: Row): Iterable<Effect> {
  const matched = row.requests.filter((each) => permits(rule, each) && (rule.resourceNames.length === 0 || carriesName(each)));
  if (matched.length === 0) return;
  const because = row.because ?? (rule.resourceNames.length > 0 ? row.becauseNamed : undefined);
  const base = {
    family: row.family,
    capability: row.capability,
    certainty: because === undefined ? ("must" as const) : ("may" as const),
    ...(because !== undefined && { because }),
    how: row.how,
    source: rule.source,
  };
  if (rule.resourceNames.length === 0 || row.named === "all the same") yield { ...base, target: row.target };
  else {
    const named = row.named;
    for (const name of rule.resourceNames) {
      const target: Target = named === "pod" ? { type: "pod", name } : { type: "object", ...named, name };
      yield { ...base, target, how: `${row.how} (${name})` };
    }
  }
}

const RBAC = "rbac.authorization.k8s.io";

const permitsAny = (rule: KubernetesPolicyRule, verb: string, ...on: string[]): boolean =>
  on.some((each) => permits(rule, request(verb, each)));

function* special(rule: KubernetesPolicyRule, scope: "namespace" | "cluster", all: readonly KubernetesPolicyRule[]): Iterable<Effect> {
  const bind = { family: "kubernetes/escalate", capability: "act-as", certainty: "must", source: rule.source } as const;
  if (permitsAny(rule, "bind", `${RBAC}/roles`)) {
    if (rule.resourceNames.length === 0) yield { ...bind, target: { type: "bindable", role: "every Role" }, how: "bind every Role" };
    for (const name of rule.resourceNames)
      yield { ...bind, target: { type: "bindable", role: { type: "Role", name } }, how: `bind Role ${name}` };
  }
  if (permitsAny(rule, "bind", `${RBAC}/clusterroles`)) {
    if (rule.resourceNames.length === 0) {
      const target: Target = { type: "part", part: "binding-escalation-check" };
      yield { ...bind, capability: "defeat", target, how: "bind any cluster role (bind)" };
    }
    for (const name of rule.resourceNames) {
      yield { ...bind, target: { type: "bindable", role: { type: "ClusterRole", name } }, how: `bind ClusterRole ${name}` };
    }
  }
  if (scope === "cluster") {
    yield* impersonations(rule, all);
    yield* approvals(rule);
  }
}

const CLIENT_SIGNERS = ["kubernetes.io/kube-apiserver-client", "kubernetes.io/*"];
const KUBELET_SIGNER = "kubernetes.io/kube-apiserver-client-kubelet";

/**
 * Only two signers make certificates that the API server takes as somebody: one for any user, and one for kubelets. Other signers' certificates open
 * nothing here.
 *
 * Source: Kubernetes, "Certificates and Certificate Signing Requests", Kubernetes signers, Authorization (`signerNameDomain/*`).
 */
function* approvals(rule: KubernetesPolicyRule): Iterable<Effect> {
  if (!permitsAny(rule, "approve", "certificates.k8s.io/signers")) return;
  const base = { family: "kubernetes/certificate", capability: "approve", certainty: "must", source: rule.source } as const;
  const names = rule.resourceNames;
  if (names.length === 0 || names.some((name) => CLIENT_SIGNERS.includes(name)))
    yield { ...base, target: { type: "cluster-part", part: "certificate-requests" }, how: "approve for the signer of clients" };
  else if (names.includes(KUBELET_SIGNER))
    yield { ...base, target: { type: "cluster-part", part: "kubelet-certificate-requests" }, how: "approve for the signer of kubelets" };
}

/**
 * Users and groups are impersonated cluster-wide only. Without names, any user can be chosen, system:kube-controller-manager (which makes tokens of
 * every service account) among them, and any group, system:masters among them. A group is only impersonated together with some user or service
 * account.
 *
 * Source: Kubernetes, "User impersonation"; "Role Based Access Control Good Practices", Impersonate verb.
 */
function* impersonations(rule: KubernetesPolicyRule, all: readonly KubernetesPolicyRule[]): Iterable<Effect> {
  const base = { family: "kubernetes/impersonate", source: rule.source } as const;
  const named = rule.resourceNames.length > 0;
  if (permitsAny(rule, "impersonate", "/users")) {
    if (!named) yield { ...base, capability: "control", target: { type: "scope" }, certainty: "must", how: "impersonate every user" };
    for (const name of rule.resourceNames) {
      yield { ...base, capability: "act-as", target: { type: "user", name }, certainty: "must", how: `impersonate user ${name}` };
    }
  }
  if (!permitsAny(rule, "impersonate", "/groups")) return;
  const someUser = all.some((each) => permitsAny(each, "impersonate", "/users", "/serviceaccounts"));
  const certainty = someUser
    ? ({ certainty: "must" } as const)
    : ({
        certainty: "may",
        because: "a group is impersonated only together with some user, which another binding would have to allow",
      } as const);
  if (!named) yield { ...base, ...certainty, capability: "control", target: { type: "scope" }, how: "impersonate every group" };
  for (const name of rule.resourceNames) {
    yield { ...base, ...certainty, capability: "act-as", target: { type: "group", name }, how: `impersonate group ${name}` };
  }
}
