// Clause B3: an environment's boundary is of a weaker grade than the profile asks.
import type { Estate } from "../../analyze/estate.ts";
import { type Environment, GRADES } from "../../charter/schema.ts";
import type { Gap } from "../../model/gap.ts";
import type { Check } from "../check.ts";

/** In profile iso a namespace of one's own suffices; strict asks for an account or subscription. The charter may ask for more. */
const LEAST = { iso: "namespace", strict: "account" } as const;

export const check: Check = {
  id: "boundary-weaker-than-profile",
  clause: "B3",
  severity: "medium",
  title: "An environment's boundary is weaker than the profile asks",
  remediation: "Move the environment into an account, cluster or namespace of its own; a tag or a name alone separates nothing.",
  evaluate: ({ estate }) => {
    const least = estate.charter.leastGrade ?? LEAST[estate.charter.profile];
    return {
      findings: estate.charter.environments
        .map((environment) => ({ environment, grade: estate.gradeOf(environment.name) ?? ("tag" as const) }))
        .filter(({ grade }) => GRADES.indexOf(grade) > GRADES.indexOf(least))
        .map(({ environment, grade }) => ({
          verdict: "violated" as const,
          summary: `${environment.name} is bounded by ${grade}; ${estate.charter.leastGrade ? "the charter" : `profile ${estate.charter.profile}`} asks for ${least} at least`,
          from: `environment:${environment.name}`,
          to: `environment:${environment.name}`,
          toEnvironment: environment.name,
          grant: `boundary:${environment.name}`,
          change: [`give ${environment.name} a boundary of grade ${least} or better`],
        })),
      unknown: estate.charter.environments.flatMap((environment) => unseenDomain(estate, environment)),
    };
  },
};

/** The declared domain is only as real as what was read of it: which accounts a unit holds, which namespaces a cluster has. */
function unseenDomain(estate: Estate, { name, boundary }: Environment): string[] {
  const clusters = (boundary.kubernetes ?? []).map(({ cluster }) => cluster);
  const concerns = (gap: Gap): boolean =>
    (gap.topic === "aws/organization" && (boundary.aws?.organizationalUnits.length ?? 0) > 0) ||
    (gap.topic === "kubernetes/namespaces" && clusters.includes(gap.subject));
  return estate.gaps.filter(concerns).map((gap) => `what ${name} holds: ${gap.what} was not read (${gap.why})`);
}
