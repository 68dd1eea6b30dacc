// Settings of GitHub: environments, branch protection, secrets and variables by name.
import { isObject, type Json } from "../../lib/json.ts";
import { looksSecret } from "../../model/aws/variables.ts";
import type { GithubBranchRule, GithubEnvironment, GithubReviewer } from "../../model/observations/github.ts";
import { type Mapper, type Reading, referred, WHY_NOT } from "./reading.ts";
import { at, attribute, isAnySet, isSensitive, known, text } from "./resource.ts";

const items = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);
const texts = (value: Json | undefined): readonly string[] => items(value).filter((each): each is string => typeof each === "string");
const first = (value: Json | undefined): { readonly [key: string]: Json } => {
  const [item] = items(value);
  return isObject(item) ? item : {};
};

/** The organization: the provider's `owner`, or the one that a repository's full name or the scope says. */
function ownerOf(reading: Reading): string | undefined {
  const configured = reading.provider("owner") ?? reading.provider("organization");
  if (configured !== undefined) return configured;
  const names = reading.all.flatMap((each) => (each.type === "github_repository" ? (known(each, "full_name")?.split("/")[0] ?? []) : []));
  const [only, another] = [...new Set(names)];
  return (another === undefined ? only : undefined) ?? reading.scope?.organization;
}

/** `ORG/REPO` from the name that an attribute holds or refers to; a gap where it is not known. */
function repositoryOf(reading: Reading, name = "repository"): string | undefined {
  const of = referred(reading, name, ["github_repository"]);
  const written = (of && known(of, "name")) ?? known(reading.resource, name);
  const owner = ownerOf(reading);
  if (written?.includes("/") === true) return written;
  if (written !== undefined && owner !== undefined) return `${owner}/${written}`;
  const missing =
    written === undefined
      ? "which repository it is about is known only after apply"
      : "nothing says the organization: write owner in the provider";
  reading.gap("github/scope", `${reading.file}#${reading.resource.address}`, reading.resource.address, missing);
  return undefined;
}

/** Reviewers stand as numbers; the users and teams that the file reads or manages say their names. */
function reviewersOf(reading: Reading, id: string): readonly GithubReviewer[] {
  const block = first(reading.resource.values["reviewers"]);
  const found: GithubReviewer[] = [];
  for (const [key, type, resourceType, name] of [
    ["users", "User", "github_user", "login"],
    ["teams", "Team", "github_team", "slug"],
  ] as const) {
    for (const number of items(block[key])) {
      const of = reading.all.find((each) => each.type === resourceType && String(each.values["id"]) === String(number as number));
      const called = of && known(of, name);
      if (called !== undefined) found.push({ type, name: called });
      else
        reading.gap(
          "github/environment",
          id,
          `reviewer ${String(number as number)} of ${id}`,
          "only its number is known",
          at(reading.resource, "reviewers"),
        );
    }
  }
  return found;
}

function branchesOf(reading: Reading, repository: string, environment: string): GithubEnvironment["branches"] {
  const policy = first(reading.resource.values["deployment_branch_policy"]);
  if (policy["protected_branches"] === true) return "protected";
  if (policy["custom_branch_policies"] !== true) return "any";
  const id = `github:${repository}#environment/${environment}`;
  const own = reading.all.filter(
    (each) => each.type.startsWith("github_repository_environment_deployment_policy") && known(each, "environment") === environment,
  );
  if (own.length === 0) {
    reading.gap("github/environment", id, `branch policies of ${id}`, "no resource of the file tells them");
    return {};
  }
  return {
    patterns: own.flatMap((each) => known(each, "branch_pattern") ?? []),
    tagPatterns: own.flatMap((each) => known(each, "tag_pattern") ?? []),
  };
}

const environment: Mapper = (reading) => {
  const { resource } = reading;
  const repository = repositoryOf(reading);
  const name = known(resource, "environment");
  if (repository === undefined) return;
  const id = `github:${repository}#environment/${name ?? resource.address}`;
  const open = ["reviewers", "deployment_branch_policy", "prevent_self_review", "can_admins_bypass"].filter(
    (key) => isObject(resource.unknown) && isAnySet(resource.unknown[key]),
  );
  if (name === undefined || open.length > 0)
    return reading.gap(
      "github/environment",
      id,
      `${name === undefined ? "name" : open.join(", ")} of ${resource.address}`,
      WHY_NOT.unknown,
    );
  const { wait_timer, prevent_self_review, can_admins_bypass } = resource.values;
  reading.whole({
    kind: "github/environment",
    repository,
    name,
    reviewers: reviewersOf(reading, id),
    preventSelfReview: prevent_self_review === true,
    waitMinutes: typeof wait_timer === "number" ? wait_timer : 0,
    branches: branchesOf(reading, repository, name),
    // The provider's default, and GitHub's.
    canAdminsBypass: can_admins_bypass !== false,
    hasCustomRules: false,
    source: resource.source,
  });
};

type Bypass = GithubBranchRule["bypass"][number];

/** `/login`, `ORG/team`, or the id of a node, which says no name (Terraform GitHub provider, github_branch_protection). */
function actorOf(value: string): { readonly login: string } | { readonly team: string } | undefined {
  if (value.startsWith("/")) return { login: value.slice(1) };
  return /^[^/]+\/[^/]+$/.test(value) ? { team: value.slice(value.indexOf("/") + 1) } : undefined;
}

function actorsOf(reading: Reading, repository: string, values: readonly string[], what: string) {
  const actors = values.map(actorOf);
  if (actors.includes(undefined))
    reading.gap(
      "github/branch-protection",
      repository,
      `${what} of ${reading.resource.address}`,
      "an actor is named by the id of its node only",
    );
  return actors.filter((actor) => actor !== undefined);
}

const branchProtection: Mapper = (reading) => {
  const { resource } = reading;
  const repository = repositoryOf(reading, "repository_id");
  if (repository === undefined) return;
  const pattern = text(resource, "pattern");
  const open = ["required_pull_request_reviews", "restrict_pushes", "enforce_admins", "required_status_checks", "lock_branch"].filter(
    (key) => isObject(resource.unknown) && isAnySet(resource.unknown[key]),
  );
  if (pattern.is !== "known" || open.length > 0)
    return reading.gap("github/branch-protection", repository, `${open.join(", ") || "pattern"} of ${resource.address}`, WHY_NOT.unknown);
  const { values } = resource;
  const reviews = items(values["required_pull_request_reviews"]).length > 0 ? first(values["required_pull_request_reviews"]) : undefined;
  const restricted = items(values["restrict_pushes"]).length > 0 ? first(values["restrict_pushes"]) : undefined;
  const admins: readonly Bypass[] = values["enforce_admins"] === true ? [] : [{ admins: true }];
  const bypassers = actorsOf(reading, repository, texts(reviews?.["pull_request_bypassers"]), "who may bypass");
  const approvals = reviews?.["required_approving_review_count"];
  reading.whole({
    kind: "github/branch-rule",
    repository,
    origin: "branch-protection",
    include: [pattern.value],
    exclude: [],
    active: true,
    ...(reviews && { approvals: typeof approvals === "number" ? approvals : 1 }),
    codeOwners: reviews?.["require_code_owner_reviews"] === true,
    lastPushApproval: reviews?.["require_last_push_approval"] === true,
    dismissStale: reviews?.["dismiss_stale_reviews"] === true,
    requiredChecks: texts(first(values["required_status_checks"])["contexts"]),
    bypass: [...admins, ...bypassers],
    ...(restricted && { pushRestrictedTo: actorsOf(reading, repository, texts(restricted["push_allowances"]), "who may push") }),
    locked: values["lock_branch"] === true,
    allowForcePushes: values["allows_force_pushes"] === true,
    source: resource.source,
  });
};

const place = (reading: Reading): { repository: string; environment?: string } | undefined => {
  const repository = repositoryOf(reading);
  const name = known(reading.resource, "environment");
  return repository === undefined ? undefined : { repository, ...(name !== undefined && { environment: name }) };
};

const secret: Mapper = (reading) => {
  const where = place(reading);
  const name = known(reading.resource, "secret_name");
  if (where && name !== undefined) reading.whole({ kind: "github/secret", name, ...where, source: reading.resource.source });
};

const variable: Mapper = (reading) => {
  const where = place(reading);
  const name = known(reading.resource, "variable_name");
  if (!where || name === undefined) return;
  const found = attribute(reading.resource, "value");
  const value = found.is === "known" && typeof found.value === "string" ? found.value : undefined;
  const shown = value !== undefined && looksSecret(name, value) ? `fingerprint:${reading.fingerprint(value)}` : value;
  reading.whole({ kind: "github/variable", name, ...where, ...(shown !== undefined && { value: shown }), source: reading.resource.source });
};

const repository: Mapper = (reading) => {
  const { resource } = reading;
  const full = known(resource, "full_name") ?? repositoryOf(reading, "name");
  const branch = known(resource, "default_branch");
  const visibility = (["public", "private", "internal"] as const).find((each) => each === known(resource, "visibility"));
  // A repository that does not exist yet has no branch, no workflow and no secret of its own; what it is given has resources of its own.
  if (full === undefined || branch === undefined || visibility === undefined || isSensitive(resource.values["name"])) return;
  reading.whole({
    kind: "github/repository",
    repository: full,
    defaultBranch: branch,
    visibility,
    archived: resource.values["archived"] === true,
    source: resource.source,
  });
};

export const githubMappers: Readonly<Record<string, Mapper>> = {
  github_repository: repository,
  github_repository_environment: environment,
  github_branch_protection: branchProtection,
  github_actions_secret: secret,
  github_actions_environment_secret: secret,
  github_actions_variable: variable,
  github_actions_environment_variable: variable,
};

/** Types without a map whose change could open a gate: a gap of the repository's protection, since that is what they could loosen. */
const GATES = [
  ...["repository_ruleset", "organization_ruleset", "branch_protection_v3", "team_repository", "repository_collaborator"],
  ...["repository_collaborators", "repository_deploy_key", "actions_repository_permissions", "actions_organization_permissions"],
  "actions_repository_oidc_subject_claim_customization_template",
];

const gate: Mapper = (reading) => {
  const { resource } = reading;
  const subject =
    resource.type.startsWith("github_organization") || resource.type.startsWith("github_actions_organization")
      ? ownerOf(reading)
      : repositoryOf(reading);
  if (subject !== undefined)
    reading.gap("github/branch-protection", subject, resource.address, `resources of type ${resource.type} are not interpreted`);
};

export const gateMappers: Readonly<Record<string, Mapper>> = Object.fromEntries(GATES.map((type) => [`github_${type}`, gate]));
