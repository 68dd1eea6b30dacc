// Who is in which group, and what access control lists give whom. Source: Azure DevOps, "Security namespace and permission reference".
import type { AzureAccess, AzureSubject } from "../../../model/observations/azure.ts";
import type { PlaneInput } from "../../plane.ts";
import { type Actor, distinct } from "../actors.ts";
import { buildServiceId, userId } from "./ids.ts";

/** Bits of the namespace Git Repositories. */
export const GIT = {
  contribute: 4,
  bypassOnPush: 128,
  vote: 16_384,
  editPolicies: 2048,
  managePermissions: 8192,
  bypassOnRequest: 32_768,
} as const;
/** Bits of the namespaces Environment and ServiceEndpoints. */
export const ADMINISTER = { environment: 8, endpoint: 2 } as const;

/** The identity with whose token the runs of a project, or of the whole organization, write: `Project Build Service (acme)`. */
export function buildService(descriptor: string): string | undefined {
  return /(?:ServiceIdentity;[^:;]{1,100}|^svc\.[^:]{0,200}):Build:([\w-]{1,80})$/i.exec(descriptor)?.[1]?.toLowerCase();
}

export const buildServiceActor = (organization: string, of: string, source: Actor["source"]): Actor => ({
  id: buildServiceId(organization, of),
  kind: "principal",
  label: "the build service",
  source,
});

export interface Access {
  readonly everyone: readonly Actor[];
  /** Why members of groups are not known. */
  readonly unknownMembers: string | undefined;
  /** Whom a subject means, with the members of a group. */
  readonly of: (subject: AzureSubject) => readonly Actor[];
  /** Members of a built-in group: `[shop]\Project Administrators`. */
  readonly group: (name: string) => readonly Actor[];
  /** Who has one of the bits on tokens that the test accepts; undefined: lists of the namespace were not read. */
  readonly holders: (
    namespace: AzureAccess["namespace"],
    bits: number,
    accepts: (token: string) => boolean,
  ) => readonly Actor[] | undefined;
}

const unsure = (actors: readonly Actor[], because: string): readonly Actor[] => actors.map((actor) => ({ ...actor, because }));

/** Groups in groups, and no further: an attacker could make them endless. */
const DEEPEST = 30;

interface Directory {
  readonly users: ReadonlyMap<string, Actor>;
  readonly byId: ReadonlyMap<string, string>;
  readonly groups: ReadonlyMap<string, string>;
  readonly members: ReadonlyMap<string, readonly string[]>;
  readonly legacy: ReadonlyMap<string, string>;
  readonly everyone: readonly Actor[];
}

function directoryOf(input: PlaneInput, organization: string): Directory {
  const own = <T extends { readonly organization: string }>(all: readonly T[]): readonly T[] =>
    all.filter((one) => one.organization === organization);
  const users = own(input.observations("azure/user"));
  const groups = own(input.observations("azure/group"));
  const identities = own(input.observations("azure/identity"));
  const actors = new Map(
    users.map(({ descriptor, name, isService, source }) => [
      descriptor,
      { id: userId(name), kind: isService ? "principal" : "account", label: name, source } as Actor,
    ]),
  );
  const people = input.charter.people.flatMap((person) =>
    (person.identities.azure ?? []).map((name): Actor => ({
      id: userId(name),
      kind: "account",
      label: name.toLowerCase(),
      source: { file: "bulkhead.yaml", pointer: "/people" },
    })),
  );
  return {
    users: actors,
    byId: new Map([
      ...[...users, ...groups, ...identities].flatMap((one): readonly (readonly [string, string])[] =>
        one.id === undefined ? [] : [[one.id.toLowerCase(), one.descriptor]],
      ),
      ...users.map(({ name, descriptor }) => [name, descriptor] as const),
      ...groups.map(({ name, descriptor }) => [name.toLowerCase(), descriptor] as const),
    ]),
    groups: new Map(groups.map(({ descriptor, name }) => [descriptor, name])),
    members: new Map(
      [...Map.groupBy(own(input.observations("azure/membership")), (one) => one.group)].map(([group, all]) => [
        group,
        all.map((one) => one.member),
      ]),
    ),
    legacy: new Map(identities.map((one) => [one.legacy, one.descriptor])),
    everyone: distinct([...actors.values(), ...people]),
  };
}

export function accessOf(
  input: PlaneInput,
  organization: string,
  unknownMembers: string | undefined,
  isAsked: (what: string) => boolean,
): Access {
  const directory = directoryOf(input, organization);
  const { users, groups, members, everyone } = directory;

  const within = (descriptor: string, depth: number, seen: Set<string>): readonly Actor[] => {
    const user = users.get(descriptor);
    if (user !== undefined) return [user];
    if (depth > DEEPEST || seen.has(descriptor)) return [];
    seen.add(descriptor);
    const list = members.get(descriptor);
    if (list !== undefined) return list.flatMap((member) => within(member, depth + 1, seen));
    if (isAsked(`memberships#${descriptor}`)) return [];
    return unsure(everyone, `the members of ${groups.get(descriptor) ?? "a group"} were not collected`);
  };
  const find = (subject: AzureSubject): string | undefined =>
    subject.descriptor !== undefined && (users.has(subject.descriptor) || groups.has(subject.descriptor))
      ? subject.descriptor
      : (directory.byId.get(subject.id?.toLowerCase() ?? "") ?? directory.byId.get(subject.name.toLowerCase()));

  const of = (subject: AzureSubject): readonly Actor[] => {
    const descriptor = find(subject);
    if (descriptor !== undefined) return within(descriptor, 0, new Set());
    if (!subject.isGroup && subject.name.includes("@"))
      return [{ id: userId(subject.name), kind: "account", label: subject.name.toLowerCase(), source: { file: "" } }];
    return unsure(everyone, `who ${subject.name} is was not collected`);
  };
  return {
    everyone,
    unknownMembers,
    of,
    group: (name) => {
      const descriptor = directory.byId.get(name.toLowerCase());
      if (descriptor !== undefined) return distinct(within(descriptor, 0, new Set()));
      return unknownMembers === undefined ? [] : unsure(everyone, unknownMembers);
    },
    holders: (namespace, bits, accepts) => {
      const entries = input
        .observations("azure/access")
        .filter((one) => one.organization === organization && one.namespace === namespace && accepts(one.token));
      if (entries.length === 0) return undefined;
      return distinct(
        entries
          .filter((one) => (one.allow & ~one.deny & bits) !== 0)
          .flatMap((one) => {
            const descriptor = directory.legacy.get(one.descriptor) ?? one.descriptor;
            if (users.has(descriptor) || groups.has(descriptor)) return within(descriptor, 0, new Set());
            const service = buildService(one.descriptor) ?? buildService(descriptor);
            if (service !== undefined) return [buildServiceActor(organization, service, one.source)];
            return unsure(everyone, `who ${one.descriptor.slice(0, 60)} is, which an access control list names, was not collected`);
          }),
      );
    },
  };
}
