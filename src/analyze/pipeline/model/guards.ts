// Guards of the pipeline model as rules: each way past one, and who can take it away.
import { type Fact, fact, grant, type Grant, type RuleSink } from "../../../model/rule.ts";
import { actsAs } from "../actors.ts";
import { emitApprovals } from "../approvals.ts";
import { becauseOf, nature, ruleOf } from "../emit.ts";
import type { Guard, Passage, Project, Requirement } from "./model.ts";

export const isOpen = (passage: Passage): boolean => passage.requires.length === 0;

export const requirementId = (guard: Guard, passage: Passage, index: number): string => `${guard.id}/${passage.key}/${index}`;

/** The helper that stands for "one of these took part". */
export const helperOf = (requirement: string): string => `${requirement}/taken-part`;

const grantOf = (guard: Guard, passage: Passage): Grant =>
  grant(guard.id, { content: guard.content, passage: passage.key }, { label: guard.label, change: passage.change, source: guard.source });

/**
 * A guard lets through what passes one of its ways. Whoever controls the project edits its settings, so they can take any of its guards away and put
 * it back afterwards.
 */
export function guardRules(project: Project, guard: Guard, sink: RuleSink): void {
  for (const passage of guard.passages) passageRules(project, guard, passage, sink);
  editRules(guard, sink);
  sink.rule(
    ruleOf({
      family: "pipeline/defeat-guard",
      needs: [fact("control", project.id)],
      gives: fact("defeat", guard.id),
      how: `who administers ${project.label} can switch off the ${guard.label}`,
      grants: [nature(guard.id, `administrators of ${project.label} edit its settings`, guard.source)],
      source: guard.source,
    }),
  );
}

/** Whoever edits the guard takes it away, and puts it back afterwards. */
function editRules(guard: Guard, sink: RuleSink): void {
  for (const actor of guard.editedBy ?? [])
    sink.rule(
      ruleOf({
        family: "pipeline/defeat-guard",
        needs: [actsAs(actor)],
        gives: fact("defeat", guard.id),
        because: actor.because,
        how: `${actor.label} may edit the ${guard.label}`,
        grants: [
          grant(
            guard.id,
            { edit: actor.id },
            {
              label: `${actor.label} may edit the ${guard.label}`,
              change: `let fewer people edit the ${guard.label}`,
              source: guard.source,
            },
          ),
        ],
        source: guard.source,
      }),
    );
}

function passageRules(project: Project, guard: Guard, passage: Passage, sink: RuleSink): void {
  const open = grantOf(guard, passage);
  const needs = isOpen(passage)
    ? [fact("author", project.id)]
    : passage.requires.flatMap((requirement, index) => needed(project, guard, passage, requirement, index, open, sink));
  sink.rule(
    ruleOf({
      family: "pipeline/approve",
      needs,
      gives: fact("approve", guard.id),
      because: becauseOf(passage.because, ...passage.requires.map((one) => (one.kind === "facts" ? one.because : undefined))),
      how: passage.how,
      grants: [isOpen(passage) ? { ...open, adds: true } : open],
      source: guard.source,
    }),
  );
}

function needed(
  project: Project,
  guard: Guard,
  passage: Passage,
  requirement: Requirement,
  index: number,
  open: Grant,
  sink: RuleSink,
): readonly Fact[] {
  const id = requirementId(guard, passage, index);
  const common = { family: "pipeline/approve", grants: [open], source: guard.source };
  if (requirement.kind === "approvals") {
    const { count, of, authors, because } = requirement;
    return emitApprovals({ ...common, gate: id, count, approvers: of, authors, change: project.change, because, of: guard.label }, sink);
  }
  if (requirement.kind === "facts") return requirement.facts;
  const helper = fact("approve", helperOf(id));
  for (const actor of requirement.who)
    sink.rule(
      ruleOf({
        ...common,
        needs: [actsAs(actor)],
        gives: helper,
        because: actor.because,
        how: `${actor.label} ${requirement.what}`,
      }),
    );
  return [helper];
}
