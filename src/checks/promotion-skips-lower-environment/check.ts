// Clause P1: a promotion takes into production what was in no lower environment before.
import {
  type BranchEnvironment,
  branchesBefore,
  branchEnvironments,
  passesLower,
  type StageEnvironments,
  stageEnvironments,
} from "../../analyze/gitops/environments.ts";
import type { Estate } from "../../analyze/estate.ts";
import { productionNames } from "../../analyze/reach/semantics.ts";
import { order } from "../../charter/order.ts";
import type { Check, Found } from "../check.ts";

export const check: Check = {
  id: "promotion-skips-lower-environment",
  clause: "P1",
  severity: "high",
  title: "A promotion into production skips the environments below it",
  remediation:
    "Let the stage of production take freight of the stage before it only (sources.stages, without direct: true); put its branch after theirs in the promotion strategy.",
  evaluate: ({ estate }) => {
    const stages = stageEnvironments(estate);
    const branches = branchEnvironments(estate);
    if (stages.length === 0 && branches.length === 0) return { notApplicable: "no promotion by Kargo or GitOps Promoter was read" };
    const isInto = (names: Iterable<string>): boolean => [...names].some((name) => productionNames(estate.charter).has(name));
    return {
      findings: [
        ...stages.filter(({ environments }) => isInto(environments)).flatMap((each) => byStage(estate, each, stages)),
        ...branches
          .filter(({ environment }) => environment !== undefined && isInto([environment]))
          .flatMap((each) => byBranch(estate, each, branches)),
      ],
      unknown: stages
        .filter(({ stage, environments }) => environments.size === 0 && stage.unknown !== undefined)
        .map(({ label, stage }) => `which environment ${label} deploys to: ${stage.unknown}`),
    };
  },
};

const below = ({ charter }: Estate, environment: string): ReadonlySet<string> => {
  const { isBelow } = order(charter);
  return new Set(charter.environments.flatMap(({ name }) => (isBelow(name, environment) ? [name] : [])));
};

function byStage(estate: Estate, one: StageEnvironments, all: readonly StageEnvironments[]): Found[] {
  const { stage, environments, id, label } = one;
  return [...environments]
    .filter((name) => productionNames(estate.charter).has(name))
    .flatMap((name): Found[] => {
      const lower = below(estate, name);
      const answer = lower.size === 0 ? true : passesLower(one, all, lower);
      if (answer === true) return [];
      const direct = stage.object.requests.find((each) => each.direct);
      return [
        {
          verdict: answer === false ? "violated" : "unknown",
          summary:
            answer === undefined
              ? `Whether ${label} takes into ${name} only what was below it is not known: which environments the stages before it are is not in the files`
              : direct
                ? `${label} takes freight of Warehouse ${direct.warehouse} into ${name} directly`
                : `${label} takes into ${name} what was in none of ${[...lower].join(", ")} before`,
          from: id,
          to: `environment:${name}`,
          toEnvironment: name,
          grant: id,
          change: [`let ${label} take freight of a stage below ${name} only`],
          source: (direct ?? stage.object.requests[0])?.source ?? stage.object.source,
        },
      ];
    });
}

function byBranch(estate: Estate, one: BranchEnvironment, all: readonly BranchEnvironment[]): Found[] {
  const { branch, environment = "", id, label, strategy } = one;
  const lower = below(estate, environment);
  const before = branchesBefore(one);
  const placed = all.filter((each) => each.strategy === strategy && before.has(each.branch.branch));
  if (lower.size === 0 || placed.some((each) => each.environment !== undefined && lower.has(each.environment))) return [];
  const unplaced = [...before].some((name) => !placed.some((each) => each.branch.branch === name && each.environment !== undefined));
  return [
    {
      verdict: unplaced ? "unknown" : "violated",
      summary: unplaced
        ? `Whether ${label} promotes to ${branch.branch}, which is ${environment}, from below is not known: nothing that was read applies the branches before it`
        : `${label} promotes to ${branch.branch}, which is ${environment}, and no branch of ${[...lower].join(" or ")} comes before it`,
      from: id,
      to: `environment:${environment}`,
      toEnvironment: environment,
      grant: `${id}#${branch.branch}`,
      change: [`put a branch of a lower environment before ${branch.branch} in ${label}`],
      source: branch.source,
    },
  ];
}
