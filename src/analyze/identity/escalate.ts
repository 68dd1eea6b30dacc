// Rules: privilege escalation between identities of one account, by changing trust, keys or policies, or by passing a role to a service.
import { fact } from "../../model/rule.ts";
import { administers, givesPolicy, GIVING, type Administrators } from "./administer.ts";
import { ask, both, either, isCertain } from "./ask.ts";
import { fixed } from "./condition.ts";
import type { Emission } from "./emission.ts";
import { FRESH } from "./patterns.ts";
import { rootOf, type AwsEstate, type Identity, type Role } from "./estate.ts";
import { existingRules } from "./escalate-existing.ts";
import { IMPLICIT_DENY, type Decision } from "./evaluate.ts";
import { trustInServices, type TrustInServices } from "./trust-in-services.ts";
import { SERVICES, type Service } from "./passing.ts";

/** An administrator for certain has all of this through the account, so only others are asked. */
export function escalationRules(aws: AwsEstate, administrators: Administrators, out: Emission): void {
  const trust = trustInServices(aws);
  for (const who of aws.identities) {
    if (who.serviceLinked || administrators.has(who)) continue;
    const mates = aws.inAccount(who.account);
    takeOverRules(aws, who, mates, out);
    policyRules(aws, who, mates, out);
    passRoleRules(aws, who, trust, out);
    existingRules(aws, who, trust, out);
    groupRules(aws, who, mates, out);
  }
}

const TAKE_OVER = {
  role: ["iam:updateassumerolepolicy"],
  user: ["iam:createaccesskey", "iam:createloginprofile", "iam:updateloginprofile"],
} as const;

/** Whoever writes a role's trust, or makes a key for a user, can be it. */
function takeOverRules(aws: AwsEstate, who: Identity, mates: readonly Identity[], out: Emission): void {
  for (const type of ["role", "user"] as const) {
    const actions = TAKE_OVER[type].filter((action) => who.index.forAction(action).allows.length > 0);
    if (actions.length === 0) continue;
    for (const to of mates) {
      if (to.type !== type || to === who || to.serviceLinked) continue;
      const decision = actions.map((action) => ask(aws, who, action, onIam(to))).reduce(either, IMPLICIT_DENY);
      out.decided(decision, {
        family: "aws/write-policy",
        needs: [fact("act-as", who.arn)],
        gives: fact("control", to.arn),
        how:
          type === "role"
            ? `${who.label} can rewrite the trust policy of ${to.label}`
            : `${who.label} can make credentials for ${to.label}`,
      });
    }
  }
}

const onIam = (to: Identity) => ({ arn: to.arn, account: to.account, tags: to.tags });

/**
 * Whoever can give another identity a policy changes what it is (write), and with that identity in hand has the account, unless the
 * identity's boundary holds.
 */
function policyRules(aws: AwsEstate, who: Identity, mates: readonly Identity[], out: Emission): void {
  if (!GIVING.some((action) => who.index.forAction(action).allows.length > 0)) return;
  for (const to of mates) {
    if (to === who || to.serviceLinked) continue;
    const decision = givesPolicy(aws, who, to);
    if (decision === IMPLICIT_DENY) continue;
    const how = `${who.label} can give ${to.label} any policy`;
    out.decided(decision, { family: "aws/write-policy", needs: [fact("act-as", who.arn)], gives: fact("write", to.arn), how });
    const unbound = to.boundary === undefined ? decision : both(decision, removesBoundary(aws, who, to));
    const needs = [fact("act-as", who.arn), fact("act-as", to.arn)];
    out.decided(unbound, { family: "aws/administer", needs, gives: fact("control", rootOf(to.account)), how });
  }
}

const removesBoundary = (aws: AwsEstate, who: Identity, to: Identity): Decision =>
  ask(aws, who, to.type === "role" ? "iam:deleterolepermissionsboundary" : "iam:deleteuserpermissionsboundary", onIam(to));

/** Passing a role needs iam:PassRole on it, the service's own actions, and a trust in the service. */
function passRoleRules(aws: AwsEstate, who: Identity, trust: TrustInServices, out: Emission): void {
  if (who.index.forAction("iam:passrole").allows.length === 0) return;
  const best = new Map<Role, { decision: Decision; through: string }>();
  for (const service of SERVICES) {
    const runs = canRun(aws, who, service);
    if (runs === IMPLICIT_DENY) continue;
    const extra = { "iam:passedtoservice": fixed(service.principal) };
    for (const { role, trusted } of trust(who.account, service.principal)) {
      const known = best.get(role);
      if (role === who || (known && isCertain(known.decision))) continue;
      const passed = both(both(ask(aws, who, "iam:passrole", onIam(role), extra), runs), trusted);
      const all = service.byProfile ? both(passed, inProfile(aws, who, role, aws.inAccount(who.account))) : passed;
      if (!known || either(known.decision, all) !== known.decision) best.set(role, { decision: all, through: service.what });
    }
  }
  for (const [role, { decision, through }] of best) {
    out.decided(decision, {
      family: "aws/pass-role",
      needs: [fact("act-as", who.arn)],
      gives: fact("act-as", role.arn),
      how: `${who.label} can pass ${role.label} to ${through} that it starts`,
    });
  }
}

function canRun(aws: AwsEstate, who: Identity, service: Service): Decision {
  let best: Decision = IMPLICIT_DENY;
  for (const actions of service.ways) {
    if (!actions.every((action) => who.index.forAction(action).allows.length > 0)) continue;
    const decisions = actions.map((action) =>
      ask(aws, who, action, { arn: `arn:aws:${action.slice(0, action.indexOf(":"))}:*:${who.account}:*`, account: who.account }),
    );
    best = either(best, decisions.reduce(both));
    if (isCertain(best)) break;
  }
  return best;
}

const GIVEN: Decision = { outcome: "allowed", by: [], residual: [] };

/**
 * EC2 takes a role inside an instance profile: one that holds it, or one that `who` can make (EC2 User Guide, "IAM roles for Amazon EC2"). Where no
 * role of the account is seen in a profile, profiles may not have been read.
 */
function inProfile(aws: AwsEstate, who: Identity, role: Role, mates: readonly Identity[]): Decision {
  if (role.observed.instanceProfiles.length > 0) return GIVEN;
  const target = { arn: `arn:aws:iam::${who.account}:instance-profile/${FRESH}`, account: who.account };
  const makes = both(ask(aws, who, "iam:createinstanceprofile", target), ask(aws, who, "iam:addroletoinstanceprofile", target));
  if (isCertain(makes)) return makes;
  const read = mates.some((mate) => mate.type === "role" && (mate as Role).observed.instanceProfiles.length > 0);
  return read ? makes : { outcome: "unknown", missing: `if an instance profile holds ${role.label}` };
}

/**
 * Whoever can add a user to a group gives it the group's policies; with the user in hand that is the account, where the group's policies are an
 * administrator's. What lesser groups give counts as a write of the account (other-write.ts).
 */
function groupRules(aws: AwsEstate, who: Identity, mates: readonly Identity[], out: Emission): void {
  if (who.index.forAction("iam:addusertogroup").allows.length === 0) return;
  for (const group of aws.groups) {
    if (group.account !== who.account) continue;
    const adds = ask(aws, who, "iam:addusertogroup", { arn: group.arn, account: group.account, tags: {} });
    if (adds === IMPLICIT_DENY) continue;
    for (const user of mates) {
      if (user.type !== "user" || user.groups.includes(group)) continue;
      const member = { ...user, index: aws.withGroup(user, group) };
      out.decided(both(adds, administers(aws, member)), {
        family: "aws/administer",
        needs: [fact("act-as", who.arn), ...(user === who ? [] : [fact("act-as", user.arn)])],
        gives: fact("control", rootOf(who.account)),
        how: `${who.label} can put ${user.label} into group/${group.name}, which administers account ${who.account}`,
      });
    }
  }
}
