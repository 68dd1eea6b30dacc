// Who decides what runs in an environment: admitted runs, required reviewers, administrators, and those who edit the settings.
import { fact, type Fact, type Grant, grant, type RuleSink } from "../../model/rule.ts";
import { type Actor, authors, distinct, teamActors } from "./actors.ts";
import { emitApprovals } from "./approvals.ts";
import { passage } from "./doors.ts";
import { becauseOf, missing, nature, ruleOf } from "./emit.ts";
import { type Admission, admissions, type EnvironmentFacts, isProtected } from "./environments.ts";
import { type Pipeline, type RepositoryFacts, runsWorkflows } from "./facts.ts";
import { changeId, unreviewedRunId } from "./ids.ts";
import { report } from "./report.ts";
import type { Protection } from "./protection.ts";

const named = (repository: RepositoryFacts, environment: EnvironmentFacts): string =>
  `environment ${environment.name} of ${repository.name}`;

function settings(repository: RepositoryFacts, environment: EnvironmentFacts, part: string, change: string): Grant {
  const { observed } = environment;
  if (observed === undefined)
    return missing(environment.id, `no protection of ${named(repository, environment)}`, change, environment.source);
  const { source, ...content } = observed;
  return grant(environment.id, { content, part }, { label: `settings of ${named(repository, environment)}`, change, source });
}

export function environmentRules(
  pipeline: Pipeline,
  repository: RepositoryFacts,
  protection: Protection,
  environment: EnvironmentFacts,
  deployers: readonly string[],
  sink: RuleSink,
): void {
  if (!runsWorkflows(repository)) return;
  const door = passage(pipeline.input, [environment.id, ...deployers]);
  const reviewed = environment.observed !== undefined && environment.observed.reviewers.length > 0;
  const needs = [...(reviewed ? [fact("approve", environment.guard)] : []), ...door];
  for (const admission of admissions(repository, protection, environment)) admit(repository, environment, admission, needs, sink);
  reportUnread(repository, environment, sink);
  if (!isProtected(environment)) return;
  if (reviewed) review(pipeline, repository, environment, sink);
  edit(repository, environment, door, sink);
}

/** Says once that the environment's settings were never asked for. */
function reportUnread(repository: RepositoryFacts, environment: EnvironmentFacts, sink: RuleSink): void {
  if (environment.observed !== undefined || repository.environmentsListed) return;
  if (repository.gaps("github/environment", environment.id).length > 0) return;
  const clauses = ["A1", "A6", "P1", "P2"];
  report(
    {
      topic: "github/environment",
      subject: environment.id,
      what: `settings of ${named(repository, environment)}`,
      why: "not collected",
      clauses,
    },
    sink,
  );
}

/**
 * "Running a workflow that references an environment that does not exist will create an environment with the referenced name" (GitHub Docs, "Managing
 * environments for deployment"): one that the settings do not hold has no protection.
 */
function admit(
  repository: RepositoryFacts,
  environment: EnvironmentFacts,
  admission: Admission,
  needs: readonly Fact[],
  sink: RuleSink,
): void {
  const { observed } = environment;
  const what = named(repository, environment);
  const custom = observed?.hasCustomRules
    ? `an app's custom protection rule decides about ${what}${observed.customRules ? ` (${observed.customRules.join(", ")})` : ""}`
    : undefined;
  const gated = needs.some((need) => need.entity === environment.guard);
  const change = gated
    ? `let only protected branches deploy to ${what}, and ask for reviewers who did not start the run`
    : `require reviewers for ${what}, prevent self-review, and let only protected branches deploy`;
  const unreviewed = admission.run === unreviewedRunId(repository.name);
  const open = settings(repository, environment, `admits ${admission.what}`, change);
  sink.rule(
    ruleOf({
      family: "github/environment",
      needs: [fact("control", admission.run), ...needs],
      gives: fact("control", environment.id),
      because: becauseOf(admission.because, custom),
      how: gated
        ? `${admission.what} deploys to ${environment.name} once a reviewer approves`
        : `${what} admits jobs on ${admission.what} without a review`,
      grants: [!gated && observed !== undefined && unreviewed ? { ...open, adds: true } : open],
      source: environment.source,
    }),
  );
}

/**
 * "Only one of the required reviewers needs to approve the job for it to proceed. [With self-review prevented] users who initiate a deployment cannot
 * approve the deployment job, even if they are a required reviewer" (GitHub Docs, "Deployments and environments", Required reviewers).
 */
function review(pipeline: Pipeline, repository: RepositoryFacts, environment: EnvironmentFacts, sink: RuleSink): void {
  const { observed } = environment;
  if (observed === undefined) return;
  const what = named(repository, environment);
  const reviewers = distinct(
    observed.reviewers.flatMap((reviewer): readonly Actor[] =>
      reviewer.type === "User"
        ? [pipeline.directory.account(reviewer.name, false, observed.source)]
        : teamActors(pipeline, repository.organization, reviewer.name),
    ),
  );
  const prevented = observed.preventSelfReview;
  const grants = [
    prevented
      ? settings(repository, environment, "reviewers", `let only accounts that no one person holds twice review ${what}`)
      : settings(repository, environment, "self-review", `prevent self-review on ${what}`),
  ];
  const gate = { gate: environment.guard, family: "github/environment", count: 1, approvers: reviewers, change: changeId(repository.name) };
  const starters = prevented ? authors(pipeline, repository) : undefined;
  const needs = emitApprovals({ ...gate, authors: starters, of: what, grants, source: observed.source }, sink);
  const gives = fact("approve", environment.guard);
  sink.rule(
    ruleOf({
      family: "github/environment",
      needs,
      gives,
      how: prevented
        ? `a reviewer of ${what} approves a run that another started`
        : `a reviewer of ${what} approves a run, also one of their own`,
      grants,
      source: observed.source,
    }),
  );
  if (observed.canAdminsBypass) bypass(repository, environment, sink);
}

/** "By default, administrators can bypass the protection rules and force deployments to specific environments" (same page). */
function bypass(repository: RepositoryFacts, environment: EnvironmentFacts, sink: RuleSink): void {
  const what = named(repository, environment);
  sink.rule(
    ruleOf({
      family: "github/admin-bypass",
      needs: [fact("control", repository.id)],
      gives: fact("approve", environment.guard),
      how: `administrators of ${repository.name} may deploy to ${environment.name} without a review`,
      grants: [settings(repository, environment, "bypass", `do not allow administrators to bypass the protection rules of ${what}`)],
      source: environment.source,
    }),
  );
}

/** The settings are the wall here: who can edit them takes one minute to open the environment to every branch, and one to close it again. */
function edit(repository: RepositoryFacts, environment: EnvironmentFacts, door: readonly Fact[], sink: RuleSink): void {
  const what = named(repository, environment);
  const { source } = environment;
  sink.rule(
    ruleOf({
      family: "github/edit-environment",
      needs: [fact("control", repository.id)],
      gives: fact("defeat", environment.guard),
      how: `who administers ${repository.name} can take the protection off ${environment.name}`,
      grants: [nature(environment.guard, `administrators of ${repository.name} edit its environments`, source)],
      source,
    }),
  );
  sink.rule(
    ruleOf({
      family: "github/edit-environment",
      needs: [fact("control", unreviewedRunId(repository.name)), fact("defeat", environment.guard), ...door],
      gives: fact("control", environment.id),
      how: `without its protection, ${what} admits jobs on any branch`,
      grants: [settings(repository, environment, "edit", `let fewer people administer ${repository.name}`)],
      source,
    }),
  );
}
