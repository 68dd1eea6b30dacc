// Principals from pieces, and the policies that are attached but not in the files.
import { canonicalJson } from "../../lib/json.ts";
import type { AwsGroup, AwsPrincipalName, AwsRole, AwsUser } from "../../model/observations/aws.ts";
import type { Source } from "../../model/source.ts";
import { groupBy, type Joining } from "./joining.ts";

type Principal = AwsRole | AwsUser | AwsGroup;

export function joinIdentity(joining: Joining): void {
  const whole: readonly Principal[] = [...joining.of("aws/role"), ...joining.of("aws/user"), ...joining.of("aws/group")];
  const byArn = groupBy(whole, (principal) => principal.arn);
  const pieces = groupBy(joining.parts("principal"), (part) => part.principal.arn);
  const kept: Principal[] = [...byArn].flatMap(([arn, versions]) =>
    distinct(joining, "aws/principal-policy", arn, versions).map((principal) =>
      withSession(
        joining,
        principal,
        (pieces.get(arn) ?? []).map((part) => part.principal),
      ),
    ),
  );
  for (const [arn, [first]] of pieces) {
    if (first && !byArn.has(arn)) kept.push(fromPieces(joining, first.principal));
  }
  kept.forEach(joining.keep);
  const policies = groupBy(joining.of("aws/managed-policy"), (policy) => policy.arn);
  for (const [arn, versions] of policies) distinct(joining, "aws/managed-policy", arn, versions).forEach(joining.keep);
  missingDocuments(joining, kept);
  missingProviders(joining);
}

/**
 * The longest session stands only in `get-role` (IAM API reference, GetAccountAuthorizationDetails: MaxSessionDuration is not returned), so a role
 * that was read whole takes it from there, when the two answers agree on the trust policy and so speak of the same role at the same time.
 */
function withSession(joining: Joining, principal: Principal, pieces: readonly Principal[]): Principal {
  const piece = pieces.find((each) => each.kind === "aws/role" && each.maxSessionSeconds !== undefined);
  if (principal.kind !== "aws/role" || principal.maxSessionSeconds !== undefined || piece?.kind !== "aws/role") return principal;
  if (canonicalJson(piece.trust.document) !== canonicalJson(principal.trust.document)) {
    const why = `${principal.source.file} and ${piece.source.file} tell different trust policies; keep the newer collection only`;
    joining.gap("aws/principal-policy", principal.arn, `trust policy of ${principal.arn}`, why, piece.source);
    return principal;
  }
  return { ...principal, ...(piece.maxSessionSeconds !== undefined && { maxSessionSeconds: piece.maxSessionSeconds }) };
}

const withoutSource = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutSource);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, member]) => (key === "source" ? [] : [[key, withoutSource(member)]])));
};

/** The same thing in two files counts once; two that differ are both kept, since neither file says which is newer. */
function distinct<T extends { readonly source: Source }>(
  joining: Joining,
  topic: "aws/principal-policy" | "aws/managed-policy",
  arn: string,
  versions: readonly T[],
): readonly T[] {
  const different = [...groupBy(versions, (version) => canonicalJson(withoutSource(version))).values()].flatMap(([first]) => first ?? []);
  const [first, second] = different;
  if (first && second) {
    const why = `${first.source.file} and ${second.source.file} tell different things of it; keep the newer collection only`;
    joining.gap(topic, arn, `policies of ${arn}`, why, second.source);
  }
  return different;
}

const isOf = (principal: Principal, name: AwsPrincipalName): boolean =>
  principal.account === name.account && principal.kind === `aws/${name.type}` && principal.name === name.name;

/** A principal that `get-role` or `list-roles` named, with the policies that other files tell. Each list not read is a gap. */
function fromPieces(joining: Joining, principal: Principal): Principal {
  const missing = (what: string, why: string, source: Source = principal.source) =>
    joining.gap("aws/principal-policy", principal.arn, `${what} of ${principal.arn}`, why, source);
  const attached = joining.parts("attached-policies").find((part) => isOf(principal, part.of));
  if (!attached) missing("attached policies", `not collected: run aws iam list-attached-${principal.kind.slice(4)}-policies`);
  const names = joining.parts("inline-policy-names").find((part) => isOf(principal, part.of));
  if (!names) missing("inline policies", `not collected: run aws iam list-${principal.kind.slice(4)}-policies`);
  const inline = joining.parts("inline-policy").filter((part) => isOf(principal, part.of));
  for (const name of names?.names ?? []) {
    if (!inline.some((part) => part.policy.name === name))
      missing(`inline policy ${name}`, `not collected: run aws iam get-${principal.kind.slice(4)}-policy`, names?.source);
  }
  const policies = {
    inline: inline.map((part) => part.policy).filter((policy) => policy.document !== null),
    managed: attached?.managed ?? [],
  };
  if (principal.kind === "aws/user") {
    const groups = joining.parts("groups").find((part) => isOf(principal, part.of));
    if (!groups) missing("groups", "not collected: run aws iam list-groups-for-user");
    return { ...principal, ...policies, groups: groups?.groups ?? [] };
  }
  return { ...principal, ...policies };
}

function missingDocuments(joining: Joining, principals: readonly Principal[]): void {
  const known = new Set(joining.of("aws/managed-policy").map((policy) => policy.arn));
  const told = new Set<string>();
  const need = (arn: string, source: Source) => {
    if (known.has(arn) || told.has(arn)) return;
    told.add(arn);
    joining.gap("aws/managed-policy", arn, `managed policy ${arn}`, "it is attached, and its document is not in the files", source);
  };
  for (const principal of principals) {
    for (const attached of principal.managed) need(attached.arn, attached.source);
    if (principal.kind !== "aws/group" && principal.boundary !== undefined) need(principal.boundary, principal.source);
  }
}

function missingProviders(joining: Joining): void {
  const known = new Set(joining.of("aws/oidc-provider").map((provider) => provider.arn));
  for (const listed of joining.parts("oidc-provider")) {
    if (!known.has(listed.arn))
      joining.gap(
        "aws/oidc-provider",
        listed.arn,
        `audiences of ${listed.arn}`,
        "not collected: run aws iam get-open-id-connect-provider",
        listed.source,
      );
  }
}
