// P2: whether each rule that asks for approvals before production can be met at all, counted in people and not in accounts.
import type { Promotion } from "../../../charter/schema.ts";
import type { Estate } from "../../estate.ts";
import { departureOf } from "../../people/departure.ts";
import { deployingPlaces } from "../../people/places.ts";
import { whoIs } from "../../people/who.ts";
import { productionNames } from "../../reach/semantics.ts";
import type { Source } from "../../../model/source.ts";
import { type Actor, approvers, distinct, permitted, teamActors } from "../actors.ts";
import { modelProjects } from "../model/projects.ts";
import type { Guard } from "../model/model.ts";
import { type PipelineView, type RepositoryView, viewPipeline } from "../view.ts";

/** Anyone who counts once: a person, or an account that nobody is known to hold. */
interface Voter {
  readonly id: string;
  readonly name: string;
}

export interface Blocked {
  /** Entity id of the guard or environment, or of the charter's stage. */
  readonly id: string;
  /** `environment production of acme/shop`. */
  readonly label: string;
  readonly needed: number;
  /** Who may approve and is still here. */
  readonly voters: readonly Voter[];
  /** Who may approve by the rule, and has left. */
  readonly gone: readonly Voter[];
  /** Whose own changes can never be approved; `everyone`: nobody's can. */
  readonly blocks: "everyone" | readonly Voter[];
  /** Given: a list that was not read may hold others. */
  readonly because?: string;
  readonly source: Source;
}

interface Asked extends Pick<Blocked, "id" | "label" | "needed" | "source"> {
  readonly of: readonly Actor[];
  /** Whose own approval does not count; empty: everyone's does. */
  readonly authors: readonly Actor[];
  readonly because?: string | undefined;
}

export function blockedRules(estate: Estate): readonly Blocked[] {
  return [...ofCharter(estate), ...[...onGithub(estate), ...onModel(estate)].flatMap((one) => judge(estate, one))];
}

/** Rules of the forge: bots review nothing that a person answers for. */
function judge(estate: Estate, { of, authors, because, ...rule }: Asked): readonly Blocked[] {
  const { voters, gone } = votersOf(
    estate,
    of.filter((actor) => actor.because === undefined),
  );
  const unsure = because ?? of.find((actor) => actor.because !== undefined)?.because;
  const starting = votersOf(
    estate,
    authors.filter((actor) => actor.because === undefined),
  ).voters;
  const isMet = (without?: Voter): boolean => voters.filter(({ id }) => id !== without?.id).length >= rule.needed;
  const blocks = isMet() ? starting.filter((author) => !isMet(author)) : ("everyone" as const);
  if (blocks.length === 0) return [];
  const everyone = blocks === "everyone" || (starting.length > 0 && blocks.length === starting.length);
  return [{ ...rule, voters, gone, blocks: everyone ? "everyone" : blocks, ...(unsure !== undefined && { because: unsure }) }];
}

function votersOf(estate: Estate, actors: readonly Actor[]): { readonly voters: readonly Voter[]; readonly gone: readonly Voter[] } {
  const who = whoIs(estate);
  const left = leftBy(estate);
  const all = new Map<string, Voter>();
  for (const { id, kind, label } of actors) {
    const person = who.ofAccount(id);
    if (person) all.set(person.id, { id: person.id, name: person.name });
    else if (kind === "account") all.set(id, { id, name: label });
  }
  const voters = [...all.values()];
  return { voters: voters.filter(({ id }) => !left.has(id)), gone: voters.filter(({ id }) => left.has(id)) };
}

const leavers = new WeakMap<Estate, ReadonlySet<string>>();

function leftBy(estate: Estate): ReadonlySet<string> {
  const known = leavers.get(estate);
  if (known) return known;
  const gone = estate.members.filter((member) => ["left", "disabled"].includes(departureOf(member, estate.asOf).is));
  const found = new Set(gone.map(({ person }) => person.id));
  leavers.set(estate, found);
  return found;
}

function onGithub(estate: Estate): readonly Asked[] {
  const view = viewPipeline(estate);
  const places = deployingPlaces(estate);
  return view.repositories
    .filter(({ facts }) => places.has(facts.id) && facts.observed?.archived !== true)
    .flatMap((repository) => [...reviewers(estate, view, repository), ...branchRules(view, repository)]);
}

/** "Required reviewers … Only one of the required reviewers needs to approve the job" (GitHub Docs, "Deployments and environments"). */
function reviewers(estate: Estate, view: PipelineView, repository: RepositoryView): readonly Asked[] {
  const production = productionNames(estate.charter);
  const writers = permitted(view.pipeline, repository.facts, "write");
  return repository.environments.flatMap(({ id, name, observed, source }): readonly Asked[] => {
    if (!production.has(estate.environmentOf(id) ?? "") || observed === undefined || observed.reviewers.length === 0) return [];
    const of = observed.reviewers.flatMap((reviewer) =>
      reviewer.type === "User"
        ? [view.pipeline.directory.account(reviewer.name, false, source)]
        : teamActors(view.pipeline, repository.facts.organization, reviewer.name),
    );
    const label = `environment ${name} of ${repository.facts.name}`;
    return [{ id, label, needed: 1, of: distinct(of), authors: observed.preventSelfReview ? writers : [], source: observed.source }];
  });
}

/** A pull request's author never approves it. An owner of the code may be asked for besides, of whom nothing was read. */
function branchRules(view: PipelineView, { facts, protection }: RepositoryView): readonly Asked[] {
  const of = approvers(view.pipeline, facts);
  const authors = permitted(view.pipeline, facts, "write").filter(({ kind }) => kind === "account");
  return protection.contexts.flatMap((context) =>
    context.gates.flatMap(({ id, rule }): readonly Asked[] =>
      (rule.approvals ?? 0) === 0
        ? []
        : [{ id, label: `branch ${context.name} of ${facts.name}`, needed: rule.approvals ?? 0, of, authors, source: rule.source }],
    ),
  );
}

/** Each requirement of approvals of every other forge, on what production is deployed from. */
function onModel(estate: Estate): readonly Asked[] {
  const places = deployingPlaces(estate);
  const production = productionNames(estate.charter);
  return modelProjects(estate)
    .filter(({ id }) => places.has(id))
    .flatMap(({ environments, refs }) => [
      ...environments
        .filter(({ id }) => production.has(estate.environmentOf(id) ?? ""))
        .flatMap(({ guard, source }) => ofGuard(guard, source)),
      ...refs.flatMap(({ guard, source }) => ofGuard(guard, source)),
    ]);
}

/** A guard with a way past it that asks for no approval blocks nobody. */
function ofGuard(guard: Guard | undefined, source: Source): readonly Asked[] {
  if (guard === undefined) return [];
  const asking = guard.passages.map((passage) => passage.requires.filter((requirement) => requirement.kind === "approvals"));
  if (asking.some((approvals) => approvals.length === 0)) return [];
  return asking.flat().map(({ count, of, authors, because }) => ({
    id: guard.id,
    label: guard.label,
    needed: count,
    of,
    authors: authors ?? [],
    because,
    source,
  }));
}

/** The gate's own rules. Loading the charter counts everyone in it; here those who have left do not count. */
function ofCharter(estate: Estate): readonly Blocked[] {
  const { charter } = estate;
  const left = leftBy(estate);
  const production = productionNames(charter);
  return charter.promotion
    .filter(({ to }) => production.has(to))
    .flatMap((stage): readonly Blocked[] => {
      const needed = Math.max(
        stage.approvals,
        stage.teams.reduce((sum, { approvals }) => sum + approvals, 0),
      );
      const meant = [...stage.approvers, ...stage.teams.map(({ group }) => `group:${group}`)];
      const all = charter.people.filter(({ id, groups }) =>
        meant.some((who) => who === `person:${id}` || groups.some((group) => who === `group:${group}`)),
      );
      const named = all.map(({ id, name }) => ({ id, name }));
      const voters = named.filter(({ id }) => !left.has(id));
      const groupsOf = new Map(all.map(({ id, groups }) => [id, groups]));
      const isMet = (without?: Voter): boolean => {
        const others = voters.filter(({ id }) => id !== without?.id);
        return others.length >= needed && seats(others, stage, groupsOf);
      };
      // Whoever approves may write too: the charter does not say who writes.
      const blocks = needed === 0 ? [] : isMet() ? voters.filter((author) => !isMet(author)) : ("everyone" as const);
      if (blocks.length === 0) return [];
      const index = charter.promotion.indexOf(stage);
      return [
        {
          id: `promotion:${stage.from}/${stage.to}`,
          label: `promotion from ${stage.from} to ${stage.to}`,
          needed,
          voters,
          gone: named.filter(({ id }) => left.has(id)),
          blocks,
          source: { file: "bulkhead.yaml", pointer: `/promotion/${index}` },
        },
      ];
    });
}

/** Whether different people fill every seat of the teams: a maximum matching, by augmenting paths. */
function seats(people: readonly Voter[], { teams }: Promotion, groupsOf: ReadonlyMap<string, readonly string[]>): boolean {
  const wanted = teams.flatMap(({ group, approvals }) => Array.from({ length: approvals }, () => group));
  const holder = new Map<number, string>();
  const place = (person: string, tried: Set<number>): boolean => {
    for (const [seat, group] of wanted.entries()) {
      if (tried.has(seat) || groupsOf.get(person)?.includes(group) !== true) continue;
      tried.add(seat);
      const before = holder.get(seat);
      if (before !== undefined && !place(before, tried)) continue;
      holder.set(seat, person);
      return true;
    }
    return false;
  };
  return people.filter(({ id }) => place(id, new Set())).length === wanted.length;
}
