// Clause A6: one person carries a change through the pipeline into production alone.
import { type Check, findingsOfWays } from "../check.ts";
import { isOfForge, isPersonWay, passesRepository } from "../ways.ts";
import { personSentence } from "../words.ts";

export const check: Check = {
  id: "person-passes-gate-alone",
  clause: "A6",
  severity: "high",
  title: "One person can take a change into production alone",
  remediation:
    "Require an approval by someone other than the author, prevent self-review, let administrators bypass nothing, and count bots with their owners.",
  claims: (way) => isPersonWay(way) && (isOfForge(way.rule.gives.entity) || passesRepository(way)),
  evaluate: findingsOfWays(personSentence),
};
