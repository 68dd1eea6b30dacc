// What a job changes by the text of its commands, where that names things of the estate: hosts by an inventory.
import { hostId } from "../../ansible/ids.ts";
import { runsOfTask } from "../../ansible/runs.ts";
import type { Task } from "../model/task.ts";
import type { Asked } from "./tasks.ts";

export interface Targets {
  /** Entity ids, those that are certain. */
  readonly ids: readonly string[];
  /** False when it may change others too. */
  readonly complete: boolean;
}

export function targetsOf(asked: Asked, task: Task): Targets {
  const { runs, unresolved } = runsOfTask(asked, task);
  const ids = runs.flatMap((run) => run.hosts.filter((host) => host.because === undefined).map((host) => hostId(run.project, host.name)));
  return { ids: [...new Set(ids)], complete: unresolved.length === 0 && runs.every((run) => run.unknown.length === 0) };
}
