// Pure: one item of an answer → one observation.
import type { z } from "zod";
import type {
  GitlabApprovalRule,
  GitlabApprovalSettings,
  GitlabDeployKey,
  GitlabEnvironment,
  GitlabGrantee,
  GitlabMember,
  GitlabPart,
  GitlabProject,
  GitlabProtectedBranch,
  GitlabProtectedEnvironment,
  GitlabProtectedTag,
  GitlabRunner,
  GitlabVariable,
} from "../../model/observations/gitlab.ts";
import type { Source } from "../../model/source.ts";
import type * as schema from "./schema.ts";

type Wire<K extends keyof typeof schema> = (typeof schema)[K] extends z.ZodType ? z.infer<(typeof schema)[K]> : never;

/** An entry names a user, a group or a key, or else a level. */
function granteeOf({ access_level, user_id, group_id, deploy_key_id }: schema.AccessLevel): GitlabGrantee {
  if (typeof user_id === "number") return { user: user_id };
  if (typeof group_id === "number") return { group: group_id };
  if (typeof deploy_key_id === "number") return { deployKey: deploy_key_id };
  return { level: access_level ?? 0 };
}

const hostOf = (address: string | null | undefined): string | undefined => /^https?:\/\/([^/]+)\//.exec(address ?? "")?.[1];

export function project(wire: Wire<"Project">, _of: string, source: Source): GitlabProject {
  const host = hostOf(wire.web_url);
  return {
    kind: "gitlab/project",
    project: wire.path_with_namespace,
    id: wire.id,
    ...(host !== undefined && { host }),
    ...(wire.default_branch && { defaultBranch: wire.default_branch }),
    ...(wire.visibility && { visibility: wire.visibility }),
    archived: wire.archived === true,
    ...(wire.ci_config_path && { definition: wire.ci_config_path }),
    ...(typeof wire.ci_allow_fork_pipelines_to_run_in_parent_project === "boolean" && {
      runsForksHere: wire.ci_allow_fork_pipelines_to_run_in_parent_project,
    }),
    ...(typeof wire.allow_pipeline_trigger_approve_deployment === "boolean" && {
      starterApproves: wire.allow_pipeline_trigger_approve_deployment,
    }),
    ...(wire.ci_pipeline_variables_minimum_override_role && { variablesBy: wire.ci_pipeline_variables_minimum_override_role }),
    source,
  };
}

/** Bots of access tokens are named so (Docs, "Project access tokens", Bot users for projects; "Service accounts"). */
const isBot = (username: string): boolean => /^(?:project|group)_\d+_bot(?:_|$)|^service_account_/.test(username);

function addressesOf({ email, public_email, group_saml_identity }: Wire<"Member">): Pick<GitlabMember, "addresses"> {
  const found = [email, public_email, group_saml_identity?.extern_uid].flatMap((each) => (each?.includes("@") ? [each.toLowerCase()] : []));
  return found.length > 0 ? { addresses: [...new Set(found)] } : {};
}

export const member = (wire: Wire<"Member">, of: string, source: Source): GitlabMember => ({
  kind: "gitlab/member",
  of,
  id: wire.id,
  username: wire.username,
  level: wire.access_level,
  bot: wire.bot === true || isBot(wire.username),
  active: wire.state === undefined || wire.state === null || wire.state === "active",
  ...addressesOf(wire),
  source,
});

export const protectedBranch = (wire: Wire<"ProtectedBranch">, of: string, source: Source): GitlabProtectedBranch => ({
  kind: "gitlab/protected-branch",
  project: of,
  name: wire.name,
  push: wire.push_access_levels.map(granteeOf),
  merge: wire.merge_access_levels.map(granteeOf),
  unprotect: (wire.unprotect_access_levels ?? []).map(granteeOf),
  allowForcePush: wire.allow_force_push === true,
  codeOwners: wire.code_owner_approval_required === true,
  source,
});

export const protectedTag = (wire: Wire<"ProtectedTag">, of: string, source: Source): GitlabProtectedTag => ({
  kind: "gitlab/protected-tag",
  project: of,
  name: wire.name,
  create: wire.create_access_levels.map(granteeOf),
  source,
});

/** The older form counts approvals by anyone who may deploy; rules say whose and how many (Docs, "Deployment approvals"). */
export function protectedEnvironment(wire: Wire<"ProtectedEnvironment">, of: string, source: Source): GitlabProtectedEnvironment {
  const rules = (wire.approval_rules ?? []).map((rule) => ({ by: granteeOf(rule), count: rule.required_approvals }));
  const deploy = wire.deploy_access_levels.map(granteeOf);
  const count = wire.required_approval_count ?? 0;
  const older = rules.length === 0 && count > 0 ? deploy.slice(0, 1).map((by) => ({ by, count })) : [];
  return { kind: "gitlab/protected-environment", project: of, name: wire.name, deploy, approvals: [...rules, ...older], source };
}

export const environment = (wire: Wire<"Environment">, of: string, source: Source): GitlabEnvironment => ({
  kind: "gitlab/environment",
  project: of,
  name: wire.name,
  ...(wire.tier && { tier: wire.tier }),
  ...(wire.state && { state: wire.state }),
  source,
});

export const approvalSettings = (wire: Wire<"ApprovalSettings">, of: string, source: Source): GitlabApprovalSettings => ({
  kind: "gitlab/approval-settings",
  project: of,
  authorApproves: wire.merge_requests_author_approval,
  committersApprove: wire.merge_requests_disable_committers_approval !== true,
  resetOnPush: wire.reset_approvals_on_push === true,
  overridable: wire.disable_overriding_approvers_per_merge_request !== true,
  source,
});

/** "any_approver" rules count anyone who may approve; "report_approver" ones ask only when a report finds something. */
export const approvalRule = (wire: Wire<"ApprovalRule">, of: string, source: Source): GitlabApprovalRule => ({
  kind: "gitlab/approval-rule",
  project: of,
  name: wire.name,
  count: wire.approvals_required,
  ...(wire.rule_type !== "any_approver" && wire.contains_hidden_groups !== true && { approvers: wire.eligible_approvers ?? [] }),
  branches: (wire.protected_branches ?? []).map((branch) => branch.name),
  allProtected: wire.applies_to_all_protected_branches === true,
  conditional: wire.rule_type === "report_approver" || wire.rule_type === "code_owner",
  source,
});

export const variable = (wire: Wire<"Variable">, of: string, source: Source): GitlabVariable => ({
  kind: "gitlab/variable",
  of,
  scope: "project",
  key: wire.key,
  protected: wire.protected,
  masked: wire.masked === true,
  environments: wire.environment_scope ?? "*",
  isFile: wire.variable_type === "file",
  source,
});

export const deployKey = (wire: Wire<"DeployKey">, of: string, source: Source): GitlabDeployKey => ({
  kind: "gitlab/deploy-key",
  project: of,
  id: wire.id,
  title: wire.title,
  canPush: wire.can_push,
  source,
});

export const runner = (wire: Wire<"Runner">, of: string, source: Source): GitlabRunner => ({
  kind: "gitlab/runner",
  project: of,
  id: wire.id,
  description: wire.description ?? `runner ${wire.id}`,
  type: wire.runner_type,
  tags: wire.tag_list ?? [],
  ...(wire.access_level && { protectedOnly: wire.access_level === "ref_protected" }),
  ...(typeof wire.run_untagged === "boolean" && { untagged: wire.run_untagged }),
  source,
});

export const runnerDetails = (wire: Wire<"RunnerDetails">, _of: string, source: Source): GitlabPart => ({
  kind: "gitlab/part",
  part: "runner",
  id: wire.id,
  tags: wire.tag_list ?? [],
  ...(wire.access_level && { protectedOnly: wire.access_level === "ref_protected" }),
  ...(typeof wire.run_untagged === "boolean" && { untagged: wire.run_untagged }),
  source,
});

/** Asked for where an include means several files: that the list is whole is all that it tells. */
export const fileListed = (wire: Wire<"FileListed">, of: string, source: Source): GitlabPart => ({
  kind: "gitlab/part",
  part: "file-listed",
  project: of,
  path: wire.path,
  source,
});

export const projectListed = (wire: Wire<"ProjectListed">, _of: string, source: Source): GitlabPart => ({
  kind: "gitlab/part",
  part: "project-listed",
  project: wire.path_with_namespace,
  archived: wire.archived === true,
  source,
});
