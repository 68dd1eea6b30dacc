// Rules: whose token a role accepts through sts:AssumeRoleWithWebIdentity (GitHub, EKS service accounts, any OpenID Connect issuer).
import { fact, type IdentityToken } from "../../model/rule.ts";
import type { KnownEstate } from "../plane.ts";
import { ask, caller, either, type Extra } from "./ask.ts";
import { targetOf } from "./assume-role.ts";
import type { Emission } from "./emission.ts";
import type { AwsEstate, Role } from "./estate.ts";
import { IMPLICIT_DENY, type Decision } from "./evaluate.ts";
import { globMatches } from "../../lib/glob.ts";
import { statementsFor } from "./policy.ts";
import {
  anySubject,
  claimsOf,
  GITHUB,
  GITLAB,
  groupsNamed,
  isOpenGroup,
  issuerName,
  organizationsNamed,
  PUBLIC_ISSUERS,
  strangerToGithub,
  strangerToGitlab,
  unknownSubject,
  unseenProject,
  unseenRepository,
} from "./tokens.ts";

const ACTION = "sts:assumerolewithwebidentity";

/**
 * A role accepts a token when its trust names the token's provider and every condition on the claims holds. The subject is chosen by whoever
 * causes the token, within the claims the issuer writes. No identity policy and no service control policy takes part: the call is made
 * without AWS credentials (IAM User Guide, "Configuring a role for GitHub OIDC identity provider"; EKS User Guide, "IAM roles for service
 * accounts").
 */
export function webIdentityRules(aws: AwsEstate, known: KnownEstate, out: Emission): void {
  const tokens = Map.groupBy(known.tokens, (token) => issuerName(token.issuer));
  const audiences = new Map(aws.observations("aws/oidc-provider").map((provider) => [provider.arn, provider.audiences]));
  const repositories = repositoriesOf(known);
  for (const role of aws.roles) {
    if (!role.trust || role.serviceLinked) continue;
    for (const provider of providersOf(role)) {
      const issuer = issuerName(provider.includes(":oidc-provider/") ? provider.slice(provider.indexOf(":oidc-provider/") + 15) : provider);
      const trust: Trust = { aws, out, role, provider, issuer, audiences: audiences.get(provider) };
      const ours = tokens.get(issuer) ?? [];
      for (const token of ours) tokenWay(trust, token);
      if (issuer === GITHUB) githubBeyond(trust, repositories);
      else beyond(trust, ours);
    }
  }
}

interface Trust {
  readonly aws: AwsEstate;
  readonly out: Emission;
  readonly role: Role;
  readonly provider: string;
  readonly issuer: string;
  /** undefined: the provider was not read; it then counts as accepting any audience. */
  readonly audiences: readonly string[] | undefined;
}

function providersOf(role: Role): readonly string[] {
  const found = new Set<string>();
  for (const statement of statementsFor(role.trust!.compiled, ACTION)) {
    if (statement.effect !== "Allow" || !statement.principals) continue;
    for (const { type, value } of statement.principals.entries) {
      if (type === "Federated" && !value.includes(":saml-provider/")) found.add(value);
    }
  }
  return [...found];
}

function decide({ aws, role, provider, issuer, audiences }: Trust, claims: Extra): Decision {
  const aud = claims[`${issuer}:aud`];
  const federated = caller("federated", provider, role.account);
  if (!audiences || audiences.length === 0 || !aud || aud.kind === "residual") return ask(aws, federated, ACTION, targetOf(role), claims);
  // The provider refuses a token whose audience is not registered (IAM User Guide, "Create an OpenID Connect identity provider").
  let best: Decision = IMPLICIT_DENY;
  for (const audience of audiences) {
    const accepted = aud.kind === "fixed" ? aud.values.includes(audience) : aud.kind === "chosen" && globMatches(aud.pattern, audience);
    if (!accepted) continue;
    best = either(
      best,
      ask(aws, federated, ACTION, targetOf(role), { ...claims, [`${issuer}:aud`]: { kind: "fixed", values: [audience] } }),
    );
    if (best.outcome === "allowed") break;
  }
  return best;
}

function tokenWay(trust: Trust, token: IdentityToken): void {
  const { role, out, issuer } = trust;
  out.decided(decide(trust, claimsOf(token)), {
    family: "aws/assume-role-with-web-identity",
    needs: [token.holder],
    gives: fact("act-as", role.arn),
    how: `${role.label} trusts ${subjectsOf(role, issuer)}, and ${token.how} has such a token`,
    change: narrower(role, token, issuer),
  });
}

function subjectsOf(role: Role, issuer: string): string {
  const conditions = role
    .trust!.compiled.statements.filter((statement) => statement.effect === "Allow")
    .flatMap((statement) => statement.conditions);
  const subjects = conditions.filter(({ key }) => key === `${issuer}:sub`).flatMap(({ values }) => values);
  if (subjects.length === 0) return `every token of ${issuer}`;
  return subjects.length > 2 ? `${subjects[0]} and ${subjects.length - 1} more` : subjects.join(" and ");
}

function narrower(role: Role, token: IdentityToken, issuer: string): string {
  const repository = issuer === GITHUB ? /^repo:([^:*]+)/.exec(token.claims["sub"]?.value ?? "")?.[1] : undefined;
  if (repository !== undefined)
    return `trust only repo:${repository}:environment:NAME of a protected environment in the trust policy of ${role.label}`;
  return `name only the subjects that need ${role.label} in its trust policy`;
}

const repositoriesOf = (known: KnownEstate): readonly string[] => {
  const found = new Set<string>();
  for (const { repository } of known.observations("github/repository")) found.add(repository);
  for (const { repository } of known.observations("github/workflow")) found.add(repository);
  for (const token of known.tokens) {
    const repository =
      issuerName(token.issuer) === GITHUB ? /^repo:([^:*@]+\/[^:*@]+):/.exec(token.claims["sub"]?.value ?? "")?.[1] : undefined;
    if (repository !== undefined) found.add(repository);
  }
  return [...found];
};

/** Any repository on GitHub gets tokens from the one issuer: a trust that does not name the organization in full lets everyone in. */
function githubBeyond(trust: Trust, repositories: readonly string[]): void {
  const { role, out } = trust;
  const organizations = organizationsNamed(role.trust!.compiled);
  const anyone = decide(trust, strangerToGithub(organizations));
  out.decided(anyone, {
    family: "aws/assume-role-by-anyone",
    needs: [],
    gives: fact("act-as", role.arn),
    how: `${role.label} trusts ${subjectsOf(role, GITHUB)}, and any repository on GitHub can have such a token`,
    change: `name the repository and its protected environment in the trust policy of ${role.label}`,
  });
  if (anyone.outcome === "allowed") return;
  for (const organization of organizations) {
    const own = repositories.filter((repository) => repository.toLowerCase().startsWith(`${organization.toLowerCase()}/`));
    const unseen = decide(trust, unseenRepository(organization, own));
    const shared = {
      family: "aws/assume-role-with-web-identity",
      gives: fact("act-as", role.arn),
      how: `${role.label} trusts ${subjectsOf(role, GITHUB)}, which covers repositories of ${organization} that were not read`,
      change: `name the repositories of ${organization} in the trust policy of ${role.label}`,
    };
    out.decided(unseen, { ...shared, needs: [], unless: [`repositories of ${organization} that were not read match it`] });
    out.decided(unseen, { ...shared, needs: [fact("control", `github:${organization}`)] });
  }
}

/** Any project on gitlab.com gets tokens from the one issuer, as on GitHub: whoever is not named by the path of a group is let in. */
function gitlabBeyond(trust: Trust, ours: readonly IdentityToken[]): void {
  const { role, out } = trust;
  const gives = fact("act-as", role.arn);
  const subjects = subjectsOf(role, GITLAB);
  const groups = groupsNamed(role.trust!.compiled);
  const anyone = decide(trust, strangerToGitlab(groups));
  const how = `${role.label} trusts ${subjects}, and any project on gitlab.com can have such a token`;
  const change = `name the project and its protected branch in the trust policy of ${role.label}`;
  out.decided(anyone, { family: "aws/assume-role-by-anyone", needs: [], gives, how, change });
  if (anyone.outcome === "allowed") return;
  const known = [...new Set(ours.flatMap((token) => token.claims["project_path"]?.value ?? []))];
  for (const group of groups.filter((one) => isOpenGroup(role.trust!.compiled, one)))
    out.decided(decide(trust, unseenProject(group, known)), {
      family: "aws/assume-role-with-web-identity",
      needs: [],
      gives,
      how: `${role.label} trusts ${subjects}, which covers projects of ${group} that were not read`,
      change: `name the projects of ${group} in the trust policy of ${role.label}`,
      unless: [`projects of ${group} that were not read match it`],
    });
}

function beyond(trust: Trust, ours: readonly IdentityToken[]): void {
  const { role, out, issuer } = trust;
  const gives = fact("act-as", role.arn);
  const change = `name the subject that needs ${role.label} in its trust policy`;
  if (issuer === GITLAB) return gitlabBeyond(trust, ours);
  if (PUBLIC_ISSUERS.has(issuer)) {
    const how = `${role.label} trusts ${subjectsOf(role, issuer)}, and anyone can have such a token`;
    out.decided(decide(trust, unknownSubject(issuer)), { family: "aws/assume-role-by-anyone", needs: [], gives, how, change });
  }
  if (ours.length > 0) return;
  out.decided(decide(trust, anySubject(issuer)), {
    family: "aws/assume-role-with-web-identity",
    needs: [],
    gives,
    how: `${role.label} trusts ${subjectsOf(role, issuer)}`,
    change,
    unless: [`who can have a token of ${issuer} was not read`],
  });
}
