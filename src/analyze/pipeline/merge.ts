// Who can put content on a branch that stands apart: the branch rules as gates, those who pass them by, and those who edit them.
import { fact, type Fact, type Grant, grant, type RuleSink } from "../../model/rule.ts";
import { actsAs, approvers, authors, bypassActors, distinct, listedActors, permitted } from "./actors.ts";
import { emitApprovals } from "./approvals.ts";
import { becauseOf, missing, nature, ruleOf } from "./emit.ts";
import { type Pipeline, type RepositoryFacts, runsForCertain, runsWorkflows } from "./facts.ts";
import { eligibleApprovers } from "./code-owners.ts";
import { changeId } from "./ids.ts";
import { report } from "./report.ts";
import { type BranchContext, type Gate, type Protection } from "./protection.ts";

const named = (repository: RepositoryFacts, context: BranchContext): string => `branch ${context.name} of ${repository.name}`;

const ruleGrant = (
  repository: RepositoryFacts,
  context: BranchContext,
  gate: Gate,
  part: string,
  change: string,
  removable = true,
): Grant => {
  const { source, ...content } = gate.rule;
  const kind = gate.rule.origin === "ruleset" ? "ruleset" : "branch protection";
  return grant(context.id, { content, part }, { label: `${kind} of ${named(repository, context)}`, change, source, removable });
};

export function mergeRules(pipeline: Pipeline, repository: RepositoryFacts, protection: Protection, sink: RuleSink): void {
  if (repository.observed?.archived) return;
  for (const context of protection.contexts) {
    if (context.gates.length === 0) openBranch(repository, context, sink);
    else gatedBranch(pipeline, repository, context, sink);
    if (runsWorkflows(repository)) runReviewed(repository, context, sink);
  }
}

function openBranch(repository: RepositoryFacts, context: BranchContext, sink: RuleSink): void {
  const what = named(repository, context);
  const asks = context.rules.some((rule) => rule.approvals === 0) ? "a pull request that nobody has to approve" : "no approval";
  sink.rule(
    ruleOf({
      family: "github/merge",
      needs: [fact("author", repository.id)],
      gives: fact("write", context.id),
      because: context.unknown,
      how: `${what} asks for ${asks}`,
      grants: [
        missing(context.id, `no required approval on ${what}`, `require a pull request with an approval on ${what}`, context.source),
      ],
      source: context.source,
    }),
  );
  if (context.unknown === `github/branch-protection:${context.id}`)
    report(
      {
        topic: "github/branch-protection",
        subject: context.id,
        what: `protection of ${what}`,
        why: "not collected",
        clauses: ["A1", "A6", "P2"],
      },
      sink,
    );
}

function gatedBranch(pipeline: Pipeline, repository: RepositoryFacts, context: BranchContext, sink: RuleSink): void {
  const what = named(repository, context);
  const author = fact("author", repository.id);
  const write = fact("write", context.id);
  const gate = fact("approve", context.guard);
  const first = context.gates[0] as Gate;
  const asGate = ruleGrant(repository, context, first, "gate", `narrow who passes the rules of ${what}`);
  const common = { gives: write, source: context.source };
  sink.rule(
    ruleOf({
      ...common,
      family: "github/merge",
      needs: [author, gate],
      how: `a change that passes the rules of ${what} is merged`,
      // That a gate lets through what passes it is no flaw: what is to change is who can pass.
      grants: [ruleGrant(repository, context, first, "gate", `narrow who passes the rules of ${what}`, false)],
    }),
  );
  sink.rule(
    ruleOf({
      ...common,
      family: "github/edit-branch-rule",
      needs: [author, fact("defeat", context.guard)],
      how: `without its rules, ${what} takes any push`,
      grants: [asGate],
    }),
  );
  editRules(repository, context, sink);
  if (context.unknown !== undefined)
    sink.rule(
      ruleOf({
        ...common,
        family: "github/merge",
        needs: [author],
        because: context.unknown,
        how: `${what} may take a push that nobody approved`,
        grants: [asGate],
      }),
    );
  if (context.gates.length > 1)
    sink.rule(
      ruleOf({
        family: "github/merge",
        needs: context.gates.map((one) => fact("approve", one.id)),
        gives: gate,
        how: `every rule of ${what} is passed`,
        grants: [asGate],
        source: context.source,
      }),
    );
  for (const one of context.gates) passGate(pipeline, repository, context, one, sink);
  if (context.isPattern) createBranch(repository, context, sink);
}

/** Rules are part of a repository's settings: who administers it, person or app, can switch them off and on again. */
function editRules(repository: RepositoryFacts, context: BranchContext, sink: RuleSink): void {
  const what = named(repository, context);
  sink.rule(
    ruleOf({
      family: "github/edit-branch-rule",
      needs: [fact("control", repository.id)],
      gives: fact("defeat", context.guard),
      how: `who administers ${repository.name} can switch off the rules of ${what}`,
      grants: [nature(context.guard, `administrators of ${repository.name} edit its rules`, context.source)],
      source: context.source,
    }),
  );
}

/**
 * "For pull requests only": who bypasses a ruleset so still opens a pull request, and merges it without what the rules ask (GitHub Docs, "About
 * rulesets", Bypass permissions). What the branch then holds is the same; who may push without one is told apart.
 */
const pushing = (rule: Gate["rule"]): Gate["rule"] => ({ ...rule, bypass: rule.bypass.filter((actor) => actor.pullRequestsOnly !== true) });

/**
 * What one rule asks: approvals, and a pusher on its list. "People, teams, and apps that have permission to push to a protected branch will still
 * need to create a pull request when pull requests are required" (GitHub Docs, "About protected branches"), so both together.
 */
function passGate(pipeline: Pipeline, repository: RepositoryFacts, context: BranchContext, gate: Gate, sink: RuleSink): void {
  const what = named(repository, context);
  const { rule } = gate;
  const gives = fact("approve", gate.id);
  const common = { gives, source: rule.source };
  const direct = new Set(bypassActors(pipeline, repository, pushing(rule)).map((actor) => actor.id));
  for (const actor of bypassActors(pipeline, repository, rule))
    sink.rule(
      ruleOf({
        ...common,
        family: "github/bypass",
        needs: [actsAs(actor)],
        because: actor.because,
        how: direct.has(actor.id)
          ? `${actor.label} may push to ${what} past its rules`
          : `${actor.label} may merge a pull request into ${what} that nobody approved, their own too`,
        grants: [ruleGrant(repository, context, gate, `bypass ${actor.id}`, `let ${actor.label} no longer bypass the rules of ${what}`)],
      }),
    );
  // Who may push at all may then push past the rules: an unreviewed change needs nobody's word.
  const everyone = rule.bypass.find((actor) => "role" in actor && actor.role === "write");
  if (everyone !== undefined)
    sink.rule(
      ruleOf({
        ...common,
        family: "github/bypass",
        needs: [fact("author", repository.id)],
        how: everyone.pullRequestsOnly
          ? `everyone with write access to ${repository.name} may merge a pull request into ${what} that nobody approved`
          : `everyone with write access to ${repository.name} may push to ${what} past its rules`,
        grants: [ruleGrant(repository, context, gate, "bypass role write", `let the role write no longer bypass the rules of ${what}`)],
      }),
    );
  if (rule.locked) return;
  const pusher = pushersOf(pipeline, repository, context, gate, sink);
  const needs: Fact[] = [...pusher];
  const grants = [
    ruleGrant(repository, context, gate, "approvals", `require one more approval on ${what}, of accounts that no one person holds`),
  ];
  const count = rule.approvals ?? 0;
  if (count > 0) {
    const change = changeId(repository.name);
    const { approvers: eligible, because } = eligibleApprovers(pipeline, repository, rule, approvers(pipeline, repository));
    const gateOf = {
      gate: gate.id,
      family: "github/merge",
      count,
      approvers: eligible,
      authors: authors(pipeline, repository),
      change,
      because,
    };
    needs.push(...emitApprovals({ ...gateOf, of: what, grants, source: rule.source }, sink));
    hijackedApproval(repository, context, gate, pusher, sink);
  }
  sink.rule(ruleOf({ ...common, family: "github/merge", needs, how: `what the rule of ${what} asks for is there`, grants }));
}

/** "Only users, teams, or apps that have been given permission can push"; administrators "are always able to push" (About protected branches). */
function pushersOf(pipeline: Pipeline, repository: RepositoryFacts, context: BranchContext, gate: Gate, sink: RuleSink): readonly Fact[] {
  const listed = gate.rule.pushRestrictedTo;
  if (listed === undefined) return [];
  const pusher = fact("approve", `${gate.id}/pusher`);
  const always = gate.rule.origin === "branch-protection" ? permitted(pipeline, repository, "admin") : [];
  const actors = [...listed.flatMap((one) => listedActors(pipeline, repository, one, gate.rule.source)), ...always];
  for (const actor of distinct(actors))
    sink.rule(
      ruleOf({
        family: "github/merge",
        needs: [actsAs(actor)],
        gives: pusher,
        because: actor.because,
        how: `${actor.label} is on the list of those who may push to ${named(repository, context)}`,
        grants: [ruleGrant(repository, context, gate, `pusher ${actor.id}`, `take ${actor.label} off the list of pushers`)],
        source: gate.rule.source,
      }),
    );
  return [pusher];
}

/**
 * "If you are concerned about pull requests being 'hijacked' (where unapproved content is added to approved pull requests), it is safer to dismiss
 * stale reviews" (GitHub Docs, "About protected branches"). It takes an approver who approved something else before, so it is not certain.
 */
function hijackedApproval(repository: RepositoryFacts, context: BranchContext, gate: Gate, pusher: readonly Fact[], sink: RuleSink): void {
  if (gate.rule.dismissStale || gate.rule.lastPushApproval) return;
  const what = named(repository, context);
  sink.rule(
    ruleOf({
      family: "github/stale-approval",
      needs: [fact("author", repository.id), ...pusher],
      gives: fact("approve", gate.id),
      because: `approvals on ${what} outlive later pushes, so an approved pull request can be changed before it is merged`,
      how: `the author pushes to an approved pull request into ${what}`,
      grants: [ruleGrant(repository, context, gate, "stale", `dismiss stale approvals on ${what}`)],
      source: gate.rule.source,
    }),
  );
}

/**
 * A rule for a pattern guards branches that exist. Classic protection lets a new branch in with any content unless "the same restrictions [apply] to
 * the creation of branches that match the rule" (GitHub Docs, "About protected branches"); what rulesets without "Restrict creations" do is not said.
 */
function createBranch(repository: RepositoryFacts, context: BranchContext, sink: RuleSink): void {
  if (context.gates.some((gate) => gate.rule.restrictsCreation)) return;
  const known = context.gates.every((gate) => gate.rule.origin === "branch-protection" && gate.rule.restrictsCreation === false);
  const first = context.gates[0] as Gate;
  sink.rule(
    ruleOf({
      family: "github/create-branch",
      needs: [fact("author", repository.id)],
      gives: fact("write", context.id),
      because: known ? undefined : `whether a new branch named like ${context.name} passes the rules is not known`,
      how: `someone creates a new branch named like ${context.name} in ${repository.name}`,
      grants: [ruleGrant(repository, context, first, "creation", `restrict the creation of branches named like ${context.name}`)],
      source: context.source,
    }),
  );
}

function runReviewed(repository: RepositoryFacts, context: BranchContext, sink: RuleSink): void {
  sink.rule(
    ruleOf({
      family: "github/run-reviewed",
      needs: [fact("write", context.id)],
      gives: fact("control", context.run),
      because: becauseOf(!runsForCertain(repository) && `github/actions-settings:${repository.id}`),
      how: `workflows on ${named(repository, context)} run as the branch has them`,
      grants: [nature(context.id, `Actions runs the workflow files of ${context.name}`, context.source)],
      source: context.source,
    }),
  );
}
