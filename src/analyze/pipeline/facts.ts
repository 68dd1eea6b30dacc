// What was read of each repository, gathered from the observations: the one place where this plane decides what is known and what is not.
import type { Gap } from "../../model/gap.ts";
import type {
  GithubActionsSettings,
  GithubBranch,
  GithubBranchRule,
  GithubCodeOwners,
  GithubEnvironment,
  GithubObservation,
  GithubRepository,
  GithubSecret,
  GithubWorkflow,
} from "../../model/observations/github.ts";
import type { ObservationOf } from "../../model/observation.ts";
import type { Source } from "../../model/source.ts";
import { trackedBranches } from "../gitops/tracked-branches.ts";
import type { PlaneInput } from "../plane.ts";
import { type Access, type Directory, readAccess, readDirectory } from "./access.ts";
import { organizationOf, repositoryId, repositoryOfId } from "./ids.ts";

/** Topics of gaps that this plane turns into may-rules. A gap of any other topic stays untaken and concerns everything. */
export const TOPICS = [
  "github/access",
  "github/actions-settings",
  "github/app-installation",
  "github/branch-protection",
  "github/deployment",
  "github/environment",
  "github/environment-branch-policies",
  "github/member",
  "github/oidc",
  "github/organization",
  "github/repository",
  "github/ruleset",
  "github/ruleset-bypass",
  "github/runner",
  "github/runner-group",
  "github/secret",
  "github/team",
  "github/variable",
  "github/workflow",
] as const;
export type Topic = (typeof TOPICS)[number];

export interface RepositoryFacts {
  /** `ORG/REPO`. */
  readonly name: string;
  readonly id: string;
  readonly organization: string;
  readonly source: Source;
  readonly observed?: GithubRepository;
  readonly defaultBranch?: string;
  readonly access: Access;
  readonly settings?: GithubActionsSettings;
  readonly canApprovePullRequests?: boolean;
  readonly environments: readonly GithubEnvironment[];
  readonly environmentsListed: boolean;
  readonly rules: readonly GithubBranchRule[];
  readonly rulesetsListed: boolean;
  readonly branches: readonly GithubBranch[];
  /** Absent: not read. */
  readonly codeOwners?: GithubCodeOwners;
  readonly secrets: readonly GithubSecret[];
  readonly workflows: readonly GithubWorkflow[];
  /** Branches that a controller in a cluster deploys from. */
  readonly deployedBranches: readonly string[];
  /** Whether the charter declares that this kind of input does not exist. */
  readonly isAbsent: (topic: Topic) => boolean;
  /** Gaps about this repository or a part of it, by topic. */
  readonly gaps: (topic: Topic, subject?: string) => readonly Gap[];
}

export interface Pipeline {
  readonly input: PlaneInput;
  readonly directory: Directory;
  readonly repositories: readonly RepositoryFacts[];
  readonly repository: (name: string) => RepositoryFacts | undefined;
  readonly gaps: readonly Gap[];
}

const namesOf = (input: PlaneInput): ReadonlyMap<string, Source> => {
  const names = new Map<string, Source>();
  const add = (name: string | undefined, source: Source): void => {
    if (name !== undefined && !names.has(name)) names.set(name, source);
  };
  const { observations } = input;
  for (const one of observations("github/repository")) add(one.repository, one.source);
  for (const one of observations("github/workflow")) add(one.repository, one.source);
  for (const one of observations("github/environment")) add(one.repository, one.source);
  for (const one of observations("github/branch-rule")) add(one.repository, one.source);
  for (const one of observations("github/branch")) add(one.repository, one.source);
  for (const one of observations("github/repository-access")) add(one.repository, one.source);
  for (const one of observations("github/actions-settings")) add(one.repository, one.source);
  for (const one of observations("github/secret")) add(one.repository, one.source);
  for (const one of observations("github/oidc-subject")) add(one.repository, one.source);
  for (const one of observations("github/runner")) if (one.scope.includes("/")) add(one.scope, one.source);
  for (const gap of input.gaps)
    if (gap.topic.startsWith("github/")) add(repositoryOfId(gap.subject), gap.source ?? { file: "bulkhead.yaml" });
  for (const environment of input.charter.environments)
    for (const one of environment.boundary.github?.environments ?? [])
      if (!one.repository.includes("*")) add(one.repository, { file: "bulkhead.yaml", pointer: "/environments" });
  return names;
};

/**
 * A gap concerns what its subject names and everything below it: `github:acme` concerns all of acme's repositories, `github:acme/shop` its branches
 * and environments. Subjects may be written without the system's prefix.
 */
function concerns(gap: Gap, subject: string): boolean {
  const named = gap.subject.startsWith("github:") ? gap.subject : `github:${gap.subject}`;
  return subject === named || subject.startsWith(`${named}#`) || subject.startsWith(`${named}/`);
}

const parts = (gap: Gap, repository: string): boolean => concerns(gap, repository) || repositoryOfId(gap.subject) === repository.slice(7);

/** Observations of a kind that one repository has, each list gathered once. */
type ByRepository = <K extends RepositoryKind>(kind: K, name: string) => readonly ObservationOf<K>[];

type RepositoryKind = Extract<GithubObservation, { readonly repository?: string }>["kind"];

function byRepository(input: PlaneInput): ByRepository {
  const gathered = new Map<string, ReadonlyMap<string | undefined, readonly { readonly repository?: string }[]>>();
  return <K extends RepositoryKind>(kind: K, name: string) => {
    const groups =
      gathered.get(kind) ?? Map.groupBy(input.observations(kind) as readonly { readonly repository?: string }[], (one) => one.repository);
    gathered.set(kind, groups);
    return (groups.get(name) ?? []) as unknown as readonly ObservationOf<K>[];
  };
}

function answered(input: PlaneInput, repository: string, what: RegExp): boolean {
  const subjects = new Set([repository, repositoryId(repository)]);
  return input.observations("github/answered").some((answer) => subjects.has(answer.subject) && what.test(answer.what));
}

/** Which organization secrets reach the repository is decided where they are read; here stand the repository's and its environments' own. */
function factsOf(input: PlaneInput, directory: Directory, of: ByRepository, name: string, source: Source): RepositoryFacts {
  const id = repositoryId(name);
  const observed = of("github/repository", name)[0];
  const settings = of("github/actions-settings", name)[0];
  const shared = input.observations("github/organization-actions-settings").find((one) => one.organization === organizationOf(name));
  const absent = (topic: Topic): boolean => Object.hasOwn(input.charter.absent, topic);
  // "If disabled at the organization, it cannot be enabled for a repository" (Docs, "Managing GitHub Actions settings for a repository").
  const off = shared?.canApprovePullRequests === false || absent("github/actions-settings");
  const canApprove = settings?.canApprovePullRequests ?? (off ? false : undefined);
  const environments = of("github/environment", name);
  // GitHub takes the first of .github/, the root and docs/, and so does the order of letters.
  const codeOwners = of("github/code-owners", name).toSorted((a, b) => ((a.path ?? "~") < (b.path ?? "~") ? -1 : 1))[0];
  const gaps = input.gaps.filter((gap) => gap.topic.startsWith("github/") && parts(gap, id));
  return {
    name,
    id,
    organization: organizationOf(name),
    source: observed?.source ?? source,
    ...(observed && { observed, defaultBranch: observed.defaultBranch }),
    access: readAccess(input, directory, name, of("github/repository-access", name)),
    ...(settings && { settings }),
    ...(canApprove !== undefined && { canApprovePullRequests: canApprove }),
    environments,
    environmentsListed:
      absent("github/environment") ||
      (!gaps.some((gap) => gap.topic === "github/environment" && concerns(gap, id)) &&
        (environments.length > 0 || answered(input, name, /environments?$/))),
    rules: of("github/branch-rule", name),
    rulesetsListed:
      absent("github/ruleset") ||
      of("github/branch-rule", name).some((rule) => rule.origin === "ruleset") ||
      answered(input, name, /ruleset|rules/),
    branches: of("github/branch", name),
    ...(codeOwners && { codeOwners }),
    secrets: of("github/secret", name),
    workflows: of("github/workflow", name),
    deployedBranches: [...(trackedBranches(input).get(name.toLowerCase()) ?? [])],
    isAbsent: absent,
    gaps: (topic, subject) => gaps.filter((gap) => gap.topic === topic && (subject === undefined || concerns(gap, subject))),
  };
}

export function readPipeline(input: PlaneInput): Pipeline {
  const directory = readDirectory(input);
  const of = byRepository(input);
  const repositories = [...namesOf(input)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, source]) => factsOf(input, directory, of, name, source));
  const byName = new Map(repositories.map((repository) => [repository.name, repository]));
  return {
    input,
    directory,
    repositories,
    repository: (name) => byName.get(name),
    gaps: input.gaps.filter((gap) => gap.topic.startsWith("github/")),
  };
}

/** GitHub runs workflows of a repository unless Actions is switched off or the repository is archived. */
export const runsWorkflows = (repository: RepositoryFacts): boolean =>
  repository.settings?.enabled !== false && repository.observed?.archived !== true;

/** Actions is on by default; a workflow that was read shows that it is used. */
export const runsForCertain = (repository: RepositoryFacts): boolean =>
  repository.settings?.enabled === true || repository.workflows.length > 0 || repository.isAbsent("github/actions-settings");
