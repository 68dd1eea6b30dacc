// How people and accounts stand in the ledger: by the charter's person ids, or by pseudonyms that a directory beside the ledger can forget.
import { fingerprint } from "../../lib/hash.ts";
import type { Promotion } from "../../charter/schema.ts";
import type { Directory } from "../../charter/directory.ts";
import type { Actor } from "./commands.ts";
import type { KnownAccount } from "./port.ts";

export interface Subjects {
  /** What the ledger writes for an account; accounts that nobody is known to hold are remembered in `met`. */
  written(account: string, automations: readonly string[]): string;
  /** The same for who asks. */
  writtenActor(actor: Actor): string;
  /** Pseudonyms that were given since it was last asked. */
  met(): readonly KnownAccount[];
}

/** A person of the charter is `person:ID`, whichever account they used; an automation is no person, and stands under its own name. */
export function subjectsOf(directory: Directory, pseudonymKey: Uint8Array): Subjects {
  let met: KnownAccount[] = [];
  const written = (account: string, automations: readonly string[]): string => {
    const person = directory.personOf(account);
    if (person !== undefined) return `person:${person}`;
    if (automations.includes(account)) return account;
    const pseudonym = `account:${fingerprint(pseudonymKey, account).slice(0, 32)}`;
    met.push({ pseudonym, account });
    return pseudonym;
  };
  return {
    written,
    writtenActor: ({ subject, kind }) => written(subject, kind === "pipeline" ? [subject] : []),
    met: () => {
      const all = met;
      met = [];
      return all;
    },
  };
}

export const automationsOf = (promotions: readonly Promotion[]): readonly string[] => promotions.flatMap(({ automations }) => automations);
