// A charter's boundaries laid out as parts, one a written name or pattern: what overlap tests, grades and membership all go through.
import type { Path } from "./problem.ts";
import type { Boundary, Charter } from "./schema.ts";

export interface Owner {
  readonly kind: "environment" | "shared service";
  readonly name: string;
}

/**
 * The levels of a boundary, from the most specific to the least: an entity belongs to the owner of the first level that names it.
 * Azure parts decide no membership yet, since a Place does not hold them; they are still tested for overlap.
 */
export const LEVELS = [
  "entity",
  "github-environment",
  "project-environment",
  "database",
  "namespace",
  "cluster",
  "arn",
  "host",
  "account",
  "organizational-unit",
  "repository",
  "project",
  "subscription",
  "management-group",
  "cidr",
  "vlan",
] as const;

export type Level = (typeof LEVELS)[number];

export interface Part {
  readonly owner: Owner;
  readonly level: Level;
  /** What the name is a name in: the cluster of a namespace, the repository pattern of a GitHub environment; empty otherwise. */
  readonly scope: string;
  readonly name: string;
  readonly not: readonly string[];
  readonly path: Path;
}

/** Names of GitHub in the form in which they are compared: its repositories and environments take no account of letter case. */
export const folded = (name: string): string => name.toLowerCase();

export const isPattern = (text: string): boolean => /[*?]/.test(text);

/** Every part of every boundary, environments first, in the order of the charter. */
export function partsOf(charter: Charter): readonly Part[] {
  return [
    ...charter.environments.flatMap((e, i) =>
      boundaryParts(e.boundary, { kind: "environment", name: e.name }, ["environments", i, "boundary"]),
    ),
    ...charter.shared.flatMap((s, i) => boundaryParts(s.boundary, { kind: "shared service", name: s.name }, ["shared", i, "boundary"])),
  ];
}

export function boundaryParts(boundary: Boundary, owner: Owner, base: Path): readonly Part[] {
  const list = (level: Level, names: readonly (string | number)[] | undefined, ...keys: readonly string[]): Part[] =>
    (names ?? []).map((name, i) => ({ owner, level, scope: "", name: String(name), not: [], path: [...base, ...keys, i] }));
  return [
    ...list("account", boundary.aws?.accounts, "aws", "accounts"),
    ...list("organizational-unit", boundary.aws?.organizationalUnits, "aws", "organizationalUnits"),
    ...list("arn", boundary.aws?.arns, "aws", "arns"),
    ...(boundary.kubernetes ?? []).flatMap((cluster, i) => clusterParts(cluster, owner, [...base, "kubernetes", i])),
    ...list("repository", boundary.github?.repositories?.map(folded), "github", "repositories"),
    ...(boundary.github?.environments ?? []).map(({ repository, name }, i): Part => ({
      owner,
      level: "github-environment",
      scope: folded(repository),
      name: folded(name),
      not: [],
      path: [...base, "github", "environments", i],
    })),
    ...list("project", boundary.pipelines?.projects, "pipelines", "projects"),
    ...(boundary.pipelines?.environments ?? []).map(({ project, name }, i): Part => ({
      owner,
      level: "project-environment",
      scope: project,
      name,
      not: [],
      path: [...base, "pipelines", "environments", i],
    })),
    ...list("subscription", boundary.azure?.subscriptions, "azure", "subscriptions"),
    ...list("management-group", boundary.azure?.managementGroups, "azure", "managementGroups"),
    ...list("cidr", boundary.cidrs, "cidrs"),
    ...list("vlan", boundary.vlans, "vlans"),
    ...list("host", boundary.hosts, "hosts"),
    ...list("database", boundary.databases, "databases"),
    ...list("entity", boundary.entities, "entities"),
  ];
}

type ClusterBoundary = NonNullable<Boundary["kubernetes"]>[number];

// `*` without exceptions is the whole cluster, with its cluster-scoped objects; anything else is namespaces of it.
function clusterParts({ cluster, namespaces, not }: ClusterBoundary, owner: Owner, path: Path): readonly Part[] {
  if (namespaces.includes("*") && not.length === 0) return [{ owner, level: "cluster", scope: cluster, name: "*", not, path }];
  return namespaces.map((name, i) => ({ owner, level: "namespace", scope: cluster, name, not, path: [...path, "namespaces", i] }));
}
