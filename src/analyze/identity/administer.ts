// Rules: who is administrator of an account in effect, and what an account's administrator has.
import { fact, grant } from "../../model/rule.ts";
import type { KnownEstate } from "../plane.ts";
import { ask, both, either, isCertain, type Target } from "./ask.ts";
import { ABSENT, fixed } from "./condition.ts";
import type { Emission } from "./emission.ts";
import { rootOf, type AwsEstate, type Identity } from "./estate.ts";
import { IMPLICIT_DENY, type Decision } from "./evaluate.ts";
import { named } from "./names.ts";
import { FRESH } from "./patterns.ts";

const ADMINISTRATOR = fixed("arn:aws:iam::aws:policy/AdministratorAccess");

/** Identities that are administrators for certain: whatever their account holds follows from that, and is not derived again one by one. */
export type Administrators = ReadonlySet<Identity>;

/**
 * Two ways to every permission: make a role with any policy that one trusts oneself (a boundary does not pass on to it), or give oneself a
 * policy. A boundary on oneself keeps the second way shut unless one can remove it (IAM User Guide, "Permissions boundaries for IAM
 * entities", "Delegating responsibility to others using permissions boundaries").
 */
export function administerRules(aws: AwsEstate, out: Emission): Administrators {
  const certain = new Set<Identity>();
  for (const identity of aws.identities) {
    if (identity.serviceLinked) continue;
    const decision = administers(aws, identity);
    if (isCertain(decision)) certain.add(identity);
    out.decided(decision, {
      family: "aws/administer",
      needs: [fact("act-as", identity.arn)],
      gives: fact("control", rootOf(identity.account)),
      how: `${identity.label} can give itself every permission in account ${identity.account}`,
      change: `take the administrator's permissions from ${named(identity)}`,
    });
    for (const { what, source } of identity.unread) {
      out.decided(
        { outcome: "unknown", missing: `${what} was not read` },
        {
          family: "aws/administer",
          needs: [fact("act-as", identity.arn)],
          gives: fact("control", rootOf(identity.account)),
          how: `${identity.label} has ${what}`,
          source,
          grants: [
            grant(
              identity.arn,
              { unread: what },
              { label: `${what} on ${identity.label}`, change: `have ${what} read, or detach it`, source },
            ),
          ],
        },
      );
    }
  }
  return certain;
}

export function administers(aws: AwsEstate, identity: Identity): Decision {
  const can = (action: string): boolean => identity.index.forAction(action).allows.length > 0;
  let best: Decision = IMPLICIT_DENY;
  if (can("iam:createrole")) {
    const target = onIam(`arn:aws:iam::${identity.account}:role/${FRESH}`, identity);
    const extra = { "iam:policyarn": ADMINISTRATOR, "iam:permissionsboundary": ABSENT };
    const put = either(ask(aws, identity, "iam:attachrolepolicy", target, extra), ask(aws, identity, "iam:putrolepolicy", target, extra));
    best = both(ask(aws, identity, "iam:createrole", target, extra), put);
  }
  if (isCertain(best)) return best;
  return either(best, raisesItself(aws, identity));
}

const onIam = (arn: string, identity: Identity): Target => ({
  arn,
  account: identity.account,
  tags: arn === identity.arn ? identity.tags : {},
});

function raisesItself(aws: AwsEstate, identity: Identity): Decision {
  const gives = givesPolicy(aws, identity, identity);
  if (gives === IMPLICIT_DENY || identity.boundary === undefined) return gives;
  const remove = identity.type === "role" ? "iam:deleterolepermissionsboundary" : "iam:deleteuserpermissionsboundary";
  return both(gives, ask(aws, identity, remove, onIam(identity.arn, identity)));
}

/** What gives an identity a policy, in one way or another. */
export const GIVING: readonly string[] = [
  ...["user", "role", "group"].flatMap((noun) => [`iam:put${noun}policy`, `iam:attach${noun}policy`]),
  "iam:createpolicyversion",
];

/**
 * Whether `who` can give `to` any policy: an inline or attached one, one on a group it is in, or a new version of a policy it has. What comes
 * of it depends on the boundary of `to`, which the caller of this function looks at.
 */
export function givesPolicy(aws: AwsEstate, who: Identity, to: Identity): Decision {
  if (who.account !== to.account) return IMPLICIT_DENY;
  const boundary = to.observed.boundary === undefined ? ABSENT : fixed(to.observed.boundary);
  const extra = { "iam:policyarn": ADMINISTRATOR, "iam:permissionsboundary": boundary };
  let best: Decision = IMPLICIT_DENY;
  const consider = (action: string, arn: string): void => {
    if (isCertain(best) || who.index.forAction(action).allows.length === 0) return;
    best = either(best, ask(aws, who, action, { ...onIam(arn, who), tags: arn === to.arn ? to.tags : {} }, extra));
  };
  const noun = to.type;
  consider(`iam:put${noun}policy`, to.arn);
  consider(`iam:attach${noun}policy`, to.arn);
  for (const group of to.groups) {
    consider("iam:putgrouppolicy", group.arn);
    consider("iam:attachgrouppolicy", group.arn);
  }
  for (const policy of to.index.policies) if (isCustomerManaged(policy.owner)) consider("iam:createpolicyversion", policy.owner);
  return best;
}

export const isCustomerManaged = (arn: string): boolean => /^arn:[^:]+:iam::\d{12}:policy\//.test(arn);

/** Whoever administers an account decides about everything in it (IAM User Guide, "AWS account root user"; it cannot be denied within the account). */
export function accountOwnerRules(aws: AwsEstate, known: KnownEstate, out: Emission): void {
  for (const entity of known.entities.values()) {
    const account = entity.place.awsAccount;
    if (account === undefined || entity.id === rootOf(account) || !known.entities.has(rootOf(account))) continue;
    const source = aws.sourceOfAccount(account);
    out.rule({
      family: "aws/account-owner",
      needs: [fact("control", rootOf(account))],
      gives: fact("control", entity.id),
      certainty: "must",
      grants: [
        grant(
          rootOf(account),
          { owns: entity.id },
          {
            label: `${entity.label} stands in account ${account}`,
            change: `move ${entity.label} to another account`,
            source,
            removable: false,
          },
        ),
      ],
      how: `whoever administers account ${account} controls ${entity.label}`,
      source,
    });
  }
}
