// Break-glass doors: whether facts prove what the charter declares of the role that people take in an emergency.
import type { Door, Person } from "../../charter/schema.ts";
import type { AwsEstate, Identity, Role } from "./estate.ts";
import type { Statement } from "./policy.ts";

export interface BreakGlass {
  readonly name: string;
  /** What the facts do not prove; empty: the door counts. */
  readonly unproven: readonly string[];
  /** Of these, what only was not read: it shows no open door. */
  readonly unread: readonly string[];
}

/**
 * A declared door counts only when its guard is proven: the trust asks for a second factor, a session ends in time, and only the declared
 * people's identities can take the role. Then nobody passes without the door's own approval.
 */
export function provenBy(door: Extract<Door, { kind: "break-glass" }>, role: Role, who: readonly Identity[], aws: AwsEstate): BreakGlass {
  const unproven: string[] = [];
  const unread: string[] = [];
  const allows = role.trust?.compiled.statements.filter((statement) => statement.effect === "Allow") ?? [];
  if (allows.length === 0 || !allows.every(asksForSecondFactor))
    unproven.push(`the trust policy of ${role.label} does not ask for a second factor`);
  const limit = door.maximumMinutes * 60;
  const seconds = role.observed.maxSessionSeconds;
  if (seconds === undefined) unread.push(`the longest session of ${role.label} was not read`);
  else if (seconds > limit)
    unproven.push(`a session of ${role.label} lasts up to ${seconds / 60} minutes, more than ${door.maximumMinutes}`);
  for (const identity of who) {
    const people = identity.people.filter((person) => !mayUse(door.who, person));
    if (identity.people.length === 0) unproven.push(`${identity.label} can take it and is held by nobody of the charter`);
    else if (people.length > 0) unproven.push(`${people.map((person) => person.id).join(", ")} can take it through ${identity.label}`);
  }
  if (allows.some(letsOthersIn)) unproven.push(`the trust policy of ${role.label} lets in more than people's own identities`);
  if (aws.unreadControl(role.account).length > 0) unread.push(`control policies of account ${role.account} were not read`);
  return { name: door.name, unproven: [...unproven, ...unread], unread };
}

const mayUse = (who: readonly string[], person: Person): boolean =>
  who.includes(`person:${person.id}`) || person.groups.some((group) => who.includes(`group:${group}`));

/** `Bool aws:MultiFactorAuthPresent true`, not IfExists: a request without the key must fail (IAM User Guide, "MFA-protected API access"). */
const asksForSecondFactor = (statement: Statement): boolean =>
  statement.conditions.some(
    ({ operator, key, values, ifExists }) =>
      !ifExists &&
      ((operator.name === "bool" && key === "aws:multifactorauthpresent" && values.every((value) => value.toLowerCase() === "true")) ||
        (operator.name.startsWith("numericlessthan") && key === "aws:multifactorauthage")),
  );

const letsOthersIn = (statement: Statement): boolean =>
  statement.principals === undefined ||
  statement.principals.negated ||
  statement.principals.entries.some((entry) => entry.type !== "AWS" || entry.value === "*");
