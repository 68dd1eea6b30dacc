// Clause B5: one credential is stored, and valid, on both sides of a wall.
import { type Check, findingsOfWays, labelOf } from "../check.ts";
import { isWallWay } from "../ways.ts";

export const check: Check = {
  id: "secret-valid-in-two-environments",
  clause: "B5",
  severity: "high",
  title: "A credential is valid in two environments",
  remediation: "Issue a credential of its own for each environment, and revoke the shared one.",
  statements: ["wall", "data"],
  claims: (way) => isWallWay(way) && way.rule.family === "secret/same-value",
  evaluate: findingsOfWays(
    (way, estate) =>
      `${labelOf(estate, way.rule.needs[0]?.entity ?? way.from)} in ${way.from} holds the same value as ${labelOf(estate, way.rule.gives.entity)} in ${way.to}`,
  ),
};
