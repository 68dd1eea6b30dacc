// Clause P1: a workflow deploys to production without having deployed to a lower environment first.
import { type Asked, type Deployment, deployments, lowerDeployedFirst } from "../../analyze/pipeline/promotion.ts";
import { productionNames } from "../../analyze/reach/semantics.ts";
import type { Check, Found } from "../check.ts";
import { atStart } from "../words.ts";
import { withSharedStages } from "./shared-stages.ts";

export const check: Check = {
  id: "production-deployed-without-lower-environment",
  clause: "P1",
  severity: "high",
  title: "Production is deployed to without a lower environment before it",
  remediation: "Let the production job wait for the job that deploys to the environment below it (needs), and for that job's success.",
  evaluate: ({ estate }) => {
    const production = productionNames(estate.charter);
    const asked = withSharedStages(estate);
    // A workflow that only others call runs as the caller's job, which is a deployment of its own.
    const all = deployments(asked).filter(({ events }) => events.some((event) => event !== "workflow_call"));
    const unknown = [
      ...estate.gaps.filter((gap) => gap.clauses.includes("P1")).map((gap) => `${gap.what}: ${gap.why}`),
      ...all.filter((one) => !one.complete).map((one) => `which environments ${one.label} of ${one.repository} names is not in the files`),
    ];
    const into = all.flatMap((one) => one.environments.filter((name) => production.has(name)).map((name) => ({ one, name })));
    if (into.length === 0 && unknown.length === 0) return { notApplicable: "no job that was read names an environment of production" };
    return { findings: into.flatMap(({ one, name }) => found(asked, one, name)), unknown };
  },
};

function found(asked: Asked, deployment: Deployment, environment: string): Found[] {
  const { answer, why } = lowerDeployedFirst(asked, deployment, environment);
  if (answer === "yes") return [];
  const { label, repository } = deployment;
  return [
    {
      verdict: answer === "no" ? "violated" : "unknown",
      summary: why.startsWith(label)
        ? atStart(`job ${label} of ${repository}${why.slice(label.length)}`)
        : `Job ${label} of ${repository} deploys to ${environment}, and ${why}`,
      from: deployment.job,
      to: deployment.githubEnvironments[0] ?? `environment:${environment}`,
      toEnvironment: environment,
      grant: deployment.job,
      change: [`let ${label} of ${repository} wait for a job that deploys below ${environment}`],
      source: deployment.source,
    },
  ];
}
