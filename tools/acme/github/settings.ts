// The settings of one repository, call by call.
import type { Folder } from "../folder.ts";
import { ORG } from "../names.ts";
import { PEOPLE, login, membersOf } from "../people.ts";
import type { Team } from "../people.ts";
import { hex, number, zuluDate } from "../pseudo.ts";
import type { EnvironmentSpec, RepositorySpec, Reviewer, RulesetSpec } from "./repositories.ts";
import { FORGE_OWNER, ROLES, logins, nodeId, permissions, repository, secretName, team, user } from "./wire.ts";
import type { Role } from "./wire.ts";

const counted = (key: string, items: readonly unknown[]): object => ({ total_count: items.length, [key]: items });

function roleOf(spec: RepositorySpec, person: string): Role {
  if (person === login(FORGE_OWNER)) return "admin";
  const id = PEOPLE.find((row) => login(row.id) === person)?.id;
  const granted = (Object.entries(spec.teams) as [Team, Role][])
    .filter(([name]) => id !== undefined && membersOf(name).includes(id))
    .map(([, role]) => role);
  // The organization lets every member read.
  return granted.reduce<Role>((most, role) => (ROLES.indexOf(role) > ROLES.indexOf(most) ? role : most), "read");
}

export function writeRepository(folder: Folder, spec: RepositorySpec): void {
  const at = `/repos/${ORG}/${spec.name}`;
  folder.answer(`GET ${at}`, "repository.json", {
    ...repository(spec.name),
    description: spec.description,
    created_at: zuluDate(`repository/${spec.name}`),
    language: spec.language,
    allow_forking: false,
    archived: false,
    disabled: false,
    visibility: "private",
    default_branch: "main",
    allow_auto_merge: false,
    delete_branch_on_merge: true,
  });
  folder.answer(
    `GET ${at}/collaborators?affiliation=all&per_page=100`,
    "collaborators.json",
    logins().map((name) => ({ ...user(name), permissions: permissions(roleOf(spec, name)), role_name: roleOf(spec, name) })),
  );
  folder.answer(
    `GET ${at}/teams?per_page=100`,
    "teams.json",
    (Object.entries(spec.teams) as [Team, Role][]).map(([slug, role]) => ({
      ...team(slug),
      permission: { read: "pull", write: "push" }[role as string] ?? role,
      permissions: permissions(role),
    })),
  );
  folder.answer(`GET ${at}/keys?per_page=100`, "keys.json", []);
}

const PROTECTION = (at: string, spec: NonNullable<RepositorySpec["protection"]>): object => {
  const url = `https://api.github.com${at}/branches/main/protection`;
  return {
    url,
    required_status_checks: {
      url: `${url}/required_status_checks`,
      strict: true,
      contexts: spec.checks,
      checks: spec.checks.map((context) => ({ context, app_id: 15_368 })),
    },
    required_pull_request_reviews: {
      url: `${url}/required_pull_request_reviews`,
      dismiss_stale_reviews: true,
      require_code_owner_reviews: false,
      require_last_push_approval: spec.approvals > 0,
      required_approving_review_count: spec.approvals,
    },
    required_signatures: { url: `${url}/required_signatures`, enabled: false },
    enforce_admins: { url: `${url}/enforce_admins`, enabled: true },
    required_linear_history: { enabled: true },
    allow_force_pushes: { enabled: false },
    allow_deletions: { enabled: false },
    block_creations: { enabled: false },
    required_conversation_resolution: { enabled: true },
    lock_branch: { enabled: false },
    allow_fork_syncing: { enabled: false },
  };
};

// Ids of the repository roles as rulesets name them (REST, "Create a repository ruleset", bypass_actors).
const ROLE_IDS = { maintain: 2, write: 4 } as const;

function ruleset(spec: RepositorySpec, set: RulesetSpec): { readonly summary: object; readonly whole: object } {
  const id = number(`ruleset/${spec.name}/${set.name}`, 7);
  const summary = {
    id,
    name: set.name,
    target: "branch",
    source_type: "Repository",
    source: `${ORG}/${spec.name}`,
    enforcement: "active",
    node_id: nodeId("RRS", id),
    created_at: zuluDate(`ruleset/${spec.name}/created`),
    updated_at: zuluDate(`ruleset/${spec.name}`),
  };
  const parameters = {
    required_approving_review_count: set.approvals,
    dismiss_stale_reviews_on_push: true,
    required_reviewers: [],
    require_code_owner_review: false,
    require_last_push_approval: true,
    required_review_thread_resolution: true,
    allowed_merge_methods: ["squash"],
  };
  const whole = {
    ...summary,
    conditions: { ref_name: { exclude: [], include: ["~DEFAULT_BRANCH"] } },
    rules: [
      { type: "deletion" },
      { type: "non_fast_forward" },
      { type: "pull_request", parameters },
      {
        type: "required_status_checks",
        parameters: {
          strict_required_status_checks_policy: true,
          do_not_enforce_on_create: false,
          required_status_checks: [{ context: "validate", integration_id: 15_368 }],
        },
      },
    ],
    bypass_actors: set.bypass.map((role) => ({ actor_id: ROLE_IDS[role], actor_type: "RepositoryRole", bypass_mode: "always" })),
    current_user_can_bypass: "never",
  };
  return { summary, whole };
}

export function writeBranches(folder: Folder, spec: RepositorySpec): void {
  const at = `/repos/${ORG}/${spec.name}`;
  folder.answer(
    `GET ${at}/branches?per_page=100`,
    "branches.json",
    spec.branches.map((name) => {
      const sha = hex(`commit/${spec.name}/${name}`, 40);
      return { name, commit: { sha, url: `https://api.github.com${at}/commits/${sha}` }, protected: name === "main" };
    }),
  );
  const notProtected = {
    message: "Branch not protected",
    documentation_url: "https://docs.github.com/rest/branches/branch-protection#get-branch-protection",
    status: "404",
  };
  folder.answer(
    `GET ${at}/branches/main/protection`,
    "branches/main/protection.json",
    spec.protection ? PROTECTION(at, spec.protection) : notProtected,
  );
  const sets = spec.ruleset ? [ruleset(spec, spec.ruleset)] : [];
  folder.answer(
    `GET ${at}/rulesets?includes_parents=true&per_page=100`,
    "rulesets.json",
    sets.map((set) => set.summary),
  );
  for (const { whole } of sets) {
    const { id } = whole as { readonly id: number };
    folder.answer(`GET ${at}/rulesets/${id}?includes_parents=true`, `rulesets/${id}.json`, whole);
  }
}

const reviewer = (item: Reviewer): object => ({ type: item.type, reviewer: item.type === "Team" ? team(item.name) : user(item.name) });

function environment(spec: RepositorySpec, item: EnvironmentSpec): object {
  const id = number(`environment/${spec.name}/${item.name}`, 10);
  const rule = (type: string, rest: object): object => {
    const ruleId = number(`environment/${spec.name}/${item.name}/${type}`, 8);
    return { id: ruleId, node_id: nodeId("GA", ruleId), ...rest, type };
  };
  return {
    id,
    node_id: nodeId("EN", id),
    name: item.name,
    url: `https://api.github.com/repos/${ORG}/${spec.name}/environments/${item.name}`,
    html_url: `https://github.com/${ORG}/${spec.name}/deployments/activity_log?environments_filter=${item.name}`,
    created_at: zuluDate(`environment/${spec.name}/${item.name}`),
    updated_at: zuluDate(`environment/${spec.name}/${item.name}/updated`),
    can_admins_bypass: false,
    protection_rules: [
      ...(item.reviewers
        ? [rule("required_reviewers", { prevent_self_review: item.preventSelfReview ?? false, reviewers: item.reviewers.map(reviewer) })]
        : []),
      ...(item.branches ? [rule("branch_policy", {})] : []),
    ],
    deployment_branch_policy: item.branches ? { protected_branches: false, custom_branch_policies: true } : null,
  };
}

export function writeEnvironments(folder: Folder, spec: RepositorySpec): void {
  const at = `/repos/${ORG}/${spec.name}`;
  folder.answer(
    `GET ${at}/environments?per_page=100`,
    "environments.json",
    counted(
      "environments",
      spec.environments.map((item) => environment(spec, item)),
    ),
  );
  for (const item of spec.environments) {
    const own = `${at}/environments/${item.name}`;
    const file = `environments/${item.name}`;
    if (item.branches) {
      const policies = item.branches.map((name) => {
        const id = number(`${own}/${name}`, 7);
        return { id, node_id: nodeId("GP", id), name, type: "branch" };
      });
      folder.answer(
        `GET ${own}/deployment-branch-policies?per_page=100`,
        `${file}/deployment-branch-policies.json`,
        counted("branch_policies", policies),
      );
    }
    folder.answer(
      `GET ${own}/deployment_protection_rules`,
      `${file}/deployment-protection-rules.json`,
      counted("custom_deployment_protection_rules", []),
    );
    folder.answer(
      `GET ${own}/secrets?per_page=100`,
      `${file}/secrets.json`,
      counted(
        "secrets",
        (item.secrets ?? []).map((name) => secretName(own, name)),
      ),
    );
    const variables = Object.entries(item.variables ?? {}).map(([name, value]) => ({ ...secretName(own, name), value }));
    folder.answer(`GET ${own}/variables?per_page=30`, `${file}/variables.json`, counted("variables", variables));
  }
}

export function writeActions(folder: Folder, spec: RepositorySpec): void {
  const at = `/repos/${ORG}/${spec.name}/actions`;
  folder.answer(`GET ${at}/permissions`, "actions/permissions.json", {
    enabled: true,
    allowed_actions: "selected",
    selected_actions_url: `https://api.github.com${at}/permissions/selected-actions`,
    sha_pinning_required: true,
  });
  folder.answer(`GET ${at}/permissions/selected-actions`, "actions/selected-actions.json", {
    github_owned_allowed: true,
    verified_allowed: false,
    patterns_allowed: [`${ORG}/*`, "aws-actions/*", "docker/*", "hashicorp/*"],
  });
  folder.answer(`GET ${at}/permissions/workflow`, "actions/workflow.json", {
    default_workflow_permissions: "read",
    can_approve_pull_request_reviews: false,
  });
  folder.answer(`GET ${at}/oidc/customization/sub`, "actions/oidc.json", { use_default: true });
  folder.answer(`GET ${at}/secrets?per_page=100`, "actions/secrets.json", counted("secrets", []));
  folder.answer(
    `GET ${at}/variables?per_page=30`,
    "actions/variables.json",
    counted("variables", [{ ...secretName(at, "AWS_REGION"), value: "eu-west-1" }]),
  );
  folder.answer(`GET ${at}/runners?per_page=100`, "actions/runners.json", counted("runners", []));
}
