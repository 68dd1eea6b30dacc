// Clause A6: one person changes production by way of an environment below it, with nobody reviewing.
import { type Check, findingsOfWays } from "../check.ts";
import { isPersonWay, passesLowerEnvironment } from "../ways.ts";
import { personSentence } from "../words.ts";

export const check: Check = {
  id: "person-reaches-production-through-lower-environment",
  clause: "A6",
  severity: "high",
  title: "One person can change production through a lower environment",
  remediation: "Close the way from below; the person needs no grant in production to use it.",
  claims: (way, estate) => isPersonWay(way) && passesLowerEnvironment(way, estate),
  evaluate: findingsOfWays(personSentence),
};
