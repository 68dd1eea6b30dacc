// Gaps of this collector: their topics, and the clauses each leaves open.
import type { Gap } from "../../model/gap.ts";
import type { Source } from "../../model/source.ts";

export const TOPICS = {
  "ansible/scope": [],
  "ansible/inventory": ["A1", "B5", "P1"],
  "ansible/variables": ["B5"],
  "ansible/playbook": ["A1", "P1", "P2"],
  "ansible/configuration": ["B5"],
  "ansible/requirement": ["A1"],
  "ansible/job-template": ["A1", "P1", "P2"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type Topic = keyof typeof TOPICS;

export const ansibleGap = (topic: Topic, subject: string, what: string, why: string, source?: Source): Gap => ({
  topic,
  subject,
  what,
  why,
  clauses: TOPICS[topic],
  ...(source && { source }),
});
