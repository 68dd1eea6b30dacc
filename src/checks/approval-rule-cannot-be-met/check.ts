// Clause P2: a rule asks for approvals that the people there are can never give, so sooner or later somebody goes around it.
import { type Blocked, blockedRules } from "../../analyze/pipeline/promotion/satisfiable.ts";
import type { Check, Found } from "../check.ts";

export const check: Check = {
  id: "approval-rule-cannot-be-met",
  clause: "P2",
  severity: "medium",
  title: "An approval rule asks for more people than there are",
  remediation:
    "Let enough people approve who are still here and write none of it, or ask for fewer approvals; a rule that blocks everyone is switched off in a hurry.",
  evaluate: ({ estate }) => {
    const open = estate.gaps
      .filter(({ topic }) => ["github/access", "github/member", "github/team-members", "gitlab/member", "gitlab/approval"].includes(topic))
      .map(({ what, why }) => `${what}: ${why}`);
    return { findings: blockedRules(estate).map(found), unknown: open };
  },
};

const people = (count: number): string => `${count} ${count === 1 ? "person" : "people"}`;

const listed = (names: readonly string[]): string =>
  names.length <= 2 ? names.join(" and ") : `${names.slice(0, 2).join(", ")} and ${names.length - 2} more`;

function found({ id, label, needed, voters, gone, blocks, because, source }: Blocked): Found {
  const asks = `${label} asks for ${needed === 1 ? "an approval" : `${needed} approvals`}`;
  const who =
    voters.length === 0 ? "nobody who is here may give" : `${people(voters.length)} may give (${listed(voters.map(({ name }) => name))})`;
  const left = gone.length === 0 ? "" : `, since ${listed(gone.map(({ name }) => name))} left`;
  const whom =
    blocks === "everyone"
      ? "no one's change can have them"
      : `what ${listed(blocks.map(({ name }) => name))} ${blocks.length === 1 ? "starts" : "start"} can never have ${needed === 1 ? "it" : "them"}`;
  const what = `${asks} that ${who}${left}: ${blocks === "everyone" && needed === 1 ? "no one's change can have it" : whom}`;
  return {
    verdict: because === undefined ? "violated" : "unknown",
    summary: because === undefined ? what.charAt(0).toUpperCase() + what.slice(1) : `It may be that ${what} (${because})`,
    from: id,
    to: id,
    grant: `${id}#people`,
    count: voters.length,
    people: voters.map((voter) => voter.id).filter((each) => !each.includes(":")),
    change: [`let more people approve on ${label} who are here and write none of it, or ask for fewer approvals`],
    source,
  };
}
