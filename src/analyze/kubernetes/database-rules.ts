// A workload that names a data store and holds a credential for it.
import { isPattern } from "../../charter/parts.ts";
import type { KubernetesContainer, KubernetesWorkload } from "../../model/observations/kubernetes.ts";
import { type Fact, fact, grant, type RuleSink } from "../../model/rule.ts";
import type { Source } from "../../model/source.ts";
import type { KnownEstate } from "../plane.ts";
import { type Cluster, clustersOf, type Namespace, secretsOf } from "./cluster.ts";
import { configMapId, secretId, workloadId } from "./ids.ts";

/** A data store by the host under which configuration names it. */
interface Store {
  readonly host: string;
  /** Absent: any database of the host. */
  readonly database?: string;
  readonly entity: string;
}

/** A value that a workload is configured with, where it stands. */
interface Value {
  readonly text: string;
  /** Absent: the pod's volumes. */
  readonly container?: number;
  /** Of a config map: whoever reads that reads the value too. */
  readonly configMap?: string;
  readonly source: Source;
}

const NAMES_ONLY = "its configuration names the data store, and no credential was seen beside it";

/**
 * A value names a store when it holds its host as a whole name, and its database where both the charter and the value name one. The credential is in
 * the value itself (a URL with a password, which the collector replaced by its fingerprint) or in a secret that the same container is given; secrets
 * whose name or variable speaks of passwords or connections come first, and where none does every secret counts. That the credential really opens
 * the store is taken as given: configuration that names a store and hands over a credential is made for that.
 */
export function databaseRules(estate: KnownEstate, sink: RuleSink): void {
  const stores = storesOf(estate);
  if (stores.length === 0) return;
  const hosts = new RegExp(
    `(?<![\\w.-])(?:${[...new Set(stores.map((store) => store.host))].map(escaped).join("|")})(?![\\w-]|\\.\\w)`,
    "gi",
  );
  for (const cluster of clustersOf(estate).values()) {
    for (const namespace of cluster.namespaces.values()) {
      for (const workload of namespace.workloads) {
        for (const value of valuesOf(namespace, workload)) {
          for (const store of namedIn(value.text, hosts, stores)) opened(cluster, namespace, workload, value, store, sink);
        }
      }
    }
  }
}

const escaped = (text: string): string => text.replace(/[\\^$.|?*+()[\]{}-]/g, "\\$&");

function storesOf({ charter, observations }: KnownEstate): Store[] {
  const declared = [...charter.environments, ...charter.shared].flatMap((owner) => owner.boundary.databases ?? []);
  const stores = declared.flatMap((text): Store[] => {
    const match = /^[a-z]+:([^/]+)\/(.+)$/.exec(text);
    if (!match || isPattern(text)) return [];
    const [host, port] = (match[1] as string).split(":");
    return [{ host: port === undefined ? (match[1] as string) : (host as string), database: match[2] as string, entity: text }];
  });
  const listed = observations("aws/resource").flatMap((resource): Store[] =>
    resource.type === "database" && resource.endpoint !== undefined ? [{ host: resource.endpoint, entity: resource.arn }] : [],
  );
  return [...stores, ...listed];
}

function namedIn(text: string, hosts: RegExp, stores: readonly Store[]): Store[] {
  const found = new Set<Store>();
  for (const match of text.matchAll(hosts)) {
    const host = match[0].toLowerCase();
    // `//host:5432/shop?…`: the database, when the text goes on with one.
    const database = /^(?::\d+)?\/([\w-]+)/.exec(text.slice(match.index + match[0].length))?.[1];
    for (const store of stores) {
      if (store.host.toLowerCase() !== host) continue;
      if (database === undefined || store.database === undefined || store.database === database) found.add(store);
    }
  }
  return [...found];
}

function* valuesOf(namespace: Namespace, workload: KubernetesWorkload): Iterable<Value> {
  const data = (name: string, key?: string): string[] =>
    (namespace.configMaps.get(name)?.objects ?? []).flatMap((map) =>
      key === undefined ? Object.values(map.data) : Object.hasOwn(map.data, key) ? [map.data[key] as string] : [],
    );
  for (const [container, each] of workload.containers.entries()) {
    for (const variable of each.environment) {
      if ("value" in variable) yield { text: variable.value, container, source: variable.source };
      else if ("configMap" in variable) {
        const at = { container, configMap: variable.configMap, source: variable.source };
        for (const text of data(variable.configMap, variable.key)) yield { text, ...at };
      }
    }
    for (const from of each.environmentFrom) {
      if (!("configMap" in from)) continue;
      for (const text of data(from.configMap)) yield { text, container, configMap: from.configMap, source: from.source };
    }
    const line = [...each.command, ...each.args].join(" ");
    if (line !== "") yield { text: line, container, source: workload.source };
  }
  for (const volume of workload.configMapVolumes) {
    for (const text of data(volume.configMap)) yield { text, configMap: volume.configMap, source: volume.source };
  }
}

const HOLDS_CREDENTIAL = /:\{fingerprint [0-9a-f]+\}@|(?:pass|pwd|secret|token)[\w-]*["']?\s*[=:]\s*["']?\{fingerprint /i;

function opened(cluster: Cluster, namespace: Namespace, workload: KubernetesWorkload, value: Value, store: Store, sink: RuleSink): void {
  const id = workloadId(workload);
  const label = `${workload.workloadKind} ${namespace.name}/${workload.name}`;
  const shown = store.entity.replace(/^postgres:/, "");
  const grants = [
    grant(
      id,
      { store: store.entity },
      {
        label: `configuration of ${label}`,
        change: `give ${label} a data store of its own environment instead of ${shown}`,
        source: value.source,
      },
    ),
  ];
  const give = (needs: readonly Fact[], how: string, because?: string): void => {
    for (const capability of ["read", "write"] as const) {
      const certainty = because === undefined ? ({ certainty: "must" } as const) : ({ certainty: "may", because } as const);
      sink.rule({
        family: "data/credential-in-configuration",
        needs,
        gives: fact(capability, store.entity),
        ...certainty,
        grants,
        how,
        source: value.source,
      });
    }
  };
  const holder = fact("control", id);
  if (HOLDS_CREDENTIAL.test(value.text)) {
    give([holder], `${label} is configured with ${shown} and its credential`);
    if (value.configMap !== undefined) {
      const map = configMapId(cluster.name, namespace.name, value.configMap);
      give([fact("read", map)], `ConfigMap ${namespace.name}/${value.configMap} holds ${shown} and its credential`);
    }
    return;
  }
  const secrets = credentialsOf(workload, value.container);
  for (const secret of secrets) {
    const needs = [holder, fact("read", secretId(cluster.name, namespace.name, secret))];
    give(needs, `${label} is configured with ${shown} and holds Secret ${secret}`);
  }
  if (secrets.length === 0) give([holder], `${label} is configured with ${shown}`, NAMES_ONLY);
}

const SPEAKS_OF_CREDENTIALS =
  /pass|pwd|cred|auth|secret|token|url|uri|dsn|conn|database|postgres|mysql|(?:^|[-_])(?:db|pg|rds|sql)(?:[-_]|$)/i;

/** Secrets of the container, and of the volumes, that could be the credential: those that speak of one, or else all. Pull secrets never. */
function credentialsOf(workload: KubernetesWorkload, container: number | undefined): string[] {
  const pulls = new Set(workload.imagePullSecrets);
  const used = secretsOf(workload).filter(
    (use) => (use.container === undefined || container === undefined || use.container === container) && !pulls.has(use.secret),
  );
  const speaking = used.filter(
    ({ secret }) =>
      SPEAKS_OF_CREDENTIALS.test(secret) || variablesOf(workload.containers, secret).some((name) => SPEAKS_OF_CREDENTIALS.test(name)),
  );
  return [...new Set((speaking.length > 0 ? speaking : used).map(({ secret }) => secret))];
}

const variablesOf = (containers: readonly KubernetesContainer[], secret: string): string[] =>
  containers.flatMap((container) =>
    container.environment.flatMap((each) => ("secret" in each && each.secret === secret ? [each.name, each.key] : [])),
  );
