// Gaps of this collector: their topics, and the clauses each leaves open.
import type { Gap } from "../../model/gap.ts";
import type { Source } from "../../model/source.ts";

/** Each topic, with its meaning (readme.md tells them in full) and the clauses it concerns. */
export const TOPICS = {
  "github/access": ["A1", "A6"],
  "github/actions-settings": ["A1", "P2"],
  "github/app-installation": ["A1", "A6"],
  "github/branch-protection": ["P2", "A1", "A6"],
  "github/deployment": ["P6"],
  "github/environment": ["P2", "A1", "A6"],
  "github/environment-branch-policies": ["P2", "A1"],
  "github/member": ["A6", "A1"],
  "github/oidc": ["A1"],
  "github/organization": ["A1", "A6"],
  "github/other": [],
  "github/repository": ["A1", "P2"],
  "github/ruleset": ["P2", "A1", "A6"],
  "github/ruleset-bypass": ["P2", "A1", "A6"],
  "github/runner": ["A1"],
  "github/runner-group": ["A1"],
  "github/scope": [],
  "github/secret": ["A1", "B5"],
  "github/team": ["A1", "A6"],
  "github/variable": ["A1"],
  "github/workflow": ["A1", "P1", "P2", "P3"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type Topic = keyof typeof TOPICS;

export const githubGap = (topic: Topic, subject: string, what: string, why: string, source?: Source): Gap => ({
  topic,
  subject,
  what,
  why,
  clauses: TOPICS[topic],
  ...(source && { source }),
});
