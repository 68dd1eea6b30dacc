// Boundaries that claim the same thing: an account, a namespace, a repository, a range that would fall in two environments.
import { globMatches, globsIntersect } from "../lib/glob.ts";
import { compareRanges, type Range, rangeOf, rangesOverlap } from "./cidr.ts";
import { commonName } from "./common-name.ts";
import { isPattern, type Level, type Owner, type Part } from "./parts.ts";
import { type Path, quoted } from "./problem.ts";

export interface Overlap {
  readonly path: Path;
  readonly message: string;
  readonly remedy: string;
}

const NOUNS: Readonly<Record<Level, string>> = {
  entity: "entity id",
  "github-environment": "GitHub environment",
  database: "database",
  namespace: "namespace",
  cluster: "cluster",
  arn: "ARN",
  host: "host",
  account: "account",
  "organizational-unit": "organizational unit",
  repository: "repository",
  project: "project",
  "project-environment": "environment of a project",
  subscription: "subscription",
  "management-group": "management group",
  cidr: "range",
  vlan: "VLAN",
};

/**
 * Two owners may meet on different levels (an account and an organizational unit above it): the more specific level decides, as membership.ts
 * documents. On one level nothing decides, so an overlap there is a problem. One exception crosses levels: a namespace of one environment
 * inside a cluster that another takes whole, since the cluster's own objects would then rule over both.
 */
export function overlaps(parts: readonly Part[]): readonly Overlap[] {
  const byLevel = Map.groupBy(parts, (part) => part.level);
  const of = (level: Level): readonly Part[] => byLevel.get(level) ?? [];
  return [
    ...(["account", "subscription", "management-group", "vlan"] as const).flatMap((level) => sameNames(of(level))),
    ...nestedUnits(of("organizational-unit")),
    ...(
      ["arn", "repository", "host", "database", "entity", "namespace", "github-environment", "project", "project-environment"] as const
    ).flatMap((level) => sharedNames(of(level))),
    ...wholeClusters(of("cluster"), of("namespace")),
    ...ranges(of("cidr")),
  ];
}

const isSame = (a: Owner, b: Owner): boolean => a.kind === b.kind && a.name === b.name;

const called = (owner: Owner): string => (owner.kind === "environment" ? owner.name : `the shared service ${owner.name}`);

const ONE_OWNER = "Give it to one of them, or declare it as a shared service.";

// Only the second and later claim of a name is a problem; the first stands.
function sameNames(parts: readonly Part[]): readonly Overlap[] {
  const first = new Map<string, Part>();
  const found: Overlap[] = [];
  for (const part of parts) {
    const key = `${part.scope}\n${part.name}`;
    const other = first.get(key);
    if (!other) first.set(key, part);
    else if (!isSame(other.owner, part.owner))
      found.push({
        path: part.path,
        message: `${NOUNS[part.level]} ${quoted(part.name)} already belongs to ${called(other.owner)}`,
        remedy: ONE_OWNER,
      });
  }
  return found;
}

function nestedUnits(parts: readonly Part[]): readonly Overlap[] {
  const byName = new Map(parts.map((part) => [part.name, part]));
  const found = [...sameNames(parts)];
  for (const part of parts) {
    const names = part.name.split("/");
    for (let length = names.length - 1; length > 0; length--) {
      const above = byName.get(names.slice(0, length).join("/"));
      if (above && !isSame(above.owner, part.owner))
        found.push({
          path: part.path,
          message: `organizational unit ${quoted(part.name)} lies in ${quoted(above.name)}, which belongs to ${called(above.owner)}`,
          remedy: `Name the units of ${called(above.owner)} one by one, beside this one.`,
        });
    }
  }
  return found;
}

// Each pattern is compared with every other, so a hostile charter of many patterns would hold the reader up for hours.
const PATTERNS = 1_000;

// Names against names by a map; each pattern then against the names and patterns of other owners.
function sharedNames(parts: readonly Part[]): readonly Overlap[] {
  const isWild = (part: Part): boolean => isPattern(part.name) || isPattern(part.scope);
  const literals = parts.filter((part) => !isWild(part) && !isExcluded(part, part.name));
  const patterns = parts.filter(isWild);
  const surplus = patterns[PATTERNS];
  if (surplus)
    return [
      {
        path: surplus.path,
        message: `more than ${PATTERNS} patterns of one kind (${NOUNS[surplus.level]}), too many to compare`,
        remedy: "Write names in full, or merge patterns.",
      },
    ];
  return [
    ...sameNames(literals),
    ...patterns.flatMap((pattern) => matchedNames(pattern, literals)),
    ...patterns.flatMap((pattern, i) => patterns.slice(0, i).flatMap((earlier) => meetingPatterns(pattern, earlier))),
  ];
}

const isExcluded = (part: Part, name: string): boolean => part.not.some((not) => globMatches(not, name));

const inScope = (part: Part, name: string): string =>
  part.level === "github-environment" || part.level === "project-environment" ? `${part.scope} ${name}` : name;

function matchedNames(pattern: Part, literals: readonly Part[]): readonly Overlap[] {
  const byOwner = new Map<string, Part[]>();
  for (const literal of literals) {
    if (isSame(literal.owner, pattern.owner) || !globMatches(pattern.scope, literal.scope)) continue;
    if (!globMatches(pattern.name, literal.name) || isExcluded(pattern, literal.name)) continue;
    const list = byOwner.get(called(literal.owner));
    if (list) list.push(literal);
    else byOwner.set(called(literal.owner), [literal]);
  }
  return [...byOwner].map(([owner, matched]) => {
    const names = matched.map((part) => part.name);
    const more = names.length > 1 ? ` and ${names.length - 1} more of ${owner}` : `, which belongs to ${owner}`;
    return {
      path: pattern.path,
      message: `${NOUNS[pattern.level]} pattern ${quoted(inScope(pattern, pattern.name))} also matches ${quoted(names[0] ?? "")}${more}`,
      remedy: narrower(pattern, names.length > 5 ? [...names.slice(0, 5), "…"] : names),
    };
  });
}

const narrower = (pattern: Part, names: readonly string[]): string =>
  pattern.level === "namespace"
    ? `Write the names in full, or exclude ${names.length === 1 ? "it" : "them"}:  not: [${names.join(", ")}]`
    : "Write the names in full, or narrow the pattern.";

function meetingPatterns(pattern: Part, earlier: Part): readonly Overlap[] {
  if (isSame(pattern.owner, earlier.owner)) return [];
  // Clusters are literal, repositories of GitHub environments may be patterns.
  if (!globsIntersect(pattern.scope, earlier.scope)) return [];
  const common = commonName({ pattern: pattern.name, not: pattern.not }, { pattern: earlier.name, not: earlier.not });
  if (common.kind === "none") return [];
  const example = common.kind === "shared" ? `, such as ${quoted(common.example)}` : "";
  return [
    {
      path: pattern.path,
      message: `${NOUNS[pattern.level]} pattern ${quoted(inScope(pattern, pattern.name))} and ${quoted(inScope(earlier, earlier.name))} of ${called(earlier.owner)} match the same names${example}`,
      remedy:
        pattern.level === "namespace"
          ? "Write the names in full, or exclude by  not:  what belongs to the other."
          : "Write the names in full, or narrow one of the patterns.",
    },
  ];
}

function wholeClusters(clusters: readonly Part[], namespaces: readonly Part[]): readonly Overlap[] {
  const found: Overlap[] = [];
  const first = new Map<string, Part>();
  for (const part of clusters) {
    const other = first.get(part.scope);
    if (!other) first.set(part.scope, part);
    else if (!isSame(other.owner, part.owner))
      found.push({
        path: part.path,
        message: `cluster ${quoted(part.scope)} already belongs to ${called(other.owner)}`,
        remedy: `Name the namespaces of each:  namespaces: [...]`,
      });
  }
  for (const part of namespaces) {
    const whole = first.get(part.scope);
    // A shared service may live in a cluster that an environment has to itself.
    if (!whole || isSame(whole.owner, part.owner) || part.owner.kind !== "environment" || whole.owner.kind !== "environment") continue;
    found.push({
      path: whole.path,
      message: `${called(whole.owner)} takes all of cluster ${quoted(whole.scope)}, and ${quoted(part.name)} of it belongs to ${called(part.owner)}`,
      remedy: `Write the names in full, or exclude it:  not: [${part.name}]`,
    });
  }
  return found;
}

// Two ranges in CIDR notation are apart or one holds the other, so in the order of their first address the ranges around one form a stack.
function ranges(parts: readonly Part[]): readonly Overlap[] {
  const found: Overlap[] = [];
  const around: { readonly part: Part; readonly range: Range }[] = [];
  const sorted = parts
    .filter((part) => part.owner.kind === "environment")
    .map((part) => ({ part, range: rangeOf(part.name) }))
    .sort((a, b) => compareRanges(a.range, b.range));
  for (const each of sorted) {
    while (around.length > 0 && !rangesOverlap((around.at(-1) as typeof each).range, each.range)) around.pop();
    const outer = around.findLast((other) => !isSame(other.part.owner, each.part.owner));
    if (outer)
      found.push({
        path: each.part.path,
        message: `range ${quoted(each.part.name)} overlaps ${quoted(outer.part.name)}, which belongs to ${called(outer.part.owner)}`,
        remedy: "Write ranges that do not overlap.",
      });
    around.push(each);
  }
  return found;
}
