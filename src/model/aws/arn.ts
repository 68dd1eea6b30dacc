// Amazon Resource Names as text with parts: an ARN in a document is content, so its account is read and never guessed.

export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  /** Empty where the service has none (S3 buckets); `aws` for what AWS owns. */
  readonly account: string;
  readonly resource: string;
}

/** The parts of an ARN (AWS General Reference, "Amazon Resource Names", format); undefined when the text is none. */
export function parseArn(text: string): Arn | undefined {
  const [arn, partition, service, region, account, ...rest] = text.split(":");
  if (arn !== "arn" || !partition || !service || region === undefined || account === undefined || rest.length === 0) return undefined;
  return { partition, service, region, account, resource: rest.join(":") };
}

export const isAccount = (text: string | undefined): text is string => text !== undefined && /^\d{12}$/.test(text);

/** The twelve-digit account that an ARN names, if it names one. */
export function accountOfArn(text: string): string | undefined {
  const account = parseArn(text)?.account;
  return isAccount(account) ? account : undefined;
}

/** The partition that the AWS CLI talks to in a region: `aws`, `aws-cn` or `aws-us-gov`. */
export const partitionOf = (region: string | undefined): string =>
  region?.startsWith("cn-") ? "aws-cn" : region?.startsWith("us-gov-") ? "aws-us-gov" : "aws";

/** The organization's delegation policy by a pattern, where its id is not known. */
export const delegationOf = (account: string | undefined): string => `arn:aws:organizations::${account ?? "*"}:resourcepolicy/*`;

export const isDelegation = (arn: string): boolean => /^arn:[^:]+:organizations::[^:]+:resourcepolicy\//.test(arn);
