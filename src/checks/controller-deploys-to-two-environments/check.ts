// Clause B3: one controller applies changes to a lower and to a higher environment, and is declared for neither.
import { type Controller, controllers } from "../../analyze/gitops/environments.ts";
import type { Estate } from "../../analyze/estate.ts";
import type { Check, Found } from "../check.ts";

export const check: Check = {
  id: "controller-deploys-to-two-environments",
  clause: "B3",
  severity: "medium",
  title: "One controller deploys to two environments",
  remediation:
    "Give each environment a controller of its own, with a credential for that environment alone; or declare the controller as a shared service, with projects that keep the environments apart.",
  evaluate: ({ estate }) => {
    const all = controllers(estate);
    if (all.length === 0) return { notApplicable: "no object of Argo CD or Flux was read" };
    return {
      findings: all.flatMap((each) => found(estate, each)),
      unknown: all.filter(({ id }) => !estate.isShared(id)).flatMap(({ unknown }) => unknown),
    };
  },
};

/** What a shared service may be asked to do for each environment is judged way by way; that it serves both is declared. */
function found(estate: Estate, { id, label, environments, source }: Controller): Found[] {
  if (estate.isShared(id)) return [];
  return estate.walls
    .filter(({ from, to }) => environments.has(from) && environments.has(to))
    .map(({ from, to }) => ({
      verdict: "violated",
      summary: `${label} deploys to ${from} (${environments.get(from)}) and to ${to} (${environments.get(to)})`,
      from: id,
      to: `environment:${to}`,
      fromEnvironment: from,
      toEnvironment: to,
      grant: id,
      change: [`give ${from} and ${to} controllers of their own, or declare ${label} as shared`],
      source,
    }));
}
