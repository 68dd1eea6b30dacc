// Clause P2: what a controller deploys to a higher environment is decided by a change that nobody else has approved.
import type { Estate } from "../../analyze/estate.ts";
import type { Way } from "../../analyze/reach/decide.ts";
import { type Check, findingsOfWays } from "../check.ts";
import { isWallWay } from "../ways.ts";
import { actorWords, atStart, can, labelOf, placeWords } from "../words.ts";

const FAMILIES: ReadonlySet<string> = new Set(["gitops/source", "gitops/pull-request", "gitops/promotion"]);

export const check: Check = {
  id: "source-deployed-without-review",
  clause: "P2",
  severity: "critical",
  title: "A controller deploys to a higher environment what nobody has reviewed",
  remediation:
    "Let production follow a branch that takes changes approved by another only, or a commit; sync by hand where that cannot be; keep pull requests in an environment of their own.",
  claims: (way) => isWallWay(way) && FAMILIES.has(way.rule.family),
  evaluate: findingsOfWays(sentence),
};

/** `Any branch of acme/shop decides what Application argocd/shop applies to production, through branch release`. */
function sentence(way: Way, estate: Estate): string {
  const first = way.steps[0]?.gives;
  const who = first ? atStart(actorWords(estate, first)) : "Anyone";
  const source = way.rule.needs[0];
  const through = source && source.entity !== first?.entity ? `, through ${labelOf(estate, source.entity)}` : "";
  const decides = can(way) === "can" ? "decides" : "may decide";
  return `${who}${way.from === "undeclared" ? `, of ${placeWords(way.from)},` : ""} ${decides} ${labelOf(estate, way.rule.gives.entity)}, which is ${way.to}${through}`;
}
