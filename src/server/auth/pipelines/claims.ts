// What a pipeline's token says, in one form: which repository, ref, environment, run and commit, and who started it.
import { z } from "zod";
import type { PipelineIssuer } from "./configuration.ts";

/** What a verified token proves about the job that holds it. */
export interface PipelineFacts {
  /** The entity id of the repository: github:ORG/REPO. */
  readonly project: string;
  readonly repository: string;
  readonly repositoryId: string;
  /** In full: refs/heads/main. */
  readonly ref: string;
  readonly commit: string;
  /** The forge's environment, whose protection the job passed. */
  readonly environment?: string;
  /** The file that runs, with the ref it was taken from. */
  readonly workflow: string;
  readonly event: string;
  /** The run, so that a person can open it. */
  readonly run: string;
  /** Who started it, by the entity id of the account. */
  readonly actor: string;
  /** The account's number at its forge: a login can pass to somebody else, a number cannot. */
  readonly actorId: string;
}

const Text = z.string().min(1).max(1000);
const Number = z.union([z.string().regex(/^\d{1,20}$/), z.int().nonnegative()]).transform(String);

/** GitHub Docs, "OpenID Connect reference", the claims of the token. */
const GithubClaims = z.object({
  repository: Text,
  repository_id: Number,
  ref: Text,
  sha: z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/),
  environment: Text.optional(),
  job_workflow_ref: Text,
  event_name: Text,
  run_id: Number,
  run_attempt: Number.optional(),
  actor: Text,
  actor_id: Number,
});

/** GitLab Docs, "OpenID Connect (OIDC) authentication using ID tokens", the token's payload. */
const GitlabClaims = z.object({
  project_path: Text,
  project_id: Number,
  ref: Text,
  ref_type: z.enum(["branch", "tag"]),
  sha: z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/),
  environment: Text.optional(),
  ci_config_ref_uri: Text.nullish(),
  pipeline_source: Text,
  pipeline_id: Number,
  job_id: Number,
  user_login: Text,
  user_id: Number,
});

/** Undefined when a claim is missing or has another form: then nothing is known of the job. */
export function factsOf(system: PipelineIssuer["system"], claims: unknown): PipelineFacts | undefined {
  return system === "github" ? githubFacts(claims) : gitlabFacts(claims);
}

function githubFacts(claims: unknown): PipelineFacts | undefined {
  const parsed = GithubClaims.safeParse(claims);
  if (!parsed.success) return undefined;
  const { data } = parsed;
  return {
    project: `github:${data.repository}`,
    repository: data.repository,
    repositoryId: data.repository_id,
    ref: data.ref,
    commit: data.sha,
    ...(data.environment !== undefined && { environment: data.environment }),
    workflow: data.job_workflow_ref,
    event: data.event_name,
    run: `github:${data.repository}/actions/runs/${data.run_id}/attempts/${data.run_attempt ?? "1"}`,
    actor: `github:@${data.actor.toLowerCase()}`,
    actorId: data.actor_id,
  };
}

function gitlabFacts(claims: unknown): PipelineFacts | undefined {
  const parsed = GitlabClaims.safeParse(claims);
  if (!parsed.success) return undefined;
  const { data } = parsed;
  return {
    project: `gitlab:${data.project_path}`,
    repository: data.project_path,
    repositoryId: data.project_id,
    // A branch and a tag of one name are two refs, and only one of them may be protected.
    ref: `refs/${data.ref_type === "tag" ? "tags" : "heads"}/${data.ref}`,
    commit: data.sha,
    ...(data.environment !== undefined && { environment: data.environment }),
    workflow: data.ci_config_ref_uri ?? "",
    event: data.pipeline_source,
    run: `gitlab:${data.project_path}/-/jobs/${data.job_id}`,
    actor: `gitlab:@${data.user_login.toLowerCase()}`,
    actorId: data.user_id,
  };
}
