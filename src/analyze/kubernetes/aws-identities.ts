// AWS identities that a cluster lets in: the aws-auth config map and EKS access entries, in one form.
import { parse } from "yaml";
import { isObject } from "../../lib/json.ts";
import type { Observations } from "../../model/observation.ts";
import { inside, type Source } from "../../model/source.ts";
import type { Cluster } from "./cluster.ts";
import { clustersByArn, eksClusterOf } from "./eks-cluster.ts";

export interface AwsIdentity {
  readonly family: "kubernetes/aws-auth" | "kubernetes/access-entry";
  /** As written: of a role, without its path in aws-auth and with it in an access entry. */
  readonly arn: string;
  readonly username: string;
  readonly groups: readonly string[];
  readonly source: Source;
}

/** What the config map holds that is no mapping: a gap. */
export interface Unreadable {
  readonly why: string;
  readonly source: Source;
}

/** Which of the two ways counts. `authenticationMode` absent: the older API shows none, and both may. */
export function waysIn(observations: Observations, cluster: string): { readonly configMap: boolean; readonly accessEntries: boolean } {
  const mode = eksClusterOf(observations, cluster)?.authenticationMode;
  return { configMap: mode !== "API", accessEntries: mode !== "CONFIG_MAP" };
}

export function awsIdentities(observations: Observations, cluster: Cluster): readonly AwsIdentity[] {
  const ways = waysIn(observations, cluster.name);
  const byArn = clustersByArn(observations);
  const entries = observations("aws/eks-access-entry")
    .filter((entry) => ways.accessEntries && byArn.get(entry.cluster) === cluster.name)
    .map((entry): AwsIdentity => ({
      family: "kubernetes/access-entry",
      arn: entry.principal,
      username: entry.username ?? entry.principal,
      groups: entry.groups,
      source: entry.source,
    }));
  return [...(ways.configMap ? awsAuth(cluster).identities : []), ...entries];
}

/**
 * `mapRoles` and `mapUsers` of config map kube-system/aws-auth are YAML texts; a list of `rolearn` or `userarn`, `username`, `groups`. `mapAccounts`
 * lets every IAM identity of an account in as a user without groups.
 *
 * Source: Amazon EKS User Guide, "Grant IAM users access to Kubernetes with a ConfigMap".
 */
export function awsAuth(cluster: Cluster): { readonly identities: readonly AwsIdentity[]; readonly unreadable: readonly Unreadable[] } {
  const identities: AwsIdentity[] = [];
  const unreadable: Unreadable[] = [];
  for (const object of cluster.namespaces.get("kube-system")?.configMaps.get("aws-auth")?.objects ?? []) {
    for (const [key, arnKey] of [
      ["mapRoles", "rolearn"],
      ["mapUsers", "userarn"],
    ] as const) {
      const text = object.data[key];
      if (text === undefined || text.trim() === "") continue;
      const source = inside(object.source, "data", key);
      const list = parsed(text);
      if (!Array.isArray(list)) {
        unreadable.push({ why: `${key} is no YAML list`, source });
        continue;
      }
      for (const item of list) {
        const identity = mapping(item, arnKey, source);
        if (identity) identities.push(identity);
        else unreadable.push({ why: `an item of ${key} has no ${arnKey}`, source });
      }
    }
  }
  return { identities, unreadable };
}

function parsed(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 100, logLevel: "silent" });
  } catch {
    return undefined;
  }
}

function mapping(item: unknown, arnKey: string, source: Source): AwsIdentity | undefined {
  if (!isObject(item) || typeof item[arnKey] !== "string") return undefined;
  const groups = Array.isArray(item["groups"]) ? item["groups"].filter((group): group is string => typeof group === "string") : [];
  const arn = item[arnKey];
  return { family: "kubernetes/aws-auth", arn, username: typeof item["username"] === "string" ? item["username"] : arn, groups, source };
}
