// EKS: clusters, who may enter them, and which pods act as which role.
import { isObject } from "../../lib/json.ts";
import type { AwsEksAccessEntry } from "../../model/observations/aws.ts";
import { inside } from "../../model/source.ts";
import { accountOfArn, parseArn, partitionOf } from "../../model/aws/arn.ts";
import { AccessEntry, AccessPolicies, EksCluster, PodIdentity, PodIdentityEntry } from "./schema.ts";
import { eachItem, has, listOf, parseItem, type Reading, type Shape } from "./shape.ts";

/** The cluster of the call. Region `*` stands for one that the call does not name; name `*` for a cluster that nothing names. */
export function clusterArn(account: string | undefined, name: string | undefined, region: string | undefined): string {
  return `arn:${partitionOf(region)}:eks:${region ?? "*"}:${account ?? "*"}:cluster/${name ?? "*"}`;
}

const clusterName = (reading: Reading): string | undefined =>
  reading.call?.flags["cluster-name"] ?? reading.call?.flags["name"] ?? reading.call?.argument?.split("/")[0];

const subjectOf = (reading: Reading): string => clusterArn(reading.account, clusterName(reading), reading.call?.flags["region"]);

const unseen = (reading: Reading, what: string) => ({ topic: "aws/eks-access", subject: subjectOf(reading), what }) as const;

/** `arn:…:access-entry/CLUSTER/…` and `arn:…:podidentityassociation/CLUSTER/…` → the cluster's ARN (Service Authorization Reference, Amazon EKS). */
function clusterOf(arn: string): string | undefined {
  const parts = parseArn(arn);
  const name = parts?.resource.split("/")[1];
  return parts && name ? `arn:${parts.partition}:eks:${parts.region}:${parts.account}:cluster/${name}` : undefined;
}

function mapCluster(reading: Reading): void {
  const source = inside(reading.source, "cluster");
  const item = parseItem(reading, EksCluster, reading.document["cluster"], source, unseen(reading, "a cluster"));
  if (!item) return;
  const account = accountOfArn(item.arn);
  if (account === undefined)
    return reading.gap("aws/scope", item.arn, `account of ${item.arn}`, "the ARN has no twelve-digit account id", source);
  const issuer = item.identity?.oidc?.issuer.replace(/^https:\/\//, "");
  reading.observe({
    kind: "aws/eks-cluster",
    arn: item.arn,
    account,
    name: item.name,
    ...(issuer !== undefined && { issuer }),
    ...(item.accessConfig && { authenticationMode: item.accessConfig.authenticationMode }),
    source,
  });
}

const ofAccount = (reading: Reading) => (reading.account !== undefined ? { account: reading.account } : {});

function mapEntryList(reading: Reading): void {
  const list = reading.document["accessEntries"];
  const cluster = clusterName(reading);
  if (!Array.isArray(list) || !list.every((item): item is string => typeof item === "string")) {
    const { topic, subject, what } = unseen(reading, "access entries of a cluster");
    return reading.gap(topic, subject, what, "accessEntries is not a list of ARNs; collect it again");
  }
  if (cluster === undefined) {
    const why = "the file does not say which cluster: keep the call in a manifest";
    return reading.gap("aws/scope", reading.file.path, "access entries of a cluster", why);
  }
  reading.observe({ kind: "aws/part", part: "access-entries", ...ofAccount(reading), cluster, principals: list, source: reading.source });
}

function mapEntry(reading: Reading): void {
  const source = inside(reading.source, "accessEntry");
  const item = parseItem(reading, AccessEntry, reading.document["accessEntry"], source, unseen(reading, "an access entry"));
  if (!item) return;
  const cluster = clusterOf(item.accessEntryArn) ?? clusterArn(reading.account, item.clusterName, undefined);
  reading.observe({
    kind: "aws/eks-access-entry",
    cluster,
    principal: item.principalArn,
    ...(item.username !== undefined && { username: item.username }),
    groups: item.kubernetesGroups ?? [],
    policies: [],
    source,
  });
}

function mapAccessPolicies(reading: Reading): void {
  const item = parseItem(reading, AccessPolicies, reading.document, reading.source, unseen(reading, "access policies of a principal"));
  if (!item) return;
  const policies: AwsEksAccessEntry["policies"] = item.associatedAccessPolicies.map(({ policyArn, accessScope }) => ({
    arn: policyArn,
    ...(accessScope.type === "namespace" && { namespaces: accessScope.namespaces ?? [] }),
  }));
  reading.observe({
    kind: "aws/part",
    part: "access-policies",
    ...ofAccount(reading),
    cluster: item.clusterName,
    principal: item.principalArn,
    policies,
    source: reading.source,
  });
}

function mapPodIdentityList(reading: Reading): void {
  const listed = clusterName(reading);
  if (listed !== undefined && Array.isArray(reading.document["associations"]))
    reading.observe({ kind: "aws/part", part: "pod-identities", ...ofAccount(reading), cluster: listed, source: reading.source });
  eachItem(reading, "associations", PodIdentityEntry, unseen(reading, "a pod identity"), (item, source) => {
    const cluster = clusterOf(item.associationArn) ?? clusterArn(reading.account, item.clusterName, undefined);
    const { namespace, serviceAccount } = item;
    reading.observe({ kind: "aws/part", part: "pod-identity", cluster, namespace, serviceAccount, source });
  });
}

function mapPodIdentity(reading: Reading): void {
  const source = inside(reading.source, "association");
  const item = parseItem(reading, PodIdentity, reading.document["association"], source, unseen(reading, "a pod identity"));
  if (!item) return;
  const cluster = clusterOf(item.associationArn) ?? clusterArn(reading.account, item.clusterName, undefined);
  const { namespace, serviceAccount, roleArn: role, targetRoleArn: targetRole } = item;
  reading.observe({
    kind: "aws/pod-identity",
    cluster,
    namespace,
    serviceAccount,
    role,
    ...(targetRole !== undefined && { targetRole }),
    source,
  });
}

const shape = (operation: string, is: Shape["is"], map: Shape["map"]): Shape => ({
  name: `eks ${operation}`,
  service: "eks",
  operations: [operation],
  is,
  topic: "aws/eks-access",
  subject: subjectOf,
  map,
});

const member =
  (key: string, ...members: readonly string[]): Shape["is"] =>
  (document) =>
    isObject(document[key]) && has(document[key], ...members);

export const eksShapes: readonly Shape[] = [
  shape(
    "describe-cluster",
    (document) => isObject(document["cluster"]) && String(document["cluster"]["arn"]).includes(":eks:"),
    mapCluster,
  ),
  shape("list-access-entries", (document) => Array.isArray(document["accessEntries"]), mapEntryList),
  shape("describe-access-entry", member("accessEntry", "accessEntryArn", "principalArn"), mapEntry),
  shape("list-associated-access-policies", (document) => has(document, "associatedAccessPolicies", "principalArn"), mapAccessPolicies),
  shape(
    "list-pod-identity-associations",
    (document) => listOf(document, "associations", "associationArn", "serviceAccount"),
    mapPodIdentityList,
  ),
  shape("describe-pod-identity-association", member("association", "associationArn", "serviceAccount"), mapPodIdentity),
];
