// Which approvals count: of people who may, who are no author, not the requester, once each, and not too old.
import type { Promotion } from "../charter/schema.ts";
import type { Dated } from "../ledger/entry.ts";
import type { PromotionRequested, Reason } from "../ledger/promotion.ts";
import { approversOf, type Directory } from "../charter/directory.ts";
import type { GateState } from "./state.ts";

const HOUR_MS = 3_600_000;

export interface Counted {
  readonly approvers: readonly string[];
  readonly reasons: readonly Reason[];
}

/** Counts the approvals of a request, as of a time. Without reasons they suffice. */
export function countApprovals(
  request: Dated<PromotionRequested>,
  promotion: Promotion,
  state: GateState,
  directory: Directory,
  at: string,
): Counted {
  const { excluded, reasons } = authorsOf(request.body, promotion, directory);
  if (reasons.length > 0) return { approvers: [], reasons };
  const needed = Math.max(promotion.approvals, sum(promotion.teams));
  const eligible = directory.everyone(approversOf(promotion)).filter((person) => !excluded.has(person));
  const last = lastWords(request, state, directory);
  const rejected = [...last].filter(([person, { verdict }]) => verdict === "reject" && eligible.includes(person));
  const oldest = new Date(Date.parse(at) - promotion.approvalHours * HOUR_MS).toISOString();
  const approvers = eligible.filter((person) => {
    const word = last.get(person);
    return word?.verdict === "approve" && word.at > oldest;
  });
  return {
    approvers,
    reasons: [
      ...(needed > 0 && !suffices(eligible, promotion, needed, directory) ? [never(promotion, eligible.length, needed)] : []),
      ...rejected.map(([person]): Reason => ({ code: "rejected", text: `${person} rejects it` })),
      ...(approvers.length < needed
        ? [
            {
              code: "not-enough-approvals" as const,
              text: `${approvers.length} of ${needed} approvals by others than its authors and requester`,
            },
          ]
        : []),
      ...missingTeams(approvers, promotion, needed, directory),
    ],
  };
}

/** Why an account's word on a request would count for nothing; undefined when it counts. */
export function reviewProblem(request: PromotionRequested, promotion: Promotion, directory: Directory, by: string): string | undefined {
  const person = directory.personOf(by);
  if (person === undefined) return `${by} belongs to nobody that the charter knows`;
  if (!directory.everyone(approversOf(promotion)).includes(person))
    return `${person} is no approver of promotions from ${promotion.from} to ${promotion.to}`;
  if (directory.personOf(request.requester) === person) return `${person} asked for it, and another must approve`;
  return request.authors.some((author) => directory.personOf(author) === person)
    ? `${person} is an author of it, and another must approve`
    : undefined;
}

/**
 * Who must not approve: the requester and every author. An account that nobody is known to hold could be the approver's own second account, so it stops the
 * promotion, unless the charter says that no person holds it.
 */
function authorsOf(
  { authors, requester }: PromotionRequested,
  promotion: Promotion,
  directory: Directory,
): { readonly excluded: ReadonlySet<string>; readonly reasons: readonly Reason[] } {
  const excluded = new Set<string>();
  const reasons: Reason[] = [];
  if (promotion.approvals === 0 && promotion.teams.length === 0) return { excluded, reasons };
  if (authors.length === 0)
    reasons.push({ code: "no-authors", text: "nobody is named as author, so no approval is known to be by another" });
  for (const subject of new Set([...authors, requester])) {
    const person = directory.personOf(subject);
    if (person !== undefined) excluded.add(person);
    else if (!promotion.automations.includes(subject))
      reasons.push({
        code: "unknown-author",
        text: `${subject} belongs to nobody that the charter knows, so an approver could be the same person`,
      });
  }
  return { excluded, reasons };
}

/** The last word of each person counts, whichever of their accounts said it. */
function lastWords(
  request: Dated<PromotionRequested>,
  state: GateState,
  directory: Directory,
): ReadonlyMap<string, { readonly verdict: string; readonly at: string }> {
  const last = new Map<string, { readonly verdict: string; readonly at: string }>();
  for (const { at, body } of state.reviews.get(request.index) ?? []) {
    const person = directory.personOf(body.by);
    if (person !== undefined) last.set(person, { verdict: body.verdict, at });
  }
  return last;
}

const sum = (teams: Promotion["teams"]): number => teams.reduce((total, { approvals }) => total + approvals, 0);

function never(promotion: Promotion, eligible: number, needed: number): Reason {
  const teams = promotion.teams.map(({ group }) => group).join(", ");
  return {
    code: "never-satisfiable",
    text: `it can never be approved: ${eligible} people may who are neither author nor requester, ${needed} are needed${teams && `, of ${teams} each`}`,
  };
}

const suffices = (people: readonly string[], promotion: Promotion, needed: number, directory: Directory): boolean =>
  people.length >= needed && seated(people, promotion, directory) === sum(promotion.teams);

function missingTeams(approvers: readonly string[], promotion: Promotion, needed: number, directory: Directory): readonly Reason[] {
  const seats = sum(promotion.teams);
  const filled = seated(approvers, promotion, directory);
  return approvers.length >= needed && filled < seats
    ? [
        {
          code: "team-missing",
          text: `the approvals fill ${filled} of the ${seats} that ${promotion.teams.map(({ group }) => group).join(", ")} must give`,
        },
      ]
    : [];
}

/** The most seats of teams that these people fill, each person one: a maximum matching, by augmenting paths. */
function seated(people: readonly string[], { teams }: Promotion, directory: Directory): number {
  const seats = teams.flatMap(({ group, approvals }) => Array.from({ length: approvals }, () => `group:${group}`));
  const holder = new Map<number, string>();
  const place = (person: string, tried: Set<number>): boolean => {
    for (const [seat, group] of seats.entries()) {
      if (tried.has(seat) || !directory.isMeantBy(person, group)) continue;
      tried.add(seat);
      const before = holder.get(seat);
      if (before === undefined || place(before, tried)) {
        holder.set(seat, person);
        return true;
      }
    }
    return false;
  };
  return people.filter((person) => place(person, new Set())).length;
}
