// What a campaign asks about: everyone's real access to an environment, who must look at each piece of it, and what is worth a second look.
import type { Directory } from "../charter/directory.ts";
import type { Charter } from "../charter/schema.ts";
import { hashOf } from "../lib/hash.ts";
import type { ReviewItem } from "../ledger/review.ts";

/** One way in which someone can act in an environment, as the estate's rules give it. */
export interface Access {
  /** Entity id: a person, a group, a token, a service account. */
  readonly who: string;
  readonly kind: ReviewItem["kind"];
  readonly environment: string;
  readonly capability: string;
  readonly entity: string;
  /** The grant's id, which does not change when a line moves. */
  readonly grant: string;
  /** The grant in words. */
  readonly label: string;
  /** Of the grant's content: another one means that it was changed since. */
  readonly content?: string;
  /** When it was last used; null: never, as far back as the system remembers; absent: nobody knows. */
  readonly lastUsed?: string | null;
  readonly isAdministration?: boolean;
  /** The person's team when the access was given or last confirmed, where it is known. */
  readonly givenToTeam?: string;
  /** Who holds a token or a service account, where it is known. */
  readonly heldBy?: readonly string[];
}

/** A person as the personnel file knows them. */
export interface Standing {
  readonly person: string;
  readonly team?: string;
  readonly hasLeft: boolean;
}

export interface CampaignInput {
  readonly environment: string;
  readonly access: readonly Access[];
  readonly charter: Charter;
  readonly directory: Directory;
  readonly standings: readonly Standing[];
  /** What the campaign before asked about, with what was answered; absent for the first. */
  readonly before?: ReadonlyMap<string, { readonly content?: string; readonly verdict?: "keep" | "revoke" | "change" }>;
  /** As of when. */
  readonly at: string;
}

export interface Campaign {
  readonly items: readonly ReviewItem[];
  /** Items that nobody may review: the environment's owner is nobody else than who has the access, or names nobody. */
  readonly unassigned: readonly ReviewItem[];
}

/** Unused for so long is worth asking about (days). */
const UNUSED_DAYS = 90;
const DAY_MS = 86_400_000;

/** Who, where, what and by which grant: the same in every campaign, so that answers can be compared. */
export const itemId = ({ who, environment, capability, entity, grant }: Access): string =>
  hashOf({ who, environment, capability, entity, grant });

/** Everyone's access once, in an order that does not depend on how it was found. */
export function campaignOf(input: CampaignInput): Campaign {
  const byId = new Map<string, Access>();
  for (const access of input.access) if (access.environment === input.environment) byId.set(itemId(access), access);
  const items = [...byId]
    .toSorted(([, one], [, other]) => compare(one.who, other.who) || compare(one.entity, other.entity) || compare(one.grant, other.grant))
    .map(([id, access]): ReviewItem => {
      const { who, kind, capability, entity, grant, label } = access;
      return {
        id,
        who,
        kind,
        capability,
        entity,
        grant,
        label,
        reviewers: [...reviewersOf(access, input)],
        marks: [...marksOf(id, access, input)],
      };
    });
  return { items, unassigned: items.filter(({ reviewers }) => reviewers.length === 0) };
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** `group:NAME` and `person:ID` say whom they mean; a bare name is the group or the person of that name. */
export function ownersOf(owner: string, directory: Directory): readonly string[] {
  if (owner.startsWith("group:") || owner.startsWith("person:")) return directory.everyone([owner]);
  const group = directory.everyone([`group:${owner}`]);
  return group.length > 0 ? group : directory.everyone([`person:${owner}`]);
}

/** Those who answer for the environment, without anyone who has the access: nobody reviews themselves, nor a token that they hold, nor a group they are in. */
function reviewersOf(access: Access, { charter, directory, environment }: CampaignInput): readonly string[] {
  const owner = charter.environments.find(({ name }) => name === environment)?.owner ?? "";
  const holders = new Set(holdersOf(access, directory));
  return ownersOf(owner, directory).filter((person) => !holders.has(person));
}

function holdersOf({ who, heldBy = [] }: Access, directory: Directory): readonly string[] {
  const people = [who, ...heldBy].flatMap((each) => directory.personOf(each) ?? []);
  return who.startsWith("group:") ? [...people, ...directory.everyone([who])] : people;
}

function marksOf(id: string, access: Access, { before, standings, directory, at }: CampaignInput): readonly ReviewItem["marks"][number][] {
  const marks: ReviewItem["marks"][number][] = [];
  const earlier = before?.get(id);
  if (before !== undefined && earlier === undefined) marks.push("new");
  else if (earlier?.content !== undefined && access.content !== undefined && earlier.content !== access.content) marks.push("changed");
  const limit = new Date(Date.parse(at) - UNUSED_DAYS * DAY_MS).toISOString();
  if (access.lastUsed === null || (access.lastUsed !== undefined && access.lastUsed < limit)) marks.push("unused");
  const people = new Set(holdersOf(access, directory));
  const standing = standings.filter(({ person }) => people.has(person));
  const { givenToTeam } = access;
  if (givenToTeam !== undefined && access.kind === "person" && standing.some(({ team }) => team !== undefined && team !== givenToTeam))
    marks.push("kept-after-move");
  if (access.kind !== "group" && standing.some(({ hasLeft }) => hasLeft)) marks.push("leaver");
  if (access.isAdministration === true) marks.push("standing-administration");
  return marks;
}
