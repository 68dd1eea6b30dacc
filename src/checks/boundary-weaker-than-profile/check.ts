// Clause B3: an environment's boundary is of a weaker grade than the profile asks.
import { unseenDomain } from "../../analyze/domains.ts";
import { GRADES, LEAST_GRADE } from "../../charter/schema.ts";
import type { Check } from "../check.ts";

export const check: Check = {
  id: "boundary-weaker-than-profile",
  clause: "B3",
  severity: "medium",
  title: "An environment's boundary is weaker than the profile asks",
  remediation: "Move the environment into an account, cluster or namespace of its own; a tag or a name alone separates nothing.",
  evaluate: ({ estate }) => {
    const least = estate.charter.leastGrade ?? LEAST_GRADE[estate.charter.profile];
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
