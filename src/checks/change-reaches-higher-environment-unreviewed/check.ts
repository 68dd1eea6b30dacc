// Clause P2: a change deploys to a higher environment without approval by anyone but its author.
import { type Check, findingsOfWays } from "../check.ts";
import { isOfForge, isWallWay } from "../ways.ts";
import { crossingSentence } from "../words.ts";

export const check: Check = {
  id: "change-reaches-higher-environment-unreviewed",
  clause: "P2",
  severity: "critical",
  title: "A change reaches a higher environment without review",
  remediation:
    "Protect the branch (one approval by another, administrators included) and the environment (required reviewers, no self-review, protected branches only).",
  claims: (way) => isWallWay(way) && isOfForge(way.rule.gives.entity),
  evaluate: findingsOfWays(crossingSentence),
};
