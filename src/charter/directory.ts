// Whose account an approval or a commit came from: one person behind two accounts is one person.
import type { Charter, Person, Promotion } from "../charter/schema.ts";

/** What the doors must know of people. */
export interface Directory {
  /** The id of the person behind an account; undefined when nobody is known to hold it. */
  personOf(subject: string): string | undefined;
  /** Whether the person may be meant by `group:NAME`, `person:ID` or the entity id of one of their accounts. */
  isMeantBy(person: string, who: string): boolean;
  /** Every known person who is meant by one of these. */
  everyone(who: readonly string[]): readonly string[];
}

/** From the charter's people. Accounts are `github:@LOGIN`, an ARN, `k8s:…` or whatever they hold; `person:ID` is the person. */
export function directoryOf(charter: Charter): Directory {
  const byAccount = new Map<string, string | "several">();
  const people = new Map<string, ReadonlySet<string>>();
  for (const person of charter.people) {
    const accounts = accountsOf(person);
    people.set(person.id, new Set([...accounts, ...person.groups.map((group) => `group:${group}`)]));
    for (const account of accounts) {
      const before = byAccount.get(account);
      // An account that two people hold tells nothing about which of them acted.
      byAccount.set(account, before === undefined || before === person.id ? person.id : "several");
    }
  }
  const isMeantBy = (id: string, who: string): boolean => people.get(id)?.has(who) ?? false;
  // A gate asks for the same few groups all day.
  const asked = new Map<string, readonly string[]>();
  return {
    personOf: (subject) => {
      const found = byAccount.get(subject);
      return found === "several" ? undefined : found;
    },
    isMeantBy,
    everyone: (who) => {
      const key = JSON.stringify(who);
      const known = asked.get(key) ?? [...people.keys()].filter((id) => who.some((each) => isMeantBy(id, each)));
      asked.set(key, known);
      return known;
    },
  };
}

/** A login is the same in any case (GitHub Docs, "About usernames"), so it is compared in lower case; patterns of accounts name nobody for certain. */
const accountsOf = ({ id, identities }: Person): readonly string[] =>
  [
    `person:${id}`,
    ...identities.github.flatMap((login) => [`github:@${login}`, `github:@${login.toLowerCase()}`]),
    ...identities.aws,
    ...identities.kubernetes,
    ...identities.holds,
  ].filter((account) => !account.includes("*") && !account.startsWith("group:"));

/** Who may approve a promotion: those it names, and those of its teams. */
export const approversOf = ({ approvers, teams }: Promotion): readonly string[] => [
  ...approvers,
  ...teams.map(({ group }) => `group:${group}`),
];
