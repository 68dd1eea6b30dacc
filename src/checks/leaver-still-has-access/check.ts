// Clause A5: someone who has left, or whose sign-in is disabled, still has an account that lets them in.
import { type Departure, departureOf, type LiveAccount, liveAccounts } from "../../analyze/people/departure.ts";
import type { Member } from "../../analyze/people/roster.ts";
import type { Check, Found } from "../check.ts";

export const check: Check = {
  id: "leaver-still-has-access",
  clause: "A5",
  severity: "high",
  title: "People who have left still have access",
  remediation: "Close every account of a leaver on their last day, and give each bot and key that they held a new secret.",
  evaluate: ({ estate }) => {
    const { members, charter, asOf } = estate;
    if (charter.absent["identity/employees"] !== undefined) return { notApplicable: charter.absent["identity/employees"] };
    if (members.length === 0) return { findings: [], unknown: ["nobody is known who could have left"] };
    if (members.every(({ employees, users }) => employees.length === 0 && users.length === 0))
      return {
        findings: [],
        unknown: ["who is still here was not read: collect a personnel file, or the accounts of the identity provider"],
      };
    const told = members.map((member) => ({ member, departure: departureOf(member, asOf), accounts: liveAccounts(estate, member) }));
    const unsaid = told.filter(({ departure, accounts }) => departure.is === "not said" && accounts.length > 0);
    return {
      findings: told.flatMap(({ member, departure, accounts }) => found(member, departure, accounts)),
      unknown: unsaid.map(({ member, departure }) => `${member.person.name} ${departure.words}`),
    };
  },
};

function found({ person }: Member, departure: Departure, all: readonly LiveAccount[]): Found[] {
  if (departure.is !== "left" && departure.is !== "disabled") return [];
  // What is signed in to through a directory is closed with its account there.
  const accounts = departure.is === "disabled" ? all.filter(({ bySignIn }) => !bySignIn) : all;
  const [first, ...others] = accounts;
  if (!first) return [];
  const more =
    others.length === 0 ? "" : others.length === 1 ? ` and ${others[0]?.words}` : `, ${others[0]?.words} and ${others.length - 1} more`;
  return [
    {
      verdict: "violated",
      summary: `${person.name} ${departure.words}, and still has ${first.words}${more}`,
      from: `person:${person.id}`,
      to: first.id,
      grant: `person:${person.id}#left`,
      count: accounts.length,
      people: [person.id],
      change: accounts.map(({ change }) => change),
      source: first.source,
    },
  ];
}
