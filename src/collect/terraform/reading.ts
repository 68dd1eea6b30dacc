// What the maps of this folder share: one resource on its way to pieces, with the others beside it.
import type { Json } from "../../lib/json.ts";
import type { Source } from "../../model/source.ts";
import type { AwsObservation } from "../../model/observations/aws.ts";
import type { GithubObservation } from "../../model/observations/github.ts";
import type { KubernetesObservation } from "../../model/observations/kubernetes.ts";
import type { TerraformPart } from "../../model/observations/terraform.ts";
import { accountOfArn } from "../../model/aws/arn.ts";
import { readPolicy } from "../../model/aws/policy.ts";
import type { PolicyUse } from "../../model/aws/policy-grammar.ts";
import type { Scope } from "../../model/manifest.ts";
import { withoutKeys } from "./configuration.ts";
import type { Place } from "./places.ts";
import { at, attribute, known, type Reference, type TerraformResource, text, textMap } from "./resource.ts";
import type { Topic } from "./topics.ts";

type Part = TerraformPart extends infer P ? (P extends TerraformPart ? Omit<P, "kind" | "source"> : never) : never;

export interface Reading {
  readonly resource: TerraformResource;
  /** Of this resource, or of one it refers to. */
  readonly placeOf: (resource: TerraformResource) => Place;
  /** Every resource of the document. */
  readonly all: readonly TerraformResource[];
  readonly byAddress: (address: string) => TerraformResource | undefined;
  readonly file: string;
  readonly scope?: Scope;
  /** Constant of the resource's provider configuration. */
  readonly provider: (name: string) => string | undefined;
  /** What the provider adds to every resource's tags; undefined when that is not known. */
  readonly defaultTags: Readonly<Record<string, string>> | undefined;
  readonly part: (part: Part, source?: Source) => void;
  readonly whole: (observation: AwsObservation | KubernetesObservation | GithubObservation) => void;
  readonly gap: (topic: Topic, subject: string, what: string, why: string, source?: Source) => void;
  readonly fingerprint: (secret: string) => string;
}

export type Mapper = (reading: Reading) => void;

export const AFTER_APPLY = "it is known only after apply";

/** Why an attribute that is there has no value to read. */
export const WHY_NOT = {
  absent: "it is missing",
  unknown: AFTER_APPLY,
  sensitive: "it is marked sensitive, so it is not read",
  malformed: "it is not as Terraform writes it",
} as const;

/** The account of the resource: of its own ARN, else of its provider. Without one a gap says so. */
export function accountOf(reading: Reading, resource = reading.resource): string | undefined {
  const own = known(resource, "arn");
  return (own !== undefined ? accountOfArn(own) : undefined) ?? reading.placeOf(resource).account;
}

export function noAccount(reading: Reading): void {
  const { address } = reading.resource;
  const why = "no ARN in the file says its account: give the input a scope with account";
  reading.gap("aws/scope", `${reading.file}#${address}`, `account of ${address}`, why);
}

/**
 * The resource that an attribute refers to, when it is of one of these types: how two resources of one plan name each other before either exists.
 * Only the first reference counts, as Terraform prints the longest first (`aws_iam_role.deploy.arn`, then `aws_iam_role.deploy`).
 */
export function referred(reading: Reading, name: string, types: readonly string[]): TerraformResource | undefined {
  const references = reading.resource.references(name) ?? [];
  const found = new Set(references.flatMap((reference) => target(reading, reference, types) ?? []));
  return found.size === 1 ? [...found][0] : undefined;
}

function target(reading: Reading, reference: Reference, types: readonly string[]): TerraformResource | undefined {
  const match = /^(?:data\.)?([a-z0-9_]+)\.([\w-]+)(\[(?:\d+|"(?:[^"\\]|\\.)*")\])?/.exec(reference.text);
  if (!match || !types.includes(match[1] as string)) return undefined;
  const address = `${reference.module}${match[0]}`;
  // `aws_iam_role.deploy[each.key]`: the instance with the key that this resource has itself.
  const key = /\[(?:\d+|"(?:[^"\\]|\\.)*")\]$/.exec(reading.resource.address)?.[0] ?? "";
  return reading.byAddress(address) ?? (match[3] === undefined ? reading.byAddress(`${withoutKeys(address)}${key}`) : undefined);
}

export interface Unseen {
  readonly topic: Topic;
  readonly subject: string;
  readonly what: string;
}

/** The decoded policy of an attribute; undefined when there is none; `null` with a gap when it is not known, secret or not understood. */
export function policyIn(
  reading: Reading,
  path: readonly (string | number)[],
  use: PolicyUse,
  gap: Unseen,
): { readonly document: Json; readonly source: Source } | undefined {
  const source = at(reading.resource, ...path);
  const refuse = (why: string, where = source) => {
    reading.gap(gap.topic, gap.subject, gap.what, why, where);
    return { document: null, source };
  };
  const found = text(reading.resource, ...path);
  if (found.is === "absent") return undefined;
  if (found.is !== "known") return refuse(WHY_NOT[found.is]);
  const policy = readPolicy(found.value, source, use);
  return policy.ok ? { document: policy.value, source } : refuse(policy.error.why, policy.error.source);
}

/**
 * The tags, those that the provider adds included. Conditions compare them, so tags that are known only after apply are a gap of what they stand on,
 * never none.
 */
export function tagsOf(reading: Reading, gap: Pick<Unseen, "topic" | "subject">): Readonly<Record<string, string>> {
  const { resource, defaultTags } = reading;
  const all = attribute(resource, "tags_all");
  if (all.is === "known") return textMap(resource, "tags_all");
  const own = attribute(resource, "tags");
  const isOpen = own.is === "unknown" || (all.is === "unknown" && defaultTags === undefined);
  if (isOpen) reading.gap(gap.topic, gap.subject, `tags of ${gap.subject}`, AFTER_APPLY, at(resource, "tags"));
  return { ...defaultTags, ...textMap(resource, "tags") };
}
