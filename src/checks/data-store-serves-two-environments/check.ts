// Clause B6: a workload of a lower environment is configured with a higher environment's data store.
import { type Check, findingsOfWays } from "../check.ts";
import { actorOf, isWallWay } from "../ways.ts";
import { atStart, labelOf, placeWords, within } from "../words.ts";

export const check: Check = {
  id: "data-store-serves-two-environments",
  clause: "B6",
  severity: "critical",
  title: "A lower environment uses a data store of a higher one",
  remediation: "Give the lower environment a data store of its own, filled through the mask, and revoke its credential on the higher one.",
  claims: (way) => isWallWay(way) && way.rule.family === "data/credential-in-configuration",
  evaluate: findingsOfWays((way, estate) => {
    const workload = atStart(within(labelOf(estate, actorOf(way)?.entity ?? way.from), placeWords(way.from)));
    const store = within(labelOf(estate, way.rule.gives.entity), way.to);
    return way.verdict === "unknown"
      ? `${workload} names ${store}, and may hold its credential`
      : `${workload} is configured with ${store}`;
  }),
};
