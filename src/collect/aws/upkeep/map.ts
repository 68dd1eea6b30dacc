// What is logged, watched, backed up and patched, as the AWS CLI prints it.
import { z } from "zod";
import type { AwsUpkeepRead } from "../../../model/observations/aws-upkeep.ts";
import { argumentOf, eachItem, has, listOf, listSubject, parseItem, type Reading, type Shape, type Unseen } from "../shape.ts";
import type { AwsTopic } from "../topics.ts";
import { Detector, EventSelectors, PatchState, ProtectedResource, Recorder, RecorderStatus, Trail, TrailStatus } from "./schema.ts";

type UpkeepTopic = Extract<AwsTopic, "aws/monitoring" | "aws/backup" | "aws/patch-state">;

const unseen = (reading: Reading, topic: UpkeepTopic, service: string, what: string): Unseen => ({
  topic,
  subject: listSubject(reading, service),
  what,
});

/** None of these answers names its account, so only the scope can. */
function accountOf(reading: Reading, topic: UpkeepTopic, what: string): string | undefined {
  if (reading.account === undefined)
    reading.gap(topic, reading.file.path, what, "the file does not say whose it is: give the input a scope");
  return reading.account;
}

/** An answer without its list said nothing, and has its gap. */
function wasRead(reading: Reading, account: string, of: AwsUpkeepRead["of"], list: string): void {
  if (Array.isArray(reading.document[list])) reading.observe({ kind: "aws/upkeep-read", account, of, source: reading.source });
}

/** A trail that the organization's management account made shows in every account of the organization, with that account's ARN. */
function trails(reading: Reading): void {
  const account = accountOf(reading, "aws/monitoring", "trails");
  if (account === undefined) return;
  eachItem(reading, "trailList", Trail, unseen(reading, "aws/monitoring", "cloudtrail", "a trail"), (item, source) =>
    reading.observe({
      kind: "aws/trail",
      arn: item.TrailARN,
      isOrganization: item.IsOrganizationTrail === true,
      isMultiRegion: item.IsMultiRegionTrail,
      source,
    }),
  );
  wasRead(reading, account, "trails", "trailList");
}

function trailStatus(reading: Reading): void {
  const arn = argumentOf(reading, "name");
  const gap = unseen(reading, "aws/monitoring", "cloudtrail", "status of a trail");
  if (!arn?.startsWith("arn:")) {
    const why = "the answer does not say which trail: keep the call, with the trail's ARN as --name, in a manifest";
    return reading.gap(gap.topic, gap.subject, gap.what, why);
  }
  const item = parseItem(reading, TrailStatus, reading.document, reading.source, gap);
  if (item) reading.observe({ kind: "aws/part", part: "trail", arn, isLogging: item.IsLogging, source: reading.source });
}

/** Basic selectors, or advanced ones in their place (CloudTrail User Guide, "Filtering data events by using advanced event selectors"). */
function eventSelectors(reading: Reading): void {
  const gap = unseen(reading, "aws/monitoring", "cloudtrail", "event selectors of a trail");
  const item = parseItem(reading, EventSelectors, reading.document, reading.source, gap);
  if (!item) return;
  const basic = (item.EventSelectors ?? []).some((each) => each.IncludeManagementEvents !== false && each.ReadWriteType !== "ReadOnly");
  const advanced = (item.AdvancedEventSelectors ?? []).some(({ FieldSelectors }) => {
    const equals = (field: string): readonly string[] | undefined => FieldSelectors.find(({ Field }) => Field === field)?.Equals;
    return equals("eventCategory")?.includes("Management") === true && equals("readOnly")?.includes("true") !== true;
  });
  reading.observe({ kind: "aws/part", part: "trail", arn: item.TrailARN, logsWrites: basic || advanced, source: reading.source });
}

function detectors(reading: Reading): void {
  const account = accountOf(reading, "aws/monitoring", "detectors");
  if (account === undefined) return;
  eachItem(reading, "DetectorIds", z.string(), unseen(reading, "aws/monitoring", "guardduty", "a detector"), (id, source) =>
    reading.observe({ kind: "aws/watch", account, by: "guardduty", id, source }),
  );
  wasRead(reading, account, "guardduty", "DetectorIds");
}

function detector(reading: Reading): void {
  const account = accountOf(reading, "aws/monitoring", "a detector");
  const id = argumentOf(reading, "detector-id");
  const gap = unseen(reading, "aws/monitoring", "guardduty", "a detector");
  if (account === undefined) return;
  if (id === undefined) return reading.gap(gap.topic, gap.subject, gap.what, "the answer does not say which: keep the call in a manifest");
  const item = parseItem(reading, Detector, reading.document, reading.source, gap);
  if (item) reading.observe({ kind: "aws/watch", account, by: "guardduty", id, isOn: item.Status === "ENABLED", source: reading.source });
}

/** Recorders are named alike in every region, so the region tells them apart. */
const recorderId = (reading: Reading, name: string): string => `${reading.call?.flags["region"] ?? "*"} ${name}`;

function recorders(reading: Reading): void {
  const account = accountOf(reading, "aws/monitoring", "configuration recorders");
  if (account === undefined) return;
  const gap = unseen(reading, "aws/monitoring", "configservice", "a configuration recorder");
  eachItem(reading, "ConfigurationRecorders", Recorder, gap, (item, source) =>
    reading.observe({ kind: "aws/watch", account, by: "config", id: recorderId(reading, item.name), source }),
  );
  wasRead(reading, account, "config", "ConfigurationRecorders");
}

function recorderStatus(reading: Reading): void {
  const account = accountOf(reading, "aws/monitoring", "configuration recorders");
  if (account === undefined) return;
  const gap = unseen(reading, "aws/monitoring", "configservice", "a configuration recorder");
  eachItem(reading, "ConfigurationRecordersStatus", RecorderStatus, gap, (item, source) =>
    reading.observe({ kind: "aws/watch", account, by: "config", id: recorderId(reading, item.name), isOn: item.recording, source }),
  );
}

function protectedResources(reading: Reading): void {
  const account = accountOf(reading, "aws/backup", "protected resources");
  if (account === undefined) return;
  eachItem(reading, "Results", ProtectedResource, unseen(reading, "aws/backup", "backup", "a protected resource"), (item, source) =>
    reading.observe({ kind: "aws/protected-resource", arn: item.ResourceArn, source }),
  );
  wasRead(reading, account, "protected-resources", "Results");
}

function patchStates(reading: Reading): void {
  const account = accountOf(reading, "aws/patch-state", "patch states");
  if (account === undefined) return;
  eachItem(reading, "InstancePatchStates", PatchState, unseen(reading, "aws/patch-state", "ssm", "a patch state"), (item, source) =>
    reading.observe({
      kind: "aws/patch-state",
      account,
      instance: item.InstanceId,
      missing: item.MissingCount ?? 0,
      failed: item.FailedCount ?? 0,
      source,
    }),
  );
  wasRead(reading, account, "patch-states", "InstancePatchStates");
}

const shape = (call: string, topic: UpkeepTopic, is: Shape["is"], map: Shape["map"]): Shape => {
  const [service = "", operation = ""] = call.split(" ");
  return { name: call, service, operations: [operation], is, topic, subject: (reading) => listSubject(reading, service), map };
};

export const upkeepShapes: readonly Shape[] = [
  shape("cloudtrail describe-trails", "aws/monitoring", (document) => listOf(document, "trailList", "TrailARN"), trails),
  shape(
    "cloudtrail get-event-selectors",
    "aws/monitoring",
    (document) => has(document, "TrailARN") && !has(document, "Name"),
    eventSelectors,
  ),
  shape("cloudtrail get-trail-status", "aws/monitoring", (document) => has(document, "IsLogging"), trailStatus),
  shape("guardduty list-detectors", "aws/monitoring", (document) => Array.isArray(document["DetectorIds"]), detectors),
  shape(
    "guardduty get-detector",
    "aws/monitoring",
    (document) => has(document, "Status", "ServiceRole", "FindingPublishingFrequency"),
    detector,
  ),
  shape(
    "configservice describe-configuration-recorders",
    "aws/monitoring",
    (document) => listOf(document, "ConfigurationRecorders", "name"),
    recorders,
  ),
  shape(
    "configservice describe-configuration-recorder-status",
    "aws/monitoring",
    (document) => listOf(document, "ConfigurationRecordersStatus", "name"),
    recorderStatus,
  ),
  shape("backup list-protected-resources", "aws/backup", (document) => listOf(document, "Results", "ResourceArn"), protectedResources),
  shape(
    "ssm describe-instance-patch-states",
    "aws/patch-state",
    (document) => listOf(document, "InstancePatchStates", "InstanceId"),
    patchStates,
  ),
];
