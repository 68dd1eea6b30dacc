// Clause A2: a person holds standing write access to production.
import { type Check, findingsOfWays } from "../check.ts";
import { isPersonWay } from "../ways.ts";
import { personSentence } from "../words.ts";

export const check: Check = {
  id: "person-writes-production",
  clause: "A2",
  severity: "high",
  title: "People have standing write access to production",
  remediation: "Replace the standing grant by read access, and declare a break-glass role for emergencies.",
  claims: isPersonWay,
  evaluate: findingsOfWays((way, estate) => `${personSentence(way, estate)} at any time`),
};
