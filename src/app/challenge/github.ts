// Challenge families about the forge: gates without guards.
import type { Estate } from "../../analyze/estate.ts";
import type { Observation, ObservationOf } from "../../model/observation.ts";
import { type Family, isIn, sides } from "./family.ts";

type Environment = ObservationOf<"github/environment">;

/** GitHub environments of production that something certain depends on: their protection is a gate. */
function gates(estate: Estate): readonly Environment[] {
  const { production } = sides(estate);
  const leading = new Set(estate.rules.flatMap((rule) => (rule.certainty === "must" ? rule.needs.map((need) => need.entity) : [])));
  return estate.observations("github/environment").filter((environment) => {
    const id = idOf(environment);
    return isIn(estate, id, production) && leading.has(id);
  });
}

const idOf = (environment: Environment): string => `github:${environment.repository}#environment/${environment.name}`;

const isSame = (observation: Observation, environment: Environment): observation is Environment =>
  observation.kind === "github/environment" && observation.repository === environment.repository && observation.name === environment.name;

export const gateWithoutReviewers: Family = {
  id: "gate-without-guard",
  says: "a production environment of the forge loses its reviewers and admits any branch",
  injections: (estate) =>
    gates(estate).map((environment) => ({
      what: `environment ${environment.name} of ${environment.repository} loses its reviewers and its branch policy`,
      about: [idOf(environment)],
      apply: (all) =>
        all
          .filter((observation) => !isOfEnvironment(observation, environment))
          .map((observation) =>
            isSame(observation, environment)
              ? { ...observation, reviewers: [], branches: "any" as const, preventSelfReview: false }
              : observation,
          ),
    })),
};

/** What other files say of the same environment (its branch patterns, its custom rules). */
const isOfEnvironment = (observation: Observation, environment: Environment): boolean =>
  observation.kind.startsWith("github/environment-") &&
  "environment" in observation &&
  "repository" in observation &&
  observation.environment === environment.name &&
  observation.repository === environment.repository;

export const reviewerApprovesAlone: Family = {
  id: "reviewer-approves-alone",
  says: "reviewers of a production environment may write, approve their own runs, and merge without review: each deploys alone",
  injections: (estate) =>
    gates(estate)
      .filter((environment) => environment.reviewers.length > 0)
      .map((environment) => ({
        what: `reviewers of ${environment.name} write to ${environment.repository}, which takes changes without review, and may approve their own`,
        about: [idOf(environment), `github:${environment.repository}`],
        apply: (all) => [
          ...environment.reviewers.map((reviewer) => writing(environment, reviewer)),
          ...all.map((observation) => {
            if (isSame(observation, environment)) return { ...observation, preventSelfReview: false };
            if (observation.kind === "github/branch-rule" && observation.repository === environment.repository)
              return { ...observation, approvals: 0, codeOwners: false, lastPushApproval: false };
            return observation;
          }),
        ],
      })),
};

const writing = (environment: Environment, reviewer: Environment["reviewers"][number]): Observation => ({
  kind: "github/repository-access",
  repository: environment.repository,
  permission: "write",
  to: reviewer.type === "Team" ? { team: reviewer.name } : { login: reviewer.name, bot: false },
  source: environment.source,
});

export const githubFamilies: readonly Family[] = [gateWithoutReviewers, reviewerApprovesAlone];
