// RBAC beside a slow twin: on random roles and bindings, whoever the API server's authorizer would let do a thing has the fact that stands for it, and nobody else.
import fc from "fast-check";
import { expect, test } from "vitest";
import { Charter } from "../../charter/schema.ts";
import type { Observation } from "../../model/observation.ts";
import type { KubernetesPolicyRule, KubernetesRole, KubernetesRoleBinding } from "../../model/observations/kubernetes.ts";
import { fact, type Fact, factText, IMPLIED, type Rule } from "../../model/rule.ts";
import { derive } from "../derive.ts";
import {
  clusterId,
  groupId,
  namespaceId,
  type NamespacePart,
  objectId,
  partId,
  RBAC_GROUP,
  secretId,
  serviceAccountId,
  userId,
} from "./ids.ts";
import { kubernetesPlane } from "./plane.ts";

const CLUSTER = "c";
const NAMESPACES = ["n1", "n2"] as const;
const environment = (name: string, namespace: string) => ({
  name,
  tier: name,
  purpose: name,
  owner: "platform",
  data: "none",
  boundary: { kubernetes: [{ cluster: CLUSTER, namespaces: [namespace] }] },
});
const charter = Charter.parse({
  bulkhead: 1,
  organization: { name: "acme" },
  environments: [environment("development", "n1"), environment("production", "n2")],
});

const source = { file: "random" };
const head = { cluster: CLUSTER, labels: {}, annotations: {}, source };

// The estate: names are few, so that rules, names and bindings meet.

const some = (...items: string[]) => fc.subarray(items, { minLength: 1, maxLength: 2 });
const policyRule: fc.Arbitrary<KubernetesPolicyRule> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({
      verbs: some("get", "list", "create", "update", "patch", "delete", "impersonate", "escalate", "*"),
      apiGroups: some("", "apps", RBAC_GROUP, "*"),
      resources: some(
        "pods",
        "pods/exec",
        "pods/*",
        "*/exec",
        "*",
        "secrets",
        "deployments",
        "serviceaccounts",
        "serviceaccounts/token",
        "roles",
        "rolebindings",
        "nodes/proxy",
        "configmaps",
      ),
      resourceNames: fc.constantFrom<string[]>([], [], [], ["a"], ["web"], ["a", "web"]),
      source: fc.constant(source),
    }),
  },
  // A rule over nonResourceURLs has no groups and no resources.
  { weight: 1, arbitrary: fc.constant({ verbs: ["*"], apiGroups: [], resources: [], resourceNames: [], source }) },
  { weight: 1, arbitrary: fc.constant({ verbs: ["*"], apiGroups: ["*"], resources: ["*"], resourceNames: [], source }) },
);

const role: fc.Arbitrary<KubernetesRole> = fc
  .record({
    namespace: fc.constantFrom(undefined, undefined, ...NAMESPACES),
    name: fc.constantFrom("x", "y", "z"),
    rules: fc.array(policyRule, { maxLength: 2 }),
    isLabelled: fc.boolean(),
    aggregates: fc.constantFrom("nothing" as const, "nothing" as const, "labelled" as const, "none" as const),
  })
  .map(({ namespace, name, rules, isLabelled, aggregates }) => ({
    ...head,
    kind: "kubernetes/role",
    ...(namespace !== undefined && { namespace }),
    name,
    rules,
    labels: isLabelled ? { part: "yes" } : {},
    aggregates:
      aggregates === "nothing" || namespace !== undefined
        ? []
        : [{ matchLabels: { part: aggregates === "labelled" ? "yes" : "no" }, matchExpressions: [] }],
  }));

const subject: fc.Arbitrary<KubernetesRoleBinding["subjects"][number]> = fc.oneof(
  fc.record({
    type: fc.constant("ServiceAccount" as const),
    name: fc.constantFrom("a", "b"),
    namespace: fc.constantFrom(...NAMESPACES),
    source: fc.constant(source),
  }),
  fc.record({
    type: fc.constant("User" as const),
    name: fc.constantFrom("ann", "system:serviceaccount:n1:a", "system:anonymous"),
    source: fc.constant(source),
  }),
  fc.record({
    type: fc.constant("Group" as const),
    name: fc.constantFrom("system:authenticated", "system:unauthenticated", "system:serviceaccounts", "system:serviceaccounts:n2"),
    source: fc.constant(source),
  }),
);

const binding: fc.Arbitrary<KubernetesRoleBinding> = fc
  .record({
    namespace: fc.constantFrom(undefined, ...NAMESPACES, ...NAMESPACES),
    type: fc.constantFrom("Role" as const, "ClusterRole" as const),
    to: fc.constantFrom("x", "y", "z"),
    subjects: fc.array(subject, { minLength: 1, maxLength: 2 }),
  })
  .map(({ namespace, type, to, subjects }) => ({
    ...head,
    kind: "kubernetes/role-binding",
    ...(namespace !== undefined && { namespace }),
    name: "to be numbered",
    role: { type: namespace === undefined ? "ClusterRole" : type, name: to },
    subjects,
  }));

interface World {
  readonly roles: readonly KubernetesRole[];
  readonly bindings: readonly KubernetesRoleBinding[];
}

const world: fc.Arbitrary<World> = fc.record({
  roles: fc.uniqueArray(role, { selector: ({ namespace, name }) => `${namespace}/${name}`, maxLength: 6 }),
  bindings: fc.array(binding, { minLength: 1, maxLength: 4 }).map((all) => all.map((each, i) => ({ ...each, name: `b${i}` }))),
});

const observationsOf = ({ roles, bindings }: World): Observation[] => [
  ...NAMESPACES.flatMap((namespace): Observation[] => [
    { ...head, kind: "kubernetes/namespace", name: namespace },
    ...["a", "b"].map((name): Observation => ({ ...head, kind: "kubernetes/service-account", namespace, name })),
    { ...head, kind: "kubernetes/secret", namespace, name: "a", values: {} },
    {
      ...head,
      kind: "kubernetes/workload",
      workloadKind: "Deployment",
      group: "apps",
      namespace,
      name: "web",
      podLabels: {},
      serviceAccount: "a",
      containers: [],
      hostNetwork: false,
      hostPid: false,
      hostIpc: false,
      hostPaths: [],
      secretVolumes: [],
      configMapVolumes: [],
      imagePullSecrets: [],
      nodeSelector: {},
    },
  ]),
  ...roles,
  ...bindings,
];

// The twin: the authorizer of the API server, one request of one caller at a time.

interface Caller {
  readonly user: string;
  readonly groups: readonly string[];
  readonly act: Fact;
}

const callers: readonly Caller[] = [
  ...NAMESPACES.flatMap((namespace) =>
    ["a", "b"].map((name) => ({
      user: `system:serviceaccount:${namespace}:${name}`,
      groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"],
      act: fact("act-as", serviceAccountId(CLUSTER, namespace, name)),
    })),
  ),
  { user: "ann", groups: ["system:authenticated"], act: fact("act-as", userId(CLUSTER, "ann")) },
  { user: "system:anonymous", groups: ["system:unauthenticated"], act: fact("act-as", userId(CLUSTER, "system:anonymous")) },
  // Whoever has the group and no name.
  { user: "", groups: ["system:authenticated"], act: fact("act-as", groupId(CLUSTER, "system:authenticated")) },
];

interface Asked {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  /** Absent: of a cluster-scoped object. */
  readonly namespace?: string;
  readonly name: string;
}

function isSubject({ user, groups }: Caller, each: KubernetesRoleBinding["subjects"][number], at: string | undefined): boolean {
  if (each.type === "Group") return groups.includes(each.name);
  if (each.type === "User") return user !== "" && user === each.name;
  return user === `system:serviceaccount:${each.namespace ?? at}:${each.name}`;
}

function rulesOf(
  { roles }: World,
  { type, name }: KubernetesRoleBinding["role"],
  namespace: string | undefined,
): readonly KubernetesPolicyRule[] {
  const named = (of: string): KubernetesRole[] => roles.filter((each) => each.namespace === undefined && each.name === of);
  if (type === "Role") return roles.filter((each) => each.namespace === namespace && each.name === name).flatMap((each) => each.rules);
  // What the aggregation controller comes to after enough rounds.
  const members = new Set(named(name));
  for (const member of members)
    for (const { matchLabels } of member.aggregates)
      for (const each of roles)
        if (each.namespace === undefined && Object.entries(matchLabels).every(([key, value]) => each.labels[key] === value))
          members.add(each);
  return [...members].flatMap((each) => each.rules);
}

function ruleAllows(rule: KubernetesPolicyRule, { verb, group, resource, subresource, name }: Asked): boolean {
  const full = subresource === undefined ? resource : `${resource}/${subresource}`;
  const has = (list: readonly string[], wanted: string): boolean => list.some((each) => each === "*" || each === wanted);
  const isResource = rule.resources.some(
    (each) => each === "*" || each === full || (subresource !== undefined && each === `*/${subresource}`),
  );
  const isNamed = rule.resourceNames.length === 0 || rule.resourceNames.includes(name);
  return has(rule.verbs, verb) && has(rule.apiGroups, group) && isResource && isNamed;
}

const allows = (all: World, caller: Caller, asked: Asked): boolean =>
  all.bindings.some(
    (each) =>
      (each.namespace === undefined || each.namespace === asked.namespace) &&
      each.subjects.some((one) => isSubject(caller, one, each.namespace)) &&
      rulesOf(all, each.role, each.namespace).some((rule) => ruleAllows(rule, asked)),
  );

// What each request stands for.

/** A name that no rule gives. */
const UNNAMED = "of no rule";

/** What makes pods and can be rewritten. */
const MAKERS = [
  "apps/deployments",
  "apps/replicasets",
  "apps/statefulsets",
  "apps/daemonsets",
  "batch/cronjobs",
  "/replicationcontrollers",
];

const IN_PODS = ["create /pods/exec", "update /pods/ephemeralcontainers", "patch /pods/ephemeralcontainers", "update /pods", "patch /pods"];

/** `VERB GROUP/RESOURCE/SUBRESOURCE`; any of them is enough. A create of an object carries no name; of a subresource it carries the object's. */
const PARTS: readonly (readonly [Fact["capability"], NamespacePart, readonly string[]])[] = [
  [
    "write",
    "workloads",
    ["create /pods", "create batch/jobs", ...MAKERS.flatMap((each) => ["create", "update", "patch"].map((verb) => `${verb} ${each}`))],
  ],
  ["control", "deployments", ["update apps/deployments", "patch apps/deployments"]],
  ["control", "pods", IN_PODS],
  ["read", "secrets", ["get /secrets", "list /secrets"]],
  ["write", "secrets", ["create /secrets", "update /secrets", "patch /secrets"]],
  ["author", "secrets", ["create /secrets"]],
  ["read", "config-maps", ["get /configmaps", "list /configmaps"]],
  ["act-as", "service-accounts", ["create /serviceaccounts/token", "impersonate /serviceaccounts"]],
  ["write", "role-bindings", [`create ${RBAC_GROUP}/rolebindings`]],
];

const NAMED: readonly (readonly [(namespace: string) => Fact, name: string, readonly string[]])[] = [
  [(namespace) => fact("read", secretId(CLUSTER, namespace, "a")), "a", ["get /secrets", "list /secrets"]],
  [
    (namespace) => fact("act-as", serviceAccountId(CLUSTER, namespace, "a")),
    "a",
    ["create /serviceaccounts/token", "impersonate /serviceaccounts"],
  ],
  [
    (namespace) => fact("control", objectId(CLUSTER, namespace, "Deployment", "apps", "web")),
    "web",
    ["update apps/deployments", "patch apps/deployments", ...IN_PODS],
  ],
];

function asked(text: string, namespace: string, name: string): Asked {
  const [verb = "", on = ""] = text.split(" ");
  const [group = "", resource = "", subresource] = on.split("/");
  const isNameless = subresource === undefined && verb === "create";
  return { verb, group, resource, ...(subresource !== undefined && { subresource }), namespace, name: isNameless ? "" : name };
}

/** Requests over the whole cluster that amount to everything, or to every secret: the other facts then follow whatever the authorizer says of them. */
const BEYOND = [
  ...["users", "groups"].map((resource) => ({ verb: "impersonate", group: "", resource })),
  ...["mutatingwebhookconfigurations", "validatingwebhookconfigurations"].flatMap((resource) =>
    ["create", "update", "patch"].map((verb) => ({ verb, group: "admissionregistration.k8s.io", resource })),
  ),
];

const isBeyond = (all: World, caller: Caller): boolean =>
  BEYOND.some((each) => [UNNAMED, "a", "web"].some((name) => allows(all, caller, { ...each, name: each.verb === "create" ? "" : name })));

const ofNode = (verb: string, name: string): Asked => ({ verb, group: "", resource: "nodes", subresource: "proxy", name });

/** What follows by being somebody alone: groups, bindings, and what the bound roles give; no step beyond. */
function direct(rules: readonly Rule[], act: Fact): ReadonlySet<string> {
  const identities = new Set([
    factText(act),
    ...(act.entity === userId(CLUSTER, "system:anonymous") ? [factText(fact("act-as", groupId(CLUSTER, "system:unauthenticated")))] : []),
  ]);
  const isBinding = (entity: string): boolean => entity.includes(`RoleBinding.${RBAC_GROUP}/`);
  const isIdentity = (entity: string): boolean => isBinding(entity) || entity.includes(`/Group.${RBAC_GROUP}/`);
  const given = new Set<string>();
  for (let size = -1; size !== identities.size + given.size;) {
    size = identities.size + given.size;
    for (const { needs, gives, certainty } of rules) {
      const [need] = needs;
      if (certainty !== "must" || needs.length !== 1 || !need || !identities.has(factText(need))) continue;
      if (gives.capability === "act-as" && isIdentity(gives.entity) && !isBinding(need.entity)) identities.add(factText(gives));
      else if (isBinding(need.entity)) {
        given.add(factText(gives));
        for (const implied of IMPLIED[gives.capability] ?? []) given.add(factText(fact(implied, gives.entity)));
      }
    }
  }
  return given;
}

const mentions = (all: World, { user, groups }: Caller): boolean =>
  all.bindings.some(({ subjects }) =>
    subjects.some((each) => (each.type === "User" ? each.name === user : each.type === "Group" && groups.includes(each.name))),
  );

test("law: who the authorizer lets do a thing has its fact, by their own name, groups or service account, and nobody else has", () => {
  fc.assert(
    fc.property(world, (all) => {
      const { rules } = derive(observationsOf(all), charter, [], [kubernetesPlane]);
      for (const caller of callers) {
        // A user whom nothing names is no entity.
        if (!caller.user.startsWith("system:serviceaccount:") && !mentions(all, caller)) continue;
        if (caller.user === "ann" && !all.bindings.some(({ subjects }) => subjects.some(({ name }) => name === "ann"))) continue;
        const given = direct(rules, caller.act);
        const beyond = isBeyond(all, caller);
        for (const namespace of NAMESPACES) {
          const isAll =
            given.has(factText(fact("control", clusterId(CLUSTER)))) ||
            given.has(factText(fact("control", namespaceId(CLUSTER, namespace))));
          for (const [capability, part, requests] of PARTS) {
            const isAllowed = requests.some((text) => allows(all, caller, asked(text, namespace, UNNAMED)));
            const has =
              isAll ||
              given.has(factText(fact(capability, partId(CLUSTER, namespace, part)))) ||
              given.has(factText(fact(capability, partId(CLUSTER, undefined, part))));
            // Whoever may rewrite named deployments alone makes pods of any content all the same.
            const isByName =
              part === "workloads" &&
              ["a", "web"].some((name) => requests.some((text) => allows(all, caller, asked(text, namespace, name))));
            // The kubelet of any node runs commands in any pod.
            const isByNode =
              part === "pods" &&
              ["get", "create"].some((verb) => [UNNAMED, "a", "web"].some((name) => allows(all, caller, ofNode(verb, name))));
            const isDue = isAllowed || isByName || isByNode;
            if (isDue || !beyond) expect(has, `${caller.user || "authenticated"}: ${capability} ${part} of ${namespace}`).toBe(isDue);
          }
          for (const [made, name, requests] of NAMED) {
            const isByName = requests.some((text) => allows(all, caller, asked(text, namespace, name)));
            const isForAll = requests.some((text) => allows(all, caller, asked(text, namespace, UNNAMED)));
            const has = isAll || given.has(factText(made(namespace)));
            if (isByName && !isForAll) expect(has, `${caller.user || "authenticated"}: ${factText(made(namespace))}`).toBe(true);
            if (!isByName && !isAll && !beyond) expect(has, `${caller.user || "authenticated"}: ${factText(made(namespace))}`).toBe(false);
          }
        }
      }
    }),
    { numRuns: Number(process.env["BULKHEAD_LAW_RUNS"] ?? 400) },
  );
});
