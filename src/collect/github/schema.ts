// The REST API's wire format, only the fields used. Source: GitHub REST API reference, version 2022-11-28, the page named beside each.
import { z } from "zod";

/** "Users": a simple user. */
export const User = z.object({ login: z.string(), id: z.number().optional(), type: z.string().optional() });
/** "Apps": an app as others show it. */
export const App = z.object({ id: z.number().optional(), slug: z.string() });

/** "Organizations": get an organization. The base permission is shown to owners only. */
export const Organization = z.object({
  login: z.string(),
  id: z.number().optional(),
  default_repository_permission: z.enum(["admin", "write", "read", "none"]).optional(),
});

/** "Repositories": get a repository. */
export const Repository = z.object({
  id: z.number().optional(),
  full_name: z.string(),
  default_branch: z.string(),
  private: z.boolean().optional(),
  visibility: z.enum(["public", "private", "internal"]).optional(),
  archived: z.boolean(),
  allow_forking: z.boolean().optional(),
  owner: z.object({ id: z.number().optional(), type: z.enum(["User", "Organization"]).optional() }).optional(),
});

const Permissions = z.object({
  admin: z.boolean(),
  maintain: z.boolean().optional(),
  push: z.boolean(),
  triage: z.boolean().optional(),
  pull: z.boolean(),
});

/** "Collaborators": list repository collaborators. */
export const Collaborator = User.extend({ permissions: Permissions, role_name: z.string().optional() });
/** "Collaborators": get repository permissions for a user. */
export const CollaboratorPermission = z.object({ permission: z.string(), role_name: z.string().optional(), user: User });
/** "Repositories": list repository teams; "Teams": list teams. */
export const Team = z.object({
  slug: z.string(),
  id: z.number().optional(),
  permission: z.string().optional(),
  role_name: z.string().optional(),
  permissions: Permissions.optional(),
  parent: z.object({ slug: z.string() }).nullish(),
});
/** "Deploy keys". */
export const DeployKey = z.object({
  id: z.number(),
  title: z.string(),
  read_only: z.boolean(),
  enabled: z.boolean().optional(),
  created_at: z.string().optional(),
  /** null: never. */
  last_used: z.string().nullish(),
});
/** "Organization installations". */
export const Installation = z.object({
  app_slug: z.string(),
  app_id: z.number(),
  repository_selection: z.enum(["all", "selected"]),
  permissions: z.record(z.string(), z.string()),
  suspended_at: z.string().nullish(),
});

/** "Branches": list branches. */
export const Branch = z.object({ name: z.string(), protected: z.boolean() });

const Enabled = z.object({ enabled: z.boolean() });
const Actors = z.object({ users: z.array(User).default([]), teams: z.array(Team).default([]), apps: z.array(App).default([]) });
/** All three lists are there, or it is not known who may push. */
const Restrictions = z.object({ users: z.array(User), teams: z.array(z.object({ slug: z.string() })), apps: z.array(App) });

/** "Protected branches": get branch protection. */
export const Protection = z.object({
  url: z.string().optional(),
  required_status_checks: z
    .object({ contexts: z.array(z.string()).default([]), checks: z.array(z.object({ context: z.string() })).default([]) })
    .nullish(),
  required_pull_request_reviews: z
    .object({
      dismiss_stale_reviews: z.boolean().default(false),
      require_code_owner_reviews: z.boolean().default(false),
      require_last_push_approval: z.boolean().default(false),
      required_approving_review_count: z.number().default(0),
      bypass_pull_request_allowances: Actors.optional(),
    })
    .nullish(),
  enforce_admins: Enabled,
  restrictions: Restrictions.nullish(),
  allow_force_pushes: Enabled.optional(),
  block_creations: Enabled.optional(),
  lock_branch: Enabled.optional(),
});

/** "Rules": get a repository ruleset. `bypass_actors` is shown only to those who may edit the ruleset. */
export const Ruleset = z.object({
  id: z.number(),
  name: z.string(),
  target: z.enum(["branch", "tag", "push", "repository"]).default("branch"),
  source_type: z.string().optional(),
  enforcement: z.enum(["active", "evaluate", "disabled"]),
  conditions: z
    .object({
      ref_name: z.object({ include: z.array(z.string()), exclude: z.array(z.string()) }).optional(),
      repository_name: z.object({ include: z.array(z.string()), exclude: z.array(z.string()) }).optional(),
      repository_id: z.object({ repository_ids: z.array(z.number()) }).optional(),
      repository_property: z.unknown().optional(),
    })
    .nullish(),
  rules: z.array(z.object({ type: z.string(), parameters: z.record(z.string(), z.unknown()).optional() })),
  bypass_actors: z
    .array(z.object({ actor_id: z.number().nullish(), actor_type: z.string(), bypass_mode: z.string().optional() }))
    .optional(),
});
/** The parameters of the rules that are told further; of others only the type is. Source: same page, `rules`. */
export const RULE_PARAMETERS = {
  pull_request: z.object({
    required_approving_review_count: z.number(),
    require_code_owner_review: z.boolean(),
    require_last_push_approval: z.boolean(),
    dismiss_stale_reviews_on_push: z.boolean(),
  }),
  required_status_checks: z.object({ required_status_checks: z.array(z.object({ context: z.string() })) }),
  required_deployments: z.object({ required_deployment_environments: z.array(z.string()) }),
};
/** "Rules": list rulesets. */
export const RulesetListed = Ruleset.pick({ id: true, name: true, source_type: true, target: true }).extend({ enforcement: z.string() });

/** "Rules": get rules for a branch. Only active rulesets are shown, and not who may bypass them. */
export const EffectiveRule = z.object({
  type: z.string(),
  ruleset_id: z.number(),
  parameters: z.record(z.string(), z.unknown()).optional(),
});

/** "Deployment environments": list environments. `can_admins_bypass` is answered, and not on the page. */
export const Environment = z.object({
  name: z.string(),
  url: z.string().optional(),
  can_admins_bypass: z.boolean().optional(),
  protection_rules: z.array(
    z.object({
      type: z.string(),
      prevent_self_review: z.boolean().optional(),
      wait_timer: z.number().optional(),
      reviewers: z
        .array(
          z.object({ type: z.enum(["User", "Team"]), reviewer: z.object({ login: z.string().optional(), slug: z.string().optional() }) }),
        )
        .optional(),
    }),
  ),
  deployment_branch_policy: z.object({ protected_branches: z.boolean(), custom_branch_policies: z.boolean() }).nullable(),
});
/** "Deployment branch policies". */
export const BranchPolicy = z.object({ name: z.string(), type: z.enum(["branch", "tag"]).default("branch") });
/** "Protection rules". */
export const CustomRule = z.object({ enabled: z.boolean(), app: App });

/** "Actions permissions": of a repository, and of an organization. */
const ActionsPermissions = z.object({
  allowed_actions: z.enum(["all", "local_only", "selected"]).optional(),
  sha_pinning_required: z.boolean().optional(),
});
export const RepositoryActionsPermissions = ActionsPermissions.extend({ enabled: z.boolean() });
export const OrganizationActionsPermissions = ActionsPermissions.extend({ enabled_repositories: z.enum(["all", "none", "selected"]) });
export const SelectedActions = z.object({
  github_owned_allowed: z.boolean(),
  verified_allowed: z.boolean(),
  patterns_allowed: z.array(z.string()),
});
export const WorkflowPermissions = z.object({
  default_workflow_permissions: z.enum(["read", "write"]),
  can_approve_pull_request_reviews: z.boolean(),
});

export const ForkApproval = z.object({
  approval_policy: z.enum(["first_time_contributors_new_to_github", "first_time_contributors", "all_external_contributors"]),
});
export const PrivateForks = z.object({
  run_workflows_from_fork_pull_requests: z.boolean(),
  send_write_tokens_to_workflows: z.boolean(),
  send_secrets_and_variables: z.boolean(),
  require_approval_for_fork_pr_workflows: z.boolean(),
});

/** "OIDC": get the customization template for a repository, and for an organization, which has no `use_default`. */
export const OidcSubject = z.object({
  use_default: z.boolean(),
  include_claim_keys: z.array(z.string()).optional(),
  use_immutable_subject: z.boolean().optional(),
  sub_claim_prefix: z.string().optional(),
});
export const OrganizationOidcSubject = OidcSubject.partial({ use_default: true }).required({ include_claim_keys: true });

/** "Secrets" and "Variables". */
export const Secret = z.object({ name: z.string(), visibility: z.enum(["all", "private", "selected"]).optional() });
export const Variable = Secret.extend({ value: z.union([z.string(), z.number(), z.boolean()]).optional() });

/** "Self-hosted runners" and "Self-hosted runner groups". */
export const Runner = z.object({
  name: z.string(),
  runner_group_id: z.number().nullish(),
  ephemeral: z.boolean().optional(),
  labels: z.array(z.object({ name: z.string() })),
});
export const RunnerGroup = z.object({
  id: z.number(),
  name: z.string(),
  visibility: z.enum(["all", "private", "selected"]),
  allows_public_repositories: z.boolean(),
  restricted_to_workflows: z.boolean().optional(),
  selected_workflows: z.array(z.string()).optional(),
});
