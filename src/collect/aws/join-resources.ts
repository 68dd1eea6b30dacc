// Resources from several lists as one each, policies with their resources, and resources whose policy nobody read.
import { canonicalJson } from "../../lib/json.ts";
import { globMatches } from "../../lib/glob.ts";
import type { AwsResource, AwsResourcePolicy } from "../../model/observations/aws.ts";
import { parseCall } from "./call.ts";
import { resourceArn } from "./denied.ts";
import { groupBy, type Joining } from "./joining.ts";
import { joinSharing, withKeysOfDisks } from "./sharing/join.ts";

/** Types whose resources carry a policy of their own, and the call that prints it. */
const POLICY_CALLS: Readonly<Partial<Record<AwsResource["type"], string>>> = {
  bucket: "s3api get-bucket-policy",
  key: "kms get-key-policy",
  secret: "secretsmanager get-resource-policy",
  queue: "sqs get-queue-attributes",
  topic: "sns get-topic-attributes",
  repository: "ecr get-repository-policy",
  function: "lambda get-policy",
};

export function joinResources(joining: Joining): void {
  const merged = [...groupBy(joining.of("aws/resource"), (resource) => resource.arn).values()].map(mergedResource);
  const resources = withKeysOfDisks(joining, merged);
  const profiles = new Map(joining.of("aws/role").flatMap((role) => role.instanceProfiles.map((profile) => [profile, role.arn] as const)));
  for (const resource of resources) joining.keep(withRole(joining, resource, profiles));
  const policies = [...joining.of("aws/resource-policy"), ...joinedPolicies(joining, resources)];
  const distinct = groupBy(policies, (policy) => `${policy.arn} ${canonicalJson(policy.document)}`);
  const kept = [...distinct.values()].flatMap(([first]) => first ?? []);
  kept.forEach(joining.keep);
  contradictions(joining, kept);
  unreadPolicies(joining, resources, kept);
  joinSharing(joining, resources);
}

function mergedResource(versions: readonly AwsResource[]): AwsResource {
  const tags = Object.assign({}, ...versions.map((version) => version.tags)) as AwsResource["tags"];
  return { ...(Object.assign({}, ...versions.toReversed()) as AwsResource), tags };
}

/** An instance acts as the role of its profile (IAM User Guide, "Using instance profiles"). */
function withRole(joining: Joining, resource: AwsResource, profiles: ReadonlyMap<string, string>): AwsResource {
  if (resource.instanceProfile === undefined) return resource;
  const role = profiles.get(resource.instanceProfile);
  if (role !== undefined) return { ...resource, role };
  if (!joining.of("aws/role").some((item) => item.account === resource.account)) {
    const what = `role of instance profile ${resource.instanceProfile}`;
    joining.gap("aws/authorization-details", resource.account, what, "the account's roles are not in the files", resource.source);
  }
  return resource;
}

/** Answers that name their resource by name or id alone, matched with the one listed resource of that name. */
function joinedPolicies(joining: Joining, resources: readonly AwsResource[]): readonly AwsResourcePolicy[] {
  return joining.parts("named-resource-policy").flatMap((part) => {
    const matches = resources.filter(
      (resource) =>
        resource.service === part.service &&
        resource.name === part.name &&
        (part.account === undefined || part.account === resource.account),
    );
    const [only, another] = matches;
    if (only && !another)
      return [{ kind: "aws/resource-policy", arn: only.arn, account: only.account, document: part.document, source: part.source } as const];
    const why = `${matches.length === 0 ? "no" : "more than one"} listed resource has this name: keep the call with its --region in a manifest`;
    joining.gap("aws/scope", part.source.file, `policy of ${part.service} ${part.name}`, why, part.source);
    return [];
  });
}

function contradictions(joining: Joining, policies: readonly AwsResourcePolicy[]): void {
  for (const [arn, [first, second]] of groupBy(policies, (policy) => policy.arn)) {
    if (!first || !second) continue;
    const why = `${first.source.file} and ${second.source.file} hold different policies; keep the newer collection only`;
    joining.gap("aws/resource-policy", arn, `policy of ${arn}`, why, second.source);
  }
}

function unreadPolicies(joining: Joining, resources: readonly AwsResource[], policies: readonly AwsResourcePolicy[]): void {
  const read = new Set(policies.map((policy) => policy.arn));
  // Denied calls have their own gaps, and an error such as NoSuchBucketPolicy says that there is none.
  const told = [
    ...joining.parts("refused-policy").map((part) => part.arn),
    ...joining.calls.flatMap((listed) => {
      const call = parseCall(listed.call);
      const arn = call && listed.status === "denied" ? resourceArn(call, listed.scope) : undefined;
      return arn === undefined ? [] : [arn];
    }),
  ];
  const exact = new Set(told);
  const patterns = told.filter((arn) => /[*?]/.test(arn));
  for (const resource of resources) {
    const call = POLICY_CALLS[resource.type];
    if (call === undefined || read.has(resource.arn) || exact.has(resource.arn)) continue;
    if (patterns.some((pattern) => globMatches(pattern, resource.arn))) continue;
    joining.gap("aws/resource-policy", resource.arn, `policy of ${resource.arn}`, `not collected: run aws ${call}`, resource.source);
  }
}
