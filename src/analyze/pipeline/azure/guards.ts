// Branch policies and checks of Azure DevOps as guards of the model.
import type { AzureBranchPolicy, AzureCheckConfiguration, AzureRepository } from "../../../model/observations/azure.ts";
import type { Source } from "../../../model/source.ts";
import { type Actor, distinct } from "../actors.ts";
import { becauseOf } from "../emit.ts";
import type { Guard, Passage, Requirement } from "../model/model.ts";
import { ADMINISTER, GIT } from "./access.ts";
import type { ProjectFacts } from "./facts.ts";
import { guardId } from "./ids.ts";

/** Who administers a resource edits its checks (Environment and service connection security, role Administrator). Tokens end in its id. */
export function editorsOf(facts: ProjectFacts, type: "environment" | "endpoint", id: string): readonly Actor[] {
  const ends = id.toLowerCase();
  const listed = facts.access.holders(type, ADMINISTER[type], (token) => {
    const parts = token.toLowerCase().split("/");
    return parts.at(-1) === ends || parts.length <= 2;
  });
  return (
    listed ??
    unsure(
      facts.access.everyone,
      `who administers the ${type === "endpoint" ? "service connections" : "environments"} of ${facts.name} was not collected`,
    )
  );
}

const unsure = (actors: readonly Actor[], because: string): readonly Actor[] => actors.map((actor) => ({ ...actor, because }));

/** Tokens of a repository, and of the project above it: `repoV2/PROJECT/REPOSITORY`. A branch may have one of its own. */
const onRepository =
  (repository: AzureRepository | undefined) =>
  (token: string): boolean => {
    const [, , own] = token.split("/");
    return own === undefined || repository === undefined || own.toLowerCase() === repository.id.toLowerCase();
  };

/** Who may push branches: those whom the lists allow to contribute, else everyone, perhaps. */
export function contributors(facts: ProjectFacts, repository?: AzureRepository): readonly Actor[] {
  const listed = facts.access.holders("git", GIT.contribute, onRepository(repository));
  return listed ?? unsure(facts.access.everyone, `who may contribute to the repositories of ${facts.name} was not collected`);
}

/** "Contribute to pull requests": who may vote on them. */
const voters = (facts: ProjectFacts, repository: AzureRepository | undefined): readonly Actor[] =>
  facts.access.holders("git", GIT.vote, onRepository(repository)) ??
  unsure(facts.access.everyone, `who may vote on pull requests of ${facts.name} was not collected`);

const bypassers = (facts: ProjectFacts, repository: AzureRepository | undefined): readonly Actor[] =>
  facts.access.holders("git", GIT.bypassOnPush | GIT.bypassOnRequest, onRepository(repository)) ??
  unsure(facts.access.everyone, `who may bypass the policies of ${facts.name} was not collected`);

/** Those whose settings these are, by the groups that have every permission, and whoever the lists let edit policies or permissions. */
export const administrators = (facts: ProjectFacts): readonly Actor[] =>
  distinct([
    ...facts.access.group(`[${facts.name}]\\Project Administrators`),
    ...facts.access.group(`[${facts.organization}]\\Project Collection Administrators`),
    ...(facts.access.holders("git", GIT.editPolicies | GIT.managePermissions, (token) => token.split("/").length <= 2) ?? []),
  ]);

export function policiesOf(facts: ProjectFacts, repository: AzureRepository | undefined, branch: string): readonly AzureBranchPolicy[] {
  return facts.policies.filter(
    (policy) =>
      policy.blocking &&
      policy.scopes.some((scope) => {
        if (scope.repository !== undefined && scope.repository.toLowerCase() !== repository?.id.toLowerCase()) return false;
        if (scope.isDefault) return branch === repository?.defaultBranch;
        if (scope.ref === undefined) return true;
        return scope.isPrefix ? branch === scope.ref || branch.startsWith(`${scope.ref.replace(/\/$/, "")}/`) : branch === scope.ref;
      }),
  );
}

const contentOf = ({ source: _, ...rest }: { readonly source: Source }): unknown => rest;

/**
 * "If any required policy is enabled, the branch can't be deleted, and all changes are made via pull request" (Branch policies). "Require a minimum
 * number of reviewers"; "Allow requestors to approve their own changes"; "Prohibit the most recent pusher from approving their own changes"; "When
 * new changes are pushed, reset all approval votes". Undefined: no policy holds anything back.
 */
export function branchGuard(facts: ProjectFacts, repository: AzureRepository | undefined, branch: string): Guard | undefined {
  const policies = policiesOf(facts, repository, branch);
  const [first] = policies;
  if (first === undefined) return undefined;
  const what = `branch ${branch} of ${repository?.name ?? facts.name}`;
  const writers = contributors(facts, repository);
  const reviewing = policies.filter((policy) => policy.type === "reviewers" && policy.count > 0);
  const requires: Requirement[] = reviewing.map((policy) => ({
    kind: "approvals",
    count: policy.count,
    of: voters(facts, repository),
    ...(!policy.creatorCounts && { authors: writers }),
  }));
  for (const policy of policies.filter((one) => one.type === "required-reviewers" && !one.hasPaths))
    for (const id of policy.required)
      requires.push({ kind: "approvals", count: 1, of: facts.access.of({ id, name: id, isGroup: true }), authors: writers });
  const passages: Passage[] = [
    {
      key: "pull-request",
      how: requires.length > 0 ? `a pull request into ${what} has its approvals` : `a pull request into ${what} needs no approval`,
      change: `require a minimum number of reviewers on ${what}, without the requestor's own vote`,
      requires,
    },
  ];
  const stale = reviewing.find((policy) => !policy.resetOnPush || policy.lastPusherCounts);
  if (stale !== undefined && requires.length > 0)
    passages.push({
      key: "stale",
      how: `someone adds commits to an approved pull request into ${what}`,
      change: `reset votes when changes are pushed, and prohibit the most recent pusher from approving, on ${what}`,
      requires: [],
      because: stale.resetOnPush ? "who pushes to another's pull request may approve it" : `approvals on ${what} outlive later pushes`,
    });
  const bypass = bypassers(facts, repository);
  if (bypass.length > 0)
    passages.push({
      key: "bypass",
      how: `who may bypass policies changes ${what} without an approval`,
      change: `take the permissions to bypass policies on ${what} away`,
      requires: [{ kind: "one-of", what: `may bypass the policies of ${what}`, who: bypass }],
    });
  const editedBy =
    facts.access.holders("git", GIT.editPolicies | GIT.managePermissions, onRepository(repository)) ??
    unsure(facts.access.everyone, `who may edit the policies of ${facts.name} was not collected`);
  return {
    editedBy,
    id: guardId(facts.id, `branch/${repository?.name ?? ""}/${branch}`),
    label: `policies of ${what}`,
    content: policies.map(contentOf),
    passages,
    source: first.source,
  };
}

/** "Checks … are not part of the pipeline's definition": whoever runs the pipeline has to pass each of them. */
function approvalGuard(facts: ProjectFacts, label: string, key: string, check: AzureCheckConfiguration): Guard | undefined {
  if (check.check.type !== "approval") return undefined;
  const { approvers, count, requesterApproves } = check.check;
  const of = distinct(approvers.flatMap((one) => facts.access.of(one)));
  const starters = contributors(facts);
  return {
    id: guardId(facts.id, `${key}/approval/${check.id}`),
    label: `approval of ${label}`,
    content: contentOf(check),
    passages: [
      {
        key: "approve",
        how: `${approvers.map((one) => one.name).join(", ")} ${count === 1 && approvers.length === 1 ? "approves" : "approve"} a run on ${label}`,
        change: `do not let approvers of ${label} approve their own runs`,
        requires: [{ kind: "approvals", count, of, ...(!requesterApproves && { authors: starters }) }],
      },
    ],
    source: check.source,
  };
}

/** "Branch control": only runs of these branches pass, however they are approved. */
const branchControl = (facts: ProjectFacts, label: string, key: string, check: AzureCheckConfiguration): Guard => ({
  id: guardId(facts.id, `${key}/branches/${check.id}`),
  label: `branch control of ${label}`,
  content: contentOf(check),
  passages: [],
  source: check.source,
});

/** "Required template": runs extend it, and bring what its parameters take. */
const templateGuard = (facts: ProjectFacts, label: string, key: string, check: AzureCheckConfiguration): Guard => ({
  id: guardId(facts.id, `${key}/template/${check.id}`),
  label: `required template of ${label}`,
  content: contentOf(check),
  passages: [
    {
      key: "extends",
      how: `a run that extends the required template uses ${label}`,
      change: `let the required template of ${label} take no steps from its caller`,
      requires: [],
      because: "whether the required template runs steps or scripts that its caller brings is not read",
    },
  ],
  source: check.source,
});

export interface Checked {
  /** Guards that any run has to pass. */
  readonly guards: readonly Guard[];
  /** What holds back runs of a branch that branch control does not allow. */
  readonly onBranch: (branch: string | undefined) => readonly Guard[];
  /** Systems that decide in place of people. */
  readonly decidedBy: readonly string[];
}

const allows = (allowed: readonly string[], branch: string): boolean =>
  allowed.some((one) => one === "*" || one === branch || (one.endsWith("*") && branch.startsWith(one.slice(0, -1))));

export function checked(
  facts: ProjectFacts,
  label: string,
  key: string,
  checks: readonly AzureCheckConfiguration[],
  editedBy: readonly Actor[],
): Checked {
  const edited = (guard: Guard): Guard => ({ ...guard, editedBy });
  const approvals = checks.flatMap((check) => approvalGuard(facts, label, key, check) ?? []).map(edited);
  const templates = checks.filter((one) => one.check.type === "template").map((check) => edited(templateGuard(facts, label, key, check)));
  const controls = checks.filter((one) => one.check.type === "branches");
  return {
    guards: [...approvals, ...templates],
    // Approvals go first: they are what people would change, and what promotion shows.
    onBranch: (branch) =>
      controls
        .filter(
          ({ check }) =>
            check.type === "branches" && (branch === undefined ? !check.allowed.includes("*") : !allows(check.allowed, branch)),
        )
        .map((check) => edited(branchControl(facts, label, key, check))),
    decidedBy: checks.flatMap(({ check }) => (check.type === "decided" ? [check.by] : [])),
  };
}

/** Several approvals are one guard to promotion: all of them are asked for. */
export function combined(facts: ProjectFacts, label: string, key: string, guards: readonly Guard[]): Guard | undefined {
  const [first] = guards;
  if (first === undefined || guards.length === 1) return first;
  const requires = guards.flatMap((guard) => guard.passages.flatMap((passage) => passage.requires));
  const because = becauseOf(...guards.flatMap((guard) => guard.passages.map((passage) => passage.because)));
  return {
    id: guardId(facts.id, `${key}/checks`),
    label: `checks of ${label}`,
    ...(first.editedBy && { editedBy: first.editedBy }),
    content: guards.map((guard) => guard.content),
    passages: [
      {
        key: "checks",
        how: `a run on ${label} passes its checks`,
        change: `do not let approvers of ${label} approve their own runs`,
        requires,
        because,
      },
    ],
    source: first.source,
  };
}
