// Gaps of this collector: their topics, and the clauses each leaves open.
import type { Gap } from "../../model/gap.ts";
import type { Source } from "../../model/source.ts";

export const TOPICS = {
  "jenkins/definition": ["A1", "P1", "P2", "P3"],
  "jenkins/part": ["P1", "P2", "P3"],
  // What a step does changes nothing of who may do what: the job that holds it says itself that it was not read.
  "jenkins/step": [],
  "jenkins/job": ["A1", "P1", "P2"],
  "jenkins/authorization": ["A1", "A6", "P2"],
  "jenkins/credential": ["A1", "B5"],
  "jenkins/agent": ["A1"],
  "jenkins/library": ["A1", "P2"],
  "jenkins/scope": [],
  "jenkins/other": [],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type Topic = keyof typeof TOPICS;

export const jenkinsGap = (topic: Topic, subject: string, what: string, why: string, source?: Source): Gap => ({
  topic,
  subject,
  what,
  why,
  clauses: TOPICS[topic],
  ...(source && { source }),
});
