// What was read of each GitLab project: the one place where this reader decides what is known and what is not.
import { type Gap, gapId } from "../../../model/gap.ts";
import type {
  GitlabApprovalRule,
  GitlabApprovalSettings,
  GitlabGrantee,
  GitlabMember,
  GitlabPipeline,
  GitlabProject,
  GitlabProtectedBranch,
  GitlabProtectedEnvironment,
  GitlabProtectedTag,
  GitlabVariable,
} from "../../../model/observations/gitlab.ts";
import type { Source } from "../../../model/source.ts";
import type { PlaneInput } from "../../plane.ts";
import { type Actor, distinct } from "../actors.ts";
import { deployKeyId, projectId, userId } from "./ids.ts";

/** Topics whose gaps this reader turns into may-rules. */
export const TOPICS: readonly string[] =
  "member protected-branch protected-tag protected-environment environment approval deployment pipeline include"
    .split(" ")
    .map((topic) => `gitlab/${topic}`);

/** Levels of roles (Docs, "Members API", roles). */
export const DEVELOPER = 30;
export const MAINTAINER = 40;

export interface ProjectFacts {
  readonly name: string;
  readonly id: string;
  readonly source: Source;
  readonly observed?: GitlabProject;
  readonly defaultBranch: string | undefined;
  readonly members: readonly (Actor & { readonly level: number; readonly number: number })[];
  /** Everyone whom the estate or the charter names: who an unread list could hold. */
  readonly everyone: readonly Actor[];
  readonly branches: readonly GitlabProtectedBranch[];
  readonly tags: readonly GitlabProtectedTag[];
  readonly protectedEnvironments: readonly GitlabProtectedEnvironment[];
  /** Of the groups above it: their names are deployment tiers. */
  readonly protectedTiers: readonly GitlabProtectedEnvironment[];
  readonly environmentNames: readonly { readonly name: string; readonly tier?: string; readonly source: Source }[];
  readonly approvalRules: readonly GitlabApprovalRule[];
  readonly approvalSettings?: GitlabApprovalSettings;
  readonly variables: readonly GitlabVariable[];
  readonly keys: readonly Actor[];
  readonly pipeline?: GitlabPipeline;
  /** Why the answer to a question is not known; undefined: it was answered, or the charter says that there is nothing. */
  readonly unknown: (topic: string) => string | undefined;
  /** Gaps that only show here: nobody asked. */
  readonly unasked: readonly Gap[];
  readonly gaps: readonly Gap[];
}

/** What each topic's question is called where it was answered. */
const QUESTIONS: Readonly<Record<string, { readonly what: string; readonly words: string; readonly clauses: readonly string[] }>> = {
  "gitlab/member": { what: "members", words: "who has access to", clauses: ["A1", "A6"] },
  "gitlab/protected-branch": { what: "protected branches", words: "protected branches of", clauses: ["A1", "A6", "P2"] },
  "gitlab/protected-tag": { what: "protected tags", words: "protected tags of", clauses: ["A1", "P2"] },
  "gitlab/protected-environment": { what: "protected environments", words: "protected environments of", clauses: ["A1", "A6", "P2"] },
  "gitlab/variable": { what: "variables", words: "variables of", clauses: ["A1", "B5"] },
  "gitlab/runner": { what: "runners", words: "runners of", clauses: ["A1"] },
  "gitlab/approval": { what: "approval rules", words: "approval rules of", clauses: ["A6", "P2"] },
};

function namesOf(input: PlaneInput): ReadonlyMap<string, Source> {
  const names = new Map<string, Source>();
  const add = (name: string, source: Source): void => void (names.has(name) || names.set(name, source));
  const { observations } = input;
  for (const one of observations("gitlab/project")) add(one.project, one.source);
  for (const one of observations("gitlab/pipeline")) add(one.project, one.source);
  for (const one of observations("gitlab/protected-branch")) add(one.project, one.source);
  for (const one of observations("gitlab/protected-environment")) if (!one.ofGroup) add(one.project, one.source);
  for (const gap of input.gaps) {
    const project = gap.topic === "gitlab/pipeline" ? /^gitlab:(.+?)\/\.gitlab-ci\.yml$/.exec(gap.subject)?.[1] : undefined;
    if (project !== undefined) add(project, gap.source ?? { file: "bulkhead.yaml" });
  }
  for (const { boundary } of input.charter.environments)
    for (const id of [...(boundary.pipelines?.projects ?? []), ...(boundary.pipelines?.environments ?? []).map(({ project }) => project)])
      if (id.startsWith("gitlab:") && !id.includes("*"))
        add(id.slice("gitlab:".length), { file: "bulkhead.yaml", pointer: "/environments" });
  return names;
}

const accountOf = ({ username, bot, source }: GitlabMember): Actor => ({
  id: userId(username),
  kind: bot ? "principal" : "account",
  label: `@${username}`,
  source,
});

const unsure = (actors: readonly Actor[], because: string): readonly Actor[] => actors.map((actor) => ({ ...actor, because }));

/** Members of the project are those of its groups too: "members/all" has both, and a group's own list adds them where that was not asked. */
const isAbove = (group: string, project: string): boolean => project === group || project.startsWith(`${group}/`);

function factsOf(input: PlaneInput, name: string, source: Source): ProjectFacts {
  const { observations, charter } = input;
  const id = projectId(name);
  const own = <T extends { readonly project: string }>(all: readonly T[]): readonly T[] => all.filter((one) => one.project === name);
  const observed = observations("gitlab/project").find((one) => one.project === name);
  const gaps = input.gaps.filter(
    (gap) =>
      gap.topic.startsWith("gitlab/") && (gap.subject === id || gap.subject.startsWith(`${id}/`) || gap.subject.startsWith(`${id}#`)),
  );
  const answered = (what: string): boolean => observations("gitlab/answered").some((one) => one.what === what && one.of === name);
  const unknown = (topic: string): string | undefined => {
    if (Object.hasOwn(charter.absent, topic)) return undefined;
    const gap = gaps.find((one) => one.topic === topic);
    if (gap !== undefined) return gapId(gap);
    const question = QUESTIONS[topic];
    return question === undefined || answered(question.what) ? undefined : `${topic}:${id}`;
  };
  const read = observations("gitlab/member").filter((member) => isAbove(member.of, name));
  const active = read.filter((member) => member.active);
  const people = charter.people.flatMap((person) =>
    (person.identities.gitlab ?? []).map((username): Actor => ({
      id: userId(username),
      kind: "account",
      label: `@${username}`,
      source: { file: "bulkhead.yaml", pointer: "/people" },
    })),
  );
  const keys = own(observations("gitlab/deploy-key"))
    .filter((key) => key.canPush)
    .map((key): Actor => ({
      id: deployKeyId(name, key.title, key.id),
      kind: "principal",
      label: `deploy key ${key.title}`,
      source: key.source,
    }));
  const settings = own(observations("gitlab/approval-settings"))[0];
  const pipeline = own(observations("gitlab/pipeline"))[0];
  return {
    name,
    id,
    source: observed?.source ?? pipeline?.source ?? source,
    ...(observed && { observed }),
    defaultBranch: observed?.defaultBranch,
    members: active.map((member) => ({ ...accountOf(member), level: member.level, number: member.id })),
    everyone: distinct([...read.map(accountOf), ...people]),
    branches: own(observations("gitlab/protected-branch")),
    tags: own(observations("gitlab/protected-tag")),
    protectedEnvironments: own(observations("gitlab/protected-environment")),
    protectedTiers: observations("gitlab/protected-environment").filter((one) => one.ofGroup && isAbove(one.project, name)),
    environmentNames: own(observations("gitlab/environment")),
    approvalRules: own(observations("gitlab/approval-rule")),
    ...(settings && { approvalSettings: settings }),
    variables: observations("gitlab/variable").filter((one) => (one.scope === "group" ? isAbove(one.of, name) : one.of === name)),
    keys,
    ...(pipeline && { pipeline }),
    unknown,
    unasked: unaskedOf(name, source, unknown, gaps),
    gaps,
  };
}

function unaskedOf(name: string, source: Source, unknown: (topic: string) => string | undefined, gaps: readonly Gap[]): readonly Gap[] {
  return Object.entries(QUESTIONS)
    .filter(([topic]) => unknown(topic) !== undefined && !gaps.some((gap) => gap.topic === topic))
    .map(([topic, { words, clauses }]) => ({
      topic,
      subject: projectId(name),
      what: `${words} ${name}`,
      why: "not collected",
      clauses,
      source,
    }));
}

const known = new WeakMap<PlaneInput, readonly ProjectFacts[]>();

/** Worked out once for each input: every job asks who moves what it includes. */
export function projectsOf(input: PlaneInput): readonly ProjectFacts[] {
  const found =
    known.get(input) ?? [...namesOf(input)].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, source]) => factsOf(input, name, source));
  known.set(input, found);
  return found;
}

/** Everyone with at least this role, as far as members were read. */
export function withLevel(facts: ProjectFacts, level: number): readonly Actor[] {
  const because = facts.unknown("gitlab/member");
  const certain = facts.members.filter((member) => member.level >= level);
  return distinct([...certain, ...(because === undefined ? [] : unsure(facts.everyone, because))]);
}

/** Whom entries of an access list mean. Groups are known by number alone: anybody may be in one. */
export function granted(facts: ProjectFacts, grantees: readonly GitlabGrantee[]): readonly Actor[] {
  return distinct(
    grantees.flatMap((grantee): readonly Actor[] => {
      if ("level" in grantee) return grantee.level === 0 ? [] : withLevel(facts, grantee.level);
      if ("deployKey" in grantee) return facts.keys.filter((key) => key.id.endsWith(`(${grantee.deployKey})`));
      if ("group" in grantee) return unsure(facts.everyone, `the members of group ${grantee.group} were not collected`);
      const member = facts.members.filter((one) => one.number === grantee.user);
      return member.length > 0 ? member : unsure(facts.everyone, `who user ${grantee.user} is was not collected`);
    }),
  );
}

/** The least level that an access list lets in; undefined: it names people alone, or nobody. */
export const leastLevel = (grantees: readonly GitlabGrantee[]): number | undefined => {
  const levels = grantees.flatMap((one) => ("level" in one && one.level > 0 ? [one.level] : []));
  return levels.length === 0 ? undefined : Math.min(...levels);
};
