// The gaps that this collector reports: who someone is, and whether they may still be here, concerns people alone.
import type { Gap } from "../../model/gap.ts";
import type { Source } from "../../model/source.ts";

export type Topic = "identity/users" | "identity/groups" | "identity/members" | "identity/employees" | "identity/links";

const CLAUSES = ["A2", "A5", "A6"];

export const identityGap = (topic: Topic, subject: string, what: string, why: string, source?: Source): Gap => ({
  topic,
  subject,
  what,
  why,
  clauses: CLAUSES,
  ...(source && { source }),
});
