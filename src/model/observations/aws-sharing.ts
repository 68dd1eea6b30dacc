// What the AWS collector reads of things that reach into other accounts: shares, grants of keys, replication, copies.
import type { Source } from "../source.ts";

interface Read {
  readonly source: Source;
}

/** Whom something is shared with: `everyone`, a twelve-digit account, or the ARN of an organization, a unit, a role or a user. */
export type SharedWith = string;

/** Something that is shared by a setting of its own rather than by a policy: a snapshot, an image, whatever AWS RAM shares. */
export interface AwsShare extends Read {
  readonly kind: "aws/share";
  /** What is shared. */
  readonly arn: string;
  readonly with: SharedWith;
  /** The setting: createVolumePermission, launchPermission, the attribute `restore`, or a share of AWS RAM. */
  readonly by: "create-volume" | "launch" | "restore" | "ram";
  /** RAM: ARN of the share. */
  readonly share?: string;
}

/** A grant of a KMS key: it allows as a statement of the key's policy would (KMS Developer Guide, "Grants in AWS KMS"). */
export interface AwsKeyGrant extends Read {
  readonly kind: "aws/key-grant";
  /** ARN of the key. */
  readonly key: string;
  readonly id: string;
  readonly name?: string;
  /** ARN of the principal, or the name of a service. */
  readonly grantee: string;
  /** As KMS names them: `Decrypt`. */
  readonly operations: readonly string[];
  /** Pairs that the request's encryption context must hold; `exactly`: and no others. */
  readonly context?: Readonly<Record<string, string>>;
  readonly exactly?: boolean;
}

/** What one thing holds is copied into another, again and again or once. */
export interface AwsCopy extends Read {
  readonly kind: "aws/copy";
  readonly from: string;
  readonly to: string;
  /** `replication`: an S3 bucket's rule. `snapshot`: made of it. `backup`: its automated backups, kept elsewhere. `images`: a registry's rule. */
  readonly by: "replication" | "snapshot" | "backup" | "images";
  /** S3: the role that carries the objects. */
  readonly role?: string;
  /** S3 and ECR: only what begins so. */
  readonly prefix?: string;
  /** S3: also objects that KMS encrypts, and the key that then encrypts the replicas. */
  readonly encryptedToo?: boolean;
  readonly key?: string;
}

export type AwsSharingObservation = AwsShare | AwsKeyGrant | AwsCopy;

/** Pieces that the join takes up. */
export type AwsSharingPart =
  /** Whom one thing is shared with, as an answer says that names it by id or name alone. */
  | {
      readonly part: "shared-with";
      readonly type: "snapshot" | "machine-image";
      readonly service: "ec2" | "rds";
      readonly name: string;
      readonly account?: string;
      readonly region?: string;
      readonly by: AwsShare["by"];
      readonly with: readonly { readonly who: SharedWith; readonly source: Source }[];
    }
  /** Asked and answered: what a bucket replicates, or the grants of a key. */
  | { readonly part: "sharing-read"; readonly arn: string }
  | { readonly part: "ram-resource"; readonly share: string; readonly arn: string }
  | { readonly part: "ram-principal"; readonly share: string; readonly who: SharedWith }
  | { readonly part: "ram-share"; readonly share: string }
  /** What an account's shares in a region hold, or whom they are with, was asked for. */
  | { readonly part: "ram-read"; readonly of: "resources" | "principals"; readonly place: string };
