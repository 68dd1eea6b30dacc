// Which jobs deploy to production, as every check of promotion asks it.
import { membership } from "../../../charter/membership.ts";
import { TIERS } from "../../../charter/schema.ts";
import type { Estate } from "../../estate.ts";
import { isProductionTier, productionNames } from "../../reach/semantics.ts";
import { type Deployment, deployments } from "./deployments.ts";
import type { Asked } from "./tasks.ts";

export interface IntoProduction {
  readonly asked: Asked;
  readonly into: readonly { readonly deployment: Deployment; readonly environment: string }[];
  /** Why the list may be longer. */
  readonly unknown: readonly string[];
}

/** A definition that was not read may deploy to production: that is a matter of every question about deployments, whichever clauses its gap names. */
const DEFINITION = /^(?!kubernetes\/|gitops\/)[a-z-]+\/(?:workflow|pipeline|include|definition|template|playbook)$/;

/** A workflow that only others call runs as the caller's job, which is a deployment of its own. */
export function intoProduction(estate: Estate, clause: string): IntoProduction {
  const asked = withSharedStages(estate);
  const production = productionNames(estate.charter);
  const all = deployments(asked).filter(({ task }) => !task.isCalledOnly);
  const into = all.flatMap((deployment) =>
    deployment.environments.filter((name) => production.has(name)).map((environment) => ({ deployment, environment })),
  );
  const unknown = [
    ...estate.gaps.filter((gap) => gap.clauses.includes(clause) || DEFINITION.test(gap.topic)).map((gap) => `${gap.what}: ${gap.why}`),
    ...all.filter((one) => !one.complete).map((one) => `which environments ${one.label} of ${one.repository} names is not in the files`),
  ];
  return { asked, into, unknown };
}

export const NOT_APPLICABLE = "no job that was read names an environment of production";

/** A shared service that serves lower environments only is a stage below production: deploying to it counts as deploying to the highest of them. */
function withSharedStages(estate: Estate): Asked {
  const { charter, entities, environmentOf } = estate;
  const { sharedServiceOf } = membership(charter, () => []);
  const stages = new Map(charter.shared.map((service) => [service.name, stageOf(estate, service.serves)]));
  return {
    observations: estate.observations,
    charter,
    gaps: estate.gaps,
    environmentOf: (id) => {
      const entity = entities.get(id);
      return environmentOf(id) ?? (entity && stages.get(sharedServiceOf(entity) ?? ""));
    },
  };
}

function stageOf({ charter }: Estate, serves: readonly string[]): string | undefined {
  const served = charter.environments.filter(({ name }) => serves.includes(name));
  if (served.some(({ tier }) => isProductionTier(tier))) return undefined;
  return served.toSorted((a, b) => TIERS.indexOf(b.tier) - TIERS.indexOf(a.tier))[0]?.name;
}
