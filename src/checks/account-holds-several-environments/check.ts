// Clause B3: one account holds environments that a wall stands between.
import { environmentsByAccount, unseenDomain } from "../../analyze/domains.ts";
import type { Estate } from "../../analyze/estate.ts";
import { isProductionTier } from "../../analyze/reach/semantics.ts";
import { GRADES, LEAST_GRADE } from "../../charter/schema.ts";
import type { Check, Found } from "../check.ts";
import { atStart, labelOf } from "../words.ts";

export const check: Check = {
  id: "account-holds-several-environments",
  clause: "B3",
  severity: "medium",
  title: "One account holds several environments",
  remediation:
    "Give each environment an account of its own, production first: whoever administers an account administers all that is in it.",
  evaluate: ({ estate }) => ({
    findings: [...environmentsByAccount(estate)].flatMap(([account, names]) => found(estate, account, names)),
    unknown: estate.charter.environments.flatMap((environment) => unseenDomain(estate, environment)),
  }),
};

function found(estate: Estate, account: string, names: ReadonlySet<string>): Found[] {
  const pairs = estate.walls.filter(({ from, to }) => names.has(from) && names.has(to) && isTooClose(estate, from, to));
  const [first] = pairs;
  if (!first) return [];
  const root = `arn:aws:iam::${account}:root`;
  const held = [...new Set(pairs.flatMap(({ from, to }) => [from, to]))].toSorted();
  const list = held.length === 2 ? held.join(" and ") : `${held.slice(0, -1).join(", ")} and ${held.at(-1)}`;
  const source = estate.entities.get(root)?.source;
  return [
    {
      verdict: "violated",
      summary: `${atStart(labelOf(estate, root))} holds ${list}`,
      from: root,
      to: root,
      fromEnvironment: first.from,
      toEnvironment: first.to,
      grant: root,
      count: pairs.length,
      change: [`give ${first.to} an account that holds nothing of ${first.from}`],
      ...(source && { source }),
    },
  ];
}

/** Production shares no account with anything lower. Lower environments may, where both have the boundary that the profile asks for. */
function isTooClose({ charter, gradeOf }: Estate, from: string, to: string): boolean {
  const higher = charter.environments.find(({ name }) => name === to);
  if (higher && isProductionTier(higher.tier)) return true;
  const least = GRADES.indexOf(charter.leastGrade ?? LEAST_GRADE[charter.profile]);
  return least === 0 || [from, to].some((name) => GRADES.indexOf(gradeOf(name) ?? "tag") > least);
}
