// Whose an account or an address is, among everyone who is known: one person behind two accounts is one person.
import type { Person } from "../../charter/schema.ts";
import type { Estate } from "../estate.ts";

export interface Who {
  /** By entity id: `github:@ann-acme`, `gitlab:@ann`, whatever a person holds. */
  readonly ofAccount: (id: string) => Person | undefined;
  readonly ofAddress: (address: string) => Person | undefined;
}

/** GitHub's addresses for those who keep theirs private (GitHub Docs, "Setting your commit email address"). */
const NOREPLY = /^(?:\d+\+)?([^@+]+)@users\.noreply\.github\.com$/i;

const known = new WeakMap<Estate["charter"], Who>();

export function whoIs({ charter }: Pick<Estate, "charter">): Who {
  const found = known.get(charter) ?? read(charter.people);
  known.set(charter, found);
  return found;
}

/** An account that several hold tells nothing of which of them acted. */
function read(people: readonly Person[]): Who {
  const holders = new Map<string, Person | "several">();
  const add = (key: string, person: Person): void => {
    const before = holders.get(key);
    holders.set(key, before === undefined || before === person ? person : "several");
  };
  for (const person of people) {
    const { github, gitlab, jenkins, azure, holds, identityCenter, addresses } = person.identities;
    for (const login of github) add(`github:@${login}`.toLowerCase(), person);
    for (const name of gitlab ?? []) add(`gitlab:@${name}`.toLowerCase(), person);
    for (const name of jenkins ?? []) add(`jenkins:@${name}`.toLowerCase(), person);
    for (const name of azure ?? []) add(`azure:@${name}`.toLowerCase(), person);
    for (const id of holds) add(id.toLowerCase(), person);
    for (const address of [...identityCenter, ...(addresses ?? [])]) if (address.includes("@")) add(address.toLowerCase(), person);
  }
  const of = (key: string): Person | undefined => {
    const holder = holders.get(key.toLowerCase());
    return holder === "several" ? undefined : holder;
  };
  return {
    ofAccount: of,
    ofAddress: (address) => {
      const login = NOREPLY.exec(address)?.[1];
      return login === undefined ? of(address) : of(`github:@${login}`);
    },
  };
}
