// Whether everything that can become a gate's deployer stands behind the gate's guard: the deployer may be a job, or a role that jobs take.
import type { Estate } from "../../analyze/estate.ts";
import type { Gate } from "../../analyze/pipeline/doors.ts";
import { type GateGuard, gateGuard } from "../../analyze/pipeline/gate-guard.ts";
import { isOfForge } from "../ways.ts";
import type { Rule } from "../../model/rule.ts";

/**
 * A role is guarded when every job that can take it is. Whoever administers its account, or changes it from inside production, is a matter of the
 * single-person statement; a stranger to both is an open gate.
 */
export function guardOfDeployer(estate: Estate, gate: Gate): GateGuard {
  if (isOfForge(gate.deployer)) return gateGuard(estate, gate);
  const ways = estate.rules.filter(
    ({ gives }) => gives.entity === gate.deployer && (gives.capability === "act-as" || gives.capability === "control"),
  );
  const guards = ways.map((rule) => guardOfWay(estate, gate, rule)).filter((guard) => guard !== undefined);
  const jobs = ways.filter((rule) => rule.needs.some(({ entity }) => isOfForge(entity)));
  if (jobs.length === 0)
    guards.push({ proven: false, unproven: true, why: [`no job that was read can act as ${label(estate, gate.deployer)}`] });
  return together(guards);
}

const label = (estate: Estate, id: string): string => estate.entities.get(id)?.label ?? id;

function guardOfWay(estate: Estate, gate: Gate, rule: Rule): GateGuard | undefined {
  const from = rule.needs.find((need) => need.capability !== "defeat" && need.capability !== "approve")?.entity;
  if (from !== undefined && estate.environmentOf(from) === gate.to && !isOfForge(from)) return undefined;
  if (from !== undefined && /^arn:[^:]+:iam::[0-9]+:root$/.test(from)) return undefined;
  if (rule.certainty === "may") return { proven: false, unproven: true, why: [rule.how] };
  if (from !== undefined && isOfForge(from) && /#(environment|job)\//.test(from)) return gateGuard(estate, { ...gate, deployer: from });
  return { proven: false, why: [rule.how] };
}

function together(guards: readonly GateGuard[]): GateGuard {
  const failed = guards.filter((guard) => !guard.proven);
  if (failed.length === 0) return { proven: true, why: [] };
  const seen = failed.filter((guard) => guard.unproven === undefined);
  const why = [...new Set((seen.length > 0 ? seen : failed).flatMap((guard) => guard.why))];
  return seen.length > 0 ? { proven: false, why } : { proven: false, unproven: true, why };
}
