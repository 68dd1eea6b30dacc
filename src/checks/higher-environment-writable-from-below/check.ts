// Clause A1: a lower environment changes a higher one by a way that no other check names. Last of the wall's checks in the registry, so that no way is lost.
import { type Check, findingsOfWays } from "../check.ts";
import { isWallWay } from "../ways.ts";
import { crossingSentence } from "../words.ts";

export const check: Check = {
  id: "higher-environment-writable-from-below",
  clause: "A1",
  severity: "critical",
  title: "A lower environment can change a higher one",
  remediation: "Remove or narrow the grant by which the way crosses.",
  claims: isWallWay,
  evaluate: findingsOfWays(crossingSentence),
};
