// What was not read, turned into the rules it could have held, and no more.
import { gapId } from "../../model/gap.ts";
import { fact, type IdentityToken, type RuleSink } from "../../model/rule.ts";
import { nature, ruleOf } from "./emit.ts";
import { type RepositoryFacts, runsWorkflows, TOPICS } from "./facts.ts";
import { branchRunId, uncertainTokenId, unreviewedRunId } from "./ids.ts";
import { report } from "./report.ts";
import { unreadSecrets } from "./secrets.ts";
import { subjectForm } from "./subjects.ts";
import type { PipelineView, RepositoryView } from "./view.ts";

const HANDLED: ReadonlySet<string> = new Set(TOPICS);

/** Takes the gaps that some rule of this plane answers to, also where they can hold nothing. */
export function takeGaps(view: PipelineView, sink: RuleSink): void {
  for (const gap of view.pipeline.gaps) if (HANDLED.has(gap.topic)) sink.took(gap);
}

export function unreadRules(view: PipelineView, repository: RepositoryView, sink: RuleSink): void {
  unreadWorkflows(repository, sink);
  unreadSecrets(view, repository, sink);
  unreadAccess(repository.facts, sink);
}

/**
 * A workflow file that could not be read runs on reviewed content, so it opens nothing by itself, unless it fetches what a pull request brings, lets
 * an input decide what it runs, or takes what can be moved under it: then also past the reviewers of an environment that it names.
 */
function unreadWorkflows(repository: RepositoryView, sink: RuleSink): void {
  const { facts } = repository;
  const branch = facts.defaultBranch;
  if (!runsWorkflows(facts)) return;
  const run = branch === undefined ? [] : [{ id: branchRunId(facts.name, branch), what: `with the trust of branch ${branch}` }];
  const reached = [...run, ...repository.environments.map(({ id, name }) => ({ id, what: `in environment ${name}` }))];
  for (const gap of facts.gaps("github/workflow"))
    for (const { id, what } of reached)
      sink.rule(
        ruleOf({
          family: "github/unread-workflow",
          needs: [fact("author", facts.id)],
          gives: fact("control", id),
          because: gapId(gap),
          how: `a workflow of ${facts.name} that was not read may run what others bring, ${what}`,
          grants: [nature(facts.id, `${gap.what} was not read`, gap.source ?? facts.source)],
          source: gap.source ?? facts.source,
        }),
      );
}

/** Who has access matters to what one person can do; an unreviewed change is a source whoever writes it. */
function unreadAccess(facts: RepositoryFacts, sink: RuleSink): void {
  if (facts.access.known || facts.gaps("github/access").length > 0 || facts.isAbsent("github/access")) return;
  report(
    {
      topic: "github/access",
      subject: facts.id,
      what: `who has access to ${facts.name}`,
      why: "not collected",
      clauses: ["A6"],
      source: facts.source,
    },
    sink,
  );
}

/** The tokens of a repository whose subjects have a form that was not collected: their holder may have them, or others. */
export function unreadSubjects(view: PipelineView, tokens: readonly IdentityToken[], sink: RuleSink): void {
  const suffix = uncertainTokenId("");
  const held = new Set(tokens.map((token) => token.holder.entity).filter((entity) => entity.endsWith(suffix)));
  for (const { facts } of view.repositories) {
    const form = subjectForm(view.pipeline, facts);
    if (!runsWorkflows(facts)) continue;
    const because = form.kind === "unknown" ? form.because : `which claims the subjects of ${facts.name} carry depends on the run`;
    if (form.kind === "unknown" && facts.gaps("github/oidc").length === 0)
      report(
        {
          topic: "github/oidc",
          subject: facts.id,
          what: `the form of OIDC subjects of ${facts.name}`,
          why: "not collected",
          clauses: ["A1", "A6"],
          source: facts.source,
        },
        sink,
      );
    for (const entity of held) {
      const holder = entity.slice(0, -suffix.length);
      const own = holder.startsWith(`${facts.id}#`) || holder.startsWith(`${facts.id}/`) || holder === unreviewedRunId(facts.name);
      if (!own) continue;
      sink.rule(
        ruleOf({
          family: "github/token",
          needs: [fact("act-as", holder)],
          gives: fact("act-as", entity),
          because,
          how: `the subject of tokens of ${facts.name} may have the form that is trusted`,
          grants: [nature(facts.id, `subjects of ${facts.name} were not collected`, facts.source)],
          source: facts.source,
        }),
      );
    }
  }
}
