// What a denied call about sharing leaves unseen, scoped as tightly as the call.
import { partitionOf } from "../../../model/aws/arn.ts";
import type { Scope } from "../../../model/manifest.ts";
import type { CliCall } from "../call.ts";

/** Calls about one thing, with the flag that names it and the ARN it has. `*` stands for what the call does not name. */
const ONE: Readonly<Record<string, readonly [flag: string, path: string]>> = {
  "s3api get-bucket-replication": ["bucket", "s3:::"],
  "kms list-grants": ["key-id", "kms:PLACE:key/"],
  "ec2 describe-snapshot-attribute": ["snapshot-id", "ec2:REGION::snapshot/"],
  "ec2 describe-image-attribute": ["image-id", "ec2:REGION::image/"],
  "rds describe-db-snapshot-attributes": ["db-snapshot-identifier", "rds:PLACE:snapshot:"],
  "rds describe-db-cluster-snapshot-attributes": ["db-cluster-snapshot-identifier", "rds:PLACE:cluster-snapshot:"],
};

/** The thing that a call asks about, if the call is about the sharing of one thing. */
export function sharedArn(call: CliCall, scope: Scope): string | undefined {
  const [flag, path] = ONE[`${call.service} ${call.operation}`] ?? [];
  const name = flag === undefined ? undefined : call.flags[flag];
  if (name === undefined || path === undefined || name.startsWith("arn:")) return name;
  const region = call.flags["region"] ?? "*";
  const filled = path.replace("PLACE", `${region}:${scope.account ?? "*"}`).replace("REGION", region);
  return `arn:${partitionOf(call.flags["region"])}:${filled}${name}`;
}

const LISTS = new Set([
  "ec2 describe-volumes",
  "ec2 describe-snapshots",
  "ec2 describe-images",
  "rds describe-db-snapshots",
  "rds describe-db-cluster-snapshots",
  "rds describe-db-instance-automated-backups",
]);

/** `ACCOUNT:service` for a list that was refused. */
export const isSharingList = ({ service, operation }: CliCall): boolean => service === "ram" || LISTS.has(`${service} ${operation}`);
