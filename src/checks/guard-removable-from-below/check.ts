// Clause A1: a lower environment can take away the obstacle that holds it back from a higher one.
import { type Check, findingsOfWays } from "../check.ts";
import { guardOf, isWallWay } from "../ways.ts";
import { can, labelOf, removerWords, withheldWords } from "../words.ts";

export const check: Check = {
  id: "guard-removable-from-below",
  clause: "A1",
  severity: "critical",
  title: "A lower environment can remove the guard of a higher one",
  remediation: "Take the right to edit, detach or bypass the guard away from everyone below it; leave it with declared custodians.",
  claims: (way) => isWallWay(way) && guardOf(way) !== undefined,
  evaluate: findingsOfWays((way, estate) => {
    const guard = guardOf(way) ?? way.grant;
    return `${removerWords(way, estate, guard)} ${can(way)} remove ${labelOf(estate, guard)}, which keeps ${withheldWords(way, estate)}`;
  }),
};
