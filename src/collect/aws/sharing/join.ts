// Shares, grants and copies once every file is read: attributes find their snapshots, RAM's resources their principals, and what was not asked is a gap.
import { globMatches } from "../../../lib/glob.ts";
import { accountOfArn, parseArn } from "../../../model/aws/arn.ts";
import type { AwsResource } from "../../../model/observations/aws.ts";
import type { AwsShare } from "../../../model/observations/aws-sharing.ts";
import { parseCall } from "../call.ts";
import type { Joining } from "../joining.ts";
import { sharedArn } from "./denied.ts";

/** An image is encrypted as its snapshots are (EC2 User Guide, "Use encryption with EBS-backed AMIs"). */
export function withKeysOfDisks(joining: Joining, resources: readonly AwsResource[]): readonly AwsResource[] {
  const disks = Map.groupBy(joining.of("aws/copy"), ({ to }) => to);
  const byArn = new Map(resources.map((resource) => [resource.arn, resource]));
  return resources.map((resource) => {
    if (resource.type !== "machine-image") return resource;
    const keys = (disks.get(resource.arn) ?? []).map(({ from }) => byArn.get(from));
    const encrypted = keys.find((disk) => disk?.kmsKey !== undefined) ?? keys.find((disk) => disk?.keyUnread === true);
    if (!encrypted) return resource;
    return encrypted.kmsKey === undefined ? { ...resource, keyUnread: true } : { ...resource, kmsKey: encrypted.kmsKey };
  });
}

export function joinSharing(joining: Joining, resources: readonly AwsResource[]): void {
  for (const kind of ["aws/share", "aws/key-grant", "aws/copy"] as const) joining.of(kind).forEach(joining.keep);
  const read = attributes(joining, resources);
  unread(joining, resources, read);
  sharedByRam(joining, resources);
}

/** Answers about one snapshot or image, which name it by id; gives the ARNs that were read. */
function attributes(joining: Joining, resources: readonly AwsResource[]): ReadonlySet<string> {
  const byName = Map.groupBy(resources, ({ service, type, name }) => `${service} ${type} ${name}`);
  const read = new Set<string>();
  for (const part of joining.parts("shared-with")) {
    const [only, another] = (byName.get(`${part.service} ${part.type} ${part.name}`) ?? []).filter(
      (resource) =>
        (part.account === undefined || part.account === resource.account) &&
        (part.region === undefined || part.region === parseArn(resource.arn)?.region),
    );
    if (!only || another) {
      const why = `${only ? "more than one" : "no"} listed ${part.type === "snapshot" ? "snapshot" : "image"} has this name: collect the list too, with its --region`;
      joining.gap("aws/sharing", `${part.account ?? "*"}:${part.service}`, `whom ${part.name} is shared with`, why, part.source);
      continue;
    }
    read.add(only.arn);
    for (const { who, source } of part.with) joining.keep({ kind: "aws/share", arn: only.arn, with: who, by: part.by, source });
  }
  return read;
}

/** What can be shared or copied elsewhere by a setting of its own, and the call that prints the setting. */
function callFor({ type, service, unshareable, arn }: AwsResource): string | undefined {
  if (type === "bucket") return "s3api get-bucket-replication";
  if (type === "key") return "kms list-grants";
  if (type === "machine-image") return "ec2 describe-image-attribute --attribute launchPermission";
  if (type !== "snapshot" || unshareable === true) return undefined;
  if (service === "ec2") return "ec2 describe-snapshot-attribute --attribute createVolumePermission";
  return arn.includes(":cluster-snapshot:") ? "rds describe-db-cluster-snapshot-attributes" : "rds describe-db-snapshot-attributes";
}

function unread(joining: Joining, resources: readonly AwsResource[], attributesRead: ReadonlySet<string>): void {
  const known = [
    ...joining.parts("sharing-read").map(({ arn }) => arn),
    // Denied calls have their own gaps, and an error such as ReplicationConfigurationNotFoundError says that there is none.
    ...joining.calls.flatMap((listed) => {
      const call = listed.status === "denied" ? parseCall(listed.call) : undefined;
      return (call && sharedArn(call, listed.scope)) ?? [];
    }),
  ];
  const exact = new Set([...known, ...attributesRead]);
  const patterns = known.filter((arn) => arn.includes("*"));
  for (const resource of resources) {
    const call = callFor(resource);
    if (call === undefined || exact.has(resource.arn) || patterns.some((pattern) => globMatches(pattern, resource.arn))) continue;
    const what = `whom ${resource.type === "bucket" ? "the content of " : ""}${resource.arn} is shared with`;
    joining.gap("aws/sharing", resource.arn, what, `not collected: run aws ${call}`, resource.source);
  }
}

/** Every principal of a share has every resource of it (AWS RAM User Guide, "Resource share"). */
function sharedByRam(joining: Joining, resources: readonly AwsResource[]): void {
  const listed = new Set(resources.map(({ arn }) => arn));
  const principals = Map.groupBy(joining.parts("ram-principal"), ({ share }) => share);
  const read = new Set(joining.parts("ram-read").map(({ of, place }) => `${of} ${place}`));
  const wasRead = (of: "resources" | "principals", share: string): boolean => {
    const { account, region } = parseArn(share) ?? {};
    return read.has(`${of} ${account} ${region}`) || read.has(`${of} ${account} *`);
  };
  const told = new Set<string>();
  for (const part of joining.parts("ram-resource")) {
    if (!listed.has(part.arn)) keepShared(joining, part.arn, part.share, part.source);
    listed.add(part.arn);
    if (!wasRead("principals", part.share))
      joining.gap("aws/sharing", part.arn, `whom ${part.arn} is shared with`, "not collected: run aws ram list-principals", part.source);
    for (const { who, source } of principals.get(part.share) ?? []) {
      const share: AwsShare = { kind: "aws/share", arn: part.arn, with: who, by: "ram", share: part.share, source };
      const key = `${part.arn} ${part.share} ${who}`;
      if (!told.has(key)) joining.keep(share);
      told.add(key);
    }
  }
  for (const { share, source } of [...joining.parts("ram-share"), ...joining.parts("ram-principal")]) {
    if (wasRead("resources", share) || told.has(share)) continue;
    told.add(share);
    const account = accountOfArn(share) ?? "*";
    joining.gap("aws/sharing", `${account}:ram`, `what ${share} shares`, "not collected: run aws ram list-resources", source);
  }
}

/** A shared thing that no other answer lists is of the share's account. */
function keepShared(joining: Joining, arn: string, share: string, source: AwsResource["source"]): void {
  const { service = "", resource = "" } = parseArn(arn) ?? {};
  const account = accountOfArn(arn) ?? accountOfArn(share);
  if (account === undefined) return joining.gap("aws/scope", arn, `account of ${arn}`, "neither the ARN nor the share names it", source);
  const type = service === "rds" && resource.startsWith("cluster:") ? "database" : service === "ssm" ? "parameter" : "shared";
  joining.keep({ kind: "aws/resource", arn, account, service, type, name: resource, tags: {}, source });
}
