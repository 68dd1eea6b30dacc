// P7: jobs that test in production.
import { globMatches } from "../../../lib/glob.ts";
import type { Charter } from "../../../charter/schema.ts";
import { productionNames } from "../../reach/semantics.ts";
import type { Task } from "../model/task.ts";
import { testOf } from "./actions.ts";
import { type Asked, tasksOf } from "./tasks.ts";

export interface ProductionTesting {
  readonly task: Task;
  /** The command that tests. */
  readonly words: string;
  readonly environment: string;
  readonly source: Task["source"];
}

/** A job that names an environment of production and tests there: with its secrets, against what serves people. */
export function testsInProduction(asked: Asked): readonly ProductionTesting[] {
  const production = productionNames(asked.charter);
  return tasksOf(asked)
    .all.filter((task) => !task.isCalledOnly)
    .flatMap((task) => {
      const environment = task.environments.map((id) => asked.environmentOf(id)).find((name) => name !== undefined && production.has(name));
      const found = environment === undefined ? undefined : testOf(task);
      return environment === undefined || found === undefined
        ? []
        : [{ task, environment, words: found.words, source: found.action.source }];
    });
}

export const declaredTest = (charter: Charter, job: string): NonNullable<Charter["productionTests"]>[number] | undefined =>
  charter.productionTests?.find((test) => globMatches(test.job, job));
