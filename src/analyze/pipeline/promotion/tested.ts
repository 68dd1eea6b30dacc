// P8: whether tests and security tests ran and passed before production, on the commit that it gets.
import { viewPipeline } from "../view.ts";
import type { Task } from "../model/task.ts";
import { securityOf, testOf } from "./actions.ts";
import { type Deployment, mayDeploy, type Told } from "./deployments.ts";
import { type Asked, type Before, tasksOf } from "./tasks.ts";

const KINDS = [
  { words: "tests", of: testOf, check: /test|spec|e2e|integration|unit/i },
  { words: "security tests", of: securityOf, check: /secur|sast|codeql|trivy|snyk|semgrep|audit|scan|vuln/i },
] as const;

const SHOWS = "the job that runs them among those that the deployment waits for, or a status check that the branch requires";

/**
 * A job that the production job waits for ran them, on this run's commit, and had to pass; or the branch takes no commit without such a check ("Require
 * status checks to pass before merging"). Tests that nothing waits for, or whose failure stops nothing, held nothing back. That they run elsewhere is
 * possible, so where none are seen the answer is unknown.
 */
export function testedBefore(asked: Asked, deployment: Deployment): readonly Told[] {
  const { task, label } = deployment;
  if (mayDeploy(task) === "unknown")
    return [
      {
        answer: "unknown",
        why: `${label} names an environment, and whether it deploys anything is not visible in its steps`,
        wouldShow: SHOWS,
      },
    ];
  const before = tasksOf(asked).before(task);
  const required = requiredChecks(asked, deployment);
  return KINDS.map(({ words, of, check }): Told => {
    const ran = before.filter((one) => of(one.task) !== undefined);
    const holding = ran.filter((one) => one.despite === undefined && !isIgnored(one, of));
    const held = holding.find((one) => one.unsure === undefined) ?? holding[0];
    if (held?.unsure !== undefined)
      return { answer: "unknown", why: `${held.task.label} runs ${words}, and may be left out: ${held.unsure}`, wouldShow: SHOWS };
    // What another workflow's run tested is the commit that it ran on.
    const isOfCommit = held === undefined || task.newestCommit === undefined || held.task.definition === task.definition;
    if (held !== undefined && isOfCommit) return { answer: "yes", why: `${label} waits for ${held.task.label}, which runs ${words}` };
    const name = required.find((one) => check.test(one));
    if (name !== undefined) return { answer: "yes", why: `the branches that ${label} runs on require the check ${name}` };
    if (held !== undefined)
      return { answer: "no", why: `${held.task.label} runs ${words} on its own commit, and ${label} ${task.newestCommit}` };
    const loose = ran[0];
    if (loose !== undefined)
      return {
        answer: "no",
        why: `${loose.task.label} runs ${words}, and its failure does not stop ${label}${loose.despite === undefined ? "" : ` (${loose.despite})`}`,
      };
    return { answer: "unknown", why: `no job that ${label} waits for runs ${words}`, wouldShow: SHOWS };
  });
}

/** "|| true" after the command, or a step whose failure stops nothing: it passes whatever it finds. */
function isIgnored({ task }: Before, of: (task: Task) => ReturnType<typeof testOf>): boolean {
  const action = of(task)?.action;
  return action?.swallowed !== undefined || /\|\|\s*(?:true|exit\s+0|:)\b/.test(action?.text ?? "");
}

/** Checks that every branch on which the job runs asks for. */
function requiredChecks(asked: Asked, deployment: Deployment): readonly string[] {
  if (deployment.task.system !== "github") return [];
  const repository = viewPipeline(asked).repository(deployment.repository);
  const view = repository?.jobs.find((one) => one.job.id === deployment.job);
  if (repository === undefined || view === undefined) return [];
  const contexts = repository.protection.contexts.filter((context) => view.runs.some((run) => run.id === context.run));
  if (contexts.length === 0 || contexts.length < view.runs.length) return [];
  const [first, ...others] = contexts.map((context) => new Set(context.rules.flatMap((rule) => rule.requiredChecks)));
  return [...(first ?? [])].filter((name) => others.every((each) => each.has(name)));
}
