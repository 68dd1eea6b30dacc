// The wire format: only the fields used. Source: GitLab Docs, "REST API resources", API version 4.
import { z } from "zod";

const Id = z.int();
const Text = z.string();
const Optional = Text.nullish();
const Flag = z.boolean().nullish();

export const Project = z.object({
  id: Id,
  path_with_namespace: Text,
  web_url: Optional,
  default_branch: Optional,
  visibility: z.enum(["private", "internal", "public"]).nullish(),
  archived: Flag,
  ci_config_path: Optional,
  ci_allow_fork_pipelines_to_run_in_parent_project: Flag,
  allow_pipeline_trigger_approve_deployment: Flag,
  ci_pipeline_variables_minimum_override_role: Optional,
});

/** Addresses are shown to administrators, and to owners of a group for the users that it manages. */
export const Member = z.object({
  id: Id,
  username: Text,
  state: Optional,
  access_level: Id,
  bot: Flag,
  email: Optional,
  public_email: Optional,
  group_saml_identity: z.object({ extern_uid: Optional }).nullish(),
});

export const AccessLevel = z.object({
  access_level: Id.nullish(),
  user_id: Id.nullish(),
  group_id: Id.nullish(),
  deploy_key_id: Id.nullish(),
});
export type AccessLevel = z.infer<typeof AccessLevel>;

export const ProtectedBranch = z.object({
  name: Text,
  push_access_levels: z.array(AccessLevel),
  merge_access_levels: z.array(AccessLevel),
  unprotect_access_levels: z.array(AccessLevel).nullish(),
  allow_force_push: Flag,
  code_owner_approval_required: Flag,
});

export const ProtectedTag = z.object({ name: Text, create_access_levels: z.array(AccessLevel) });

export const ProtectedEnvironment = z.object({
  name: Text,
  deploy_access_levels: z.array(AccessLevel),
  required_approval_count: Id.nullish(),
  approval_rules: z.array(AccessLevel.extend({ required_approvals: Id })).nullish(),
});

export const Environment = z.object({ name: Text, tier: Optional, state: Optional });

export const ApprovalSettings = z.object({
  merge_requests_author_approval: z.boolean(),
  merge_requests_disable_committers_approval: Flag,
  reset_approvals_on_push: Flag,
  disable_overriding_approvers_per_merge_request: Flag,
});

export const ApprovalRule = z.object({
  name: Text,
  rule_type: Text,
  approvals_required: Id,
  eligible_approvers: z.array(z.object({ id: Id, username: Text })).nullish(),
  contains_hidden_groups: Flag,
  protected_branches: z.array(z.object({ name: Text })).nullish(),
  applies_to_all_protected_branches: Flag,
});

/** Never the value. */
export const Variable = z.object({
  key: Text,
  variable_type: Optional,
  protected: z.boolean(),
  masked: Flag,
  environment_scope: Optional,
});

export const DeployKey = z.object({ id: Id, title: Text, can_push: z.boolean() });

export const Runner = z.object({
  id: Id,
  description: Optional,
  runner_type: z.enum(["instance_type", "group_type", "project_type"]),
  tag_list: z.array(Text).nullish(),
  access_level: Optional,
  run_untagged: Flag,
});

/** "Groups", list projects: of a project that is asked for by itself only the name counts. */
export const ProjectListed = z.object({ path_with_namespace: Text, archived: Flag });

/** "Repositories", list repository tree. */
export const FileListed = z.object({ path: Text, type: Text });

/** "Runners", get a runner's details. */
export const RunnerDetails = z.object({ id: Id, tag_list: z.array(Text).nullish(), access_level: Optional, run_untagged: Flag });
