// Clause A1: an identity of a lower environment acts as a role of a higher environment.
import { type Check, findingsOfWays } from "../check.ts";
import { isWallWay } from "../ways.ts";
import { crossingSentence } from "../words.ts";

export const check: Check = {
  id: "higher-role-assumable-from-below",
  clause: "A1",
  severity: "critical",
  title: "A lower environment can act as a role of a higher one",
  remediation: "Name in the trust policy only principals of the same environment, or of the gate that serves it.",
  claims: (way) => isWallWay(way) && way.rule.gives.capability === "act-as" && way.rule.gives.entity.startsWith("arn:"),
  evaluate: findingsOfWays(crossingSentence),
};
