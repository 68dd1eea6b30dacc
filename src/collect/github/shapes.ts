// Every answer that this collector reads: the path it answers, the form it has, and what it says.
import { isObject } from "../../lib/json.ts";
import { ask, type Asked } from "./asked.ts";
import { files } from "./map-files.ts";
import * as history from "./map-history.ts";
import * as people from "./map-people.ts";
import * as rules from "./map-rules.ts";
import * as settings from "./map-settings.ts";
import type { Topic } from "./topics.ts";

export interface Shape {
  readonly name: string;
  /** Paths with `:owner/:repo` or `:org`, and whatever else the answer is about. */
  readonly paths: readonly string[];
  /** The member of the answer that holds the list; `[]` when the answer is a list itself; absent for a single object. */
  readonly list?: string;
  /** By content, where no call is known. Absent: an answer of this form says too little of itself. */
  readonly looks?: (document: Readonly<Record<string, unknown>>) => boolean;
  readonly topic: Topic;
  readonly map: (asked: Asked) => void;
}

const has =
  (...keys: readonly string[]) =>
  (document: Readonly<Record<string, unknown>>): boolean =>
    keys.every((key) => key in document);

const listOf =
  (key: string) =>
  (document: Readonly<Record<string, unknown>>): boolean =>
    typeof document["total_count"] === "number" && Array.isArray(document[key]);

const REPO = "/repos/:owner/:repo";
const ENVIRONMENT = `${REPO}/environments/:environment`;

export const SHAPES: readonly Shape[] = [
  {
    name: "organization",
    paths: ["/orgs/:org"],
    looks: has("login", "default_repository_permission"),
    topic: "github/organization",
    map: people.organization,
  },
  { name: "members", paths: ["/orgs/:org/members"], list: "[]", topic: "github/member", map: people.orgMembers },
  { name: "outside collaborators", paths: ["/orgs/:org/outside_collaborators"], list: "[]", topic: "github/member", map: people.outsiders },
  { name: "teams", paths: ["/orgs/:org/teams"], list: "[]", topic: "github/team", map: people.teams },
  { name: "team members", paths: ["/orgs/:org/teams/:team/members"], list: "[]", topic: "github/team", map: people.teamMembers },
  { name: "child teams", paths: ["/orgs/:org/teams/:team/teams"], list: "[]", topic: "github/team", map: people.teams },
  {
    name: "installations",
    paths: ["/orgs/:org/installations"],
    list: "installations",
    looks: listOf("installations"),
    topic: "github/app-installation",
    map: people.installations,
  },
  { name: "repositories", paths: ["/orgs/:org/repos"], list: "[]", topic: "github/repository", map: settings.repositories },
  { name: "repository", paths: [REPO], looks: has("full_name", "default_branch"), topic: "github/repository", map: settings.repository },
  { name: "collaborators", paths: [`${REPO}/collaborators`], list: "[]", topic: "github/access", map: people.collaborators },
  { name: "repository teams", paths: [`${REPO}/teams`], list: "[]", topic: "github/access", map: people.repositoryTeams },
  { name: "deploy keys", paths: [`${REPO}/keys`], list: "[]", topic: "github/access", map: people.deployKeys },
  {
    name: "permission of a collaborator",
    paths: [`${REPO}/collaborators/:login/permission`],
    topic: "github/access",
    map: people.collaborator,
  },
  { name: "branches", paths: [`${REPO}/branches`], list: "[]", topic: "github/branch-protection", map: rules.branches },
  {
    name: "branch protection",
    paths: [`${REPO}/branches/+branch/protection`],
    looks: has("enforce_admins", "url"),
    topic: "github/branch-protection",
    map: rules.protection,
  },
  {
    name: "branch",
    paths: [`${REPO}/branches/:branch`],
    looks: has("protected", "protection_url"),
    topic: "github/branch-protection",
    map: rules.branch,
  },
  { name: "rules of a branch", paths: [`${REPO}/rules/branches/+branch`], list: "[]", topic: "github/ruleset", map: rules.effectiveRules },
  { name: "rulesets", paths: [`${REPO}/rulesets`, "/orgs/:org/rulesets"], list: "[]", topic: "github/ruleset", map: rules.rulesetsListed },
  {
    name: "ruleset",
    paths: [`${REPO}/rulesets/:ruleset`, "/orgs/:org/rulesets/:ruleset"],
    looks: has("enforcement", "rules", "id"),
    topic: "github/ruleset",
    map: rules.ruleset,
  },
  {
    name: "environments",
    paths: [`${REPO}/environments`],
    list: "environments",
    looks: listOf("environments"),
    topic: "github/environment",
    map: settings.environments,
  },
  {
    name: "environment",
    paths: [ENVIRONMENT],
    looks: has("protection_rules", "deployment_branch_policy"),
    topic: "github/environment",
    map: settings.environment,
  },
  { name: "deployments", paths: [`${REPO}/deployments`], list: "[]", topic: "github/deployment", map: history.deployments },
  {
    name: "deployment statuses",
    paths: [`${REPO}/deployments/:deployment/statuses`],
    list: "[]",
    topic: "github/deployment",
    map: history.deploymentStatuses,
  },
  { name: "files", paths: [`${REPO}/git/trees/+tree`], looks: has("sha", "tree", "truncated"), topic: "github/workflow", map: files },
  { name: "run", paths: [`${REPO}/actions/runs/:run`], topic: "github/deployment", map: history.run },
  { name: "approvals of a run", paths: [`${REPO}/actions/runs/:run/approvals`], topic: "github/deployment", map: history.approvals },
  { name: "comparison", paths: [`${REPO}/compare/+range`], list: "commits", topic: "github/deployment", map: history.comparison },
  { name: "pull requests", paths: [`${REPO}/pulls`], list: "[]", topic: "github/deployment", map: history.pullRequests },
  { name: "reviews", paths: [`${REPO}/pulls/:pull/reviews`], list: "[]", topic: "github/deployment", map: history.reviews },
  {
    name: "deployment branch policies",
    paths: [`${ENVIRONMENT}/deployment-branch-policies`],
    list: "branch_policies",
    topic: "github/environment-branch-policies",
    map: settings.branchPolicies,
  },
  {
    name: "custom protection rules",
    paths: [`${ENVIRONMENT}/deployment_protection_rules`],
    list: "custom_deployment_protection_rules",
    topic: "github/environment",
    map: settings.customRules,
  },
  {
    name: "actions permissions",
    paths: [`${REPO}/actions/permissions`, "/orgs/:org/actions/permissions"],
    topic: "github/actions-settings",
    map: settings.actionsPermissions,
  },
  {
    name: "selected actions",
    paths: [`${REPO}/actions/permissions/selected-actions`, "/orgs/:org/actions/permissions/selected-actions"],
    topic: "github/actions-settings",
    map: settings.selectedActions,
  },
  {
    name: "workflow permissions",
    paths: [`${REPO}/actions/permissions/workflow`, "/orgs/:org/actions/permissions/workflow"],
    topic: "github/actions-settings",
    map: settings.workflowPermissions,
  },
  {
    name: "fork approval",
    paths: [`${REPO}/actions/permissions/fork-pr-contributor-approval`],
    looks: has("approval_policy"),
    topic: "github/actions-settings",
    map: settings.forkApproval,
  },
  {
    name: "fork settings",
    paths: [`${REPO}/actions/permissions/fork-pr-workflows-private-repos`],
    looks: has("run_workflows_from_fork_pull_requests"),
    topic: "github/actions-settings",
    map: settings.privateForks,
  },
  {
    name: "OIDC subject",
    paths: [`${REPO}/actions/oidc/customization/sub`, "/orgs/:org/actions/oidc/customization/sub"],
    topic: "github/oidc",
    map: settings.oidcSubject,
  },
  {
    name: "secrets",
    paths: [`${REPO}/actions/secrets`, `${ENVIRONMENT}/secrets`, "/orgs/:org/actions/secrets"],
    list: "secrets",
    topic: "github/secret",
    map: settings.secrets,
  },
  {
    name: "organization secrets",
    paths: [`${REPO}/actions/organization-secrets`],
    list: "secrets",
    topic: "github/secret",
    map: settings.secretsOfOrganization,
  },
  {
    name: "repositories of a secret",
    paths: ["/orgs/:org/actions/secrets/:secret/repositories", "/orgs/:org/actions/variables/:variable/repositories"],
    list: "repositories",
    topic: "github/secret",
    map: settings.selectedRepositories,
  },
  {
    name: "variables",
    paths: [`${REPO}/actions/variables`, `${ENVIRONMENT}/variables`, "/orgs/:org/actions/variables"],
    list: "variables",
    topic: "github/variable",
    map: settings.variables,
  },
  {
    name: "organization variables",
    paths: [`${REPO}/actions/organization-variables`],
    list: "variables",
    topic: "github/variable",
    map: settings.variablesOfOrganization,
  },
  {
    name: "runners",
    paths: [`${REPO}/actions/runners`, "/orgs/:org/actions/runners", "/orgs/:org/actions/runner-groups/:group/runners"],
    list: "runners",
    topic: "github/runner",
    map: settings.runners,
  },
  {
    name: "runner groups",
    paths: ["/orgs/:org/actions/runner-groups"],
    list: "runner_groups",
    topic: "github/runner-group",
    map: settings.runnerGroups,
  },
  {
    name: "repositories of a runner group",
    paths: ["/orgs/:org/actions/runner-groups/:group/repositories"],
    list: "repositories",
    topic: "github/runner-group",
    map: settings.selectedRepositories,
  },
];

/** The shape of an answer: by the call where there is one, else by what the document says of itself. */
export function shapeOf(document: unknown, call: string | undefined): Shape | undefined {
  const asked = ask(call);
  if (asked !== undefined) return SHAPES.find((shape) => shape.paths.some((path) => asked.matches(path)));
  return isObject(document) ? SHAPES.find((shape) => shape.looks?.(document)) : undefined;
}

/**
 * Protection that the owner's plan does not have for private repositories is not enforced, even where it was set before (GitHub Docs, "About
 * protected branches", and "GitHub's plans": downgrading).
 */
export const isNotInPlan = (message: string): boolean => /^Upgrade to GitHub \w+ .*to enable this feature/i.test(message);

/** `{"message": …, "documentation_url": …}`: what the API answers in place of what was asked (REST API, "Troubleshooting the REST API"). */
export const isRefusal = (document: unknown): boolean =>
  isObject(document) && typeof document["message"] === "string" && typeof document["documentation_url"] === "string";
