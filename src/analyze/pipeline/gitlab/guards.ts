// Protection of branches, tags and environments of a GitLab project as guards of the model.
import type { GitlabProtectedBranch, GitlabProtectedEnvironment, GitlabProtectedTag } from "../../../model/observations/gitlab.ts";
import { globMatches } from "../../../lib/glob.ts";
import { becauseOf } from "../emit.ts";
import type { Guard, Passage, Requirement } from "../model/model.ts";
import { DEVELOPER, granted, leastLevel, type ProjectFacts, withLevel } from "./facts.ts";
import { guardId } from "./ids.ts";

const isPattern = (name: string): boolean => name.includes("*");

const content = ({ source: _, ...rest }: { readonly source: unknown }): unknown => rest;

/** Approvals by merge request rules: each rule asks for its own number. Rules that a report or a code owner triggers ask for nothing in general. */
function approvals(facts: ProjectFacts, branch: GitlabProtectedBranch): readonly Requirement[] {
  const { approvalSettings } = facts;
  const applies = facts.approvalRules.filter(
    (rule) =>
      rule.count > 0 &&
      !rule.conditional &&
      (rule.allProtected ||
        rule.branches.length === 0 ||
        rule.branches.some((name) => name === branch.name || globMatches(name, branch.name))),
  );
  const authors = approvalSettings?.authorApproves === true ? undefined : withLevel(facts, DEVELOPER);
  return applies.map((rule): Requirement => {
    const ids = new Set(rule.approvers?.map((one) => one.id));
    const of = rule.approvers === undefined ? withLevel(facts, DEVELOPER) : facts.members.filter((member) => ids.has(member.number));
    const unread = rule.approvers !== undefined && of.length < ids.size ? facts.unknown("gitlab/member") : undefined;
    return { kind: "approvals", count: rule.count, of, ...(authors && { authors }), because: unread };
  });
}

/**
 * "Allowed to push and merge" pushes without a merge request; "allowed to merge" merges one, once the approval rules are met (Docs, "Protected
 * branches"; "Merge request approval rules"). Approval rules hold only what their author cannot edit: "Prevent editing approval rules in merge requests"
 * (Docs, "Merge request approval settings").
 */
function branchPassages(facts: ProjectFacts, branch: GitlabProtectedBranch): readonly Passage[] {
  const what = `branch ${branch.name} of ${facts.name}`;
  const pushers = granted(facts, branch.push);
  const mergers = granted(facts, branch.merge);
  const anyPushes = (leastLevel(branch.push) ?? 99) <= DEVELOPER;
  const anyMerges = (leastLevel(branch.merge) ?? 99) <= DEVELOPER || anyPushes;
  const merge: readonly Requirement[] = anyMerges
    ? []
    : [{ kind: "one-of", what: `may merge into ${what}`, who: [...mergers, ...pushers] }];
  const asked = approvals(facts, branch);
  const settings = facts.approvalSettings;
  const passages: Passage[] = [];
  if (anyPushes)
    passages.push({
      key: "push",
      how: `everyone who may push to ${facts.name} pushes to ${what}`,
      change: `allow no one to push to ${what}`,
      requires: [],
    });
  else if (pushers.length > 0)
    passages.push({
      key: "push",
      how: `who may push to ${what} pushes without a merge request`,
      change: `allow no one to push to ${what}`,
      requires: [{ kind: "one-of", what: `may push to ${what}`, who: pushers }],
    });
  if (!anyMerges && mergers.length === 0) return passages;
  const change = `require an approval by another than the author on ${what}`;
  const unread = facts.unknown("gitlab/approval");
  const how = asked.length > 0 ? `a merge request into ${what} has its approvals` : `a merge request into ${what} needs no approval`;
  passages.push({ key: "merge", how, change, requires: [...asked, ...merge] });
  if (asked.length === 0) return passages.map((one) => (one.key === "merge" && unread !== undefined ? { ...one, because: unread } : one));
  if (settings === undefined || settings.overridable)
    passages.push({
      key: "override",
      how: `the author of a merge request into ${what} takes its approval rules out`,
      change: `prevent editing approval rules in merge requests of ${facts.name}`,
      requires: merge,
      because:
        settings === undefined ? (unread ?? "whether authors may edit approval rules in their merge request was not collected") : undefined,
    });
  else if (!settings.resetOnPush || settings.committersApprove)
    passages.push({
      key: "stale",
      how: `someone adds commits to an approved merge request into ${what}`,
      change: `remove approvals when commits are added, and prevent approval by users who add commits, in ${facts.name}`,
      requires: merge,
      because: settings.resetOnPush
        ? `who adds commits to another's merge request may approve it`
        : `approvals on ${what} outlive later pushes`,
    });
  return passages;
}

export function branchGuard(facts: ProjectFacts, branch: GitlabProtectedBranch): Guard {
  return {
    id: guardId(facts.name, `branch/${branch.name}`),
    label: `rules of branch ${branch.name} of ${facts.name}`,
    content: [content(branch), facts.approvalRules.map(content), facts.approvalSettings && content(facts.approvalSettings)],
    passages: [
      ...branchPassages(facts, branch),
      // A protected pattern guards names that exist: who may push may create a branch that matches (Docs, "Protected branches", wildcard).
      ...(isPattern(branch.name) && (leastLevel(branch.push) ?? 99) > DEVELOPER
        ? [
            {
              key: "create",
              how: `someone creates a branch named like ${branch.name}`,
              change: `allow no one to create branches named like ${branch.name} but by the API`,
              requires: [],
              because: `whether a new branch named like ${branch.name} passes its rules is not collected`,
            },
          ]
        : []),
    ],
    source: branch.source,
  };
}

/** Who may create a protected tag chooses the commit that it names (Docs, "Protected tags"). */
export function tagGuard(facts: ProjectFacts, tag: GitlabProtectedTag): Guard {
  const isOpen = (leastLevel(tag.create) ?? 99) <= DEVELOPER;
  const what = `tag ${tag.name} of ${facts.name}`;
  const who = granted(facts, tag.create);
  return {
    id: guardId(facts.name, `tag/${tag.name}`),
    label: `rules of ${what}`,
    content: content(tag),
    passages:
      isOpen || who.length > 0
        ? [
            {
              key: "create",
              how: `${isOpen ? `everyone who may push to ${facts.name}` : `who may create ${what}`} puts it on a commit of their choice`,
              change: `let only Maintainers, or nobody, create ${what}`,
              requires: isOpen ? [] : [{ kind: "one-of", what: `may create ${what}`, who }],
            },
          ]
        : [],
    source: tag.source,
  };
}

/**
 * "Allowed to deploy" starts the job; every approval rule asks for its own number. "By default, the user who triggers a deployment pipeline can't
 * approve the deployment job as well" (Docs, "Protected environments"; "Deployment approvals").
 */
export function environmentGuard(facts: ProjectFacts, environment: GitlabProtectedEnvironment): Guard {
  const what = `environment ${environment.name} of ${facts.name}`;
  const isOpen = (leastLevel(environment.deploy) ?? 99) <= DEVELOPER;
  const selfApproves = facts.observed?.starterApproves === true;
  const because = becauseOf(facts.observed?.starterApproves === undefined && environment.approvals.length > 0 && UNREAD_SETTING);
  const requires: Requirement[] = isOpen
    ? []
    : [{ kind: "one-of", what: `may deploy to ${what}`, who: granted(facts, environment.deploy) }];
  for (const { by, count } of environment.approvals) {
    const of = granted(facts, [by]);
    requires.push({ kind: "approvals", count, of, ...(!selfApproves && { authors: withLevel(facts, DEVELOPER) }) });
  }
  const passage = (key: string, list: readonly Requirement[], reason?: string): Passage => ({
    key,
    how:
      environment.approvals.length > 0
        ? `${what} is deployed to after its approvals`
        : `who may deploy to ${what} deploys without an approval`,
    change: `require approvals by others than the one who starts the deployment on ${what}`,
    requires: list,
    because: reason,
  });
  const unsure = because === undefined ? [] : [passage("self", requires.map(withoutAuthors), because)];
  return {
    id: guardId(facts.name, `environment/${environment.name}`),
    label: `protection of ${what}`,
    content: [content(environment), selfApproves],
    passages: [passage("deploy", requires), ...unsure],
    source: environment.source,
  };
}

/**
 * A group protects a tier, and a job of a project says of itself which tier it deploys to (Docs, "Protected environments", Group-level protected
 * environments): whether one that says another escapes the group's protection depends on whether the environment is there already.
 */
export function tierGuard(facts: ProjectFacts, tier: GitlabProtectedEnvironment, name: string): Guard {
  const guard = environmentGuard(facts, { ...tier, name });
  const escape: Passage = {
    key: "tier",
    how: `a job says that ${name} is of another tier than ${tier.name}, which ${tier.project} protects`,
    change: `protect environment ${name} in ${facts.name} itself`,
    requires: [],
    because: `whether a job that declares another deployment_tier escapes the protection by ${tier.project} is not collected`,
  };
  return { ...guard, content: [guard.content, tier.project], passages: [...guard.passages, escape] };
}

const UNREAD_SETTING = "whether the starter of a pipeline may approve its deployments was not collected";

const withoutAuthors = (requirement: Requirement): Requirement => {
  if (requirement.kind !== "approvals") return requirement;
  const { authors: _, ...rest } = requirement;
  return rest;
};
