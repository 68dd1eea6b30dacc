// Secrets of the forge of which nobody has said what they open: their values cannot be read, so they may open production.
import { isProductionTier } from "../reach/semantics.ts";
import type { Entity } from "../../model/entity.ts";
import { type Gap, gapId } from "../../model/gap.ts";
import { fact, grant, type RuleSink } from "../../model/rule.ts";
import type { Source } from "../../model/source.ts";
import type { KnownEstate } from "../plane.ts";
import { ruleOf } from "./emit.ts";
import { secretId } from "./ids.ts";
import { modelProjects } from "./model/projects.ts";
import { report } from "./report.ts";

/** A secret of any forge, with the topic that declares the whole kind absent. */
export interface Undeclared {
  readonly id: string;
  readonly name: string;
  /** `acme/shop`, `acme`. */
  readonly owner: string;
  readonly system: string;
  readonly family: string;
  readonly source: Source;
}

/**
 * "You cannot retrieve the value of a secret" (REST API, "Secrets"), so only the charter can say what one opens. Where it says nothing, whoever reads
 * the secret may control production: each account and cluster of it, or, where there is neither, each entity. Declaring it in `credentials`, with an
 * empty list when it opens nothing here, answers the question. One gap for each repository, project or organization.
 */
export function undeclaredSecrets(estate: KnownEstate, sink: RuleSink): void {
  undeclaredUse(estate, secretsOf(estate), sink);
}

/** The same for stored credentials of another plane. */
export function undeclaredUse(estate: KnownEstate, secrets: readonly Undeclared[], sink: RuleSink): void {
  const { charter } = estate;
  const declared = new Set(charter.credentials.map((credential) => credential.secret));
  const open = secrets.filter(({ id, system }) => !declared.has(id) && !Object.hasOwn(charter.absent, `${system}/secret-use`));
  if (open.length === 0) return;
  const targets = heads(estate);
  for (const group of Map.groupBy(open, ({ system, owner }) => `${system}:${owner}`).values()) {
    const gap = gapOf(group);
    report(gap, sink);
    for (const secret of group) for (const target of targets) sink.rule(mayOpen(secret, target, gap));
  }
}

function secretsOf(estate: KnownEstate): readonly Undeclared[] {
  const github = estate.observations("github/secret").map((secret) => ({
    id: secretId(secret),
    name: secret.name,
    owner: secret.repository ?? secret.organization ?? "",
    system: "github",
    family: "github/secret-use",
    source: secret.source,
  }));
  const ofModel = modelProjects(estate).flatMap((project) =>
    project.credentials.map(({ id, name, owner, source }) => ({
      id,
      name,
      owner: owner.slice(owner.indexOf(":") + 1),
      system: project.system,
      family: "pipeline/secret-use",
      source,
    })),
  );
  // A group's variable is given to each of its projects, and is one secret.
  return [...new Map([...github, ...ofModel].map((secret) => [secret.id, secret])).values()];
}

function gapOf(secrets: readonly Undeclared[]): Gap {
  const { owner, system, source } = secrets[0] as Undeclared;
  const names = secrets.map((secret) => secret.name);
  const shown = names.slice(0, 5).join(", ") + (names.length > 5 ? ` and ${names.length - 5} more` : "");
  return {
    topic: `${system}/secret-use`,
    subject: `${system}:${owner}`,
    what: `what ${names.length === 1 ? "secret" : "secrets"} ${shown} of ${owner} can open`,
    why: "values cannot be read, and the charter's credentials do not say it",
    clauses: ["A1", "A6", "B5", "D3"],
    source,
  };
}

function mayOpen({ id, name, family, source }: Undeclared, target: Entity, gap: Gap) {
  const change = `declare in the charter's credentials what ${id} opens, or move it into an environment that asks for a review`;
  return ruleOf({
    family,
    needs: [fact("read", id)],
    gives: fact("control", target.id),
    because: gapId(gap),
    how: `secret ${name} may open ${target.label}`,
    grants: [grant(id, "use", { label: `secret ${name}`, change, source })],
    source,
  });
}

/** What production consists of, as few entities as say it. */
function heads(estate: KnownEstate): readonly Entity[] {
  const production = new Set(estate.charter.environments.filter(({ tier }) => isProductionTier(tier)).map(({ name }) => name));
  const inside = [...estate.entities.values()].filter((entity) => production.has(estate.environmentOf(entity.id) ?? ""));
  const whole = inside.filter((entity) => entity.kind === "cloud-account" || entity.kind === "cluster");
  return whole.length > 0 ? whole : inside.filter((entity) => entity.kind !== "job");
}
