// Clause B5: one credential is stored, and valid, on both sides of a wall.
import { type Check, findingsOfWays } from "../check.ts";
import { actorOf, isWallWay } from "../ways.ts";
import { atStart, labelOf, placeWords, within } from "../words.ts";

export const check: Check = {
  id: "secret-valid-in-two-environments",
  clause: "B5",
  severity: "high",
  title: "A credential is valid in two environments",
  remediation: "Issue a credential of its own for each environment, and revoke the shared one.",
  claims: (way) => isWallWay(way) && (way.rule.family === "secret/same-value" || way.rule.family === "charter/credential"),
  evaluate: findingsOfWays((way, estate) => {
    const held = labelOf(estate, actorOf(way)?.entity ?? way.from);
    const opened = within(labelOf(estate, way.rule.gives.entity), way.to);
    if (way.rule.family === "charter/credential") return `${atStart(held)} of ${placeWords(way.from)} opens ${opened}`;
    return `${atStart(within(held, placeWords(way.from)))} holds the same value as ${opened}`;
  }),
};
