// Clause B6: a workload of a lower environment is configured with a higher environment's data store.
import { type Check, findingsOfWays, labelOf } from "../check.ts";
import { isWallWay } from "../ways.ts";

export const check: Check = {
  id: "data-store-serves-two-environments",
  clause: "B6",
  severity: "critical",
  title: "A lower environment uses a data store of a higher one",
  remediation: "Give the lower environment a data store of its own, filled through the mask, and revoke its credential on the higher one.",
  statements: ["wall", "data"],
  claims: (way) => isWallWay(way) && way.rule.family === "data/credential-in-configuration",
  evaluate: findingsOfWays(
    (way, estate) =>
      `${labelOf(estate, way.rule.needs[0]?.entity ?? way.from)} in ${way.from} is configured with ${labelOf(estate, way.rule.gives.entity)} of ${way.to}`,
  ),
};
