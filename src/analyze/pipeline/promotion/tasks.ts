// Every task of the estate, whichever forge it is of, and what each waits for, directly or not.
import type { KnownEstate } from "../../plane.ts";
import { modelProjects } from "../model/projects.ts";
import type { Task } from "../model/task.ts";
import { viewPipeline } from "../view.ts";
import { githubTask } from "./github.ts";

/** What the helpers need of an estate. */
export type Asked = Pick<KnownEstate, "observations" | "charter" | "gaps" | "environmentOf">;

export interface Tasks {
  readonly all: readonly Task[];
  readonly of: (id: string) => Task | undefined;
  /** Every task that it waits for; `despite`: some wait on the way there holds nothing back, and why. */
  readonly before: (task: Task) => readonly Before[];
}

export interface Before {
  readonly task: Task;
  readonly despite?: string | undefined;
  /** Given: whether some wait on the way there holds is not certain, and why. */
  readonly unsure?: string | undefined;
}

const known = new WeakMap<object, Tasks>();

export function tasksOf(asked: Asked): Tasks {
  const view = viewPipeline(asked);
  const found = known.get(view) ?? gather(asked);
  known.set(view, found);
  return found;
}

function gather(asked: Asked): Tasks {
  const { pipeline, repositories } = viewPipeline(asked);
  const github = repositories.flatMap((repository) => repository.jobs.map((view) => githubTask(pipeline, repository, view)));
  const all = [...github, ...modelProjects(asked).flatMap((project) => project.jobs.map((job) => job.task))];
  const byId = new Map(all.map((task) => [task.id, task]));
  const remembered = new Map<string, readonly Before[]>();
  const before = (task: Task): readonly Before[] => {
    const list = remembered.get(task.id) ?? waitedFor(task, byId);
    remembered.set(task.id, list);
    return list;
  };
  return { all, of: (id) => byId.get(id), before };
}

const weaknessOf = ({ despite, unsure }: Pick<Before, "despite" | "unsure">): number =>
  (despite === undefined ? 0 : 2) + (unsure === undefined ? 0 : 1);

/** Breadth first. A wait that holds is kept where another to the same task does not: it starts when all are done. */
function waitedFor(task: Task, byId: ReadonlyMap<string, Task>): readonly Before[] {
  const found = new Map<string, Before>();
  const queue: Before[] = [{ task }];
  for (const at of queue)
    for (const wait of at.task.waits) {
      const next = byId.get(wait.on);
      const despite = at.despite ?? wait.despite;
      const unsure = at.unsure ?? wait.unsure;
      const earlier = found.get(wait.on);
      if (next === undefined || (earlier !== undefined && weaknessOf(earlier) <= weaknessOf({ despite, unsure }))) continue;
      found.set(wait.on, { task: next, despite, unsure });
      queue.push({ task: next, despite, unsure });
    }
  return [...found.values()];
}
