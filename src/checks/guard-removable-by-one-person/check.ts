// Clause A6: one person, no declared custodian, can take away an obstacle that holds back changes to production.
import { type Check, findingsOfWays } from "../check.ts";
import { guardOf, isPersonWay } from "../ways.ts";
import { can, labelOf, peopleWords, withheldWords } from "../words.ts";

export const check: Check = {
  id: "guard-removable-by-one-person",
  clause: "A6",
  severity: "high",
  title: "One person can remove a guard of production",
  remediation: "Leave the right to edit or detach the guard with declared custodians only, under two-person control.",
  claims: (way) => isPersonWay(way) && guardOf(way) !== undefined,
  evaluate: findingsOfWays(
    (way, estate) =>
      `${peopleWords(way, estate)} ${can(way)} remove ${labelOf(estate, guardOf(way) ?? way.grant)}, which keeps ${withheldWords(way, estate)}`,
  ),
};
