// Clause P2: a change deploys to a higher environment without approval by anyone but its author.
import { type Check, findingsOfWays, labelOf } from "../check.ts";
import { isWallWay } from "../ways.ts";

export const check: Check = {
  id: "change-reaches-higher-environment-unreviewed",
  clause: "P2",
  severity: "critical",
  title: "A change reaches a higher environment without review",
  remediation:
    "Protect the branch (one approval by another, administrators included) and the environment (required reviewers, no self-review, protected branches only).",
  statements: ["wall"],
  claims: (way) => isWallWay(way) && way.rule.gives.entity.startsWith("github:"),
  evaluate: findingsOfWays(
    (way, estate) => `An unreviewed change can ${way.rule.gives.capability} ${labelOf(estate, way.rule.gives.entity)} of ${way.to}`,
  ),
};
