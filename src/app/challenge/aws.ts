// Challenge families about AWS: trust, resource policies, standing administration.
import { asList, type Json, isObject } from "../../lib/json.ts";
import type { ObservationOf } from "../../model/observation.ts";
import { type Family, type Injection, isIn, sides } from "./family.ts";

type Role = ObservationOf<"aws/role">;

/** The policy with one statement more. */
function withStatement(document: Json, statement: Json): Json {
  const base = isObject(document) ? document : { Version: "2012-10-17" };
  return { ...base, Statement: [...asList(base["Statement"]), statement] };
}

const trusting = (role: Role, statement: Json): Role => ({
  ...role,
  trust: { ...role.trust, document: withStatement(role.trust.document, statement) },
});

const replaced =
  (arn: string, change: (role: Role) => Role): Injection["apply"] =>
  (all) =>
    all.map((observation) => (observation.kind === "aws/role" && observation.arn === arn ? change(observation) : observation));

/** Roles of production that can change something there: the others open nothing when assumed. */
function powerfulRoles(estate: Parameters<Family["injections"]>[0]): readonly Role[] {
  const { production } = sides(estate);
  const acting = new Set(
    estate.rules
      .filter(
        (rule) =>
          rule.certainty === "must" &&
          rule.needs.length === 1 &&
          rule.needs[0]?.capability === "act-as" &&
          ["control", "write"].includes(rule.gives.capability) &&
          isIn(estate, rule.gives.entity, production),
      )
      .map((rule) => rule.needs[0]?.entity),
  );
  return estate
    .observations("aws/role")
    .filter((role) => isIn(estate, role.arn, production) && acting.has(role.arn) && !role.path.startsWith("/aws-service-role/"));
}

export const roleTrustsAnyone: Family = {
  id: "role-trusts-anyone",
  says: "a role of production trusts every principal of every account",
  injections: (estate) =>
    powerfulRoles(estate).map((role) => ({
      what: `role/${role.name} trusts *`,
      about: [role.arn],
      apply: replaced(role.arn, (each) => trusting(each, { Effect: "Allow", Principal: { AWS: "*" }, Action: "sts:AssumeRole" })),
    })),
};

const ISSUER = "token.actions.githubusercontent.com";

export const roleTrustsAnyBranch: Family = {
  id: "role-trusts-any-branch",
  says: "a role of production trusts jobs on any branch of a repository",
  injections: (estate) => {
    const repositories = estate.observations("github/repository").filter((repository) => !repository.archived);
    const providers = estate.observations("aws/oidc-provider").filter((provider) => provider.url === ISSUER);
    return powerfulRoles(estate).flatMap((role, index) => {
      const repository = repositories[index % Math.max(1, repositories.length)];
      const provider =
        providers.find((each) => each.account === role.account)?.arn ?? `arn:aws:iam::${role.account}:oidc-provider/${ISSUER}`;
      if (!repository) return [];
      const statement = {
        Effect: "Allow",
        Principal: { Federated: provider },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: { [`${ISSUER}:aud`]: "sts.amazonaws.com" },
          StringLike: { [`${ISSUER}:sub`]: `repo:${repository.repository}:*` },
        },
      };
      return [
        {
          what: `role/${role.name} trusts repo:${repository.repository}:*`,
          about: [role.arn],
          apply: replaced(role.arn, (each) => trusting(each, statement)),
        },
      ];
    });
  },
};

export const bucketReadableByAnyone: Family = {
  id: "store-readable-by-anyone",
  says: "the policy of a production bucket lets everyone read it, and Block Public Access is off",
  injections: (estate) => {
    const { production } = sides(estate);
    return estate
      .observations("aws/resource")
      .filter((resource) => resource.type === "bucket" && isIn(estate, resource.arn, production))
      .map((resource) => {
        const statement = { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: [resource.arn, `${resource.arn}/*`] };
        return {
          what: `bucket ${resource.name} is readable by *, without Block Public Access`,
          about: [resource.arn],
          apply: (all) => {
            let found = false;
            const next = all.map((observation) => {
              // Block Public Access would hold such a policy back (S3 User Guide, RestrictPublicBuckets): it is switched off with it.
              if (observation.kind === "aws/resource" && observation.arn === resource.arn)
                return { ...observation, restrictsPublicPolicy: false };
              if (observation.kind !== "aws/resource-policy" || observation.arn !== resource.arn) return observation;
              found = true;
              return { ...observation, document: withStatement(observation.document, statement) };
            });
            return found
              ? next
              : [
                  ...next,
                  {
                    kind: "aws/resource-policy" as const,
                    arn: resource.arn,
                    account: resource.account,
                    document: withStatement(null, statement),
                    source: resource.source,
                  },
                ];
          },
        };
      });
  },
};

export const personAdministersAccount: Family = {
  id: "person-administers-account",
  says: "people's own role in a production account is given administration",
  injections: (estate) => {
    const { production } = sides(estate);
    const held = new Set(estate.charter.people.flatMap((person) => person.identities.aws));
    return estate
      .observations("aws/role")
      .filter((role) => held.has(role.arn) && isIn(estate, role.arn, production))
      .map((role) => ({
        what: `role/${role.name} is given *:* in account ${role.account}`,
        about: [role.arn, `arn:aws:iam::${role.account}:root`],
        apply: replaced(role.arn, (each) => ({
          ...each,
          inline: [
            ...each.inline,
            {
              name: "challenge",
              document: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] },
              source: each.source,
            },
          ],
        })),
      }));
  },
};

export const awsFamilies: readonly Family[] = [roleTrustsAnyone, roleTrustsAnyBranch, bucketReadableByAnyone, personAdministersAccount];
