// Clause A2: a person holds standing write access to production.
import { type Check, findingsOfWays, labelOf } from "../check.ts";
import { isPersonWay, peopleWords } from "../ways.ts";

export const check: Check = {
  id: "person-writes-production",
  clause: "A2",
  severity: "high",
  title: "People have standing write access to production",
  remediation: "Replace the standing grant by read access, and declare a break-glass role for emergencies.",
  statements: ["singlePerson"],
  claims: (way) => isPersonWay(way),
  evaluate: findingsOfWays(
    (way, estate) => `${peopleWords(way)} can ${way.rule.gives.capability} ${labelOf(estate, way.rule.gives.entity)} at any time`,
  ),
};
