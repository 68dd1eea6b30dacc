// Clause B5: one credential is stored, and valid, on both sides of a wall.
import type { Way } from "../../analyze/reach/decide.ts";
import { type Check, findingsOfWays } from "../check.ts";
import { actorOf, isWallWay } from "../ways.ts";
import { atStart, labelOf, placeWords, within } from "../words.ts";

const FAMILIES: ReadonlySet<string> = new Set(["secret/same-value", "charter/credential"]);

/** A value that was read and one that was not may be the same. */
const meetsUnread = (way: Way): boolean => way.steps.some((step) => step.gives.entity.startsWith("secret-value:"));

export const check: Check = {
  id: "secret-valid-in-two-environments",
  clause: "B5",
  severity: "high",
  title: "A credential is valid in two environments",
  remediation: "Issue a credential of its own for each environment, and revoke the shared one.",
  claims: (way) => isWallWay(way) && (FAMILIES.has(way.rule.family) || meetsUnread(way)),
  evaluate: findingsOfWays((way, estate) => {
    if (meetsUnread(way)) return `A secret of ${placeWords(way.from)} may hold the same value as one of ${way.to}: not both were read`;
    const held = labelOf(estate, actorOf(way)?.entity ?? way.from);
    const opened = within(labelOf(estate, way.rule.gives.entity), way.to);
    if (way.rule.family === "charter/credential") return `${atStart(held)}, which ${placeWords(way.from)} can use, opens ${opened}`;
    return `${atStart(within(held, placeWords(way.from)))} holds the same value as ${opened}`;
  }),
};
