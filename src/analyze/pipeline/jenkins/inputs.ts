// Input steps as guards of what comes after them. Source: Jenkins, "Pipeline: Input Step", submitter.
import type { JenkinsInput, JenkinsStage } from "../../../model/observations/jenkins.ts";
import { distinct } from "../actors.ts";
import type { Guard, Passage } from "../model/model.ts";
import type { JobFacts } from "./facts.ts";
import { guardId } from "./ids.ts";

/** Inputs that stand before the steps of a stage: in the stages that it waits for, and its own up to the first deploying step. */
export function inputsBefore(stages: readonly JenkinsStage[], index: number, deploysAt: number): readonly JenkinsInput[] {
  const found: JenkinsInput[] = (stages[index]?.inputs ?? []).filter((input) => input.at <= deploysAt);
  const seen = new Set([index]);
  const queue = [index];
  for (const at of queue)
    for (const { stage, despite } of stages[at]?.after ?? []) {
      if (despite !== undefined || seen.has(stage)) continue;
      seen.add(stage);
      queue.push(stage);
      // An input in a stage that is left out asks nobody: only those without a condition of their own hold for certain.
      if (stages[stage]?.condition === undefined || JSON.stringify(stages[stage]?.condition) === JSON.stringify(stages[index]?.condition))
        found.push(...(stages[stage]?.inputs ?? []));
    }
  return found;
}

/** Without submitters whoever may build answers it: a click, and no approval. */
export const isClick = (input: JenkinsInput): boolean => input.submitters === undefined && !input.isOpen;

/**
 * "submitter: … users or external group names who can respond to the input. By default, any user can." Administrators can always. Nothing keeps the
 * one who started the build, or wrote the change, from answering. `byContent`: the step stands in the content that it holds back.
 */
export function inputGuard(facts: JobFacts, name: string, inputs: readonly JenkinsInput[], isInContent: boolean): Guard | undefined {
  const asked = inputs.filter((input) => !isClick(input));
  const [first] = asked;
  if (first === undefined) return undefined;
  const what = `${name} of ${facts.name}`;
  const requires = asked.map((input) => {
    const administrators = facts.controller.access.holders("Overall/Administer", facts.name);
    const everyone = facts.controller.access.everyone.map((actor) => ({
      ...actor,
      because: "who answers the input step is no literal text",
    }));
    const of = input.isOpen ? everyone : facts.controller.access.named(input.submitters ?? []);
    return { kind: "approvals", count: 1, of: distinct([...of, ...administrators]) } as const;
  });
  const names = [...new Set(asked.flatMap((input) => input.submitters ?? ["somebody"]))].join(", ");
  const passages: Passage[] = [
    {
      key: "submit",
      how: `${names} answers the input step before ${what}, also for a build that they started`,
      change: `ask for an approval before ${what} that is not answered by the one who started it`,
      requires,
    },
  ];
  if (isInContent)
    passages.push({
      key: "content",
      how: `the input step before ${what} stands in the definition, which may leave it out`,
      change: `keep the definition of ${what} in a repository of its own, or in the settings of the job`,
      requires: [],
      byContent: true,
    });
  return {
    id: guardId(facts.id, `input/${name}`),
    label: `input step before ${what}`,
    content: asked.map(({ source: _, ...content }) => content),
    passages,
    source: first.source,
  };
}
