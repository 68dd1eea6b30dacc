// Everyone who is known: who they are, what they hold, and the single-person test of each.
import type { Estate } from "../analyze/estate.ts";
import type { Step } from "../analyze/reach/decide.ts";
import { departureOf } from "../analyze/people/departure.ts";
import { type Answer, POWERS, type Power, powersOf } from "../analyze/people/powers.ts";
import type { Step as ShownStep } from "../findings/result.ts";

export { POWERS, type Power };

export type ShownAnswer = Omit<Answer, "steps"> & { readonly steps: readonly ShownStep[] };

export interface PersonShown {
  readonly id: string;
  readonly name: string;
  readonly team?: string;
  readonly employer?: string;
  readonly country?: string;
  /** `is here`, `left on 2026-06-30`; absent: nothing was read of it. */
  readonly presence?: string;
  /** By the charter, and by directories with groups in groups. */
  readonly groups: readonly string[];
  /** Entity ids: accounts of forges, clusters and directories. */
  readonly accounts: readonly string[];
  /** Users and roles of clouds. */
  readonly cloud: readonly string[];
  /** Bots, tokens and keys. */
  readonly holds: readonly string[];
  readonly custody: readonly string[];
  readonly answers: Readonly<Record<Power, ShownAnswer>>;
}

export interface PeopleShown {
  readonly people: readonly PersonShown[];
  /** For each power, how many can, cannot, and how many of whom it is not known. */
  readonly counts: Readonly<Record<Power, { readonly yes: number; readonly no: number; readonly unknown: number }>>;
  /** Accounts that nobody is known to hold, and other gaps about who is who. */
  readonly gaps: readonly { readonly what: string; readonly why: string }[];
}

export function peopleOf(estate: Estate, shown: (step: Step) => ShownStep, only?: string): PeopleShown {
  const members = new Map(estate.members.map((member) => [member.person.id, member]));
  const people = powersOf(estate, only).map(({ person, answers, custody }): PersonShown => {
    const { id, name, team, employer, country, groups, identities } = person;
    const member = members.get(id);
    const presence = member && departureOf(member, estate.asOf);
    return {
      id,
      name,
      ...(team !== undefined && { team }),
      ...(employer !== undefined && { employer }),
      ...(country !== undefined && { country }),
      ...(presence && presence.is !== "not said" && { presence: presence.words }),
      groups,
      accounts: [
        ...identities.github.map((login) => `github:@${login}`),
        ...(identities.gitlab ?? []).map((user) => `gitlab:@${user}`),
        ...(identities.jenkins ?? []).map((user) => `jenkins:@${user}`),
        ...(identities.azure ?? []).map((user) => `azure:@${user.toLowerCase()}`),
        ...identities.kubernetes.map((user) => `kubernetes:${user}`),
        ...(member?.users ?? []).map(({ directory, userName }) => `identity:${directory}/${userName}`),
      ],
      cloud: identities.aws,
      holds: identities.holds,
      custody,
      answers: Object.fromEntries(
        POWERS.map((power) => [power, { ...answers[power], steps: answers[power].steps.map(shown) }]),
      ) as unknown as Record<Power, ShownAnswer>,
    };
  });
  return { people, counts: countsOf(people), gaps: gapsOf(estate) };
}

function countsOf(people: readonly PersonShown[]): PeopleShown["counts"] {
  const count = (power: Power, answer: "yes" | "no" | "unknown"): number =>
    people.filter((one) => one.answers[power].answer === answer).length;
  return Object.fromEntries(
    POWERS.map((power) => [power, { yes: count(power, "yes"), no: count(power, "no"), unknown: count(power, "unknown") }]),
  ) as Record<Power, { yes: number; no: number; unknown: number }>;
}

const gapsOf = ({ gaps }: Estate): PeopleShown["gaps"] =>
  gaps.filter(({ topic }) => topic === "identity/unmapped" || topic.startsWith("identity/")).map(({ what, why }) => ({ what, why }));
