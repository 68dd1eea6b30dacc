// Clause A6: one person carries a change through the gate alone.
import { type Check, findingsOfWays, labelOf } from "../check.ts";
import { isPersonWay, peopleWords } from "../ways.ts";

export const check: Check = {
  id: "person-passes-gate-alone",
  clause: "A6",
  severity: "high",
  title: "One person can take a change through the gate alone",
  remediation:
    "Require an approval by someone other than the author, prevent self-review, let administrators bypass nothing, and count bots with their owners.",
  statements: ["singlePerson"],
  claims: (way) => isPersonWay(way) && way.rule.gives.entity.startsWith("github:"),
  evaluate: findingsOfWays((way, estate) => `${peopleWords(way)} can take a change into ${labelOf(estate, way.rule.gives.entity)} alone`),
};
