// Clause A1: a machine that runs jobs of a lower environment also runs jobs of a higher one.
import { type Check, findingsOfWays } from "../check.ts";
import { actorOf, isWallWay } from "../ways.ts";
import { atStart, labelOf, placeWords, within } from "../words.ts";

export const check: Check = {
  id: "runner-shared-by-environments",
  clause: "A1",
  severity: "high",
  title: "A runner is shared by two environments",
  remediation: "Put the runners of each environment in a runner group of their own, limited to the workflows that may deploy there.",
  claims: (way) => isWallWay(way) && (way.rule.family === "github/runner" || way.rule.family === "pipeline/runner"),
  evaluate: findingsOfWays(
    (way, estate) =>
      `${atStart(labelOf(estate, actorOf(way)?.entity ?? way.from))} ${way.verdict === "unknown" ? "may run" : "runs"} jobs of ${placeWords(way.from)} and job ${within(labelOf(estate, way.rule.gives.entity), way.to)}`,
  ),
};
