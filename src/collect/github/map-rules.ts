// Branches, their classic protection and rulesets, in one form.
import type { z } from "zod";
import type { GithubBranchRule, GithubBypassActor } from "../../model/observations/github.ts";
import { inside, type Source } from "../../model/source.ts";
import type { Asked } from "./asked.ts";
import { Branch, EffectiveRule, Protection, RULE_PARAMETERS, Ruleset, RulesetListed } from "./schema.ts";

export function branches(asked: Asked): void {
  for (const [branch, source] of asked.items(Branch)) {
    asked.put({
      kind: "github/branch",
      repository: asked.repository ?? "",
      name: branch.name,
      protected: branch.protected,
      origin: "branches",
      source,
    });
  }
}

export function branch(asked: Asked): void {
  const found = asked.whole(Branch);
  if (!found) return;
  const { name } = found;
  asked.put({
    kind: "github/branch",
    repository: asked.repository ?? "",
    name,
    protected: found.protected,
    origin: "branches",
    source: asked.source,
  });
}

/** `404 Branch not protected`. */
export const unprotected = (asked: Asked): void =>
  asked.put({
    kind: "github/branch",
    repository: asked.repository ?? "",
    name: asked.part("branch") ?? "",
    protected: false,
    origin: "branch-protection",
    source: asked.source,
  });

interface Actors {
  readonly users: readonly { readonly login: string }[];
  readonly teams: readonly { readonly slug: string }[];
  readonly apps: readonly { readonly slug: string }[];
}

const actorsOf = (actors: Actors | null | undefined) => [
  ...(actors?.users ?? []).map(({ login }) => ({ login })),
  ...(actors?.teams ?? []).map(({ slug }) => ({ team: slug })),
  ...(actors?.apps ?? []).map(({ slug }) => ({ app: slug })),
];

/** Source: REST API, "Get branch protection"; `enforce_admins` false exempts administrators (GitHub Docs, "About protected branches", Do not allow bypassing). */
export function protection(asked: Asked): void {
  const found = asked.whole(Protection);
  const branch = asked.part("branch");
  if (!found) return;
  if (branch === undefined) {
    asked.gap(
      "github/branch-protection",
      asked.subject,
      `branch protection in ${asked.source.file}`,
      "nothing says which branch it protects",
    );
    return;
  }
  const reviews = found.required_pull_request_reviews;
  const checks = found.required_status_checks;
  asked.put({
    kind: "github/branch",
    repository: asked.repository ?? "",
    name: branch,
    protected: true,
    origin: "branch-protection",
    source: asked.source,
  });
  asked.put({
    kind: "github/branch-rule",
    repository: asked.repository ?? "",
    origin: "branch-protection",
    include: [branch],
    exclude: [],
    active: true,
    ...(reviews && { approvals: reviews.required_approving_review_count }),
    codeOwners: reviews?.require_code_owner_reviews ?? false,
    lastPushApproval: reviews?.require_last_push_approval ?? false,
    dismissStale: reviews?.dismiss_stale_reviews ?? false,
    requiredChecks: [...new Set([...(checks?.contexts ?? []), ...(checks?.checks ?? []).map(({ context }) => context)])],
    bypass: [...(found.enforce_admins.enabled ? [] : [{ admins: true as const }]), ...actorsOf(reviews?.bypass_pull_request_allowances)],
    ...(found.restrictions && { pushRestrictedTo: actorsOf(found.restrictions) }),
    ...(found.lock_branch && { locked: found.lock_branch.enabled }),
    ...(found.allow_force_pushes && { allowForcePushes: found.allow_force_pushes.enabled }),
    ...(found.block_creations && { restrictsCreation: found.block_creations.enabled }),
    source: asked.source,
  });
}

export function rulesetsListed(asked: Asked): void {
  for (const [listed, source] of asked.items(RulesetListed)) {
    // One that is off or only watches holds nothing back (GitHub Docs, "About rulesets", enforcement statuses).
    if (listed.target !== "branch" || /^(?:disabled|evaluate)$/.test(listed.enforcement)) continue;
    const ofOrganization = asked.repository === undefined || listed.source_type === "Organization";
    asked.put({
      kind: "github/part",
      part: "ruleset-listed",
      ...(asked.repository !== undefined && { repository: asked.repository }),
      ...(ofOrganization && asked.organization !== undefined && { organization: asked.organization }),
      id: listed.id,
      name: listed.name,
      source,
    });
  }
}

/** Roles by number, as the API writes them. Source: REST API, "Create a repository ruleset", `bypass_actors`: 2 maintain, 4 write, 5 admin. */
const ROLES: Readonly<Record<number, string>> = { 2: "maintain", 4: "write", 5: "admin" };

type WireActor = NonNullable<z.infer<typeof Ruleset>["bypass_actors"]>[number];

/** Undefined: a kind of actor, or a mode, that is not known here. */
function actorOf({ actor_id, actor_type }: WireActor): GithubBypassActor | undefined {
  const id = actor_id ?? 0;
  switch (actor_type) {
    case "OrganizationAdmin":
      return { organizationAdmins: true };
    case "DeployKey":
      return { deployKeys: true };
    case "RepositoryRole":
      return { role: ROLES[id] ?? `#${id}` };
    case "Team":
      return { actor: "team", id };
    case "Integration":
      return { actor: "app", id };
    case "User":
      return { actor: "user", id };
    default:
      return undefined;
  }
}

/** "`exempt` … rules will not be run for that actor" (same page): no less than `always`, which is also what an absent mode means. */
function bypassOf(wire: WireActor): GithubBypassActor | undefined {
  const { bypass_mode = "always" } = wire;
  const actor = actorOf(wire);
  if (actor === undefined || bypass_mode === "always" || bypass_mode === "exempt") return actor;
  return bypass_mode === "pull_request" ? { ...actor, pullRequestsOnly: true } : undefined;
}

/** `refs/heads/` is left out; `~ALL` and `~DEFAULT_BRANCH` stay. */
const refs = (patterns: readonly string[]): readonly string[] => patterns.map((pattern) => pattern.replace(/^refs\/heads\//, ""));

/** Source: REST API, "Get a repository ruleset"; GitHub Docs, "Available rules for rulesets". */
export function ruleset(asked: Asked): void {
  const found = asked.whole(Ruleset);
  if (!found) return;
  asked.put({ kind: "github/part", part: "ruleset-read", id: found.id, source: asked.source });
  if (found.target !== "branch") return;
  const rule = ruleOf(asked, found);
  const { conditions } = found;
  if (asked.repository === undefined || found.source_type === "Organization") {
    const repositories = conditions?.repository_id
      ? { ids: conditions.repository_id.repository_ids }
      : conditions?.repository_name
        ? conditions.repository_name
        : ("by-property" as const);
    // Asked of one repository, the answer itself says that the ruleset is for it.
    if (asked.repository !== undefined) asked.put(rule);
    else
      asked.put({
        kind: "github/part",
        part: "organization-ruleset",
        organization: asked.organization ?? "",
        repositories,
        rule,
        source: asked.source,
      });
    return;
  }
  asked.put(rule);
}

function ruleOf(asked: Asked, found: z.infer<typeof Ruleset>): GithubBranchRule {
  const { source, subject } = asked;
  const of = subject.slice("github:".length);
  const unknown = found.bypass_actors?.find((actor) => bypassOf(actor) === undefined);
  const isShown = found.bypass_actors !== undefined && unknown === undefined;
  if (!isShown) {
    const why = unknown
      ? `${unknown.actor_type} with bypass mode ${unknown.bypass_mode ?? "always"} is not known here`
      : "shown only to those who may edit it: collect with an administrator's token";
    asked.gap("github/ruleset-bypass", `${subject}#ruleset/${found.id}`, `who may bypass ruleset ${found.name} of ${of}`, why);
  }
  const names = found.conditions?.ref_name;
  if (names === undefined)
    asked.gap("github/ruleset", subject, `branches that ruleset ${found.name} of ${of} is for`, "the answer has no conditions.ref_name");
  return {
    kind: "github/branch-rule",
    repository: asked.repository ?? "",
    origin: "ruleset",
    ruleset: found.id,
    include: refs(names?.include ?? []),
    exclude: refs(names?.exclude ?? []),
    active: found.enforcement === "active",
    ...asksFor(
      asked,
      found.rules.map((rule, index) => [rule, inside(source, "rules", index)]),
    ),
    bypass: (found.bypass_actors ?? []).flatMap((actor) => bypassOf(actor) ?? []),
    ...(!isShown && { bypassUnknown: true as const }),
    source,
  };
}

type PlacedRule = readonly [{ readonly type: string; readonly parameters?: Readonly<Record<string, unknown>> | undefined }, Source];

/** The parameters of the rule of this type; undefined when there is no such rule, or, with a gap, when they have another form. */
function parametersOf<T extends keyof typeof RULE_PARAMETERS>(asked: Asked, rules: readonly PlacedRule[], type: T) {
  const [rule, source] = rules.find(([each]) => each.type === type) ?? [];
  if (rule === undefined) return undefined;
  const parsed = RULE_PARAMETERS[type].safeParse(rule.parameters);
  if (parsed.success) return parsed.data as z.infer<(typeof RULE_PARAMETERS)[T]>;
  const what = `what the rule ${type} of a ruleset of ${asked.subject.slice("github:".length)} asks for`;
  asked.gap("github/ruleset", asked.subject, what, "its parameters have not the form that GitHub documents", source);
  return undefined;
}

/**
 * What the rules ask for. Several rulesets of one type add up ("the most restrictive version of the rule applies"), which the plane does; one
 * ruleset has each type once. Source: GitHub Docs, "Available rules for rulesets".
 */
function asksFor(asked: Asked, rules: readonly PlacedRule[]) {
  const pull = parametersOf(asked, rules, "pull_request");
  const checks = parametersOf(asked, rules, "required_status_checks");
  const deployments = parametersOf(asked, rules, "required_deployments");
  const types = rules.map(([{ type }]) => type);
  return {
    // A pull request is asked for all the same where it is not known with how many approvals.
    ...(types.includes("pull_request") && { approvals: pull?.required_approving_review_count ?? 0 }),
    codeOwners: pull?.require_code_owner_review ?? false,
    lastPushApproval: pull?.require_last_push_approval ?? false,
    dismissStale: pull?.dismiss_stale_reviews_on_push ?? false,
    requiredChecks: (checks?.required_status_checks ?? []).map(({ context }) => context),
    // The rule `update` lets only those who may bypass push at all ("Restrict updates").
    ...(types.includes("update") && { pushRestrictedTo: [] }),
    ...(types.includes("creation") && { restrictsCreation: true }),
    allowForcePushes: !types.includes("non_fast_forward"),
    ...(deployments && { requiredDeployments: deployments.required_deployment_environments }),
    rules: types,
  };
}

/** The rules that hold on one branch, without who may bypass them: of use where the ruleset itself was not read. */
export function effectiveRules(asked: Asked): void {
  const branch = asked.part("branch");
  if (branch === undefined) return;
  const byRuleset = Map.groupBy(asked.items(EffectiveRule), ([rule]) => rule.ruleset_id);
  for (const [id, found] of byRuleset) {
    const source = found[0]?.[1] ?? asked.source;
    const rule: GithubBranchRule = {
      kind: "github/branch-rule",
      repository: asked.repository ?? "",
      origin: "ruleset",
      ruleset: id,
      include: [branch],
      exclude: [],
      active: true,
      ...asksFor(asked, found),
      bypass: [],
      bypassUnknown: true,
      source,
    };
    asked.put({ kind: "github/part", part: "effective-rule", rule, source });
  }
}
