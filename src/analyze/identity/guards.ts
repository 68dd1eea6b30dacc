// Rules: who can make a guard stop guarding. Only guards that hold some rule back are asked about.
import { fact, grant } from "../../model/rule.ts";
import { isCustomerManaged, type Administrators } from "./administer.ts";
import { ask, caller, either, isCertain, type Target } from "./ask.ts";
import { fixed } from "./condition.ts";
import type { Caller } from "./context.ts";
import type { Emission } from "./emission.ts";
import { rootOf, type AwsEstate, type Identity } from "./estate.ts";
import { IMPLICIT_DENY, type Decision, type Obstacle } from "./evaluate.ts";

/** Defeating one guard may be held back by another, which is then asked about as well. */
export function guardRules(aws: AwsEstate, administrators: Administrators, out: Emission): void {
  const asked = new Set<string>();
  for (let pending = true; pending;) {
    pending = false;
    for (const [id, obstacle] of out.usedGuards) {
      if (asked.has(id)) continue;
      asked.add(id);
      pending = true;
      defeatOf(id, obstacle, aws, administrators, out);
    }
  }
}

function defeatOf(id: string, obstacle: Obstacle, aws: AwsEstate, administrators: Administrators, out: Emission): void {
  if (/^arn:[^:]+:organizations:/.test(id)) return controlPolicy(id, obstacle, aws, administrators, out);
  if (id.endsWith("#boundary")) return boundary(id, aws, administrators, out);
  const owner = obstacle.by?.policy.owner;
  if (owner === undefined) return;
  if (isCustomerManaged(owner)) return managedDeny(id, owner, aws, administrators, out);
  const identity = aws.byArn.get(owner);
  if (identity && !obstacle.by?.statement.principals) return inlineDeny(id, identity, aws, administrators, out);
  const decision: Decision = obstacle.by ? { outcome: "allowed", by: [obstacle.by], residual: [] } : IMPLICIT_DENY;
  out.decided(decision, {
    family: "aws/defeat-guard",
    needs: [fact("control", owner)],
    gives: fact("defeat", id),
    how: `whoever controls ${owner} can rewrite its policy`,
  });
}

function each(
  aws: AwsEstate,
  account: string,
  administrators: Administrators,
  out: Emission,
  parts: {
    readonly family: string;
    readonly guard: string;
    readonly how: (identity: Identity) => string;
    readonly unless?: readonly string[];
  },
  decide: (identity: Identity) => Decision,
): void {
  for (const identity of aws.inAccount(account)) {
    if (identity.serviceLinked || administrators.has(identity)) continue;
    const decision = decide(identity);
    if (decision === IMPLICIT_DENY) continue;
    out.decided(decision, {
      family: parts.family,
      needs: [fact("act-as", identity.arn)],
      gives: fact("defeat", parts.guard),
      how: parts.how(identity),
      unless: parts.unless ?? [],
    });
  }
}

function firstOf(aws: AwsEstate, identity: Identity, actions: readonly string[], target: Target): Decision {
  let best: Decision = IMPLICIT_DENY;
  for (const action of actions) {
    if (identity.index.forAction(action).allows.length === 0) continue;
    best = either(best, ask(aws, identity, action, target));
    if (isCertain(best)) break;
  }
  return best;
}

const undecided = (decision: Decision, why: string): Decision =>
  decision.outcome === "allowed" ? { outcome: "allowed-if", by: decision.by, residual: [why] } : decision;

/** An administrator of the account controls the guard by owning the account, so only others are asked. */
function boundary(id: string, aws: AwsEstate, administrators: Administrators, out: Emission): void {
  const bound = aws.byArn.get(id.slice(0, -"#boundary".length));
  if (!bound) return;
  const noun = bound.type;
  const onBound = { arn: bound.arn, account: bound.account, tags: bound.tags };
  const policy = bound.observed.boundary ?? "";
  each(
    aws,
    bound.account,
    administrators,
    out,
    { family: "aws/defeat-guard", guard: id, how: (who) => `${who.label} can lift the permissions boundary of ${bound.label}` },
    (who) =>
      either(
        firstOf(aws, who, [`iam:delete${noun}permissionsboundary`, `iam:put${noun}permissionsboundary`], onBound),
        isCustomerManaged(policy) ? firstOf(aws, who, ["iam:createpolicyversion"], { arn: policy, account: bound.account }) : IMPLICIT_DENY,
      ),
  );
}

function managedDeny(id: string, policy: string, aws: AwsEstate, administrators: Administrators, out: Emission): void {
  const account = policy.split(":")[4] as string;
  const bearers = aws.identities.filter((identity) => identity.index.policies.some((other) => other.owner === policy));
  const how = (who: Identity): string => `${who.label} can rewrite or detach ${policy}`;
  each(aws, account, administrators, out, { family: "aws/defeat-guard", guard: id, how }, (who) => {
    let best = firstOf(aws, who, ["iam:createpolicyversion"], { arn: policy, account });
    best = either(
      best,
      undecided(firstOf(aws, who, ["iam:setdefaultpolicyversion"], { arn: policy, account }), "if an older version does not deny it"),
    );
    for (const bearer of bearers) best = either(best, firstOf(aws, who, [`iam:detach${bearer.type}policy`], bearer));
    return best;
  });
}

function inlineDeny(id: string, bearer: Identity, aws: AwsEstate, administrators: Administrators, out: Emission): void {
  const actions = [`iam:delete${bearer.type}policy`, `iam:put${bearer.type}policy`];
  const how = (who: Identity): string => `${who.label} can rewrite the policies of ${bearer.label}`;
  each(aws, bearer.account, administrators, out, { family: "aws/defeat-guard", guard: id, how }, (who) =>
    firstOf(aws, who, actions, { arn: bearer.arn, account: bearer.account, tags: bearer.tags }),
  );
}

/**
 * Control policies are managed from the organization's management account (Organizations User Guide, "Managing organization policies"); an
 * account that leaves is no longer held by them.
 */
function controlPolicy(id: string, obstacle: Obstacle, aws: AwsEstate, administrators: Administrators, out: Emission): void {
  const management = aws.organization.managementAccount ?? id.split(":")[4];
  const label = obstacle.guard?.label ?? id;
  const change = ["organizations:detachpolicy", "organizations:updatepolicy", "organizations:deletepolicy"];
  if (obstacle.by === undefined) change.push("organizations:attachpolicy");
  const beside = ["organizations:moveaccount", "organizations:disablepolicytype"];
  if (management !== undefined && /^\d{12}$/.test(management)) {
    const parts = { family: "aws/defeat-control-policy", guard: id, how: (who: Identity) => `${who.label} can change or detach ${label}` };
    each(aws, management, administrators, out, parts, (who) =>
      either(
        firstOf(aws, who, change, { arn: id, account: management }),
        firstOf(aws, who, beside, { arn: `arn:aws:organizations::${management}:*`, account: management }),
      ),
    );
    out.decided(
      { outcome: "allowed", by: obstacle.by ? [obstacle.by] : [], residual: [] },
      {
        family: "aws/defeat-control-policy",
        needs: [fact("control", rootOf(management))],
        gives: fact("defeat", id),
        how: `whoever administers the management account ${management} decides about ${label}`,
        grants: [managed(id, label, management, aws)],
        source: aws.sourceOfAccount(management),
      },
    );
  }
  delegates(id, label, management ?? "*", aws, out);
  leaving(id, label, aws, out);
}

/**
 * A delegation policy lets other accounts manage policies, each action with leave on both sides (Organizations User Guide, "Delegated administrator for
 * AWS Organizations", "Create a resource-based delegation policy"). Whoever administers such an account can give themselves their side.
 */
function delegates(id: string, label: string, management: string, aws: AwsEstate, out: Emission): void {
  const policy = aws.delegation;
  if (policy === undefined) return;
  const target: Target = { arn: id, account: management, policy, policyRequired: true };
  const type = id.includes("/resource_control_policy/") ? "RESOURCE_CONTROL_POLICY" : "SERVICE_CONTROL_POLICY";
  const extra = { "organizations:policytype": fixed(type) };
  const may = (who: Caller, action: string): Decision =>
    "index" in who && (who as Identity).index.forAction(action).allows.length === 0 ? IMPLICIT_DENY : ask(aws, who, action, target, extra);
  const decide = (who: Caller): Decision =>
    either(
      may(who, "organizations:updatepolicy"),
      undecided(may(who, "organizations:detachpolicy"), "if it may be taken off where it is attached"),
    );
  for (const account of aws.accounts) {
    if (account === management || aws.organization.idOf(account) === undefined) continue;
    const how = (who: Identity): string =>
      `${who.label} of account ${account} can change or detach ${label}, which the organization delegates`;
    each(aws, account, new Set(), out, { family: "aws/defeat-control-policy", guard: id, how }, decide);
    const root = caller("root", rootOf(account), account);
    out.decided(decide(root), {
      family: "aws/defeat-control-policy",
      needs: [fact("control", root.arn)],
      gives: fact("defeat", id),
      how: `whoever administers account ${account} can change ${label}, which the organization delegates`,
    });
  }
}

const managed = (id: string, label: string, management: string, aws: AwsEstate) =>
  grant(
    id,
    { managedBy: management },
    {
      label: `${label}, managed by account ${management}`,
      change: `manage ${label} from an account that no lower environment reaches`,
      source: aws.sourceOfAccount(management),
      removable: false,
    },
  );

function leaving(id: string, label: string, aws: AwsEstate, out: Emission): void {
  const held = aws.accounts.filter((account) =>
    [...aws.organization.chainOf(account).service, ...aws.organization.chainOf(account).resource].some((level) =>
      level.policies.some((policy) => policy.guard?.id === id),
    ),
  );
  for (const account of held) {
    const unless = ["if the account has what it needs to stand alone"];
    const parts = {
      family: "aws/defeat-control-policy",
      guard: id,
      how: (who: Identity) => `${who.label} can take account ${account} out of the organization, away from ${label}`,
      unless,
    };
    each(aws, account, new Set(), out, parts, (who) => firstOf(aws, who, ["organizations:leaveorganization"], { arn: "*", account }));
  }
}
