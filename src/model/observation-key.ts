// What an observation is about, as one text: two observations of one key tell of the same thing.
import type { Observation } from "./observation.ts";

/**
 * Undefined where an observation has no identity of its own (a piece that a join takes up): then it equals nothing.
 * INVARIANT: no source and no content is part of a key.
 */
export function observationKey(observation: Observation): string | undefined {
  const parts = partsOf(observation);
  return parts && [observation.kind, ...parts].join(" ");
}

function partsOf(observation: Observation): readonly string[] | undefined {
  switch (observation.kind) {
    case "aws/role":
    case "aws/user":
    case "aws/group":
    case "aws/managed-policy":
    case "aws/resource":
    case "aws/resource-policy":
    case "aws/secret-fingerprint":
    case "aws/oidc-provider":
    case "aws/eks-cluster":
    case "aws/identity-center":
    case "aws/permission-set":
      return [observation.arn];
    case "aws/organization":
    case "aws/organizational-unit":
    case "aws/control-policy":
      return [observation.id];
    case "aws/account":
      return [observation.account];
    case "aws/control-policy-attachment":
      return [observation.policy, observation.target];
    case "aws/eks-access-entry":
      return [observation.cluster, observation.principal];
    case "aws/account-assignment":
      return [observation.permissionSet, observation.account, observation.principal.type, observation.principal.id];
    case "aws/identity-center-user":
    case "aws/identity-center-group":
      return [observation.store, observation.id];
    case "aws/identity-center-membership":
      return [observation.store, observation.group, observation.user];
    case "aws/delegated-administrator":
      return [observation.service, observation.account];
    case "aws/pod-identity":
      return [observation.cluster, observation.namespace, observation.serviceAccount];
    default:
      return otherParts(observation);
  }
}

function otherParts(observation: Observation): readonly string[] | undefined {
  switch (observation.kind) {
    case "kubernetes/namespace":
    case "kubernetes/service-account":
    case "kubernetes/role":
    case "kubernetes/role-binding":
    case "kubernetes/secret":
    case "kubernetes/config-map":
      return [observation.cluster, observation.namespace ?? "-", observation.name];
    case "github/repository":
    case "github/actions-settings":
      return [observation.repository.toLowerCase()];
    case "github/environment":
      return [observation.repository.toLowerCase(), observation.name.toLowerCase()];
    case "github/branch-rule":
      return [observation.repository.toLowerCase(), observation.origin, String(observation.ruleset ?? ""), ...observation.include];
    case "github/secret":
    case "github/variable": {
      const { repository, environment, organization, name } = observation;
      return [(repository ?? organization ?? "").toLowerCase(), environment ?? "", name.toUpperCase()];
    }
    default:
      return undefined;
  }
}
