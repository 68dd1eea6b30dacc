// Observations of one cluster, indexed: what both passes of the plane look things up in.
import type { Gap } from "../../model/gap.ts";
import type { Observations } from "../../model/observation.ts";
import type {
  KubernetesConfigMap,
  KubernetesNamespace,
  KubernetesOther,
  KubernetesRole,
  KubernetesRoleBinding,
  KubernetesSecret,
  KubernetesServiceAccount,
  KubernetesWorkload,
} from "../../model/observations/kubernetes.ts";
import { GITOPS_KINDS } from "../../model/observations/gitops.ts";
import { KUBERNETES_NETWORK_KINDS } from "../../model/observations/kubernetes-network.ts";
import type { Source } from "../../model/source.ts";
import { once } from "./once.ts";

/** Something that was read, or that only a reference names: then `objects` is empty and `source` is the first reference. */
export interface Named<T> {
  readonly namespace: string;
  readonly name: string;
  readonly objects: T[];
  readonly source: Source;
}

export interface Namespace {
  readonly name: string;
  /** Absent when no Namespace object was read. */
  object?: KubernetesNamespace;
  source: Source;
  readonly serviceAccounts: Map<string, Named<KubernetesServiceAccount>>;
  readonly workloads: KubernetesWorkload[];
  readonly secrets: Map<string, Named<KubernetesSecret>>;
  readonly configMaps: Map<string, Named<KubernetesConfigMap>>;
  /** Objects that controllers deploy by, `KIND/NAME`. */
  readonly deployers: Set<string>;
}

export interface Cluster {
  readonly name: string;
  readonly source: Source;
  readonly namespaces: Map<string, Namespace>;
  /** By `NAMESPACE/NAME`, `-` for ClusterRoles. */
  readonly roles: Map<string, KubernetesRole[]>;
  readonly bindings: KubernetesRoleBinding[];
  readonly others: KubernetesOther[];
  /** Some object was served by the API server: the files claim to be a dump, so a kind that is missing was not read. */
  isDump: boolean;
}

export const roleKey = (namespace: string | undefined, name: string): string => `${namespace ?? "-"}/${name}`;

/** Every cluster of which something was read, by name. */
export const clustersOf = once(({ observations, gaps }): ReadonlyMap<string, Cluster> => {
  const clusters = index(observations);
  for (const gap of gaps) addUnread(clusters, gap);
  for (const cluster of clusters.values()) {
    for (const namespace of cluster.namespaces.values()) {
      // The service account controller makes `default` in every namespace (Kubernetes, "Managing Service Accounts").
      name(namespace.serviceAccounts, "default", { namespace: namespace.name, source: namespace.source });
    }
  }
  return clusters;
});

/** A gap about a namespace says that it exists, although nothing of it may have been read. */
function addUnread(clusters: ReadonlyMap<string, Cluster>, gap: Gap): void {
  const at = gapPlace(gap);
  const cluster = at && clusters.get(at.cluster);
  if (cluster && at.namespace !== undefined) namespaceOf(cluster, at.namespace, gap.source ?? cluster.source);
}

/** Where a gap of this system is: its subject is `CLUSTER`, `CLUSTER/NAMESPACE`, or an entity's id. Undefined: of another system, or nowhere. */
export function gapPlace({ topic, subject }: Gap): { readonly cluster: string; readonly namespace?: string } | undefined {
  if (!topic.startsWith("kubernetes/") || topic === "kubernetes/scope") return undefined;
  const [cluster = "", namespace] = subject.replace(/^k8s:/, "").split("/");
  return { cluster, ...(namespace !== undefined && namespace !== "-" && { namespace }) };
}

function index(observations: Observations): Map<string, Cluster> {
  const clusters = new Map<string, Cluster>();
  const of = (object: { cluster: string; served?: true; source: Source }): Cluster => {
    let cluster = clusters.get(object.cluster);
    if (!cluster) {
      const { cluster: name, source } = object;
      cluster = { name, source, namespaces: new Map(), roles: new Map(), bindings: [], others: [], isDump: false };
      clusters.set(name, cluster);
    }
    if (object.served) cluster.isDump = true;
    return cluster;
  };
  for (const object of observations("kubernetes/namespace")) {
    const namespace = namespaceOf(of(object), object.name, object.source);
    namespace.object ??= object;
    namespace.source = namespace.object.source;
  }
  for (const role of observations("kubernetes/role")) push(of(role).roles, roleKey(role.namespace, role.name), role);
  for (const object of observations("kubernetes/service-account")) {
    name(placeOf(of(object), object).serviceAccounts, object.name, object).objects.push(object);
  }
  for (const object of observations("kubernetes/secret"))
    name(placeOf(of(object), object).secrets, object.name, object).objects.push(object);
  for (const object of observations("kubernetes/config-map")) {
    name(placeOf(of(object), object).configMaps, object.name, object).objects.push(object);
  }
  for (const workload of observations("kubernetes/workload")) indexWorkload(placeOf(of(workload), workload), workload);
  for (const binding of observations("kubernetes/role-binding")) indexBinding(of(binding), binding);
  for (const other of observations("kubernetes/other")) {
    const cluster = of(other);
    cluster.others.push(other);
    if (other.namespace) namespaceOf(cluster, other.namespace, other.source);
  }
  for (const object of [...KUBERNETES_NETWORK_KINDS, ...GITOPS_KINDS].flatMap((kind) => observations(kind))) {
    const cluster = of(object);
    if (!object.namespace) continue;
    const namespace = namespaceOf(cluster, object.namespace, object.source);
    if (object.kind.startsWith("gitops/")) namespace.deployers.add(`${objectKindOf(object)}/${object.name}`);
  }
  return clusters;
}

const DEPLOYER_KINDS: Readonly<Record<string, string>> = {
  "gitops/argo-application": "Application",
  "gitops/argo-project": "AppProject",
  "gitops/argo-application-set": "ApplicationSet",
  "gitops/kargo-warehouse": "Warehouse",
  "gitops/kargo-stage": "Stage",
  "gitops/promoter-strategy": "PromotionStrategy",
};

const objectKindOf = (object: { readonly kind: string; readonly objectKind?: string }): string =>
  object.objectKind ?? DEPLOYER_KINDS[object.kind] ?? "";

function indexWorkload(namespace: Namespace, workload: KubernetesWorkload): void {
  namespace.workloads.push(workload);
  const at = (source: Source) => ({ namespace: namespace.name, source });
  name(namespace.serviceAccounts, workload.serviceAccount, at(workload.source));
  for (const { secret, source } of secretsOf(workload)) name(namespace.secrets, secret, at(source));
  for (const { configMap, source } of configMapsOf(workload)) name(namespace.configMaps, configMap, at(source));
}

function indexBinding(cluster: Cluster, binding: KubernetesRoleBinding): void {
  cluster.bindings.push(binding);
  if (binding.namespace) namespaceOf(cluster, binding.namespace, binding.source);
  for (const { type, name: subject, namespace = binding.namespace, source } of binding.subjects) {
    if (type !== "ServiceAccount" || namespace === undefined) continue;
    name(namespaceOf(cluster, namespace, source).serviceAccounts, subject, { namespace, source });
  }
}

function namespaceOf(cluster: Cluster, namespace: string, source: Source): Namespace {
  let found = cluster.namespaces.get(namespace);
  if (!found) {
    found = {
      name: namespace,
      source,
      serviceAccounts: new Map(),
      workloads: [],
      secrets: new Map(),
      configMaps: new Map(),
      deployers: new Set(),
    };
    cluster.namespaces.set(namespace, found);
  }
  return found;
}

const placeOf = (cluster: Cluster, object: { namespace?: string; source: Source }): Namespace =>
  namespaceOf(cluster, object.namespace ?? "default", object.source);

function name<T>(map: Map<string, Named<T>>, key: string, at: { namespace?: string; source: Source }): Named<T> {
  let found = map.get(key);
  if (!found) {
    found = { namespace: at.namespace ?? "default", name: key, objects: [], source: at.source };
    map.set(key, found);
  }
  return found;
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

export interface SecretUse {
  readonly secret: string;
  /** Index of the container that uses it; absent: a volume or a pull secret of the whole pod. */
  readonly container?: number;
  readonly source: Source;
}

/** Every secret that a workload is given: environment, `envFrom`, volumes, pull secrets. */
export const secretsOf = (workload: KubernetesWorkload): readonly SecretUse[] => [
  ...workload.containers.flatMap((container, index) => [
    ...container.environment.flatMap((each) => ("secret" in each ? [{ secret: each.secret, container: index, source: each.source }] : [])),
    ...container.environmentFrom.flatMap((each) =>
      "secret" in each ? [{ secret: each.secret, container: index, source: each.source }] : [],
    ),
  ]),
  ...workload.secretVolumes,
  ...workload.imagePullSecrets.map((secret) => ({ secret, source: workload.source })),
];

export const configMapsOf = (workload: KubernetesWorkload): readonly { readonly configMap: string; readonly source: Source }[] => [
  ...workload.containers.flatMap((container) =>
    [...container.environment, ...container.environmentFrom].flatMap((each) => ("configMap" in each ? [each] : [])),
  ),
  ...workload.configMapVolumes,
];
