// Environments, service connections and variable groups of a project as the resources that its pipelines use, and what they hold.
import type { AzureConnection } from "../../../model/observations/azure.ts";
import { fact, type IdentityToken } from "../../../model/rule.ts";
import type { Source } from "../../../model/source.ts";
import type { PlaneInput } from "../../plane.ts";
import type { Context, Credential, Environment, Guard, Job } from "../model/model.ts";
import { distinct } from "../actors.ts";
import { type Resource, type Run, withResource } from "./contexts.ts";
import type { ProjectFacts } from "./facts.ts";
import { checked, combined, editorsOf } from "./guards.ts";
import * as ids from "./ids.ts";
import { before, environmentNames, type Place } from "./tasks.ts";

export interface NamedEnvironment {
  readonly environment: Environment;
  readonly resource: Resource;
}

/** Environments that were collected, that jobs name, or that the charter names. */
function environmentSources(input: PlaneInput, facts: ProjectFacts): ReadonlyMap<string, Source> {
  const found = new Map<string, Source>();
  const add = (name: string, source: Source): void => void (found.has(name) || found.set(name, source));
  for (const { name, source } of facts.environments) add(name, source);
  for (const { pipeline } of facts.pipelines)
    for (const stage of pipeline?.stages ?? [])
      for (const job of stage.jobs)
        for (const name of environmentNames(job)?.values ?? []) add(name, job.environment?.source ?? job.source);
  const declared: Source = { file: "bulkhead.yaml", pointer: "/environments" };
  for (const { boundary } of input.charter.environments)
    for (const { project, name } of boundary.pipelines?.environments ?? [])
      if (project === facts.id && !name.includes("*")) add(name, declared);
  return found;
}

export function environmentsOf(input: PlaneInput, facts: ProjectFacts, places: readonly Place[]): readonly NamedEnvironment[] {
  return [...environmentSources(input, facts)].map(([name, source]) => {
    const observed = facts.environments.find((one) => one.name === name);
    const label = `environment ${name} of ${facts.name}`;
    const key = `environment/${name}`;
    const number = observed === undefined ? "" : String(observed.id);
    const found = checked(
      facts,
      label,
      key,
      observed === undefined ? [] : facts.checks("environment", number),
      observed === undefined ? [] : editorsOf(facts, "environment", number),
    );
    const unread = observed === undefined ? facts.unknown("azure/environment") : facts.unknown("azure/check", `environment/${number}`);
    const guard = combined(facts, label, key, found.guards) ?? validation(facts, name, places);
    return {
      environment: {
        id: ids.environmentId(facts.id, name),
        name,
        label,
        ...(guard && { guard }),
        ...(found.decidedBy.length > 0 && { decidedBy: found.decidedBy }),
        place: { project: facts.id, projectEnvironment: name },
        source,
      },
      resource: { type: "environment", id: number, name: label, checked: found, unread },
    };
  });
}

/** A manual validation before the jobs that name the environment: it stands in the definition that it holds back. */
function validation(facts: ProjectFacts, name: string, places: readonly Place[]): Guard | undefined {
  const own = places.filter((place) => environmentNames(place.job)?.values.includes(name));
  const asks = own.flatMap((place) => before(places, place).flatMap((one) => one.job.asks)).filter((ask) => ask.approvers !== undefined);
  const [first] = asks;
  if (first === undefined) return undefined;
  const what = `environment ${name} of ${facts.name}`;
  const of = distinct(
    asks.flatMap((ask) =>
      (ask.approvers ?? []).flatMap((one) => facts.access.of({ name: one, isGroup: !one.includes("@") || one.includes("\\") })),
    ),
  );
  const others = asks.every((ask) => !ask.selfApproves);
  return {
    id: ids.guardId(facts.id, `environment/${name}/validation`),
    label: `manual validation before ${what}`,
    content: asks.map(({ source: _, ...content }) => content),
    passages: [
      {
        key: "validate",
        how: `${(first.approvers ?? []).join(", ")} resumes the run before ${what}`,
        change: `ask for an approval by a check on ${what}, not by a task of the pipeline`,
        requires: [{ kind: "approvals", count: 1, of, ...(others && { authors: facts.access.everyone }) }],
      },
      {
        key: "content",
        how: `the manual validation before ${what} stands in the definition, which may leave it out`,
        change: `ask for an approval by a check on ${what}, not by a task of the pipeline`,
        requires: [],
        byContent: true,
      },
    ],
    source: first.source,
  };
}

const connectionResource = (facts: ProjectFacts, one: AzureConnection): Resource => ({
  type: "endpoint",
  id: one.id,
  name: one.name,
  checked: checked(
    facts,
    `service connection ${one.name} of ${facts.name}`,
    `connection/${one.name}`,
    facts.checks("endpoint", one.id),
    editorsOf(facts, "endpoint", one.id),
  ),
  unread: facts.unknown("azure/check", `endpoint/${one.id}`),
});

export interface Held {
  readonly contexts: readonly Context[];
  readonly credentials: readonly Credential[];
  readonly tokens: readonly IdentityToken[];
}

type Using = (name: string, kind: "connection" | "group") => readonly Job[];

/**
 * A service connection is given to the pipelines that may use it, past its own checks ("Service connections", Pipeline permissions). With workload
 * identity federation it holds no secret: whoever runs with it has the token whose subject is the connection ("sc://ORGANIZATION/PROJECT/CONNECTION").
 */
function connections(facts: ProjectFacts, runs: readonly Run[], using: Using): Held {
  const parts = facts.connections.map((one): Held => {
    const resource = connectionResource(facts, one);
    const contexts = runs.flatMap((run) => withResource(facts, run, resource) ?? []);
    const isOpen = resource.checked.guards.length === 0;
    const users = isOpen ? using(one.name, "connection") : [];
    const holders = [...contexts.map(({ id, because }) => ({ to: id, because })), ...users.map(({ id }) => ({ to: id }))];
    if (one.token !== undefined) return { contexts, credentials: [], tokens: holders.map(({ to }) => tokenOf(facts, one, to)) };
    return {
      contexts,
      credentials: [credentialOf(facts, one.name, `service connection ${one.name} of ${facts.name}`, holders, one.source)],
      tokens: [],
    };
  });
  return {
    contexts: parts.flatMap((one) => one.contexts),
    credentials: parts.flatMap((one) => one.credentials),
    tokens: parts.flatMap((one) => one.tokens),
  };
}

const credentialOf = (
  facts: ProjectFacts,
  name: string,
  label: string,
  given: Credential["given"],
  source: Source,
  key = name,
): Credential => ({
  id: ids.secretId(facts.id, "", key),
  name,
  label,
  owner: facts.id,
  place: { project: facts.id },
  given,
  source,
});

function tokenOf(facts: ProjectFacts, { token, name, source }: AzureConnection, to: string): IdentityToken {
  return {
    issuer: (token?.issuer ?? "").replace(/^https?:\/\//, ""),
    claims: { sub: { value: token?.subject ?? "" }, aud: { value: "api://AzureADTokenExchange" } },
    holder: fact("act-as", to),
    how: `a job with service connection ${name} of ${facts.name}`,
    source,
  };
}

/** Secret variables: of a group, to the pipelines that may use it; of a pipeline's settings, to all of its runs. */
function variables(facts: ProjectFacts, runs: readonly Run[], using: Using): Held {
  const contexts: Context[] = [];
  const credentials: Credential[] = [];
  for (const group of facts.groups.filter((one) => one.secrets.length > 0)) {
    const number = String(group.id);
    const label = `variable group ${group.name} of ${facts.name}`;
    const found = checked(facts, label, `group/${group.name}`, facts.checks("variablegroup", number), []);
    const resource: Resource = {
      type: "variablegroup",
      id: number,
      name: group.name,
      checked: found,
      unread: facts.unknown("azure/check", `variablegroup/${number}`),
    };
    const own = runs.flatMap((run) => withResource(facts, run, resource) ?? []);
    contexts.push(...own);
    const users = found.guards.length === 0 ? using(group.name, "group") : [];
    const given = [...own.map(({ id, because }) => ({ to: id, because })), ...users.map(({ id }) => ({ to: id }))];
    for (const name of group.secrets)
      credentials.push(credentialOf(facts, name, `secret ${name} of ${label}`, given, group.source, `${group.name}/${name}`));
  }
  for (const { name: pipeline, definition } of facts.pipelines)
    for (const name of definition?.secrets ?? []) {
      const own = runs.filter((run) => run.pipeline.definition === definition && run.hasSecrets);
      const given = own.map((run) => ({ to: run.context.id, because: run.context.because }));
      credentials.push(
        credentialOf(
          facts,
          name,
          `secret variable ${name} of pipeline ${pipeline}`,
          given,
          definition?.source ?? facts.source,
          `${pipeline}/${name}`,
        ),
      );
    }
  return { contexts, credentials, tokens: [] };
}

export function heldBy(facts: ProjectFacts, runs: readonly Run[], using: Using): Held {
  const [one, other] = [connections(facts, runs, using), variables(facts, runs, using)];
  return { contexts: [...one.contexts, ...other.contexts], credentials: [...one.credentials, ...other.credentials], tokens: one.tokens };
}
