// The wire formats of CloudTrail, GuardDuty, AWS Config, AWS Backup and Patch Manager, only the fields used (AWS CLI Command Reference).
import { z } from "zod";

const Text = z.string().min(1);
const Arn = z.string().regex(/^arn:[a-z-]+:[a-z0-9-]*:[a-z0-9-]*:[^:]*:.+$/s, "an ARN");

export const Trail = z.object({ TrailARN: Arn, IsMultiRegionTrail: z.boolean(), IsOrganizationTrail: z.boolean().optional() });

/** The answer does not name the trail: the call does. */
export const TrailStatus = z.object({ IsLogging: z.boolean() });

export const EventSelectors = z.object({
  TrailARN: Arn,
  EventSelectors: z.array(z.object({ ReadWriteType: Text.optional(), IncludeManagementEvents: z.boolean().optional() })).optional(),
  AdvancedEventSelectors: z
    .array(z.object({ FieldSelectors: z.array(z.object({ Field: Text, Equals: z.array(z.string()).optional() })) }))
    .optional(),
});

export const Detector = z.object({ Status: z.enum(["ENABLED", "DISABLED"]), ServiceRole: Text.optional() });

export const Recorder = z.object({ name: Text });
export const RecorderStatus = z.object({ name: Text, recording: z.boolean() });

export const ProtectedResource = z.object({ ResourceArn: Arn });

export const PatchState = z.object({
  InstanceId: Text,
  MissingCount: z.int().optional(),
  FailedCount: z.int().optional(),
});
