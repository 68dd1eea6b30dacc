// What the maps of this folder share: one document being read, and the shapes that recognize documents by content.
import type { z } from "zod";
import { isObject, type Json, type JsonObject } from "../../lib/json.ts";
import type { AwsObservation } from "../../model/observations/aws.ts";
import { inside, type Source } from "../../model/source.ts";
import type { CollectorContext, ObservationSink, ParsedFile } from "../collector.ts";
import { isAccount } from "../../model/aws/arn.ts";
import { callOf, type CliCall } from "./call.ts";
import { readPolicy } from "../../model/aws/policy.ts";
import type { PolicyUse } from "../../model/aws/policy-grammar.ts";
import { awsGap, type AwsTopic } from "./topics.ts";

/** One document on its way to observations. */
export interface Reading {
  readonly document: JsonObject;
  readonly file: ParsedFile;
  /** The document as a whole. */
  readonly source: Source;
  readonly call?: CliCall;
  /** From the scope. */
  readonly account?: string;
  readonly observe: (observation: AwsObservation) => void;
  readonly gap: (topic: AwsTopic, subject: string, what: string, why: string, source?: Source) => void;
  readonly fingerprint: (secret: string) => string;
}

/** A wire format. `is` tells it by content; what is recognized, `map` turns into observations or gaps. */
export interface Shape {
  /** As the CLI names the call: `iam get-role`. */
  readonly name: string;
  readonly service: string;
  /** Calls that print it. A file whose manifest names one of them is this shape, and a gap when its content is another. */
  readonly operations: readonly string[];
  readonly is: (document: JsonObject) => boolean;
  /** What a cut-off answer leaves unseen. */
  readonly topic: AwsTopic;
  readonly subject: (reading: Reading) => string;
  readonly map: (reading: Reading) => void;
}

export function readingOf(
  document: JsonObject,
  index: number,
  file: ParsedFile,
  sink: ObservationSink,
  context: CollectorContext,
): Reading {
  const call = callOf(file);
  const account = file.scope?.account;
  const source: Source = file.documents.length > 1 ? { file: file.path, document: index } : { file: file.path };
  return {
    document,
    file,
    source,
    ...(call && { call }),
    ...(isAccount(account) && { account }),
    observe: (observation) => sink.observation(observation),
    gap: (topic, subject, what, why, at) => sink.gap(awsGap(topic, subject, what, why, at ?? source)),
    fingerprint: context.fingerprint,
  };
}

/** What a part that does not parse leaves unseen. */
export interface Unseen {
  readonly topic: AwsTopic;
  readonly subject: string;
  readonly what: string;
}

/** The first complaint of a schema, with its pointer. */
export function complaint(error: z.ZodError, source: Source): { readonly why: string; readonly source: Source } {
  const issue = error.issues[0];
  const path = (issue?.path ?? []).map((part) => (typeof part === "symbol" ? String(part) : part));
  return { why: `not as the AWS CLI prints it: ${issue?.message ?? "another form"}; collect it again`, source: inside(source, ...path) };
}

/** Parses one item; what does not fit becomes a gap and undefined. */
export function parseItem<S extends z.ZodType>(
  reading: Reading,
  schema: S,
  value: unknown,
  source: Source,
  gap: Unseen,
): z.infer<S> | undefined {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { why, source: at } = complaint(parsed.error, source);
  reading.gap(gap.topic, gap.subject, gap.what, why, at);
  return undefined;
}

/** Parses the list under a key item by item, so that one bad item hides no other. A missing list is a gap too, never an empty one. */
export function eachItem<S extends z.ZodType>(
  reading: Reading,
  key: string,
  schema: S,
  gap: Unseen,
  take: (item: z.infer<S>, source: Source) => void,
): void {
  const list = reading.document[key];
  const source = inside(reading.source, key);
  if (!Array.isArray(list)) {
    const why = `${key} is ${list === undefined ? "missing" : "not a list"}; collect it again`;
    return reading.gap(gap.topic, gap.subject, gap.what, why, list === undefined ? reading.source : source);
  }
  list.forEach((value, i) => {
    const at = inside(source, i);
    const item = parseItem(reading, schema, value, at, gap);
    if (item !== undefined) take(item, at);
  });
}

/** The decoded policy, or undefined with a gap that says what is wrong with it. */
export function policyOrGap(reading: Reading, value: unknown, source: Source, use: PolicyUse, gap: Unseen): Json | undefined {
  const policy = readPolicy(value, source, use);
  if (policy.ok) return policy.value;
  reading.gap(gap.topic, gap.subject, gap.what, policy.error.why, policy.error.source);
  return undefined;
}

/** Whether the document holds a list under the key with an item that has these members, or nothing but that list, empty. */
export const listOf = (document: JsonObject, key: string, ...members: readonly string[]): boolean => {
  const list = document[key];
  if (!Array.isArray(list)) return false;
  if (list.length === 0) return Object.keys(document).length === 1;
  return list.some((item) => isObject(item) && has(item, ...members));
};

export const has = (item: JsonObject, ...keys: readonly string[]): boolean => keys.every((key) => item[key] !== undefined);

export const isAnswerTo = (shape: Shape, call: CliCall | undefined): boolean =>
  call?.service === shape.service && shape.operations.includes(call.operation);

/** The value of a flag of the call, or of the file's name in a one-file-per-call folder. */
export const argumentOf = (reading: Reading, flag: string): string | undefined => reading.call?.flags[flag] ?? reading.call?.argument;

/** `ACCOUNT:service`, or the file where the account is not known. */
export const listSubject = (reading: Reading, service: string): string => `${reading.account ?? reading.file.path}:${service}`;
