// A5: whether someone is still here, and the accounts that still let them in.
import type { Estate } from "../estate.ts";
import { globMatches } from "../../lib/glob.ts";
import type { Source } from "../../model/source.ts";
import type { Member } from "./roster.ts";

export interface Departure {
  /** `disabled`: their accounts of the directory are, and no personnel file says why. */
  readonly is: "here" | "left" | "disabled" | "not said";
  readonly words: string;
  readonly source?: Source;
}

const HERE: Departure = { is: "here", words: "is here" };

/** The personnel file first, whose word it is; the directory where there is none. `asOf`: the day that is asked about. */
export function departureOf({ employees, users }: Member, asOf: string | undefined): Departure {
  const day = asOf?.slice(0, 10);
  if (employees.length > 0) {
    const gone = employees.map((row) => {
      const isOver = row.end !== undefined && day !== undefined && row.end < day;
      if (row.status === "left" || isOver)
        return { is: "left", words: row.end === undefined ? "has left" : `left on ${row.end}`, source: row.source } as const;
      // A day that has not come is one on which they are still here.
      return row.end !== undefined && day === undefined
        ? ({
            is: "not said",
            words: `has ${row.end} as the last day, and the day that is asked about was not given`,
            source: row.source,
          } as const)
        : HERE;
    });
    // Hired again, one has two rows, and is here by one of them.
    return gone.find(({ is }) => is === "here") ?? gone.find(({ is }) => is === "not said") ?? (gone[0] as Departure);
  }
  const last = users.find(({ end }) => end !== undefined && day !== undefined && end < day);
  if (last?.end !== undefined) return { is: "left", words: `left on ${last.end}`, source: last.source };
  const [first] = users;
  if (!first || users.some(({ isActive }) => isActive === true))
    return first ? HERE : { is: "not said", words: "stands in no directory and no personnel file" };
  if (users.some(({ isActive }) => isActive === undefined))
    return {
      is: "not said",
      words: `has an account of ${first.directory} of which nothing says whether it is disabled`,
      source: first.source,
    };
  return { is: "disabled", words: `is disabled in ${first.directory} (${first.status ?? "disabled"})`, source: first.source };
}

/** A way in that is still open. */
export interface LiveAccount {
  /** Entity id. */
  readonly id: string;
  readonly words: string;
  /** Through the directory's sign-in: closed where its account is disabled. */
  readonly bySignIn: boolean;
  readonly change: string;
  readonly source: Source;
}

export function liveAccounts(estate: Estate, { person, users }: Member): readonly LiveAccount[] {
  const { observations } = estate;
  const { github, gitlab, aws, identityCenter, kubernetes, holds } = person.identities;
  const names = new Set(identityCenter.map((name) => name.toLowerCase()));
  const centers = observations("aws/identity-center-user").filter(
    (user) => !user.isDisabled && [user.userName, ...user.emails].some((name) => names.has(name.toLowerCase())),
  );
  const bindings = observations("kubernetes/role-binding").flatMap(({ cluster, subjects }) =>
    subjects.filter(({ type, name }) => type === "User" && kubernetes.includes(name)).map((subject) => ({ cluster, ...subject })),
  );
  const found: readonly LiveAccount[] = [
    ...users
      .filter(({ isActive }) => isActive !== false)
      .map(({ directory, id, userName, source }) => ({
        id: `identity:${directory}/${id}`,
        words: `${userName} of ${directory}`,
        bySignIn: false,
        change: `disable ${userName} in ${directory}`,
        source,
      })),
    ...github.flatMap((login) => githubAccount(estate, login)),
    ...(gitlab ?? []).flatMap((name) =>
      observations("gitlab/member")
        .filter((member) => member.active && member.username.toLowerCase() === name.toLowerCase())
        .slice(0, 1)
        .map(({ of, source }) => ({
          id: `gitlab:@${name}`,
          words: `@${name} of GitLab, a member of ${of}`,
          bySignIn: false,
          change: `block ${name} in GitLab`,
          source,
        })),
    ),
    ...observations("aws/user")
      .filter(({ arn }) => aws.some((pattern) => globMatches(pattern, arn)))
      .map(({ arn, name, account, source }) => ({
        id: arn,
        words: `IAM user ${name} of account ${account}`,
        bySignIn: false,
        change: `delete IAM user ${name} of account ${account} with its keys`,
        source,
      })),
    ...centers.map(({ id, userName, source }) => ({
      id: `arn:aws:identitystore:::user/${id}`,
      words: `${userName} of IAM Identity Center`,
      bySignIn: true,
      change: `disable ${userName} in IAM Identity Center`,
      source,
    })),
    ...bindings.map(({ cluster, name, source }) => ({
      id: `k8s:${cluster}/-/User.rbac.authorization.k8s.io/${name}`,
      words: `user ${name} of cluster ${cluster}`,
      bySignIn: true,
      change: `take user ${name} out of the bindings of cluster ${cluster}`,
      source,
    })),
    ...holds.flatMap((id) => {
      const entity = estate.entities.get(id);
      const change = `give ${entity?.label ?? id} a new secret that they do not know, and take it out of what the charter says they hold`;
      return entity ? [{ id, words: `what they hold of ${entity.label}`, bySignIn: false, change, source: entity.source }] : [];
    }),
  ];
  return [...new Map(found.map((one) => [one.id, one])).values()];
}

function githubAccount({ observations }: Estate, login: string): readonly LiveAccount[] {
  const is = (other: string): boolean => other.toLowerCase() === login.toLowerCase();
  const member = observations("github/member").find((one) => is(one.login));
  const access = observations("github/repository-access").find(({ to }) => "login" in to && is(to.login));
  const [place, source] = member ? [member.organization, member.source] : access ? [access.repository, access.source] : [];
  if (place === undefined || source === undefined) return [];
  const words = `@${login} of GitHub, ${member ? `a member of ${place}` : `a collaborator of ${place}`}`;
  return [{ id: `github:@${login}`, words, bySignIn: false, change: `remove ${login} from ${place}`, source }];
}
