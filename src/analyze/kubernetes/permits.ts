// Whether a policy rule of RBAC permits a request: the matching of the API server, and nothing looser.
import type { KubernetesPolicyRule } from "../../model/observations/kubernetes.ts";

export interface Request {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
}

/** `apps/deployments`, `/pods/exec`: group, resource, subresource. */
export function request(verb: string, on: string): Request {
  const [group = "", resource = "", subresource] = on.split("/");
  return { verb, group, resource, ...(subresource && { subresource }) };
}

/**
 * `*` stands for all verbs, all groups, or all resources and subresources; otherwise names are equal, or the rule says `*` + `/SUBRESOURCE`.
 * `pods/*` is no pattern: it matches nothing.
 *
 * Source: Kubernetes, "Using RBAC Authorization", Referring to resources; VerbMatches, APIGroupMatches and ResourceMatches in
 * kubernetes/kubernetes pkg/apis/rbac/v1/evaluation_helpers.go.
 */
export function permits(rule: KubernetesPolicyRule, { verb, group, resource, subresource }: Request): boolean {
  if (!includes(rule.verbs, verb) || !includes(rule.apiGroups, group)) return false;
  const full = subresource === undefined ? resource : `${resource}/${subresource}`;
  return rule.resources.some((each) => each === "*" || each === full || (subresource !== undefined && each === `*/${subresource}`));
}

const includes = (list: readonly string[], wanted: string): boolean => list.includes("*") || list.includes(wanted);

/**
 * Whether the request names an object that resourceNames can be compared with. A create (of a resource, not of a subresource) and a
 * deletecollection carry no name, so a rule with resourceNames never permits them; list and watch carry one when the caller asks for it by
 * `metadata.name`.
 *
 * Source: Kubernetes, "Using RBAC Authorization", Referring to resources, note on resourceNames.
 */
export const carriesName = ({ verb, subresource }: Request): boolean =>
  subresource !== undefined || (verb !== "create" && verb !== "deletecollection");

/** Everything, without names: the rule of cluster-admin. */
export const isEverything = (rule: KubernetesPolicyRule): boolean =>
  rule.verbs.includes("*") && rule.apiGroups.includes("*") && rule.resources.includes("*") && rule.resourceNames.length === 0;
