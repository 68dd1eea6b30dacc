// Clause P2: the charter calls something a gate, and nothing guards it.
import type { Estate } from "../../analyze/estate.ts";
import type { GateGuard } from "../../analyze/pipeline/gate-guard.ts";
import { gatesOf } from "../../analyze/pipeline/doors.ts";
import type { Check, Found } from "../check.ts";
import { guardOfDeployer } from "./guard-of-deployer.ts";

export const check: Check = {
  id: "declared-gate-unguarded",
  clause: "P2",
  severity: "critical",
  title: "A declared gate has no guard",
  remediation: "Give the gate what the charter says of it: reviewers other than the author, no bypass, and only reviewed branches.",
  evaluate: ({ estate }) => {
    const gates = gatesOf(estate);
    if (gates.length === 0) return { notApplicable: "the charter declares no gate" };
    return { findings: gates.flatMap((gate) => found(estate, gate, guardOfDeployer(estate, gate))) };
  },
};

function found(estate: Estate, gate: ReturnType<typeof gatesOf>[number], guard: GateGuard): Found[] {
  if (guard.proven) return [];
  const [first, ...others] = guard.why;
  const why = `${first}${others.length > 0 ? `, and ${others.length} more` : ""}`;
  const source = estate.entities.get(gate.deployer)?.source;
  return [
    {
      verdict: guard.unproven ? "unknown" : "violated",
      summary: guard.unproven ? `Nothing shows that gate ${gate.name} is guarded: ${why}` : `Gate ${gate.name} is not guarded: ${why}`,
      from: gate.deployer,
      to: `environment:${gate.to}`,
      toEnvironment: gate.to,
      grant: `door:${gate.name}`,
      change: guard.why.map((each) => `mend: ${each}`),
      ...(source && { source }),
    },
  ];
}
