// Clause A1: a machine that runs jobs of a lower environment also runs jobs of a higher one.
import { type Check, findingsOfWays, labelOf } from "../check.ts";
import { isWallWay } from "../ways.ts";

export const check: Check = {
  id: "runner-shared-by-environments",
  clause: "A1",
  severity: "high",
  title: "A runner is shared by two environments",
  remediation: "Put the runners of each environment in a runner group of their own, limited to the workflows that may deploy there.",
  statements: ["wall", "data"],
  claims: (way) => isWallWay(way) && way.rule.family === "github/runner",
  evaluate: findingsOfWays(
    (way, estate) =>
      `${labelOf(estate, way.rule.needs[0]?.entity ?? way.from)} also runs ${labelOf(estate, way.rule.gives.entity)} of ${way.to}`,
  ),
};
