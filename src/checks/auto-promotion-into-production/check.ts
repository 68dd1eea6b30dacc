// Clause P2: a promotion into production happens by itself, with nobody's approval.
import { branchEnvironments, stageEnvironments, statusesOfOthers } from "../../analyze/gitops/environments.ts";
import type { Estate } from "../../analyze/estate.ts";
import { productionNames } from "../../analyze/reach/semantics.ts";
import type { Check, Found } from "../check.ts";

export const check: Check = {
  id: "auto-promotion-into-production",
  clause: "P2",
  severity: "high",
  title: "A promotion into production happens by itself",
  remediation:
    "Switch automatic promotion off for the stage of production, or let its promotion wait for a pull request that another must approve (Kargo: autoPromotionEnabled: false, git-wait-for-pr; GitOps Promoter: autoMerge: false).",
  evaluate: ({ estate }) => {
    const stages = stageEnvironments(estate);
    const branches = branchEnvironments(estate);
    const strategies = estate.observations("gitops/promoter-strategy");
    if (stages.length === 0 && strategies.length === 0) return { notApplicable: "no promotion by Kargo or GitOps Promoter was read" };
    const unplaced = strategies.filter((strategy) => !branches.some((each) => each.strategy === strategy));
    return {
      findings: [...stages.flatMap((each) => byStage(estate, each)), ...branches.flatMap((each) => byBranch(estate, each))],
      unknown: [
        ...stages
          .filter(({ stage, environments }) => stage.unknown !== undefined && environments.size === 0 && stage.isAutomatic !== false)
          .map(({ label, stage }) => `which environment ${label} deploys to: ${stage.unknown}`),
        ...unplaced.map(
          ({ name }) => `which environments the branches of PromotionStrategy ${name} are: nothing that was read applies them`,
        ),
      ],
    };
  },
};

function byStage(estate: Estate, { stage, environments, id, label }: ReturnType<typeof stageEnvironments>[number]): Found[] {
  const production = productionNames(estate.charter);
  const { isAutomatic, policy, waitsForMerge } = stage;
  if (isAutomatic === false || waitsForMerge) return [];
  return [...environments]
    .filter((name) => production.has(name))
    .map((name) => ({
      verdict: isAutomatic === true ? "violated" : "unknown",
      summary:
        isAutomatic === true
          ? `${label} promotes to ${name} by itself, and waits for nobody`
          : `Whether ${label} promotes to ${name} by itself is not known: a policy means it by a pattern`,
      from: id,
      to: `environment:${name}`,
      toEnvironment: name,
      grant: id,
      change: [`set autoPromotionEnabled: false for ${label}`],
      source: policy?.source ?? stage.object.source,
    }));
}

function byBranch(estate: Estate, one: ReturnType<typeof branchEnvironments>[number]): Found[] {
  const { branch, environment, id, label } = one;
  if (environment === undefined || !productionNames(estate.charter).has(environment) || !branch.isAutomatic) return [];
  const [others] = statusesOfOthers(estate, one);
  return [
    {
      verdict: others === undefined ? "violated" : "unknown",
      summary:
        others === undefined
          ? `${label} merges into ${branch.branch}, which is ${environment}, by itself`
          : `${label} merges into ${branch.branch}, which is ${environment}, once commit status ${others} is set: by whom is not in the files`,
      from: id,
      to: `environment:${environment}`,
      toEnvironment: environment,
      grant: `${id}#${branch.branch}`,
      change: [`set autoMerge: false for ${branch.branch} in ${label}`],
      source: branch.source,
    },
  ];
}
