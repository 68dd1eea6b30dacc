// Gaps of this collector: their topics, and the clauses each leaves open.
import type { Gap } from "../../model/gap.ts";
import type { Source } from "../../model/source.ts";

export const TOPICS = {
  "gitlab/project": ["A1", "P2"],
  "gitlab/member": ["A1", "A6"],
  "gitlab/protected-branch": ["P2", "A1", "A6"],
  "gitlab/protected-tag": ["P2", "A1"],
  "gitlab/protected-environment": ["P2", "A1", "A6"],
  "gitlab/environment": ["P2", "A1"],
  "gitlab/approval": ["P2", "A6"],
  "gitlab/variable": ["A1", "B5"],
  "gitlab/deploy-key": ["A1", "A6"],
  "gitlab/runner": ["A1"],
  "gitlab/deployment": ["P6"],
  "gitlab/pipeline": ["A1", "P1", "P2", "P3"],
  "gitlab/include": ["A1", "P1", "P2", "P3"],
  "gitlab/scope": [],
  "gitlab/other": [],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type Topic = keyof typeof TOPICS;

export const gitlabGap = (topic: Topic, subject: string, what: string, why: string, source?: Source): Gap => ({
  topic,
  subject,
  what,
  why,
  clauses: TOPICS[topic],
  ...(source && { source }),
});
