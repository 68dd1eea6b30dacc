// What a call of a live collection is, what follows from its answer, and how the CLI would ask the same.
import { isObject, type Json, type JsonObject } from "../../lib/json.ts";

/** As the CLI names it. */
export type Service =
  | ("iam" | "organizations" | "s3api" | "kms" | "secretsmanager" | "sqs" | "sns")
  | ("ecr" | "lambda" | "rds" | "ec2" | "elbv2" | "eks" | "ram" | "sts" | "sso-admin" | "identitystore")
  | ("cloudtrail" | "guardduty" | "configservice" | "backup" | "ssm");

/** Parameters as the API names them. */
export type Input = JsonObject;

/** Calls that are asked once for every item of an answer. */
export interface Following {
  /** `account`: the one that is asked. */
  readonly inputs: (answer: JsonObject, input: Input, account: string) => readonly Input[];
  readonly calls: readonly AskedCall[];
}

export interface AskedCall {
  readonly service: Service;
  /** As the API names it: `GetBucketPolicy`. */
  readonly operation: string;
  readonly input: Input;
  /** Lists of the answer. A service may leave an empty one out, and then it is empty: it answered. */
  readonly lists: readonly string[];
  /** The IAM actions that it needs, where they are not named after the operation. */
  readonly action?: string;
  /** An answer that only leads to further calls and is no part of the estate. A denied one is listed all the same. */
  readonly isLead?: true;
  readonly following: () => readonly Following[];
}

interface Rest {
  readonly input?: Input;
  readonly lists?: readonly string[];
  readonly action?: string;
  readonly isLead?: true;
  readonly following?: () => readonly Following[];
}

export const call = (service: Service, operation: string, rest: Rest = {}): AskedCall => ({
  service,
  operation,
  input: {},
  lists: [],
  following: () => [],
  ...rest,
});

export const text = (value: Json | undefined): readonly string[] => (typeof value === "string" ? [value] : []);

export const itemsOf = (answer: JsonObject, key: string): readonly Json[] => {
  const list = answer[key];
  return Array.isArray(list) ? (list as readonly Json[]) : [];
};

/** For each item of the list: the member (or the item itself, when it is text) as one parameter. */
export const each = (
  list: string,
  member: string,
  parameter: string,
  calls: readonly AskedCall[],
  fixed: Input = {},
): (() => Following[]) => {
  const inputs = (answer: JsonObject): Input[] =>
    itemsOf(answer, list)
      .flatMap((item) => text(isObject(item) ? item[member] : item))
      .map((value) => ({ ...fixed, [parameter]: value }));
  return () => [{ inputs, calls }];
};

/** For each item of the list that passes. */
export const some = (
  list: string,
  member: string,
  passes: (item: JsonObject, account: string) => boolean,
  following: AskedCall,
  fixed: Input = {},
): (() => Following[]) => {
  const inputs = (answer: JsonObject, _: Input, account: string): Input[] =>
    itemsOf(answer, list)
      .flatMap((item) => (isObject(item) && passes(item, account) ? text(item[member]) : []))
      .map((value) => ({ ...fixed, [member]: value }));
  return () => [{ inputs, calls: [following] }];
};

/** `GetOpenIDConnectProvider` → `get-open-id-connect-provider`, as the CLI does. */
export const kebab = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1-$2")
    .toLowerCase();

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `"${word.replaceAll('"', "'")}"`);

/** Shorthand of the CLI: `Name=state,Values=active,blackhole` (AWS CLI User Guide, "Using shorthand syntax"). */
const shorthand = (value: Json | undefined): string =>
  isObject(value)
    ? Object.entries(value)
        .map(([key, member]) => `${key}=${Array.isArray(member) ? member.join(",") : String(member)}`)
        .join(",")
    : String(value);

/** The command line that asks the same. Page sizes are the SDK's matter: the CLI pages by itself. */
export function commandLine({ service, operation }: AskedCall, input: Input, region?: string): string {
  const words = ["aws", service, kebab(operation)];
  for (const [parameter, value] of Object.entries(input)) {
    if (parameter === "MaxResults") continue;
    words.push(
      `--${kebab(parameter)}`,
      ...(Array.isArray(value) ? (value as readonly Json[]).map(shorthand) : [shorthand(value)]).map(quoted),
    );
  }
  return [...words, ...(region === undefined ? [] : ["--region", region])].join(" ");
}
