// Policies on resources: S3, KMS, Secrets Manager, SQS, SNS, ECR, Lambda. Most answers do not name the resource; the call does.
import type { z } from "zod";
import { asList, isObject, type Json } from "../../lib/json.ts";
import { inside, type Source } from "../../model/source.ts";
import { accountOfArn, parseArn, partitionOf } from "../../model/aws/arn.ts";
import { decodePolicy } from "../../model/aws/policy.ts";
import { QueueAttributes, RepositoryPolicy, SecretPolicy, TopicAttributes } from "./schema.ts";
import { argumentOf, has, parseItem, policyOrGap, type Reading, type Shape } from "./shape.ts";

/** What a policy is on: an ARN, or a name to look up among the resources that other files list. */
type Subject = { readonly arn: string } | { readonly service: "kms" | "ecr"; readonly name: string; readonly account?: string };

function observePolicy(reading: Reading, subject: Subject, value: unknown, source: Source): void {
  const named = "arn" in subject ? subject.arn : `arn:*:${subject.service}:*:${subject.account ?? "*"}:*${subject.name}`;
  const gap = { topic: "aws/resource-policy", subject: named, what: `policy of ${named}` } as const;
  const document = policyOrGap(reading, value, source, "resource", gap);
  if (document === undefined) return reading.observe({ kind: "aws/part", part: "refused-policy", arn: named, source });
  if ("arn" in subject) return observeDocument(reading, subject.arn, document, source);
  reading.observe({ kind: "aws/part", part: "named-resource-policy", ...subject, document, source });
}

/** `document: null` when the resource was asked and has no policy. */
function observeDocument(reading: Reading, arn: string, document: Json, source: Source): void {
  const account = accountOfArn(arn) ?? (parseArn(arn)?.service === "s3" ? reading.account : undefined);
  if (account === undefined) reading.gap("aws/scope", arn, `account of ${arn}`, "the ARN does not name it: give the input a scope", source);
  reading.observe({ kind: "aws/resource-policy", arn, ...(account !== undefined && { account }), document, source });
}

/** Every Resource text of a policy, whatever else is wrong with it. */
function resourcesOf(value: unknown): readonly string[] {
  const decoded = decodePolicy(value);
  if (!decoded.ok || !isObject(decoded.value)) return [];
  return asList(decoded.value["Statement"]).flatMap((statement) =>
    isObject(statement)
      ? [...asList(statement["Resource"]), ...asList(statement["NotResource"])].filter((item) => typeof item === "string")
      : [],
  );
}

const bucketOf = (resource: string): string | undefined => {
  const arn = parseArn(resource);
  const name = arn?.service === "s3" && arn.account === "" ? arn.resource.split("/")[0] : undefined;
  return name !== undefined && !/[*?$]/.test(name) ? name : undefined;
};

const theOne = (items: readonly string[]): string | undefined => {
  const [first, ...rest] = new Set(items);
  return rest.length === 0 ? first : undefined;
};

/**
 * The bucket of a `get-bucket-policy` answer. A file's name is trusted only when the policy does not contradict it: S3 refuses a policy whose
 * resources lie outside its bucket (Amazon S3 User Guide, "Policy resources for Amazon S3").
 */
function bucketSubject(reading: Reading, value: unknown): Subject | undefined {
  const named = resourcesOf(value).map(bucketOf);
  const content = theOne(named.filter((name) => name !== undefined));
  const flag = reading.call?.flags["bucket"];
  const argument = reading.call?.argument;
  const name = flag ?? (argument !== undefined && (content === undefined || content === argument) ? argument : content);
  return name === undefined ? undefined : { arn: `arn:${partitionOf(reading.call?.flags["region"])}:s3:::${name}` };
}

function functionSubject(reading: Reading, value: unknown): Subject | undefined {
  const name = argumentOf(reading, "function-name");
  if (name?.startsWith("arn:")) return { arn: name };
  const arns = resourcesOf(value).filter((resource) => parseArn(resource)?.service === "lambda");
  // A policy on a version or an alias qualifies the function's ARN; it is on the function all the same.
  const content = theOne(arns.map((arn) => arn.split(":").slice(0, 7).join(":")));
  return content === undefined ? undefined : { arn: content };
}

function keySubject(reading: Reading): Subject | undefined {
  const name = argumentOf(reading, "key-id");
  if (name === undefined) return undefined;
  if (name.startsWith("arn:")) return { arn: name };
  const region = reading.call?.flags["region"];
  if (region !== undefined && reading.account !== undefined && !name.startsWith("alias/"))
    return { arn: `arn:${partitionOf(region)}:kms:${region}:${reading.account}:key/${name}` };
  return { service: "kms", name, ...(reading.account !== undefined && { account: reading.account }) };
}

function mapPolicyAnswer(reading: Reading, find: (reading: Reading, value: unknown) => Subject | undefined): void {
  const source = inside(reading.source, "Policy");
  const value = reading.document["Policy"];
  const subject = find(reading, value);
  if (subject) return observePolicy(reading, subject, value, source);
  const why = "neither the call nor the policy says which resource it is on: keep the call in a manifest";
  reading.gap("aws/scope", reading.file.path, "a resource policy", why, source);
}

const unnamed = (reading: Reading): string => reading.call?.argument ?? reading.file.path;

const policyText = (document: Record<string, unknown>): boolean => typeof document["Policy"] === "string";

const policyAnswer = (
  service: string,
  operation: string,
  is: Shape["is"],
  find: (reading: Reading, value: unknown) => Subject | undefined,
): Shape => ({
  name: `${service} ${operation}`,
  service,
  operations: [operation],
  is,
  topic: "aws/resource-policy",
  subject: unnamed,
  map: (reading) => mapPolicyAnswer(reading, find),
});

function mapSecretPolicy(reading: Reading): void {
  const gap = {
    topic: "aws/resource-policy",
    subject: argumentOf(reading, "secret-id") ?? unnamed(reading),
    what: "policy of a secret",
  } as const;
  const item = parseItem(reading, SecretPolicy, reading.document, reading.source, gap);
  if (!item) return;
  if (item.ResourcePolicy === undefined) observeDocument(reading, item.ARN, null, reading.source);
  else observePolicy(reading, { arn: item.ARN }, item.ResourcePolicy, inside(reading.source, "ResourcePolicy"));
}

function mapRepositoryPolicy(reading: Reading): void {
  const gap = {
    topic: "aws/resource-policy",
    subject: argumentOf(reading, "repository-name") ?? unnamed(reading),
    what: "policy of an image repository",
  } as const;
  const item = parseItem(reading, RepositoryPolicy, reading.document, reading.source, gap);
  if (!item) return;
  const region = reading.call?.flags["region"];
  const subject: Subject =
    region === undefined
      ? { service: "ecr", name: item.repositoryName, account: item.registryId }
      : { arn: `arn:${partitionOf(region)}:ecr:${region}:${item.registryId}:repository/${item.repositoryName}` };
  observePolicy(reading, subject, item.policyText, inside(reading.source, "policyText"));
}

/**
 * `https://sqs.REGION.amazonaws.com/ACCOUNT/NAME` → the queue's ARN; also the older hosts `REGION.queue.amazonaws.com` and, for us-east-1,
 * `queue.amazonaws.com` (Amazon SQS Developer Guide, "Queue and message identifiers"; AWS General Reference, "Amazon SQS endpoints", legacy).
 */
export function queueArn(url: string | undefined): string | undefined {
  const match = /^https:\/\/(?:sqs\.([a-z0-9-]+)|(?:([a-z0-9-]+)\.)?queue)\.amazonaws\.com(?:\.cn)?\/(\d{12})\/([^/]+)$/.exec(url ?? "");
  if (!match) return undefined;
  const region = match[1] ?? match[2] ?? "us-east-1";
  return `arn:${partitionOf(region)}:sqs:${region}:${match[3]}:${match[4]}`;
}

function observeQueueOrTopic(reading: Reading, arn: string, service: "sqs" | "sns", policy: string | undefined): void {
  const source = inside(reading.source, "Attributes");
  const account = accountOfArn(arn);
  if (account === undefined) return reading.gap("aws/scope", arn, `account of ${arn}`, "the ARN has no twelve-digit account id", source);
  const type = service === "sqs" ? "queue" : "topic";
  reading.observe({ kind: "aws/resource", arn, account, service, type, name: arn.slice(arn.lastIndexOf(":") + 1), tags: {}, source });
  if (policy === undefined || policy === "") return observeDocument(reading, arn, null, source);
  observePolicy(reading, { arn }, policy, inside(source, "Policy"));
}

function mapAttributes<S extends z.ZodType>(reading: Reading, schema: S, what: string): z.infer<S> | undefined {
  const gap = { topic: "aws/resource-policy", subject: unnamed(reading), what } as const;
  return parseItem(reading, schema, reading.document["Attributes"], inside(reading.source, "Attributes"), gap);
}

function mapQueue(reading: Reading): void {
  const item = mapAttributes(reading, QueueAttributes, "policy of a queue");
  if (!item) return;
  const arn = item.QueueArn ?? queueArn(argumentOf(reading, "queue-url"));
  if (arn === undefined) {
    const why = "neither the call nor the answer says which queue: ask for the attribute QueueArn too";
    return reading.gap("aws/scope", reading.file.path, "policy of a queue", why);
  }
  observeQueueOrTopic(reading, arn, "sqs", item.Policy);
}

function mapTopic(reading: Reading): void {
  const item = mapAttributes(reading, TopicAttributes, "policy of a topic");
  if (item) observeQueueOrTopic(reading, item.TopicArn, "sns", item.Policy);
}

const answer = (service: string, operation: string, is: Shape["is"], map: Shape["map"]): Shape => ({
  name: `${service} ${operation}`,
  service,
  operations: [operation],
  is,
  topic: "aws/resource-policy",
  subject: unnamed,
  map,
});

export const resourcePolicyShapes: readonly Shape[] = [
  // Lambda prints RevisionId beside the policy. A bucket's and a key's look alike: the call tells, or the buckets that the policy names.
  policyAnswer("lambda", "get-policy", (document) => policyText(document) && has(document, "RevisionId"), functionSubject),
  policyAnswer("s3api", "get-bucket-policy", policyText, bucketSubject),
  policyAnswer("kms", "get-key-policy", policyText, keySubject),
  answer(
    "secretsmanager",
    "get-resource-policy",
    (document) => has(document, "ARN", "Name") && (has(document, "ResourcePolicy") || Object.keys(document).length === 2),
    mapSecretPolicy,
  ),
  answer("ecr", "get-repository-policy", (document) => has(document, "policyText", "repositoryName"), mapRepositoryPolicy),
  answer(
    "sqs",
    "get-queue-attributes",
    (document) => isObject(document["Attributes"]) && has(document["Attributes"], "QueueArn"),
    mapQueue,
  ),
  answer(
    "sns",
    "get-topic-attributes",
    (document) => isObject(document["Attributes"]) && has(document["Attributes"], "TopicArn"),
    mapTopic,
  ),
];
