// Clause A5: someone changed teams, and is still in a group of the former one that reaches production.
import { type Kept, keptOf } from "../../analyze/people/former-team.ts";
import type { Member } from "../../analyze/people/roster.ts";
import type { Check, Found } from "../check.ts";

export const check: Check = {
  id: "mover-keeps-former-access",
  clause: "A5",
  severity: "medium",
  title: "People who changed teams keep the former team's access to production",
  remediation: "Take people out of the former team's groups on the day of the move, and review groups that reach production every quarter.",
  evaluate: ({ estate }) => {
    const { members, charter } = estate;
    if (charter.absent["identity/employees"] !== undefined) return { notApplicable: charter.absent["identity/employees"] };
    const rows = members.flatMap(({ employees }) => employees);
    if (rows.length === 0) return { findings: [], unknown: ["who changed teams was not read: collect a personnel file"] };
    const silent = rows.every(({ tellsMoves }) => !tellsMoves);
    return {
      findings: members.flatMap((member) => found(member, keptOf(estate, member))),
      unknown: silent ? ["the personnel file has no column for former teams, so nothing says who changed teams"] : [],
    };
  },
};

/** One finding for each group. */
function found({ person }: Member, kept: readonly Kept[]): Found[] {
  return [...Map.groupBy(kept, ({ group, environment }) => `${group} ${environment}`).values()].flatMap((list) => {
    const [first] = list;
    if (!first) return [];
    const { team, since, group, words, environment, source } = first;
    const when = since === undefined ? "" : ` on ${since}`;
    return [
      {
        verdict: "violated",
        summary: `${person.name} left team ${team}${when}, and is still in ${words}`,
        from: `person:${person.id}`,
        to: group,
        toEnvironment: environment,
        grant: `person:${person.id}#${group}`,
        count: list.length,
        people: [person.id],
        change: [`take ${person.name} out of ${words.split(",")[0]}`],
        source,
      },
    ];
  });
}
