// Clause B5: one credential of the automation (a vault password, a private key, a set of variables) opens a lower and a higher environment.
import { credentialsOfHosts, type OpensSeveral } from "../../analyze/ansible/credentials.ts";
import { credentialsOfRuns } from "../../analyze/pipeline/shared-credentials.ts";
import type { Estate } from "../../analyze/estate.ts";
import type { Check, Found } from "../check.ts";
import { atStart } from "../words.ts";

export const check: Check = {
  id: "automation-credential-opens-two-environments",
  clause: "B5",
  severity: "high",
  title: "One credential of the automation opens two environments",
  remediation:
    "Give each environment a vault id with a password of its own, a key of its own and variables of its own, and hand each to the jobs of its environment alone.",
  evaluate: ({ estate }) => {
    const all = [...credentialsOfHosts(estate), ...credentialsOfRuns(estate)];
    if (all.length === 0) return { notApplicable: "no vault, key or shared set of variables of an automation was read" };
    return {
      findings: all.flatMap((one) => found(estate, one)),
      unknown: estate.gaps
        .filter(
          (gap) =>
            /^(?:ansible|terraform-cloud|circleci)\//.test(gap.topic) && gap.clauses.includes("B5") && !gap.topic.endsWith("/secret-use"),
        )
        .map((gap) => `${gap.what}: ${gap.why}`),
    };
  },
};

function found(estate: Estate, { id, label, environments, because, source }: OpensSeveral): Found[] {
  return estate.walls
    .filter(({ from, to }) => environments.has(from) && environments.has(to))
    .map(({ from, to }) => {
      const both = `${from} (${environments.get(from) ?? ""}) and ${to} (${environments.get(to) ?? ""})`;
      return {
        verdict: because === undefined ? "violated" : "unknown",
        summary: because === undefined ? `${atStart(label)} opens ${both}` : `${atStart(label)} may open ${both}: ${because}`,
        from: id,
        to: `environment:${to}`,
        fromEnvironment: from,
        toEnvironment: to,
        grant: id,
        change: [`give ${from} and ${to} each their own in place of ${label}`],
        source,
      };
    });
}
