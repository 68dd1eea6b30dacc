// Who can put a change into a repository, and who owns the repository: the start of every way through the pipeline.
import { fact, grant, type RuleSink } from "../../model/rule.ts";
import { type Actor, actsAs, installedApps, permitted } from "./actors.ts";
import { becauseOf, nature, ruleOf } from "./emit.ts";
import { type Pipeline, type RepositoryFacts, runsForCertain, runsWorkflows } from "./facts.ts";
import { holdsBack, readProtection } from "./protection.ts";
import { actionsBotId, changeId, organizationId, unreviewedRunId } from "./ids.ts";

/** The strongest reason why the account has the permission, as the grant to take away. */
function accessGrant(repository: RepositoryFacts, actor: Actor, permission: string) {
  const holder = repository.access.holders.find((one) => one.id === actor.id);
  const reason = holder?.reasons[0];
  const through = reason?.through ?? actor.label;
  return {
    through,
    grant: grant(
      repository.id,
      { permission, through },
      {
        label: `${permission} access of ${through} to ${repository.name}`,
        change: `take ${permission} access to ${repository.name} from ${through}`,
        source: reason?.source ?? actor.source,
      },
    ),
  };
}

function pushRule(repository: RepositoryFacts, actor: Actor, sink: RuleSink): void {
  const { through, grant: access } = accessGrant(repository, actor, "write");
  const by = through === actor.label ? "" : ` through ${through}`;
  sink.rule(
    ruleOf({
      family: "github/push",
      needs: [actsAs(actor)],
      gives: fact("author", repository.id),
      because: actor.because,
      how: `${actor.label} has write access to ${repository.name}${by}`,
      grants: [access],
      source: access.source,
    }),
  );
}

/**
 * "Any user with write access to your repository has read access to all secrets configured in your repository" (GitHub Docs, "Secure use
 * reference"): what a writer pushes may hold a workflow file of their own, so everything in an unreviewed branch is attacker-controlled.
 */
export function pushRules(pipeline: Pipeline, repository: RepositoryFacts, sink: RuleSink): void {
  if (repository.observed?.archived) return;
  const { name, id, source } = repository;
  sink.rule(
    ruleOf({
      family: "github/push",
      needs: [fact("author", changeId(name))],
      gives: fact("author", id),
      how: `someone with write access to ${name} pushes a branch`,
      grants: [nature(id, `write access to ${name} is enough to push a branch`, source)],
      source,
    }),
  );
  for (const actor of permitted(pipeline, repository, "write")) pushRule(repository, actor, sink);
  runUnreviewed(repository, sink);
}

/** Source: GitHub Docs, "Events that trigger workflows", push: the workflow file of the pushed commit runs. */
function runUnreviewed(repository: RepositoryFacts, sink: RuleSink): void {
  if (!runsWorkflows(repository)) return;
  const { name, id, source } = repository;
  const run = unreviewedRunId(name);
  const closed = readProtection(repository).coversAll.some((rule) => holdsBack(rule) && rule.restrictsCreation !== false);
  const because = becauseOf(
    !runsForCertain(repository) && `github/actions-settings:${id}`,
    closed && `a rule covers every branch of ${name}, and whether it lets a new one be created is not certain`,
  );
  sink.rule(
    ruleOf({
      family: "github/run-unreviewed",
      needs: [fact("author", id)],
      gives: fact("control", run),
      because,
      how: `a branch of ${name} brings its own workflow file, which decides what runs`,
      grants: [nature(id, `Actions runs the workflow files of every branch of ${name}`, source)],
      source,
    }),
  );
  // The token of every run is the bot's; whether its approval counts is decided at the branch.
  sink.rule(
    ruleOf({
      family: "github/automatic-token",
      needs: [fact("control", run)],
      gives: fact("act-as", actionsBotId(name)),
      because,
      how: `a job on any branch of ${name} acts as github-actions[bot] with its own token`,
      grants: [nature(id, `every job of ${name} has a token`, source)],
      source,
    }),
  );
}

/**
 * Administrators change any setting of the repository, so they hold it and all its guards. Source: GitHub Docs, "Repository roles for an
 * organization", Admin; "Permission levels for an organization", owners.
 */
export function ownerRules(pipeline: Pipeline, repository: RepositoryFacts, sink: RuleSink): void {
  for (const actor of permitted(pipeline, repository, "admin")) {
    const { through, grant: access } = accessGrant(repository, actor, "admin");
    sink.rule(
      ruleOf({
        family: "github/repository-admin",
        needs: [actsAs(actor)],
        gives: fact("control", repository.id),
        because: becauseOf(actor.because),
        how: `${actor.label} administers ${repository.name}${through === actor.label ? "" : ` through ${through}`}`,
        grants: [access],
        source: access.source,
      }),
    );
  }
}

function ownersOf(pipeline: Pipeline, organization: string): readonly Actor[] {
  const members = pipeline.directory.members.get(organization);
  const { everyone, account } = pipeline.directory;
  const id = organizationId(organization);
  const denied = pipeline.gaps.find((gap) => gap.topic === "github/member" && [id, organization].includes(gap.subject));
  const unread = members === undefined && !pipeline.repositories.some((one) => one.organization === organization && one.access.known);
  const because = denied || unread ? `github/member:${id}` : undefined;
  return [
    ...(members ?? []).filter((one) => one.role === "admin").map((one) => account(one.login, one.bot, one.source)),
    ...(because === undefined ? [] : everyone.map((one) => ({ ...one, because }))),
  ];
}

export function organizationRules(pipeline: Pipeline, organization: string, sink: RuleSink): void {
  const id = organizationId(organization);
  const repositories = pipeline.repositories.filter((one) => one.organization === organization);
  const first = repositories[0];
  const apps = first === undefined ? [] : installedApps(pipeline, first, "organization_administration");
  for (const actor of [...ownersOf(pipeline, organization), ...apps.map((app) => ({ ...app, because: undefined }))]) {
    sink.rule(
      ruleOf({
        family: "github/org-owner",
        needs: [actsAs(actor)],
        gives: fact("control", id),
        because: (actor as Actor).because,
        how: `${actor.label} owns ${organization}`,
        grants: [
          grant(
            id,
            { owner: actor.id },
            {
              label: `ownership of ${organization} by ${actor.label}`,
              change: `make ${actor.label} a member of ${organization}, not an owner`,
              source: actor.source,
            },
          ),
        ],
        source: actor.source,
      }),
    );
  }
  for (const repository of repositories)
    sink.rule(
      ruleOf({
        family: "github/org-owner",
        needs: [fact("control", id)],
        gives: fact("control", repository.id),
        how: `owners of ${organization} administer ${repository.name}`,
        grants: [nature(id, `owners administer every repository of ${organization}`, repository.source)],
        source: repository.source,
      }),
    );
}
