// Secrets of the forge of which nobody has said what they open: their values cannot be read, so they may open production.
import { isProductionTier } from "../reach/semantics.ts";
import type { Entity } from "../../model/entity.ts";
import { type Gap, gapId } from "../../model/gap.ts";
import type { GithubSecret } from "../../model/observations/github.ts";
import { fact, grant, type RuleSink } from "../../model/rule.ts";
import type { KnownEstate } from "../plane.ts";
import { ruleOf } from "./emit.ts";
import { secretId } from "./ids.ts";
import { report } from "./report.ts";

const TOPIC = "github/secret-use";

/**
 * "You cannot retrieve the value of a secret" (REST API, "Secrets"), so only the charter can say what one opens. Where it says nothing, whoever reads
 * the secret may control production: each account and cluster of it, or, where there is neither, each entity. Declaring it in `credentials`, with an
 * empty list when it opens nothing here, answers the question. One gap for each repository or organization.
 */
export function undeclaredSecrets(estate: KnownEstate, sink: RuleSink): void {
  const { charter } = estate;
  if (Object.hasOwn(charter.absent, TOPIC)) return;
  const declared = new Set(charter.credentials.map((credential) => credential.secret));
  const open = estate.observations("github/secret").filter((secret) => !declared.has(secretId(secret)));
  if (open.length === 0) return;
  const targets = heads(estate);
  for (const [owner, secrets] of Map.groupBy(open, (secret) => secret.repository ?? secret.organization ?? "")) {
    const gap = gapOf(owner, secrets);
    report(gap, sink);
    for (const secret of secrets) for (const target of targets) sink.rule(mayOpen(secret, target, gap));
  }
}

function gapOf(owner: string, secrets: readonly GithubSecret[]): Gap {
  const names = secrets.map((secret) => secret.name);
  const shown = names.slice(0, 5).join(", ") + (names.length > 5 ? ` and ${names.length - 5} more` : "");
  return {
    topic: TOPIC,
    subject: `github:${owner}`,
    what: `what ${names.length === 1 ? "secret" : "secrets"} ${shown} of ${owner} can open`,
    why: "values cannot be read, and the charter's credentials do not say it",
    clauses: ["A1", "A6", "B5", "D3"],
    ...(secrets[0] && { source: secrets[0].source }),
  };
}

function mayOpen(secret: GithubSecret, target: Entity, gap: Gap) {
  const id = secretId(secret);
  const change = `declare in the charter's credentials what ${id} opens, or move it into an environment that asks for a review`;
  return ruleOf({
    family: "github/secret-use",
    needs: [fact("read", id)],
    gives: fact("control", target.id),
    because: gapId(gap),
    how: `secret ${secret.name} may open ${target.label}`,
    grants: [grant(id, "use", { label: `secret ${secret.name}`, change, source: secret.source })],
    source: secret.source,
  });
}

/** What production consists of, as few entities as say it. */
function heads(estate: KnownEstate): readonly Entity[] {
  const production = new Set(estate.charter.environments.filter(({ tier }) => isProductionTier(tier)).map(({ name }) => name));
  const inside = [...estate.entities.values()].filter((entity) => production.has(estate.environmentOf(entity.id) ?? ""));
  const whole = inside.filter((entity) => entity.kind === "cloud-account" || entity.kind === "cluster");
  return whole.length > 0 ? whole : inside.filter((entity) => entity.kind !== "job");
}
