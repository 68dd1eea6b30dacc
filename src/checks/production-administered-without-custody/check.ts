// Clause A4: someone who is no declared custodian administers, at any time, a place from which production is deployed.
import { type Administration, administrations } from "../../analyze/people/administrators.ts";
import type { Check, Found } from "../check.ts";

export const check: Check = {
  id: "production-administered-without-custody",
  clause: "A4",
  severity: "medium",
  title: "People who are no custodians administer what deploys to production at any time",
  remediation:
    "Leave administration to declared custodians with their compensating controls, and give everyone else the role that their work needs; where more is needed for an hour, grant it for an hour.",
  evaluate: ({ estate }) => {
    const found = administrations(estate);
    const open = estate.gaps
      .filter(({ topic }) => topic === "github/member" || topic === "github/access" || topic === "gitlab/member")
      .map(({ what, why }) => `${what}: ${why}`);
    return { findings: found.map(finding), unknown: open };
  },
};

function finding({ of, label, environments, people, isCertain }: Administration): Found {
  const [first] = people;
  const names = people.length <= 3 ? people.map(({ name }) => name).join(", ") : `${people.length} people`;
  const verb = isCertain ? (people.length === 1 ? "administers" : "administer") : "may administer";
  const grants = people.flatMap(({ rule }) => rule.grants.slice(0, 1));
  return {
    verdict: isCertain ? "violated" : "unknown",
    summary: `${names} ${verb} ${label} at any time, from which ${environments.join(" and ")} is deployed, and no custodian is declared to`,
    from: first ? `person:${first.id}` : of,
    to: of,
    ...(environments[0] !== undefined && { toEnvironment: environments[0] }),
    grant: `${of}#administration`,
    count: people.length,
    people: people.map(({ id }) => id),
    change: [...new Set(grants.map(({ change }) => change))],
    ...(first && { source: first.rule.source }),
  };
}
