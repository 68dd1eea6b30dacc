// Clause D3: what production holds can come to be read in a lower environment.
import { type Check, findingsOfWays } from "../check.ts";
import { isWallWay } from "../ways.ts";
import { crossingSentence, labelOf, within } from "../words.ts";

export const check: Check = {
  id: "production-data-readable-from-below",
  clause: "D3",
  severity: "high",
  title: "A lower environment can read production data",
  remediation: "Remove the read grant; bring data down only through the mask.",
  claims: (way) => isWallWay(way) && way.statements.every((statement) => statement === "data"),
  evaluate: findingsOfWays((way, estate) => {
    const { gives } = way.rule;
    const sentence = crossingSentence(way, estate);
    if (gives.capability === "read" && gives.entity === way.target.entity) return sentence;
    return `${sentence}, and so read ${within(labelOf(estate, way.target.entity), way.to)}`;
  }),
};
