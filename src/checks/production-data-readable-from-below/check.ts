// Clause D3: what production holds can come to be read in a lower environment.
import { type Check, findingsOfWays, labelOf } from "../check.ts";
import { isWallWay } from "../ways.ts";

export const check: Check = {
  id: "production-data-readable-from-below",
  clause: "D3",
  severity: "high",
  title: "A lower environment can read production data",
  remediation: "Remove the read grant; bring data down only through the mask.",
  statements: ["data"],
  claims: (way) => isWallWay(way) && way.statements.every((statement) => statement === "data"),
  evaluate: findingsOfWays(
    (way, estate) =>
      `${labelOf(estate, way.rule.needs[0]?.entity ?? "anyone")} can reach the content of ${labelOf(estate, way.target.entity)} of ${way.to}`,
  ),
};
