// Clause A3: the facts about a declared break-glass role do not bear out what the charter says of it.
import type { Estate } from "../../analyze/estate.ts";
import { provenBy } from "../../analyze/identity/doors.ts";
import { awsEstate } from "../../analyze/identity/estate.ts";
import type { Door } from "../../charter/schema.ts";
import type { Check, Found } from "../check.ts";

type BreakGlass = Extract<Door, { kind: "break-glass" }>;

export const check: Check = {
  id: "break-glass-unproven",
  clause: "A3",
  severity: "high",
  title: "A break-glass role lacks the guard that the charter declares",
  remediation:
    "Let the role's trust policy ask for a second factor and name only those the charter names, and shorten its longest session.",
  evaluate: ({ estate }) => {
    const doors = estate.charter.doors.filter((door): door is BreakGlass => door.kind === "break-glass");
    if (doors.length === 0) return { notApplicable: "the charter declares no break-glass door" };
    return { findings: doors.flatMap((door) => found(estate, door)) };
  },
};

function found(estate: Estate, door: BreakGlass): Found[] {
  const { missing, unread } = guardOf(estate, door);
  const [first, ...others] = [...missing, ...unread];
  if (first === undefined) return [];
  const source = estate.entities.get(door.role)?.source;
  return [
    {
      verdict: missing.length > 0 ? "violated" : "unknown",
      summary: `Break-glass ${door.name} is not proven: ${first}${others.length > 0 ? `, and ${others.length} more` : ""}`,
      from: door.role,
      to: `environment:${door.to}`,
      toEnvironment: door.to,
      grant: `door:${door.name}`,
      change: [...missing, ...unread].map((each) => `mend: ${each}`),
      ...(source && { source }),
    },
  ];
}

function guardOf(estate: Estate, door: BreakGlass): { readonly missing: readonly string[]; readonly unread: readonly string[] } {
  const aws = awsEstate(estate);
  const role = aws.roles.find(({ arn }) => arn === door.role);
  if (!role?.trust) return { missing: [], unread: [`${role ? `the trust policy of ${role.label}` : door.role} was not read`] };
  const takers = estate.rules
    .filter(({ family, gives }) => family === "aws/assume-role" && gives.capability === "act-as" && gives.entity === door.role)
    .flatMap(({ needs }) => needs.flatMap(({ entity }) => aws.byArn.get(entity) ?? []));
  const { unproven, unread } = provenBy(door, role, [...new Set(takers)], aws);
  return { missing: unproven.filter((each) => !unread.includes(each)), unread };
}
