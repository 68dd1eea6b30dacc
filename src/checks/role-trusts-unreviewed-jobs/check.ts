// Clause A1: a pipeline job that nobody reviewed obtains a role of a higher environment.
import { type Check, findingsOfWays, labelOf } from "../check.ts";
import { isWallWay } from "../ways.ts";

export const check: Check = {
  id: "role-trusts-unreviewed-jobs",
  clause: "A1",
  severity: "critical",
  title: "A role of a higher environment trusts jobs that nobody reviewed",
  remediation: "Trust only the subject of a protected environment (repo:ORG/REPO:environment:NAME) whose deployments need a reviewer.",
  statements: ["wall", "data"],
  claims: (way) =>
    isWallWay(way) &&
    (way.rule.family === "aws/assume-role-with-web-identity" || way.rule.family === "aws/assume-role-by-anyone") &&
    way.steps.some((step) => step.gives.entity.startsWith("github:")),
  evaluate: findingsOfWays((way, estate) => `A job that nobody reviewed can act as ${labelOf(estate, way.rule.gives.entity)} of ${way.to}`),
};
