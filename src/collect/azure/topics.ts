// Gaps of this collector: their topics, and the clauses each leaves open.
import type { Gap } from "../../model/gap.ts";
import type { Source } from "../../model/source.ts";

export const TOPICS = {
  "azure/project": ["A1", "P2"],
  "azure/definition": ["A1", "P1", "P2", "P3"],
  "azure/pipeline": ["A1", "P1", "P2", "P3"],
  "azure/template": ["A1", "P1", "P2", "P3"],
  "azure/repository": ["A1", "P2"],
  "azure/branch-policy": ["A1", "A6", "P2"],
  "azure/environment": ["A1", "P2"],
  "azure/check": ["A1", "A6", "P2"],
  "azure/permission": ["A1", "P2"],
  "azure/connection": ["A1", "B5"],
  "azure/variable-group": ["A1", "B5"],
  "azure/queue": ["A1"],
  "azure/access": ["A1", "A6", "P2"],
  "azure/member": ["A1", "A6"],
  "azure/settings": ["A1"],
  "azure/deployment": ["P6"],
  "azure/scope": [],
  "azure/other": [],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type Topic = keyof typeof TOPICS;

export const azureGap = (topic: Topic, subject: string, what: string, why: string, source?: Source): Gap => ({
  topic,
  subject,
  what,
  why,
  clauses: TOPICS[topic],
  ...(source && { source }),
});
