// A shared service that serves lower environments only is a stage below production: deploying to it counts as deploying to the highest of them.
import type { Estate } from "../../analyze/estate.ts";
import type { Asked } from "../../analyze/pipeline/promotion.ts";
import { isProductionTier } from "../../analyze/reach/semantics.ts";
import { membership } from "../../charter/membership.ts";
import { TIERS } from "../../charter/schema.ts";

export function withSharedStages(estate: Estate): Asked {
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
