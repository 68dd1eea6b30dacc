// Clause P2, by history: whoever approved a deployment to production had written part of it, or had started it.
import { type ApprovedDeployment, approvedDeployments } from "../../analyze/pipeline/promotion/approved.ts";
import type { Check, Found } from "../check.ts";

export const check: Check = {
  id: "approver-changed-what-they-approved",
  clause: "P2",
  severity: "high",
  title: "Deployments to production were approved by someone who wrote or started them",
  remediation:
    "Prevent self-review on the environment, let somebody approve who wrote none of what is deployed, and keep authors out of the list of approvers where the team allows it.",
  evaluate: ({ estate }) => {
    const approved = approvedDeployments(estate);
    if (approved.length === 0)
      return { notApplicable: "no approval of a deployment to production is in the history that was collected; the settings decide" };
    const own = approved.flatMap((one) => one.own.map((approval) => ({ one, approval })));
    const groups = Map.groupBy(own, ({ one, approval }) => `${one.deployed.project}#approval/${approval.person}`);
    const findings = [...groups].map(([grant, list]) => found(grant, list, approved));
    const unknown = new Set(approved.filter((one) => one.own.length === 0).flatMap((one) => one.unknown));
    return { findings, unknown: [...unknown] };
  },
};

type Own = { readonly one: ApprovedDeployment; readonly approval: ApprovedDeployment["own"][number] };

function found(grant: string, list: readonly Own[], all: readonly ApprovedDeployment[]): Found {
  const { one, approval } = list.at(-1) as Own;
  const { project, sha, at, source } = one.deployed;
  const total = all.filter((each) => each.deployed.project === project && each.environment === one.environment).length;
  const day = new Date(at).toISOString().slice(0, 10);
  return {
    verdict: "violated",
    summary: `${approval.name} approved ${list.length} of ${total} deployments of ${project} to ${one.environment} that they wrote or started themselves: ${sha.slice(0, 7)} on ${day}, and ${approval.did}`,
    from: approval.person.includes(":") ? approval.person : `person:${approval.person}`,
    to: one.deployed.environment,
    toEnvironment: one.environment,
    grant,
    count: list.length,
    people: approval.person.includes(":") ? [] : [approval.person],
    change: [`prevent self-review on the environment of ${project}, and have it approved by someone who wrote none of it`],
    source,
  };
}
