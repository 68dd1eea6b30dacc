// What Terraform does not manage is in none of its files: the rest of each account, cluster and repository is a gap.
import type { Gap } from "../../model/gap.ts";
import type { Observation } from "../../model/observation.ts";
import type { Source } from "../../model/source.ts";
import { gapOf, ONLY_MANAGED, type Topic } from "./topics.ts";

/** Types whose resources carry a policy of their own: without one in the files, that there is none is not known. */
const WITH_POLICY: ReadonlySet<string> = new Set(["bucket", "key", "secret", "queue", "topic", "repository", "function"]);

const OF_CLUSTERS = [
  ["kubernetes/rbac", "roles and bindings"],
  ["kubernetes/secrets", "secrets"],
  ["kubernetes/workloads", "workloads"],
  ["kubernetes/config-maps", "config maps"],
] as const satisfies readonly (readonly [Topic, string])[];

export function onlyManaged(observations: readonly Observation[], gap: (gap: Gap) => void): void {
  const told = new Set(observations.flatMap((each) => (each.kind === "aws/resource-policy" ? [each.arn] : [])));
  const [accounts, clusters, repositories] = [new Map<string, Source>(), new Map<string, Source>(), new Map<string, Source>()];
  const note = (places: Map<string, Source>, name: string, source: Source): void => void (places.has(name) || places.set(name, source));
  for (const each of observations) {
    if (each.kind === "aws/role" || each.kind === "aws/user" || each.kind === "aws/resource") note(accounts, each.account, each.source);
    if (each.kind.startsWith("kubernetes/") && "cluster" in each) note(clusters, each.cluster, each.source);
    if (each.kind === "github/repository") note(repositories, each.repository, each.source);
    if (each.kind === "aws/resource" && WITH_POLICY.has(each.type) && !told.has(each.arn))
      gap(gapOf("aws/resource-policy", each.arn, `policy of ${each.arn}`, "Terraform's files tell none", each.source));
  }
  for (const [account, source] of accounts)
    gap(gapOf("aws/authorization-details", account, `other identities of account ${account}`, ONLY_MANAGED, source));
  for (const [cluster, source] of clusters)
    for (const [topic, what] of OF_CLUSTERS) gap(gapOf(topic, cluster, `other ${what} of cluster ${cluster}`, ONLY_MANAGED, source));
  for (const [repository, source] of repositories)
    gap(gapOf("github/uncollected", repository, `workflows and access of ${repository}`, ONLY_MANAGED, source));
}
