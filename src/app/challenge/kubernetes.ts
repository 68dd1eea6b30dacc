// Challenge families about clusters: access for a lower identity, a person as administrator, shared secrets and stores.
import type { Estate } from "../../analyze/estate.ts";
import type { Observation, ObservationOf } from "../../model/observation.ts";
import type { Entity } from "../../model/entity.ts";
import { changed, type Family, type Injection, isIn, sides } from "./family.ts";

const isWorkload = (observation: Observation): observation is ObservationOf<"kubernetes/workload"> =>
  observation.kind === "kubernetes/workload";
const isSecret = (observation: Observation): observation is ObservationOf<"kubernetes/secret"> => observation.kind === "kubernetes/secret";

const idOf = (object: { readonly cluster: string; readonly namespace?: string; readonly name: string }, kind: string): string =>
  `k8s:${object.cluster}/${object.namespace ?? "-"}/${kind}/${object.name}`;

const same = (a: ObservationOf<"kubernetes/secret">, b: ObservationOf<"kubernetes/secret">): boolean =>
  a.cluster === b.cluster && a.namespace === b.namespace && a.name === b.name;

export const personAdministersCluster: Family = {
  id: "person-administers-cluster",
  says: "a person, or the role that a person signs in to, administers a production cluster",
  injections: (estate) => {
    const { production } = sides(estate);
    const clusters = [...estate.entities.values()].filter((entity) => entity.kind === "cluster" && isIn(estate, entity.id, production));
    return clusters.flatMap((cluster) => [...boundUser(estate, cluster), ...admittedRole(estate, cluster)]);
  },
};

/** A user name of a person's own, bound to cluster-admin. */
function boundUser(estate: Estate, cluster: Entity): Injection[] {
  const user = estate.charter.people.flatMap((person) => person.identities.kubernetes)[0];
  if (user === undefined) return [];
  const name = cluster.id.slice("k8s:".length);
  const binding: ObservationOf<"kubernetes/role-binding"> = {
    kind: "kubernetes/role-binding",
    cluster: name,
    name: "challenge",
    labels: {},
    annotations: {},
    role: { type: "ClusterRole", name: "cluster-admin" },
    subjects: [{ type: "User", name: user, source: cluster.source }],
    source: cluster.source,
  };
  return [
    {
      what: `${user} is bound to cluster-admin in cluster ${name}`,
      about: [cluster.id, `k8s:${name}/-/User.rbac.authorization.k8s.io/${user}`],
      apply: (all) => [...all, binding],
    },
  ];
}

/** Roles that people sign in to, each with an access entry of its own. */
function admittedRole(estate: Estate, cluster: Entity): Injection[] {
  const held = new Set(estate.charter.people.flatMap((person) => person.identities.aws));
  const roles = estate.observations("aws/role").filter((role) => held.has(role.arn));
  const eks = estate.observations("aws/eks-cluster").find((each) => `k8s:${each.name}` === cluster.id);
  return eks
    ? roles.map((role) => ({
        what: `role/${role.name}, which people sign in to, administers cluster ${eks.name}`,
        about: [cluster.id, role.arn],
        apply: admitting(eks, role.arn),
      }))
    : [];
}

/** An access entry with the administrator's policy, in place of the principal's own if it has one. */
const admitting =
  (cluster: ObservationOf<"aws/eks-cluster">, principal: string): Injection["apply"] =>
  (all) => [
    ...all.filter((each) => each.kind !== "aws/eks-access-entry" || each.cluster !== cluster.arn || each.principal !== principal),
    {
      kind: "aws/eks-access-entry" as const,
      cluster: cluster.arn,
      principal,
      groups: [],
      policies: [{ arn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy" }],
      source: cluster.source,
    },
  ];

export const lowerRoleAdministersCluster: Family = {
  id: "lower-role-administers-cluster",
  says: "a role of a lower environment is given an access entry of a production cluster",
  injections: (estate) => {
    const { production, below } = sides(estate);
    const roles = estate
      .observations("aws/role")
      .filter((role) => isIn(estate, role.arn, below) && estate.entities.get(role.arn)?.usedByPeopleOnly !== true);
    return estate
      .observations("aws/eks-cluster")
      .filter((cluster) => isIn(estate, `k8s:${cluster.name}`, production))
      .flatMap((cluster) =>
        roles.slice(0, 20).map((role) => ({
          what: `role/${role.name} of ${estate.environmentOf(role.arn)} administers cluster ${cluster.name}`,
          about: [`k8s:${cluster.name}`, role.arn],
          apply: admitting(cluster, role.arn),
        })),
      );
  },
};

export const secretInTwoEnvironments: Family = {
  id: "secret-in-two-environments",
  says: "a secret of production is copied into a secret of a lower environment",
  injections: (estate) => {
    const { production, below } = sides(estate);
    const secrets = estate.observations("kubernetes/secret");
    const lower = secrets.filter((secret) => isIn(estate, idOf(secret, "Secret"), below));
    const higher = secrets
      .filter((secret) => isIn(estate, idOf(secret, "Secret"), production))
      .flatMap((secret) => credentialsOf(secret).map((key) => ({ secret, key })));
    return higher.flatMap(({ secret, key }, index) => {
      const into = lower[index % Math.max(1, lower.length)];
      const value = secret.values[key];
      if (!into || !value) return [];
      return [
        {
          what: `${key} of ${secret.namespace}/${secret.name} is copied into ${into.namespace}/${into.name} of cluster ${into.cluster}`,
          about: [idOf(secret, "Secret"), idOf(into, "Secret")],
          apply: (all: readonly Observation[]) =>
            changed(all, isSecret, (each) => (same(each, into) ? { ...each, values: { ...each.values, [key]: value } } : each)),
        },
      ];
    });
  },
};

/** Keys that hold a credential rather than a name, a host or a public certificate. */
const credentialsOf = (secret: ObservationOf<"kubernetes/secret">): string[] =>
  Object.keys(secret.values).filter((key) => /pass|token|secret|key$/i.test(key) && secret.values[key]?.fingerprint !== undefined);

export const productionStoreInLowerWorkload: Family = {
  id: "production-store-in-lower-workload",
  says: "a workload of a lower environment is configured with a production database",
  injections: (estate) => {
    const { production, below } = sides(estate);
    const database = productionDatabase(estate, production);
    if (database === undefined) return [];
    return estate
      .observations("kubernetes/workload")
      .filter(
        (workload) =>
          isIn(estate, workloadId(workload), below) &&
          workload.containers.some((container) => container.environment.some((each) => "secret" in each)),
      )
      .map((workload) => ({
        what: `${workload.namespace}/${workload.name} of cluster ${workload.cluster} is configured with ${database}`,
        about: [workloadId(workload)],
        apply: (all: readonly Observation[]) =>
          changed(all, isWorkload, (each) =>
            each === workload || workloadId(each) === workloadId(workload)
              ? {
                  ...each,
                  containers: each.containers.map((container) =>
                    container.environment.some((variable) => "secret" in variable)
                      ? {
                          ...container,
                          environment: [
                            ...container.environment,
                            { name: "CHALLENGE_DATABASE_HOST", value: database, source: each.source },
                          ],
                        }
                      : container,
                  ),
                }
              : each,
          ),
      }));
  },
};

const workloadId = (workload: ObservationOf<"kubernetes/workload">): string =>
  idOf(workload, workload.group === "" ? workload.workloadKind : `${workload.workloadKind}.${workload.group}`);

/** The host of a production database: named by the charter, or an endpoint that was read. */
function productionDatabase(estate: Estate, production: ReadonlySet<string>): string | undefined {
  for (const environment of estate.charter.environments) {
    if (!production.has(environment.name)) continue;
    for (const database of environment.boundary.databases ?? []) {
      const host = /^postgres:([^*/]+)\//.exec(database)?.[1];
      if (host !== undefined) return host;
    }
  }
  return estate.observations("aws/resource").find((resource) => resource.endpoint !== undefined && isIn(estate, resource.arn, production))
    ?.endpoint;
}

export const kubernetesFamilies: readonly Family[] = [
  personAdministersCluster,
  lowerRoleAdministersCluster,
  secretInTwoEnvironments,
  productionStoreInLowerWorkload,
];
