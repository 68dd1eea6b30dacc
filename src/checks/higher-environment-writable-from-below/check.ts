// Clause A1: a lower environment changes a higher one by a way that no other check names. Last in the registry of the wall's checks, so that no way is lost.
import { type Check, findingsOfWays, labelOf } from "../check.ts";
import { isWallWay } from "../ways.ts";

export const check: Check = {
  id: "higher-environment-writable-from-below",
  clause: "A1",
  severity: "critical",
  title: "A lower environment can change a higher one",
  remediation: "Remove or narrow the grant by which the way crosses.",
  statements: ["wall"],
  claims: (way) => isWallWay(way),
  evaluate: findingsOfWays(
    (way, estate) =>
      `${labelOf(estate, way.rule.needs[0]?.entity ?? "anyone")} can ${way.rule.gives.capability} ${labelOf(estate, way.rule.gives.entity)} of ${way.to}`,
  ),
};
