// Clause B2: nobody has written down who may do what in an environment.
import type { Estate } from "../../analyze/estate.ts";
import type { Check } from "../check.ts";

export const check: Check = {
  id: "environment-without-access-rules",
  clause: "B2",
  severity: "low",
  title: "An environment has no rules for who may do what",
  remediation: "Write access rules for the environment in the charter: who may read, write, deploy and administer.",
  evaluate: ({ estate }) => ({
    findings: estate.charter.environments
      .filter((environment) => !estate.charter.access.some((rule) => rule.in.includes(environment.name)))
      .map((environment) => ({
        verdict: "violated" as const,
        summary: `${environment.name} has no access rules in the charter`,
        from: `environment:${environment.name}`,
        to: `environment:${environment.name}`,
        toEnvironment: environment.name,
        grant: `environment:${environment.name}`,
        change: [`add to access: who may do what in ${environment.name}`],
      })),
    unknown: unseenHolders(estate),
  }),
};

/** A rule for a job or a role that was not read says nothing about what exists: it may have another name, or be gone. */
const unseenHolders = (estate: Estate): string[] =>
  estate.charter.access
    .filter(({ who }) => !/^(group|person):/.test(who) && !estate.entities.has(who))
    .map(({ who, may, in: where }) => `${who}, which may ${may} in ${where.join(" and ")}, was not read`);
