// Clause B6: what a higher environment holds is shared with the account of a lower one.
import type { Estate } from "../../analyze/estate.ts";
import type { Rule } from "../../model/rule.ts";
import { type Check, type Found, foundWay } from "../check.ts";
import { isWallWay } from "../ways.ts";
import { atStart, crossingSentence, labelOf, within } from "../words.ts";

const FAMILY = "aws/shared-data";

export const check: Check = {
  id: "data-shared-with-lower-environment",
  clause: "B6",
  severity: "high",
  title: "A data store of a higher environment is shared with a lower one",
  remediation: "Stop sharing it, and delete the copies that were made of it below; bring data down only through the mask.",
  claims: (way) => isWallWay(way) && way.rule.family === FAMILY,
  evaluate: ({ estate, ways }) => {
    const told = new Set(ways.map((way) => `${way.grant} ${way.from} ${way.to}`));
    return {
      findings: [
        ...ways.map((way) => foundWay(way, `${crossingSentence(way, estate)}, which is shared with its account`)),
        ...withAccounts(estate).filter((found) => !told.has(`${found.grant} ${found.fromEnvironment} ${found.toEnvironment}`)),
      ],
    };
  },
};

/** Whoever administers the account that it is shared with can read it, whether or not something there does so today. */
function withAccounts(estate: Estate): Found[] {
  const found = new Map<string, Found>();
  for (const rule of estate.rules) {
    const account = receiverOf(rule);
    const to = account === undefined ? undefined : estate.environmentOf(rule.gives.entity);
    const [grant] = rule.grants;
    if (account === undefined || to === undefined || !grant) continue;
    for (const from of environmentsIn(estate, account)) {
      if (!estate.walls.some((wall) => wall.from === from && wall.to === to)) continue;
      found.set(`${grant.id} ${from}`, {
        verdict: rule.certainty === "must" ? "violated" : "unknown",
        summary: `${atStart(within(labelOf(estate, rule.gives.entity), to))} is shared with account ${account}, where ${from} stands`,
        from: `arn:aws:iam::${account}:root`,
        to: rule.gives.entity,
        fromEnvironment: from,
        toEnvironment: to,
        grant: grant.id,
        change: [grant.change],
        source: grant.source,
      });
    }
  }
  return [...found.values()];
}

const receiverOf = ({ family, needs }: Rule): string | undefined =>
  family === FAMILY && needs.length === 1 && needs[0]?.capability === "control"
    ? /^arn:[^:]+:iam::(\d{12}):root$/.exec(needs[0].entity)?.[1]
    : undefined;

/** An account may hold several environments. */
function environmentsIn(estate: Estate, account: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { id, place } of estate.entities.values()) {
    const name = place.awsAccount === account ? estate.environmentOf(id) : undefined;
    if (name !== undefined) names.add(name);
  }
  return names;
}
