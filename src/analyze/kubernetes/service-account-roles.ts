// Service accounts as AWS sees them: the tokens that EKS issues to them.
import type { EntitySink, IdentityToken, RuleSink } from "../../model/rule.ts";
import { fact, grant } from "../../model/rule.ts";
import type { Source } from "../../model/source.ts";
import type { KnownEstate, PlaneInput } from "../plane.ts";
import { type Cluster, clustersOf } from "./cluster.ts";
import { eksClusters } from "./eks-cluster.ts";
import { clusterId, namespaceId, serviceAccountId } from "./ids.ts";

const AUDIENCE = "sts.amazonaws.com";
export const ROLE_ANNOTATION = "eks.amazonaws.com/role-arn";

/**
 * The cluster's issuer signs tokens with subject `system:serviceaccount:NAMESPACE:NAME`; for AWS their audience is sts.amazonaws.com. Whoever controls
 * a namespace makes service accounts of any name in it.
 *
 * Source: Amazon EKS User Guide, "IAM roles for service accounts"; Kubernetes, "Managing Service Accounts", Bound service account tokens.
 */
export function tokens(input: PlaneInput, sink: EntitySink): void {
  const known = eksClusters(input.observations);
  for (const cluster of clustersOf(input).values()) {
    const issuers = new Set((known.get(cluster.name) ?? []).flatMap((each) => (each.issuer === undefined ? [] : [each.issuer])));
    for (const issuer of issuers) for (const token of tokensOf(cluster, issuer)) sink.token(token);
  }
}

function* tokensOf(cluster: Cluster, issuer: string): Iterable<IdentityToken> {
  const claims = (subject: string) => ({ sub: { value: subject }, aud: { value: AUDIENCE } });
  for (const { name, source, serviceAccounts } of cluster.namespaces.values()) {
    for (const account of serviceAccounts.values()) {
      yield {
        issuer,
        claims: claims(`system:serviceaccount:${name}:${account.name}`),
        holder: fact("act-as", serviceAccountId(cluster.name, name, account.name)),
        how: `service account ${name}/${account.name} of cluster ${cluster.name}`,
        source: account.objects[0]?.source ?? account.source,
      };
    }
    yield {
      issuer,
      claims: claims(`system:serviceaccount:${name}:*`),
      holder: fact("control", namespaceId(cluster.name, name)),
      how: `any service account that whoever controls namespace ${name} makes`,
      source,
    };
  }
}

/** A role that a service account names, in a cluster whose issuer is not known: whether the role trusts it cannot be told. */
export function rolesWithoutIssuer(estate: KnownEstate, cluster: Cluster, sink: RuleSink): void {
  const issuers = (eksClusters(estate.observations).get(cluster.name) ?? []).filter((each) => each.issuer !== undefined);
  if (issuers.length > 0 || estate.charter.absent["kubernetes/issuer"] !== undefined) return;
  const because = `the token issuer of cluster ${cluster.name} was not read`;
  let first: Source | undefined;
  for (const namespace of cluster.namespaces.values()) {
    for (const account of namespace.serviceAccounts.values()) {
      for (const { annotations, source } of account.objects) {
        const role = annotations[ROLE_ANNOTATION];
        if (role === undefined) continue;
        first ??= source;
        const id = serviceAccountId(cluster.name, namespace.name, account.name);
        const label = `service account ${namespace.name}/${account.name}`;
        sink.rule({
          family: "kubernetes/service-account-role",
          needs: [fact("act-as", id)],
          gives: fact("act-as", role),
          certainty: "may",
          because,
          grants: [grant(id, { role }, { label, change: `take the annotation ${ROLE_ANNOTATION} from ${label}`, source })],
          how: `${label} is annotated with ${role}`,
          source,
        });
      }
    }
  }
  if (!first) return;
  const gap = {
    topic: "kubernetes/issuer",
    subject: clusterId(cluster.name),
    what: because,
    why: "no aws eks describe-cluster output of that name",
    clauses: ["A1"],
    source: first,
  };
  sink.gap(gap);
  sink.took(gap);
}
