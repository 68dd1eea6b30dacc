// Findings by cause: one bad setting that opens forty ways is one thing to mend, and somebody owns it.
import type { Estate } from "../analyze/estate.ts";
import { organizationOf, repositoryOfId } from "../analyze/pipeline/ids.ts";
import type { CheckResult, Finding, Group } from "../findings/result.ts";
import type { GithubPermission } from "../model/observations/github.ts";

/** A change that mends several, before the grant by which a single one crosses. Sorted findings in, groups in the order of their first out. */
export function groupsOf(estate: Estate, findings: readonly Finding[], cut: CheckResult["cut"]): Group[] {
  const groupOf = new Map<string, string>();
  const causes = new Map<string, Omit<Group, "id" | "findings" | "people">>();
  // The change that mends most comes first: what it mends needs no other.
  for (const change of (cut?.changes ?? []).toSorted((a, b) => b.closes.length - a.closes.length)) {
    causes.set(change.grant, {
      cause: change.label,
      grant: change.grant,
      instruction: change.instruction,
      ...(change.source && { source: change.source }),
    });
    for (const id of change.closes) if (!groupOf.has(id)) groupOf.set(id, change.grant);
  }
  // A gate that has no guard is mended where the settings of its environment are.
  const ownerOfCause = new Map([...causes.keys()].map((grant) => [withoutHash(grant), grant]));
  for (const finding of findings) {
    if (groupOf.has(finding.id)) continue;
    const cause = finding.cause === undefined ? undefined : groupOf.get(finding.cause);
    const about = finding.path.length === 0 ? ownerOfCause.get(finding.from) : undefined;
    groupOf.set(finding.id, cause ?? about ?? finding.grant ?? finding.id);
  }
  const members = Map.groupBy(findings, ({ id }) => groupOf.get(id) as string);
  return [...members].map(([key, own]) => {
    const first = own[0] as Finding;
    const known = causes.get(key);
    const owner = ownerOf(estate, first, known?.grant ?? first.grant);
    return {
      id: first.id,
      cause: known?.cause ?? first.summary,
      ...(first.grant !== undefined && { grant: first.grant }),
      ...(first.cut[0] !== undefined && { instruction: first.cut[0] }),
      ...(first.source && { source: first.source }),
      ...known,
      findings: own.map(({ id }) => id),
      people: [...new Set(own.flatMap(({ people }) => people))].toSorted(),
      ...(owner && { owner }),
    };
  });
}

/** The owner of a grant, whose id is the owner's and the hash of what it holds (model/rule.ts). */
const withoutHash = (grant: string): string => grant.replace(/#[0-9a-f]{16}$/, "");

/** The team with most access to the repository that holds the cause, else whoever the charter says owns the environment it stands in or opens. */
function ownerOf(estate: Estate, finding: Finding, grant: string | undefined): Group["owner"] {
  const entity = grant === undefined ? finding.from : withoutHash(grant);
  const repository = repositoryOfId(entity);
  const team = repository === undefined ? undefined : teamOf(estate, repository);
  if (team) return team;
  const environment = estate.environmentOf(entity) ?? finding.toEnvironment ?? finding.fromEnvironment;
  const declared = estate.charter.environments.find(({ name }) => name === environment);
  return declared && { who: declared.owner, by: `the charter's owner of ${declared.name}` };
}

const RANK: readonly GithubPermission[] = ["admin", "maintain", "write"];

/** Two teams with the same access own it together: neither is named alone. */
function teamOf({ observations }: Estate, repository: string): Group["owner"] {
  const granted = observations("github/repository-access").filter((access) => access.repository.toLowerCase() === repository.toLowerCase());
  for (const permission of RANK) {
    const teams = granted.flatMap(({ to, permission: has }) => ("team" in to && has === permission ? [to.team] : []));
    if (teams.length === 0) continue;
    const names = [...new Set(teams.map((name) => name.slice(name.lastIndexOf("/") + 1)))].toSorted();
    const who = names.map((name) => `team ${name} of ${organizationOf(repository)}`).join(" and ");
    return { who, by: `${permission} access to ${repository}` };
  }
  return undefined;
}
