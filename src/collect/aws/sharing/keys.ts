// Which key encrypts a thing, as EC2, RDS and S3 say it.
import type { AwsResource } from "../../../model/observations/aws.ts";

/** A key's ARN, and nothing else, says which key it is: an alias can be pointed elsewhere, and an id alone names no account. */
export const encryptedBy = (key: string | undefined, isEncrypted: boolean | undefined): Pick<AwsResource, "kmsKey" | "keyUnread"> => {
  if (key !== undefined && /^arn:[^:]+:kms:[^:]+:\d{12}:key\/./.test(key)) return { kmsKey: key };
  return isEncrypted === true || key !== undefined ? { keyUnread: true } : {};
};
