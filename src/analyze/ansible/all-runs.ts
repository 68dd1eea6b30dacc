// Every run of Ansible that the estate tells of: by jobs of forges, and by job templates of AWX.
import type { AwxJobTemplate } from "../../model/observations/ansible.ts";
import { type Asked, tasksOf } from "../pipeline/promotion/tasks.ts";
import type { Task } from "../pipeline/model/task.ts";
import { githubRepository } from "../gitops/repositories.ts";
import { templateId } from "./ids.ts";
import { type Run, runOfTemplate, runsOfTask } from "./runs.ts";

/** Who runs it: a job of a forge, or a job template. */
export interface Runs {
  /** Entity id. */
  readonly by: string;
  readonly label: string;
  readonly task?: Task;
  readonly template?: AwxJobTemplate;
  readonly runs: readonly Run[];
  readonly unresolved: readonly string[];
}

export function allRuns(asked: Asked): readonly Runs[] {
  const byTasks = tasksOf(asked).all.map((task): Runs => ({
    by: task.id,
    label: `job ${task.label} of ${task.project}`,
    task,
    ...runsOfTask(asked, task),
  }));
  const byTemplates = asked.observations("ansible/job-template").map((template): Runs => ({
    by: templateId(template.organization, template.name),
    label: `job template ${template.name}`,
    template,
    ...runOfTemplate(asked, template, template.scm && githubRepository(template.scm.url)),
  }));
  return [...byTasks, ...byTemplates].filter(({ runs, unresolved }) => runs.length > 0 || unresolved.length > 0);
}
