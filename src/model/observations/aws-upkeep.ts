// What the AWS collector reads of how environments are looked after: what is logged, watched, patched and backed up.
import type { Source } from "../source.ts";

interface Read {
  readonly source: Source;
}

/** A trail of CloudTrail. What one file alone does not tell is absent: whether it logs, and whether it logs what is done to resources. */
export interface AwsTrail extends Read {
  readonly kind: "aws/trail";
  readonly arn: string;
  /** Logs every account of its organization. */
  readonly isOrganization: boolean;
  readonly isMultiRegion: boolean;
  readonly isLogging?: boolean;
  /** Management events, reads or writes (CloudTrail User Guide, "Management events"). */
  readonly logsWrites?: boolean;
}

/** A detector of GuardDuty or a recorder of AWS Config, in one region of an account. */
export interface AwsWatch extends Read {
  readonly kind: "aws/watch";
  readonly account: string;
  readonly by: "guardduty" | "config";
  readonly id: string;
  /** Absent: only that it exists was read. */
  readonly isOn?: boolean;
}

/** A resource of which AWS Backup has a recovery point. */
export interface AwsProtectedResource extends Read {
  readonly kind: "aws/protected-resource";
  readonly arn: string;
}

/** What Patch Manager says of an instance, against its patch baseline. */
export interface AwsPatchState extends Read {
  readonly kind: "aws/patch-state";
  readonly account: string;
  readonly instance: string;
  readonly missing: number;
  readonly failed: number;
}

/** That an account was asked, so that nothing in the answer means that there is nothing. */
export interface AwsUpkeepRead extends Read {
  readonly kind: "aws/upkeep-read";
  readonly account: string;
  readonly of: "trails" | "guardduty" | "config" | "protected-resources" | "patch-states";
}

export type AwsUpkeepObservation = AwsTrail | AwsWatch | AwsProtectedResource | AwsPatchState | AwsUpkeepRead;
