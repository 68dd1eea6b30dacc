// Who is in which group of a directory, groups in groups followed down.
import type { Observations } from "../../model/observation.ts";
import type { IdentityGroup, IdentityMembers, IdentityUser } from "../../model/observations/identity.ts";
import { accountId } from "./match.ts";

export interface DirectoryGroup {
  readonly group: IdentityGroup;
  /** Its name, and its address where it has one. */
  readonly names: readonly string[];
  /** `accountId` of every account in it, directly or not. */
  readonly accounts: ReadonlySet<string>;
  /** False when the members of it, or of a group in it, were not read. */
  readonly isComplete: boolean;
}

/** Every group of every directory. */
export function directoryGroups(observations: Observations): readonly DirectoryGroup[] {
  const groups = observations("identity/group");
  const byKey = new Map<string, IdentityGroup>();
  for (const group of groups)
    for (const key of [group.id, group.name, group.address ?? group.id]) {
      const name = `${group.directory} ${key}`;
      if (!byKey.has(name)) byKey.set(name, group);
    }
  const answers = new Map<IdentityGroup, IdentityMembers[]>();
  for (const answer of observations("identity/members")) {
    const group = byKey.get(`${answer.directory} ${answer.group}`);
    if (group) answers.set(group, [...(answers.get(group) ?? []), answer]);
  }
  const users = observations("identity/user");
  return groups.map((group) => {
    const { accounts, isComplete } = within(group, answers, byKey, users);
    return { group, names: [...new Set([group.name, ...(group.address === undefined ? [] : [group.address])])], accounts, isComplete };
  });
}

function within(
  group: IdentityGroup,
  answers: ReadonlyMap<IdentityGroup, readonly IdentityMembers[]>,
  byKey: ReadonlyMap<string, IdentityGroup>,
  users: readonly IdentityUser[],
): Pick<DirectoryGroup, "accounts" | "isComplete"> {
  const accounts = new Set<string>();
  const seen = new Set([group]);
  let isComplete = true;
  const { directory } = group;
  for (const at of seen) {
    const own = answers.get(at);
    isComplete &&= own !== undefined;
    for (const { id, type, address } of (own ?? []).flatMap(({ members }) => members)) {
      if (type === "user") accounts.add(accountId({ directory, id }));
      if (type === "everyone") for (const user of users) if (user.directory === directory) accounts.add(accountId(user));
      if (type !== "group") continue;
      const below = byKey.get(`${directory} ${id}`) ?? byKey.get(`${directory} ${address ?? id}`);
      if (below) seen.add(below);
      else isComplete = false;
    }
  }
  return { accounts, isComplete };
}
