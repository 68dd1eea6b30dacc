// The Kubernetes half of the estate: one folder a cluster, one file a kind, as `kubectl get KIND -A -o json` prints it.
import { openFolder } from "../folder.ts";
import type { Files, Folder } from "../folder.ts";
import { ACCOUNTS, CLUSTERS, REGION } from "../names.ts";
import type { ClusterName } from "../names.ts";
import { developmentApplications, productionApplications } from "./applications.ts";
import { binding, configMap, list, namespace, role, secret, serviceAccountObject, workload } from "./objects.ts";
import { networkPolicies } from "./policies.ts";
import { CLUSTER_ROLES, clusterBindings, platformNamespaces } from "./platform.ts";
import { TRIED } from "./tested.ts";
import type { ClusterSpec, NamespaceSpec, WorkloadSpec } from "./specs.ts";

const cluster = (name: ClusterName, fixed: boolean): ClusterSpec => ({
  name,
  namespaces: [
    ...platformNamespaces(name),
    ...(name === "production" ? productionApplications(fixed) : [...developmentApplications(fixed), ...TRIED]),
  ].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  clusterRoles: CLUSTER_ROLES,
  clusterBindings: clusterBindings(name),
});

/** Every namespace has `default`; every workload names an account, its own unless told otherwise. */
function serviceAccounts(spec: NamespaceSpec): readonly (readonly [string, string | undefined])[] {
  const named: Record<string, string | undefined> = { default: undefined };
  for (const workload of spec.workloads ?? []) named[workload.serviceAccount ?? workload.name] = undefined;
  return Object.entries({ ...named, ...spec.serviceAccounts });
}

const entries = <T>(record: Readonly<Record<string, T>> | undefined): readonly (readonly [string, T])[] => Object.entries(record ?? {});

/** The trust bundle that the control plane publishes in every namespace. The same text everywhere, and public: not a secret. */
const rootCertificate = (name: ClusterName): Readonly<Record<string, string>> => ({
  "ca.crt": `-----BEGIN CERTIFICATE-----\n(public certificate of the ${name} cluster, left out)\n-----END CERTIFICATE-----\n`,
});

const WORKLOADS = { deployments: "Deployment", statefulsets: "StatefulSet", daemonsets: "DaemonSet", cronjobs: "CronJob" } as const;

function writeWorkloads(folder: Folder, spec: ClusterSpec): void {
  const all = spec.namespaces.flatMap((space) => (space.workloads ?? []).map((item) => [space.name, item] as const));
  const ofKind = (kind: WorkloadSpec["kind"]): readonly object[] =>
    all.filter(([, item]) => item.kind === kind).map(([name, item]) => workload({ cluster: spec.name, namespace: name }, item));
  for (const [resource, kind] of entries(WORKLOADS))
    folder.answer(`kubectl get ${resource} -A -o json`, `${resource}.json`, list(ofKind(kind)));
  // What the controllers make of these is left out: a collection asks for owners. There are no objects without one.
  for (const resource of ["jobs", "replicationcontrollers"])
    folder.answer(`kubectl get ${resource} -A -o json`, `${resource}.json`, list([]));
}

function writeCluster(files: Files, spec: ClusterSpec): void {
  const by = `arn:aws:eks:${REGION}:${ACCOUNTS[spec.name]}:cluster/${spec.name} as bulkhead-collector`;
  const folder = openFolder(files, `estate/kubernetes/${spec.name}`, { system: "kubernetes", cluster: spec.name }, by, 4);
  const each = (make: (place: { cluster: string; namespace: string }, space: NamespaceSpec) => readonly object[]): object =>
    list(spec.namespaces.flatMap((space) => make({ cluster: spec.name, namespace: space.name }, space)));
  const get = (resource: string, answer: object): void => folder.answer(`kubectl get ${resource} -A -o json`, `${resource}.json`, answer);
  get("namespaces", list(spec.namespaces.map((space) => namespace(spec.name, space))));
  get(
    "serviceaccounts",
    each((place, space) => serviceAccounts(space).map(([name, arn]) => serviceAccountObject(place, name, arn))),
  );
  get(
    "roles",
    each((place, space) => entries(space.roles).map(([name, rules]) => role(place, name, rules))),
  );
  get(
    "rolebindings",
    each((place, space) => (space.bindings ?? []).map((item) => binding(place, item))),
  );
  get("clusterroles", list(entries(spec.clusterRoles).map(([name, rules]) => role({ cluster: spec.name }, name, rules))));
  get("clusterrolebindings", list(spec.clusterBindings.map((item) => binding({ cluster: spec.name }, item))));
  get(
    "secrets",
    each((place, space) => entries(space.secrets).map(([name, values]) => secret(place, name, values))),
  );
  get(
    "configmaps",
    each((place, space) =>
      entries({ "kube-root-ca.crt": rootCertificate(spec.name), ...space.configMaps }).map(([name, data]) => configMap(place, name, data)),
    ),
  );
  get("networkpolicies", list(networkPolicies(spec)));
  writeWorkloads(folder, spec);
  folder.close();
}

export function writeKubernetes(files: Files, fixed: boolean): void {
  for (const name of CLUSTERS) writeCluster(files, cluster(name, fixed));
}
