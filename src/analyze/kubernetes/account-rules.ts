// Who is which user, and who is in which group.
import { globMatches } from "../../lib/glob.ts";
import { type Fact, fact, type Grant, grant, type RuleSink } from "../../model/rule.ts";
import type { Source } from "../../model/source.ts";
import type { KnownEstate } from "../plane.ts";
import { type AwsIdentity, awsIdentities } from "./aws-identities.ts";
import { shortArn } from "./bindings.ts";
import type { Cluster } from "./cluster.ts";
import { eksClusterOf } from "./eks-cluster.ts";
import { clusterId, groupId, serviceAccountId, userId } from "./ids.ts";
import {
  AUTHENTICATED,
  isGroupOfKubernetes,
  MASTERS,
  SERVICE_ACCOUNTS,
  type Subjects,
  subjectsOf,
  UNAUTHENTICATED,
  userPattern,
} from "./subjects.ts";
import type { ClusterSink } from "./wide.ts";

export function accountRules(estate: KnownEstate, cluster: Cluster, sink: ClusterSink, gaps: RuleSink): void {
  const subjects = subjectsOf(estate, cluster);
  groupsOfKubernetes(cluster, subjects, sink);
  masters(cluster, sink);
  awsRules(estate, cluster, subjects, sink);
  groupMembers(estate, cluster, subjects, sink, gaps);
}

function fixed(cluster: Cluster, source: Source): Grant {
  return grant(clusterId(cluster.name), "groups", {
    label: `groups of cluster ${cluster.name}`,
    change: "bind other groups",
    source,
    removable: false,
  });
}

/** Who a request without credentials comes from; it is in system:unauthenticated, and not in system:authenticated. */
const ANONYMOUS = "system:anonymous";

/**
 * Every service account is in system:serviceaccounts, in the group of its namespace and in system:authenticated, as every user is in the last. Anyone
 * at all is in system:unauthenticated: the API server takes anonymous requests by default.
 *
 * Source: Kubernetes, "Authenticating", Anonymous requests, Service account tokens.
 */
function groupsOfKubernetes(cluster: Cluster, { users, groups }: Subjects, sink: ClusterSink): void {
  const is = (needs: readonly Fact[], group: string, how: string, source: Source): void =>
    sink.rule({
      family: "kubernetes/group",
      needs,
      gives: fact("act-as", groupId(cluster.name, group)),
      certainty: "must",
      grants: [fixed(cluster, source)],
      how,
      source,
    });
  for (const namespace of cluster.namespaces.values()) {
    const own = `${SERVICE_ACCOUNTS}:${namespace.name}`;
    for (const account of namespace.serviceAccounts.values()) {
      const needs = [fact("act-as", serviceAccountId(cluster.name, namespace.name, account.name))];
      const how = `service account ${namespace.name}/${account.name} is in the group of`;
      if (groups.has(own)) is(needs, own, `${how} its namespace`, account.source);
      is(needs, SERVICE_ACCOUNTS, `${how} all service accounts`, account.source);
    }
  }
  is([fact("act-as", groupId(cluster.name, SERVICE_ACCOUNTS))], AUTHENTICATED, "service accounts are authenticated", cluster.source);
  for (const [user, source] of users)
    if (user !== ANONYMOUS) is([fact("act-as", userId(cluster.name, user))], AUTHENTICATED, `user ${user} is authenticated`, source);
  if (groups.has(UNAUTHENTICATED)) is([], UNAUTHENTICATED, `anyone who reaches cluster ${cluster.name} is unauthenticated`, cluster.source);
  if (users.has(ANONYMOUS)) {
    sink.rule({
      family: "kubernetes/group",
      needs: [],
      gives: fact("act-as", userId(cluster.name, ANONYMOUS)),
      certainty: "must",
      grants: [fixed(cluster, cluster.source)],
      how: `anyone who reaches cluster ${cluster.name} is system:anonymous`,
      source: cluster.source,
    });
  }
}

/** The API server asks no authorizer about system:masters (Good Practices, Least privilege). */
function masters(cluster: Cluster, sink: ClusterSink): void {
  sink.wide({
    family: "kubernetes/cluster-admin",
    needs: [fact("act-as", groupId(cluster.name, MASTERS))],
    gives: fact("control", clusterId(cluster.name)),
    certainty: "must",
    grants: [
      grant(groupId(cluster.name, MASTERS), "masters", {
        label: `group ${MASTERS} of ${cluster.name}`,
        change: `take everyone out of ${MASTERS}`,
        source: cluster.source,
      }),
    ],
    how: `${MASTERS} may do everything in cluster ${cluster.name}`,
    source: cluster.source,
  });
}

/**
 * An AWS identity that the cluster maps becomes a user in groups. The user name may hold the session name, which whoever assumes the role chooses, so
 * every bound user that it could spell is reached. An ARN in aws-auth stands without the role's path, an ARN in an access entry with it.
 *
 * Source: Amazon EKS User Guide, "Grant IAM users access to Kubernetes with a ConfigMap" ("the role ARN can't include a path"), "Create access entries".
 */
function awsRules(estate: KnownEstate, cluster: Cluster, { users }: Subjects, sink: ClusterSink): void {
  for (const identity of awsIdentities(estate.observations, cluster)) {
    const { family, groups, username, source } = identity;
    for (const arn of arnsOf(estate, identity)) {
      const who = shortArn(arn);
      const label =
        family === "kubernetes/aws-auth" ? `aws-auth of cluster ${cluster.name}` : `access entry of ${who} in cluster ${cluster.name}`;
      const admin = (needed: string): void => {
        const what = `a member of group ${MASTERS}`;
        sink.wide({
          family,
          needs: [fact("act-as", needed)],
          gives: fact("control", clusterId(cluster.name)),
          certainty: "must",
          grants: [
            grant(clusterId(cluster.name), [identity.arn, what], { label, change: `take ${what} from ${who} in the ${label}`, source }),
          ],
          how: `${label} makes ${who} ${what}, which may do everything`,
          source,
        });
      };
      const become = (entity: string, what: string): void =>
        sink.rule({
          family,
          needs: [fact("act-as", arn)],
          gives: fact("act-as", entity),
          certainty: "must",
          grants: [
            grant(clusterId(cluster.name), [identity.arn, what], { label, change: `take ${what} from ${who} in the ${label}`, source }),
          ],
          how: `${label} makes ${who} ${what}`,
          source,
        });
      for (const group of groups) {
        if (group === MASTERS) admin(arn);
        else become(groupId(cluster.name, group), `a member of group ${group}`);
      }
      // "system:authenticated: allows any authenticated user" (Kubernetes, "Authenticating"): a mapped identity is one, whatever else it becomes.
      become(groupId(cluster.name, AUTHENTICATED), "a user of the cluster");
      const pattern = userPattern(username);
      for (const user of users.keys()) if (globMatches(pattern, user)) become(userId(cluster.name, user), `user ${user}`);
    }
  }
}

const withoutPath = (arn: string): string => arn.replace(/:(role|user)\/.*\//, ":$1/");

export function arnsOf(estate: KnownEstate, { family, arn }: AwsIdentity): readonly string[] {
  if (family === "kubernetes/access-entry") return [arn];
  // An ARN with a path never matches: the authenticator compares with an ARN that has none.
  if (/:role\/.*\//.test(arn)) return [];
  const known = [...estate.observations("aws/role"), ...estate.observations("aws/user")].filter((each) => withoutPath(each.arn) === arn);
  return known.length > 0 ? [...new Set(known.map((each) => each.arn))] : [arn];
}

/**
 * Groups that an identity provider asserts. The charter decides who is in a group that bears the name of one of its own; where it does not and AWS does
 * not either, any known user may be a member.
 */
function groupMembers(estate: KnownEstate, cluster: Cluster, { users, groups }: Subjects, sink: ClusterSink, gaps: RuleSink): void {
  const people = estate.charter.people;
  const decided = new Set(people.flatMap((person) => person.groups));
  const isEks = eksClusterOf(estate.observations, cluster.name) !== undefined;
  for (const [group, source] of groups) {
    if (isGroupOfKubernetes(group)) continue;
    const charterGroup = decided.has(group) ? group : group.slice(group.search(/[:/](?=[^:/]*$)/) + 1);
    const own = { family: "kubernetes/group", gives: fact("act-as", groupId(cluster.name, group)), source } as const;
    const grants = [
      grant(groupId(cluster.name, group), "members", {
        label: `members of group ${group}`,
        change: `take the user out of group ${group}`,
        source,
      }),
    ];
    if (decided.has(charterGroup)) {
      const isExact = charterGroup === group;
      for (const person of people.filter((each) => each.groups.includes(charterGroup))) {
        for (const user of person.identities.kubernetes.filter((each) => users.has(each))) {
          const certainty = isExact
            ? ({ certainty: "must" } as const)
            : ({ certainty: "may", because: `whether group ${group} is the charter's ${charterGroup} is not known` } as const);
          sink.rule({
            ...own,
            ...certainty,
            needs: [fact("act-as", userId(cluster.name, user))],
            grants,
            how: `user ${user} is in group ${group}`,
          });
        }
      }
    } else if (!isEks && estate.charter.absent["kubernetes/group-members"] === undefined) {
      const because = `who is in group ${group} of cluster ${cluster.name} was not read`;
      for (const user of users.keys()) {
        if (user.startsWith("system:")) continue;
        sink.rule({
          ...own,
          certainty: "may",
          because,
          needs: [fact("act-as", userId(cluster.name, user))],
          grants,
          how: `user ${user} may be in group ${group}`,
        });
      }
      const gap = {
        topic: "kubernetes/group-members",
        subject: groupId(cluster.name, group),
        what: `members of group ${group} in cluster ${cluster.name}`,
        why: "asserted by an identity provider",
        clauses: ["A2", "A6"],
        source,
      };
      gaps.gap(gap);
      gaps.took(gap);
    }
  }
}
