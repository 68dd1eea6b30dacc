// Clause A1: an identity of a lower environment acts as a role of a higher environment.
import { type Check, findingsOfWays, labelOf } from "../check.ts";
import { isWallWay } from "../ways.ts";

export const check: Check = {
  id: "higher-role-assumable-from-below",
  clause: "A1",
  severity: "critical",
  title: "A lower environment can act as a role of a higher one",
  remediation: "Name in the trust policy only principals of the same environment, or of the gate that serves it.",
  statements: ["wall", "data"],
  claims: (way) => isWallWay(way) && way.rule.gives.capability === "act-as" && way.rule.gives.entity.startsWith("arn:"),
  evaluate: findingsOfWays(
    (way, estate) =>
      `${labelOf(estate, way.rule.needs[0]?.entity ?? "anyone")} can act as ${labelOf(estate, way.rule.gives.entity)} of ${way.to}`,
  ),
};
