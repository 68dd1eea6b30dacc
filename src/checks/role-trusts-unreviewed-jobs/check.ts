// Clause A1: a pipeline job that nobody reviewed obtains a role of a higher environment.
import { type Check, findingsOfWays } from "../check.ts";
import { actorOf, isOfForge, isWallWay } from "../ways.ts";
import { crossingSentence } from "../words.ts";

export const check: Check = {
  id: "role-trusts-unreviewed-jobs",
  clause: "A1",
  severity: "critical",
  title: "A role of a higher environment trusts jobs that nobody reviewed",
  remediation: "Trust only the subject of a protected environment (repo:ORG/REPO:environment:NAME) whose deployments need a reviewer.",
  claims: (way) =>
    isWallWay(way) &&
    way.rule.gives.capability === "act-as" &&
    (way.rule.family === "aws/assume-role-with-web-identity" || way.rule.family === "aws/assume-role-by-anyone") &&
    (way.rule.needs.length === 0 || isOfForge(actorOf(way)?.entity ?? "")),
  evaluate: findingsOfWays(crossingSentence),
};
