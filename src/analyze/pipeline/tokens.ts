// The OpenID Connect tokens that each run, environment and job can obtain: what a cloud's trust policy is matched against.
import { fact, type IdentityToken } from "../../model/rule.ts";
import type { Source } from "../../model/source.ts";
import { admissions, type EnvironmentFacts } from "./environments.ts";
import { runsWorkflows } from "./facts.ts";
import { branchRunId, uncertainTokenId, unreviewedRunId } from "./ids.ts";
import { mayWrite } from "./jobs.ts";
import { covered, isPattern, looseGlob } from "./patterns.ts";
import type { BranchContext } from "./protection.ts";
import { type Claim, type Claims, possibleSubjects, subjectForm, type SubjectForm, subjectOf } from "./subjects.ts";
import type { JobView, PipelineView, RepositoryView } from "./view.ts";

export const ISSUER = "token.actions.githubusercontent.com";

const ANY: Claim = { value: "*" };

const except = (patterns: readonly string[]): { readonly except?: readonly string[] } => (patterns.length > 0 ? { except: patterns } : {});

/** The names an environment answers to: "Environment names are not case sensitive", so a trust policy in another spelling means the same one. */
export function spellings(name: string): readonly string[] {
  const lower = name.toLowerCase();
  return [...new Set([name, lower, lower.toUpperCase(), lower.charAt(0).toUpperCase() + lower.slice(1)])];
}

/** Claims that every job of the repository has. `aud`, `actor` and `event_name` are chosen by whoever starts the job. */
function commonClaims(repository: RepositoryView): Claims {
  const { name, organization, observed } = repository.facts;
  return {
    aud: ANY,
    actor: ANY,
    event_name: ANY,
    workflow: ANY,
    runner_environment: ANY,
    repository: { value: name },
    repository_owner: { value: organization },
    ...(observed?.id !== undefined && { repository_id: { value: String(observed.id) } }),
    ...(observed?.ownerId !== undefined && { repository_owner_id: { value: String(observed.ownerId) } }),
    ...(observed && { repository_visibility: { value: observed.visibility } }),
  };
}

/** `ref` and what follows from it: a job's own workflow file stands at the ref that runs. */
function refClaims(repository: RepositoryView, ref: Claim): Claims {
  const workflow = (one: string): string => `${repository.facts.name}/.github/workflows/*@${one}`;
  const file: Claim = { value: workflow(ref.value), ...except((ref.except ?? []).map(workflow)) };
  const type = ref.value.startsWith("refs/heads/") ? { value: "branch" } : ref.value.startsWith("refs/tags/") ? { value: "tag" } : ANY;
  return { ref, ref_type: type, workflow_ref: file, job_workflow_ref: file };
}

interface Issued {
  readonly holder: string;
  readonly context: Claim;
  readonly claims: Claims;
  readonly how: string;
  readonly source: Source;
}

type Issue = (issued: Issued) => void;

export interface Issuer {
  readonly token: (token: IdentityToken) => void;
  /** Called for a holder whose tokens have a form that was not collected. */
  readonly uncertain: (holder: string, because: string) => void;
}

/** Claims that say which content runs: of an environment that admits several branches they depend on the run. */
const OF_THE_RUN: readonly string[] = ["ref", "ref_type", "workflow_ref", "job_workflow_ref"];

function uncertainForm(form: SubjectForm, claims: Claims): string | undefined {
  if (form.kind === "unknown") return form.because;
  const open = form.kind === "custom" ? OF_THE_RUN.find((claim) => form.keys.includes(claim) && claims[claim] === undefined) : undefined;
  return open && `which ${open} the subject carries depends on the run`;
}

function issuing(repository: RepositoryView, form: SubjectForm, issuer: Issuer): Issue {
  const common = commonClaims(repository);
  return ({ holder, context, claims, how, source }) => {
    const all: Claims = { ...common, ...claims };
    // A template with the environment in it: "an environment is required and must be provided", so a job without one gets no token.
    if (form.kind === "custom" && form.keys.includes("environment") && all["environment"] === undefined) return;
    const because = uncertainForm(form, all);
    if (because !== undefined) issuer.uncertain(holder, because);
    issuer.token({
      issuer: ISSUER,
      claims: { ...all, sub: subjectOf(form, repository.facts, context, all) },
      holder: fact("act-as", because === undefined ? holder : uncertainTokenId(holder)),
      how,
      source,
    });
  };
}

export function repositoryTokens(pipeline: PipelineView, repository: RepositoryView, issuer: Issuer): void {
  if (!runsWorkflows(repository.facts)) return;
  const form = subjectForm(pipeline.pipeline, repository.facts);
  const issue = issuing(repository, form, issuer);
  unreviewedTokens(repository, issue);
  for (const context of repository.protection.contexts) branchTokens(repository, context, issue);
  for (const environment of repository.environments) environmentTokens(repository, environment, issue);
  for (const view of repository.jobs) jobTokens(repository, view, issue);
  if (form.kind === "unknown") customTokens(repository, form.because, issuer);
}

const headOf = (name: string): string => `refs/heads/${isPattern(name) ? looseGlob(name) : name}`;

/** Names that a token of any branch cannot have: branches that stand apart. */
const heads = (repository: RepositoryView): readonly string[] => repository.protection.contexts.map((context) => headOf(context.name));

/**
 * A glob's `*` crosses `/` where a branch rule's does not, so an exception for `release/*` would also hide `release/a/b`, which no rule covers: such
 * names get a token of their own.
 */
function deeperNames(repository: RepositoryView): readonly string[] {
  const names = repository.protection.contexts.map((context) => context.name);
  return names
    .filter((name) => name.includes("*"))
    .flatMap((name) => {
      const deeper = name.replace(/\*+(?!.*\*)/, "*/*");
      return covered(deeper, names) ? [] : [`refs/heads/${deeper}`];
    });
}

/** Everything in an unreviewed branch is attacker-controlled: events, workflow file, environment name, audience. */
function unreviewedTokens(repository: RepositoryView, issue: Issue): void {
  const { name, source } = repository.facts;
  const holder = unreviewedRunId(name);
  const apart = heads(repository);
  const ref = (value: string, exceptions: readonly string[], how: string): void => {
    const claim: Claim = { value, ...except(exceptions) };
    const context: Claim = { value: `ref:${value}`, ...except(exceptions.map((one) => `ref:${one}`)) };
    issue({ holder, context, claims: refClaims(repository, claim), how, source });
  };
  ref("refs/heads/*", apart, `a job on any branch of ${name}`);
  for (const deeper of deeperNames(repository)) ref(deeper, [], `a job on a branch of ${name} that no rule covers`);
  ref("refs/tags/*", [], `a job on any tag of ${name}`);
  const pull = refClaims(repository, { value: "refs/pull/*/merge" });
  issue({
    holder,
    context: { value: "pull_request" },
    claims: { ...pull, base_ref: ANY, head_ref: ANY },
    how: `a job on any pull request of ${name}`,
    source,
  });
  const claims = refClaims(repository, { value: "refs/*", ...except(apart) });
  newEnvironment(repository, holder, claims, `a job on any branch of ${name} in an environment that it names first`, issue);
}

/** "Running a workflow that references an environment that does not exist will create an environment with the referenced name", unprotected. */
function newEnvironment(repository: RepositoryView, holder: string, claims: Claims, how: string, issue: Issue): void {
  const taken = repository.environments.flatMap((environment) => spellings(environment.name));
  const context: Claim = { value: "environment:*", ...except(taken.map((one) => `environment:${one.replaceAll(":", "%3A")}`)) };
  const environment: Claim = { value: "*", ...except(taken) };
  issue({ holder, context, claims: { ...claims, environment }, how, source: repository.facts.source });
}

function branchTokens(repository: RepositoryView, context: BranchContext, issue: Issue): void {
  const { name } = repository.facts;
  const ref = headOf(context.name);
  const claims = refClaims(repository, { value: ref });
  const how = `a job on branch ${context.name} of ${name}`;
  issue({ holder: context.run, context: { value: `ref:${ref}` }, claims, how, source: context.source });
  newEnvironment(repository, context.run, claims, `${how} in an environment that it names first`, issue);
}

/** With one run admitted the ref is known; with several it depends on the run, and a condition on it stays open. */
function environmentTokens(repository: RepositoryView, environment: EnvironmentFacts, issue: Issue): void {
  const admitted = admissions(repository.facts, repository.protection, environment);
  const only = admitted.length === 1 ? repository.protection.contexts.find((context) => context.run === admitted[0]?.run) : undefined;
  const claims = only === undefined ? {} : refClaims(repository, { value: headOf(only.name) });
  for (const name of spellings(environment.name))
    issue({
      holder: environment.id,
      context: { value: `environment:${name.replaceAll(":", "%3A")}` },
      claims: { ...claims, environment: { value: name } },
      how: `a job in environment ${environment.name} of ${repository.facts.name}`,
      source: environment.source,
    });
}

/** The file of a called workflow is at the ref its caller names. */
function calledClaims(view: JobView): Claims {
  const call = view.job.calls.at(-1);
  if (call === undefined || call.isLocal) return {};
  const commit = /^[0-9a-f]{40}$/i.test(call.ref);
  return { job_workflow_ref: { value: `${call.repository}/${call.path}@${commit ? call.ref : `refs/*/${call.ref}`}` } };
}

function jobTokens(repository: RepositoryView, view: JobView, issue: Issue): void {
  const { job } = view;
  if (mayWrite(job, "id-token") !== true || job.job.uses !== undefined) return;
  const { source } = job.job;
  const how = `job ${job.label} of ${repository.facts.name}`;
  const only = view.runs.length === 1 ? view.runs[0] : undefined;
  const ref: Claims = only?.branch === undefined ? {} : refClaims(repository, { value: headOf(only.branch) });
  const called = calledClaims(view);
  for (const environment of view.environments)
    for (const name of spellings(environment.name)) {
      const claims = { ...ref, ...called, environment: { value: name } };
      issue({ holder: job.id, context: { value: `environment:${name.replaceAll(":", "%3A")}` }, claims, how, source });
    }
  if (job.environments !== undefined) return;
  for (const run of view.runs) {
    if (run.branch === undefined || run.id !== branchRunId(repository.facts.name, run.branch)) continue;
    const value = headOf(run.branch);
    issue({ holder: job.id, context: { value: `ref:${value}` }, claims: { ...refClaims(repository, { value }), ...called }, how, source });
  }
}

function customTokens(repository: RepositoryView, because: string, issuer: Issuer): void {
  const holder = unreviewedRunId(repository.facts.name);
  issuer.uncertain(holder, because);
  const common = commonClaims(repository);
  for (const value of possibleSubjects(repository.facts))
    issuer.token({
      issuer: ISSUER,
      claims: { ...common, sub: { value } },
      holder: fact("act-as", uncertainTokenId(holder)),
      how: `a job on any branch of ${repository.facts.name}, with subjects of a form that was not collected`,
      source: repository.facts.source,
    });
}
