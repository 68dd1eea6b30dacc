// Which calls a live collection asks about sharing.
import type { JsonObject } from "../../../lib/json.ts";
import { type AskedCall, call, some } from "../asked-call.ts";

const isOwn = (item: JsonObject, account: string): boolean => item["OwnerId"] === account;

/** What AWS makes on its own cannot be shared, and there is much of it (RDS User Guide, "Sharing a DB snapshot"). */
const isManual = (item: JsonObject): boolean => item["SnapshotType"] === "manual";

const shares = (associationType: string): AskedCall =>
  call("ram", "GetResourceShareAssociations", { input: { associationType }, lists: ["resourceShareAssociations"] });

/** Whom snapshots, images and whatever AWS RAM shares are shared with. */
export const SHARING: readonly AskedCall[] = [
  call("ec2", "DescribeVolumes", { lists: ["Volumes"] }),
  call("ec2", "DescribeSnapshots", {
    input: { OwnerIds: ["self"] },
    lists: ["Snapshots"],
    following: some("Snapshots", "SnapshotId", isOwn, call("ec2", "DescribeSnapshotAttribute"), { Attribute: "createVolumePermission" }),
  }),
  call("ec2", "DescribeImages", {
    input: { Owners: ["self"] },
    lists: ["Images"],
    following: some("Images", "ImageId", isOwn, call("ec2", "DescribeImageAttribute"), { Attribute: "launchPermission" }),
  }),
  call("rds", "DescribeDBSnapshots", {
    lists: ["DBSnapshots"],
    following: some("DBSnapshots", "DBSnapshotIdentifier", isManual, call("rds", "DescribeDBSnapshotAttributes")),
  }),
  call("rds", "DescribeDBClusterSnapshots", {
    lists: ["DBClusterSnapshots"],
    following: some("DBClusterSnapshots", "DBClusterSnapshotIdentifier", isManual, call("rds", "DescribeDBClusterSnapshotAttributes")),
  }),
  call("rds", "DescribeDBInstanceAutomatedBackups", { lists: ["DBInstanceAutomatedBackups"] }),
  shares("RESOURCE"),
  shares("PRINCIPAL"),
];
