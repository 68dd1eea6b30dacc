// Who has which permission on a job: the grants that hold there, and those who may stand behind a name.
import { hasChoice, matchesWhole } from "./role-pattern.ts";
import type { JenkinsGrant, JenkinsJob, JenkinsSid } from "../../../model/observations/jenkins.ts";
import type { PlaneInput } from "../../plane.ts";
import { type Actor, distinct } from "../actors.ts";
import { userId } from "./ids.ts";

/** "Overall/Administer … implies all other permissions"; "Replay … is implied by Job/Configure" (Jenkins Handbook, "Permissions"; pipeline: Replay). */
const IMPLIED_BY: Readonly<Record<string, readonly string[]>> = { "Run/Replay": ["Job/Configure"] };

export interface Access {
  /** Why it is not known who may do what; undefined: it was answered. */
  readonly unknown: string | undefined;
  /** Everyone whom the controller or the charter names. */
  readonly everyone: readonly Actor[];
  /** Who has the permission on a job or folder; empty name: on the controller. */
  readonly holders: (permission: string, name: string) => readonly Actor[];
  /** Whom the names of an input step mean. */
  readonly named: (names: readonly string[]) => readonly Actor[];
}

const unsure = (actors: readonly Actor[], because: string): readonly Actor[] => actors.map((actor) => ({ ...actor, because }));

export function accessOf(input: PlaneInput, controller: string, unknown: string | undefined): Access {
  const grants = input.observations("jenkins/grant").filter((one) => one.controller === controller);
  const jobs = input.observations("jenkins/job").filter((one) => one.controller === controller);
  const known = knownUsers(input, controller, grants);
  const everyone = distinct([...known.values()]);
  const standing = (sid: JenkinsSid, source: JenkinsGrant["source"]): readonly Actor[] => actorsOf(sid, source, known, everyone);
  return {
    unknown,
    everyone,
    holders: (permission, name) => {
      const wanted = new Set(["Overall/Administer", permission, ...(IMPLIED_BY[permission] ?? [])]);
      const certain = grants.flatMap((grant) => {
        const because = holdsOn(grant, name, wanted, jobs);
        if (because === false) return [];
        const actors = grant.to.flatMap((sid) => standing(sid, grant.source));
        return because === undefined ? actors : unsure(actors, because);
      });
      return distinct([...certain, ...(unknown === undefined ? [] : unsure(everyone, unknown))]);
    },
    named: (names) => {
      const source = grants[0]?.source ?? { file: "bulkhead.yaml" };
      return distinct(names.flatMap((name) => standing({ type: "either", name }, source)));
    },
  };
}

function knownUsers(input: PlaneInput, controller: string, grants: readonly JenkinsGrant[]): ReadonlyMap<string, Actor> {
  const known = new Map<string, Actor>();
  const add = (id: string, source: Actor["source"]): void =>
    void (known.has(id) || known.set(id, { id: userId(id), kind: "account", label: id, source }));
  for (const user of input.observations("jenkins/user")) if (user.controller === controller) add(user.id, user.source);
  for (const grant of grants) for (const sid of grant.to) if (sid.type === "user") add(sid.name, grant.source);
  for (const person of input.charter.people)
    for (const id of person.identities.jenkins ?? []) add(id, { file: "bulkhead.yaml", pointer: "/people" });
  return known;
}

/** A group's members are in a directory behind Jenkins: anybody may be one. */
function actorsOf(
  sid: JenkinsSid,
  source: Actor["source"],
  known: ReadonlyMap<string, Actor>,
  everyone: readonly Actor[],
): readonly Actor[] {
  const { type, name } = sid;
  if (name === "authenticated" || name === "anonymous") return everyone;
  const account = known.get(name);
  if (type !== "group" && account !== undefined) return [account];
  const own: Actor = { id: userId(name), kind: "account", label: name, source };
  if (type === "user") return [own];
  const because =
    type === "group"
      ? `the members of group ${name} were not collected`
      : `whether ${name} is a user or a group, and of whom, was not collected`;
  return [...unsure(everyone, because), ...(type === "either" ? [{ ...own, because }] : [])];
}

/** False: it does not hold there. A text: whether it does is not certain. */
function holdsOn(grant: JenkinsGrant, name: string, wanted: ReadonlySet<string>, jobs: readonly JenkinsJob[]): string | false | undefined {
  if (!grant.permissions.some((one) => wanted.has(one))) return false;
  if (grant.pattern !== undefined) return byPattern(grant.pattern, name);
  const isAdministrator = grant.permissions.includes("Overall/Administer");
  const cut = (of: string): boolean =>
    jobs.some((job) => job.cutsInheritance && isWithin(name, job.name) && !isWithin(of, job.name) && of !== job.name);
  if (grant.of === undefined) return !isAdministrator && name !== "" && cut("") ? false : undefined;
  return isWithin(name, grant.of) && !cut(grant.of) ? undefined : false;
}

/** "Item roles … based on the full name of the item", the whole of which must match (role-strategy, Configuring roles). */
function byPattern(pattern: string, name: string): string | false | undefined {
  if (name === "") return false;
  if (hasChoice(pattern)) return `the pattern ${pattern} of a role is not evaluated`;
  return matchesWhole(pattern, name) ? undefined : false;
}

const isWithin = (name: string, of: string): boolean => name === of || name.startsWith(`${of}/`);
