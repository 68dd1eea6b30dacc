// How k approvals by accounts other than the author's are said in rules without negation.
import type { Entity } from "../../model/entity.ts";
import { type Fact, fact, type Grant } from "../../model/rule.ts";
import type { RuleSink } from "../../model/rule.ts";
import type { Source } from "../../model/source.ts";
import { type Actor, actsAs } from "./actors.ts";
import { becauseOf, ruleOf } from "./emit.ts";

export interface ApprovalGate {
  /** Entity id of the gate, of kind guard. */
  readonly gate: string;
  readonly family: string;
  /** How many approvals. */
  readonly count: number;
  readonly approvers: readonly Actor[];
  /** Who may be the author. Undefined: the author may be among the approvers. */
  readonly authors: readonly Actor[] | undefined;
  /** The unreviewed change, an author that is no account. */
  readonly change: string;
  /** Makes every rule of the gate uncertain. */
  readonly because?: string | undefined;
  /** `acme/shop's branch main`. */
  readonly of: string;
  readonly grants: readonly Grant[];
  readonly source: Source;
}

export const approvedId = (gate: string): string => `${gate}/approvals`;
export const withAuthorId = (gate: string): string => `${gate}/approvals-and-author`;

/** The helper entities a gate needs: guards, so neither sources nor targets. */
export function approvalEntities(gate: string, label: string, source: Source, emit: (entity: Entity) => void): void {
  for (const [id, what] of [
    [approvedId(gate), "approvals"],
    [withAuthorId(gate), "approvals and author"],
  ] as const)
    emit({ id, kind: "guard", label: `${what} of ${label}`, place: {}, source });
}

/**
 * With k approvals required of accounts A, and an author who is none of the approvers: k of A, and k + 1 of A and the possible authors together.
 * One person with one account gives k = 1 but never the second; with two accounts, or one account and a bot, both. An unreviewed change alone gives
 * one of the second and none of the first.
 */
export function emitApprovals(gate: ApprovalGate, sink: RuleSink): readonly Fact[] {
  const approved = fact("approve", approvedId(gate.gate));
  const { count } = gate;
  threshold(
    gate,
    gate.approvers,
    [],
    count,
    approved,
    `${plural(count, "approver")} of ${gate.of} ${count === 1 ? "approves" : "approve"}`,
    sink,
  );
  if (gate.authors === undefined) return [approved];
  const both = fact("approve", withAuthorId(gate.gate));
  const all = [...gate.approvers, ...gate.authors.filter((author) => !gate.approvers.some((approver) => approver.id === author.id))];
  const how = `the author of the change and ${plural(count, "approver")} of ${gate.of} are ${count + 1} different accounts`;
  threshold(gate, all, [fact("author", gate.change)], count + 1, both, how, sink);
  return [approved, both];
}

const plural = (count: number, noun: string): string => (count === 1 ? `one ${noun}` : `${count} ${noun}s`);

function threshold(
  gate: ApprovalGate,
  actors: readonly Actor[],
  further: readonly Fact[],
  count: number,
  gives: Fact,
  how: string,
  sink: RuleSink,
): void {
  const { family, grants, source } = gate;
  const certain = [...actors.filter((actor) => actor.because === undefined).map(actsAs), ...further];
  const rule = { family, atLeast: count, gives, how, grants, source };
  if (certain.length >= count) sink.rule(ruleOf({ ...rule, needs: certain, because: gate.because }));
  const all = [...actors.map(actsAs), ...further];
  if (all.length > certain.length && all.length >= count)
    sink.rule(ruleOf({ ...rule, needs: all, because: becauseOf(gate.because, ...actors.map((actor) => actor.because)) }));
}
