// Repositories, environments, Actions settings, secrets and variables by name, runners.
import type { GithubEnvironment, GithubReviewer, GithubVariable } from "../../model/observations/github.ts";
import type { Source } from "../../model/source.ts";
import { variableWithoutSecrets } from "../../lib/secret-text.ts";
import type { Asked } from "./asked.ts";
import {
  BranchPolicy,
  CustomRule,
  Environment,
  ForkApproval,
  OidcSubject,
  OrganizationActionsPermissions,
  OrganizationOidcSubject,
  PrivateForks,
  Repository,
  RepositoryActionsPermissions,
  Runner,
  RunnerGroup,
  Secret,
  SelectedActions,
  Variable,
  WorkflowPermissions,
} from "./schema.ts";
import type { z } from "zod";

function putRepository(asked: Asked, found: z.infer<typeof Repository>, source: Source): void {
  const visibility = found.visibility ?? (found.private === undefined ? undefined : found.private ? "private" : "public");
  if (visibility === undefined) {
    asked.gap("github/repository", `github:${found.full_name}`, `visibility of ${found.full_name}`, "the answer does not say it", source);
    return;
  }
  asked.put({
    kind: "github/repository",
    repository: found.full_name,
    defaultBranch: found.default_branch,
    visibility,
    archived: found.archived,
    ...(found.allow_forking !== undefined && { allowForking: found.allow_forking }),
    ...(found.id !== undefined && { id: found.id }),
    ...(found.owner?.id !== undefined && { ownerId: found.owner.id }),
    ...(found.owner?.type !== undefined && { ownerType: found.owner.type }),
    source,
  });
}

export function repository(asked: Asked): void {
  const found = asked.whole(Repository);
  if (found) putRepository(asked, found, asked.source);
}

export function repositories(asked: Asked): void {
  for (const [found, source] of asked.items(Repository.partial({ default_branch: true, archived: true }))) {
    const { default_branch, archived } = found;
    if (default_branch !== undefined && archived !== undefined) putRepository(asked, { ...found, default_branch, archived }, source);
    else asked.put({ kind: "github/part", part: "repository-listed", repository: found.full_name, source });
  }
}

export function environments(asked: Asked): void {
  for (const [found, source] of asked.items(Environment)) putEnvironment(asked, found, source);
}

export function environment(asked: Asked): void {
  const found = asked.whole(Environment);
  if (found) putEnvironment(asked, found, asked.source);
}

/** Source: REST API, "Get an environment"; GitHub Docs, "Managing environments for deployment" (administrators may bypass unless it is switched off). */
function putEnvironment(asked: Asked, found: z.infer<typeof Environment>, source: Source): void {
  const review = found.protection_rules.find((rule) => rule.type === "required_reviewers");
  const reviewers = (review?.reviewers ?? []).flatMap(({ type, reviewer }): GithubReviewer[] => {
    const name = type === "Team" ? reviewer.slug : reviewer.login;
    if (name !== undefined) return [{ type, name: type === "Team" ? `${asked.organization}/${name}` : name }];
    asked.gap(
      "github/environment",
      `${asked.subject}#environment/${found.name}`,
      `a reviewer of environment ${found.name} of ${asked.repository}`,
      "the answer does not name it",
      source,
    );
    return [];
  });
  if (found.can_admins_bypass === undefined)
    unsaid(
      asked,
      found.name,
      "whether administrators may bypass",
      "the answer does not have can_admins_bypass; they may by default",
      source,
    );
  if (reviewers.length > 0 && review?.prevent_self_review === undefined)
    unsaid(asked, found.name, "whether one may approve one's own deployment", "the answer does not have prevent_self_review", source);
  const policy = found.deployment_branch_policy;
  const branches: GithubEnvironment["branches"] = policy === null ? "any" : policy.protected_branches ? "protected" : {};
  const known = new Set(["required_reviewers", "wait_timer", "branch_policy"]);
  asked.put({
    kind: "github/environment",
    repository: asked.repository ?? "",
    name: found.name,
    reviewers,
    preventSelfReview: review?.prevent_self_review ?? false,
    waitMinutes: found.protection_rules.find((rule) => rule.type === "wait_timer")?.wait_timer ?? 0,
    branches,
    canAdminsBypass: found.can_admins_bypass ?? true,
    hasCustomRules: found.protection_rules.some((rule) => !known.has(rule.type)),
    source,
  });
}

function unsaid(asked: Asked, environment: string, what: string, why: string, source: Source): void {
  const subject = `${asked.subject}#environment/${environment}`;
  asked.gap("github/environment", subject, `${what} environment ${environment} of ${asked.repository}`, why, source);
}

export function branchPolicies(asked: Asked): void {
  const found = asked.items(BranchPolicy).map(([policy]) => policy);
  asked.put({
    kind: "github/part",
    part: "branch-policies",
    repository: asked.repository ?? "",
    environment: asked.part("environment") ?? "",
    patterns: found.filter((policy) => policy.type === "branch").map((policy) => policy.name),
    tagPatterns: found.filter((policy) => policy.type === "tag").map((policy) => policy.name),
    source: asked.source,
  });
}

export function customRules(asked: Asked): void {
  const apps = asked.items(CustomRule).flatMap(([rule]) => (rule.enabled ? [rule.app.slug] : []));
  asked.put({
    kind: "github/part",
    part: "custom-rules",
    repository: asked.repository ?? "",
    environment: asked.part("environment") ?? "",
    apps,
    source: asked.source,
  });
}

type AllowedActions = Pick<z.infer<typeof RepositoryActionsPermissions>, "allowed_actions" | "sha_pinning_required">;

const allowed = ({ allowed_actions, sha_pinning_required }: AllowedActions) => ({
  ...(allowed_actions !== undefined && { allowedActions: allowed_actions }),
  ...(sha_pinning_required !== undefined && { requirePinnedActions: sha_pinning_required }),
});

export function actionsPermissions(asked: Asked): void {
  const { repository, organization = "", source } = asked;
  if (repository !== undefined) {
    const found = asked.whole(RepositoryActionsPermissions);
    if (found) asked.put({ kind: "github/actions-settings", repository, enabled: found.enabled, ...allowed(found), source });
    return;
  }
  const found = asked.whole(OrganizationActionsPermissions);
  if (!found) return;
  const enabledRepositories = found.enabled_repositories;
  asked.put({ kind: "github/organization-actions-settings", organization, enabledRepositories, ...allowed(found), source });
}

export function selectedActions(asked: Asked): void {
  const found = asked.whole(SelectedActions);
  if (!found) return;
  const selectedActions = { githubOwned: found.github_owned_allowed, verified: found.verified_allowed, patterns: found.patterns_allowed };
  const { repository, organization, source } = asked;
  if (repository !== undefined) asked.put({ kind: "github/actions-settings", repository, selectedActions, source });
  else asked.put({ kind: "github/organization-actions-settings", organization: organization ?? "", selectedActions, source });
}

export function workflowPermissions(asked: Asked): void {
  const found = asked.whole(WorkflowPermissions);
  if (!found) return;
  const common = {
    defaultTokenPermission: found.default_workflow_permissions,
    canApprovePullRequests: found.can_approve_pull_request_reviews,
    source: asked.source,
  };
  if (asked.repository !== undefined) asked.put({ kind: "github/actions-settings", repository: asked.repository, ...common });
  else asked.put({ kind: "github/organization-actions-settings", organization: asked.organization ?? "", ...common });
}

export function forkApproval(asked: Asked): void {
  const found = asked.whole(ForkApproval);
  if (!found) return;
  asked.put({
    kind: "github/actions-settings",
    repository: asked.repository ?? "",
    forkApproval: found.approval_policy,
    source: asked.source,
  });
}

export function privateForks(asked: Asked): void {
  const found = asked.whole(PrivateForks);
  if (!found) return;
  const privateForks = {
    run: found.run_workflows_from_fork_pull_requests,
    writeTokens: found.send_write_tokens_to_workflows,
    secrets: found.send_secrets_and_variables,
    requireApproval: found.require_approval_for_fork_pr_workflows,
  };
  asked.put({ kind: "github/actions-settings", repository: asked.repository ?? "", privateForks, source: asked.source });
}

export function oidcSubject(asked: Asked): void {
  const found = asked.whole(asked.repository === undefined ? OrganizationOidcSubject : OidcSubject);
  if (!found) return;
  const claimKeys = found.include_claim_keys ?? [];
  // An organization's answer has no `use_default`: a template that names claims is in use.
  asked.put({
    kind: "github/oidc-subject",
    ...(asked.repository !== undefined ? { repository: asked.repository } : { organization: asked.organization ?? "" }),
    useDefault: found.use_default ?? claimKeys.length === 0,
    claimKeys,
    ...(found.use_immutable_subject !== undefined && { immutableIds: found.use_immutable_subject }),
    ...(found.sub_claim_prefix !== undefined && { prefix: found.sub_claim_prefix }),
    source: asked.source,
  });
}

type Visibility = "all" | "private" | "selected" | undefined;

/** An organization's `selected` stays open until the file with the repositories is joined. */
const openVisibility = (visibility: Visibility) => (visibility === "all" || visibility === "private" ? { visibility } : {});

function placeOf(asked: Asked): { repository?: string; environment?: string; organization?: string } {
  const environment = asked.part("environment");
  if (asked.repository === undefined) return { organization: asked.organization ?? "" };
  return { repository: asked.repository, ...(environment !== undefined && { environment }) };
}

export function secrets(asked: Asked): void {
  for (const [secret, source] of asked.items(Secret)) {
    asked.put({ kind: "github/secret", name: secret.name, ...placeOf(asked), ...openVisibility(secret.visibility), source });
  }
}

/** Asked of one repository: the organization's secrets that it may use. */
export function secretsOfOrganization(asked: Asked): void {
  const place = { organization: asked.organization ?? "", visibility: { repositories: [asked.repository ?? ""] } };
  for (const [{ name }, source] of asked.items(Secret)) asked.put({ kind: "github/secret", name, ...place, source });
}

export function variables(asked: Asked): void {
  for (const [variable, source] of asked.items(Variable))
    asked.put({ ...variableOf(asked, variable), ...placeOf(asked), ...openVisibility(variable.visibility), source });
}

export function variablesOfOrganization(asked: Asked): void {
  const place = { organization: asked.organization ?? "", visibility: { repositories: [asked.repository ?? ""] } };
  for (const [variable, source] of asked.items(Variable)) asked.put({ ...variableOf(asked, variable), ...place, source });
}

function variableOf(asked: Asked, { name, value }: z.infer<typeof Variable>): Pick<GithubVariable, "kind" | "name" | "value"> {
  const kept = value === undefined ? {} : { value: variableWithoutSecrets(name, String(value), asked.fingerprint) };
  return { kind: "github/variable", name, ...kept };
}

export function selectedRepositories(asked: Asked): void {
  const names = asked.items(Repository.pick({ full_name: true })).map(([found]) => found.full_name);
  const [secret, variable] = [asked.part("secret"), asked.part("variable")];
  const of =
    secret !== undefined ? `secret/${secret}` : variable !== undefined ? `variable/${variable}` : `runner-group/${asked.part("group")}`;
  asked.put({
    kind: "github/part",
    part: "selected-repositories",
    of: `${asked.organization}/${of}`,
    repositories: names,
    source: asked.source,
  });
}

export function runners(asked: Asked): void {
  const group = asked.part("group");
  for (const [runner, source] of asked.items(Runner)) {
    const groupId = runner.runner_group_id ?? (group === undefined ? undefined : Number(group));
    asked.put({
      kind: "github/part",
      part: "runner",
      ...(groupId !== undefined && { groupId }),
      runner: {
        kind: "github/runner",
        scope: asked.repository ?? asked.organization ?? "",
        name: runner.name,
        labels: runner.labels.map(({ name }) => name),
        ...(runner.ephemeral !== undefined && { ephemeral: runner.ephemeral }),
        source,
      },
      source,
    });
  }
}

export function runnerGroups(asked: Asked): void {
  for (const [group, source] of asked.items(RunnerGroup)) {
    asked.put({
      kind: "github/part",
      part: "runner-group",
      id: group.id,
      selected: group.visibility === "selected",
      group: {
        kind: "github/runner-group",
        organization: asked.organization ?? "",
        name: group.name,
        ...openVisibility(group.visibility),
        allowsPublicRepositories: group.allows_public_repositories,
        ...(group.restricted_to_workflows && group.selected_workflows && { workflows: group.selected_workflows }),
        source,
      },
      source,
    });
  }
}
