// Which environment or shared service each entity belongs to: decided by the charter's boundaries alone, never by a tag.
import { globMatches } from "../lib/glob.ts";
import type { Entity } from "../model/entity.ts";
import { rangeOf } from "./cidr.ts";
import { gradeOf } from "./grade.ts";
import { folded, isPattern, type Level, type Owner, type Part, partsOf } from "./parts.ts";
import type { Charter, Grade } from "./schema.ts";

export { gradeOf } from "./grade.ts";
export { type Order, order, type WalledPair, walledPairs } from "./order.ts";

export interface Membership {
  /** Name of the environment the entity belongs to; undefined: none, or a shared service. */
  environmentOf(entity: Entity): string | undefined;
  /** Name of the shared service the entity is part of. */
  sharedServiceOf(entity: Entity): string | undefined;
  /** Grade of an environment's boundary; undefined: no such environment. */
  gradeOf(environment: string): Grade | undefined;
}

/**
 * An entity belongs to the owner of the first of these that names it:
 *
 * 1. its id, in `entities`
 * 2. the GitHub environment, or the environment of a project, it stands in
 * 3. its database
 * 4. its namespace, by name or pattern (a namespace object belongs to the namespace it is)
 * 5. its cluster, when taken whole; the cluster itself and its cluster-scoped objects then belong too, and otherwise to nobody
 * 6. its ARN, by pattern
 * 7. its host
 * 8. its AWS account
 * 9. the organizational units above its account, the nearest first
 * 10. its repository, or its project
 * 11. its ranges, when one boundary holds them all
 * 12. its VLAN
 *
 * On one level the charter's boundaries do not overlap (overlaps.ts), so the order in which parts are tried does not matter.
 *
 * @param accountParents Names of the units above an account, from the root down: `["Root", "Workloads", "Production"]`; empty when not known.
 */
export function membership(charter: Charter, accountParents: (account: string) => readonly string[]): Membership {
  const find = ownerFinder(partsOf(charter), accountParents);
  const owners = new WeakMap<Entity, Owner | null>();
  // Every entity is asked about more than once, by the planes, the engine and the checks.
  const ownerOf = (entity: Entity): Owner | undefined => {
    let owner = owners.get(entity);
    if (owner === undefined) owners.set(entity, (owner = find(entity) ?? null));
    return owner ?? undefined;
  };
  const named = (entity: Entity, kind: Owner["kind"]): string | undefined => {
    const owner = ownerOf(entity);
    return owner?.kind === kind ? owner.name : undefined;
  };
  const grades = new Map(charter.environments.map((environment) => [environment.name, gradeOf(environment)]));
  return {
    environmentOf: (entity) => named(entity, "environment"),
    sharedServiceOf: (entity) => named(entity, "shared service"),
    gradeOf: (environment) => grades.get(environment),
  };
}

type Find = (entity: Entity) => Owner | undefined;

function ownerFinder(parts: readonly Part[], accountParents: (account: string) => readonly string[]): Find {
  const byLevel = Map.groupBy(parts, (part) => part.level);
  const names = (level: Level): Lookup => lookup(byLevel.get(level) ?? []);
  const entities = names("entity");
  const arns = names("arn");
  const githubEnvironments = remembered(githubEnvironmentLookup(byLevel.get("github-environment") ?? []));
  const projectEnvironments = remembered(githubEnvironmentLookup(byLevel.get("project-environment") ?? []));
  const databases = remembered(names("database"));
  const namespaces = remembered(namespaceLookup(byLevel.get("namespace") ?? []));
  const clusters = new Map((byLevel.get("cluster") ?? []).map((part) => [part.scope, part.owner]));
  const hosts = remembered(names("host"));
  const accounts = remembered(accountLookup(byLevel.get("account") ?? [], byLevel.get("organizational-unit") ?? [], accountParents));
  const repositories = remembered(names("repository"));
  const projects = remembered(names("project"));
  const rangesOf = rangeLookup(byLevel.get("cidr") ?? []);
  const vlans = names("vlan");

  return (entity) => {
    const { place, id } = entity;
    const cluster = place.cluster ?? clusterOfId(id);
    const namespace = place.namespace ?? namespaceOfId(id);
    return (
      entities(id) ??
      (place.repository && place.githubEnvironment !== undefined
        ? githubEnvironments(`${folded(place.repository)}\n${folded(place.githubEnvironment)}`)
        : undefined) ??
      (place.project !== undefined && place.projectEnvironment !== undefined
        ? projectEnvironments(`${place.project}\n${place.projectEnvironment}`)
        : undefined) ??
      (place.database !== undefined ? databases(place.database) : undefined) ??
      (cluster !== undefined && namespace !== undefined ? namespaces(`${cluster}\n${namespace}`) : undefined) ??
      (cluster !== undefined ? clusters.get(cluster) : undefined) ??
      (id.startsWith("arn:") ? arns(id) : undefined) ??
      (place.host !== undefined ? hosts(place.host) : undefined) ??
      (place.awsAccount !== undefined ? accounts(place.awsAccount) : undefined) ??
      (place.repository !== undefined ? repositories(folded(place.repository)) : undefined) ??
      (place.project !== undefined ? projects(place.project) : undefined) ??
      (place.network ? (rangesOf(place.network.cidrs) ?? vlans(String(place.network.vlan ?? ""))) : undefined)
    );
  };
}

type Lookup = (name: string) => Owner | undefined;

// Places repeat: thousands of entities stand in one namespace, account or repository.
function remembered(find: Lookup): Lookup {
  const known = new Map<string, Owner | undefined>();
  return (name) => {
    if (known.has(name)) return known.get(name);
    const owner = find(name);
    known.set(name, owner);
    return owner;
  };
}

// Written names by a map; patterns after, tried only where their text before the first wildcard fits.
function lookup(parts: readonly Part[]): Lookup {
  const literals = new Map<string, Owner>();
  const patterns: { readonly prefix: string; readonly part: Part }[] = [];
  for (const part of parts) {
    if (isPattern(part.name)) patterns.push({ prefix: part.name.slice(0, part.name.search(/[*?]/)), part });
    else if (!isExcluded(part, part.name)) literals.set(part.name, part.owner);
  }
  return (name) => {
    const owner = literals.get(name);
    if (owner) return owner;
    for (const { prefix, part } of patterns)
      if (name.startsWith(prefix) && globMatches(part.name, name) && !isExcluded(part, name)) return part.owner;
    return undefined;
  };
}

const isExcluded = (part: Part, name: string): boolean => part.not.some((not) => globMatches(not, name));

/** The owner whose ranges hold all of these; boundaries do not overlap, so there is at most one. */
function rangeLookup(parts: readonly Part[]): (cidrs: readonly string[]) => Owner | undefined {
  const held = parts.map(({ name, owner }) => ({ range: rangeOf(name), owner }));
  return (cidrs) => {
    const owners = cidrs.map((cidr) => {
      const { version, first, last } = rangeOf(cidr);
      return held.find(({ range }) => range.version === version && range.first <= first && last <= range.last)?.owner;
    });
    return owners.every((owner) => owner?.kind === owners[0]?.kind && owner?.name === owners[0]?.name) ? owners[0] : undefined;
  };
}

function namespaceLookup(parts: readonly Part[]): Lookup {
  const byCluster = new Map([...Map.groupBy(parts, (part) => part.scope)].map(([cluster, own]) => [cluster, lookup(own)]));
  return (key) => {
    const [cluster = "", namespace = ""] = key.split("\n");
    return byCluster.get(cluster)?.(namespace);
  };
}

function githubEnvironmentLookup(parts: readonly Part[]): Lookup {
  const literals = new Map<string, Owner>();
  const patterns: Part[] = [];
  for (const part of parts) {
    if (isPattern(part.name) || isPattern(part.scope)) patterns.push(part);
    else literals.set(`${part.scope}\n${part.name}`, part.owner);
  }
  return (key) => {
    const owner = literals.get(key);
    if (owner) return owner;
    const [repository = "", name = ""] = key.split("\n");
    return patterns.find((part) => globMatches(part.scope, repository) && globMatches(part.name, name))?.owner;
  };
}

function accountLookup(accounts: readonly Part[], units: readonly Part[], parents: (account: string) => readonly string[]): Lookup {
  const byAccount = new Map(accounts.map((part) => [part.name, part.owner]));
  const byUnit = new Map(units.map((part) => [part.name, part.owner]));
  return (account) => {
    const own = byAccount.get(account);
    if (own || byUnit.size === 0) return own;
    const names = parents(account);
    for (let length = names.length; length > 0; length--) {
      const owner = byUnit.get(names.slice(0, length).join("/"));
      if (owner) return owner;
    }
    return undefined;
  };
}

// `k8s:CLUSTER` and `k8s:CLUSTER/NAMESPACE/KIND.GROUP/NAME`. A place that leaves them out is completed from the id, which says the same.
const clusterOfId = (id: string): string | undefined => (id.startsWith("k8s:") ? id.slice(4).split("/", 1)[0] : undefined);

function namespaceOfId(id: string): string | undefined {
  if (!id.startsWith("k8s:")) return undefined;
  const [, namespace, kind, name] = id.split("/");
  if (namespace !== undefined && namespace !== "-") return namespace;
  return kind === "Namespace" ? name : undefined;
}
