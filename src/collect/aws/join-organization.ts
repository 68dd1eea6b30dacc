// The organization from its calls: where each account stands, and which control policies hold it back.
import type { AwsAccount, AwsControlPolicy, AwsOrganizationalUnit } from "../../model/observations/aws.ts";
import type { Json } from "../../lib/json.ts";
import { parseCall } from "./call.ts";
import { saysNone } from "./denied.ts";
import { groupBy, type Joining } from "./joining.ts";

const TYPES = ["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"] as const;

export function joinOrganization(joining: Joining): void {
  joining.of("aws/organization").forEach(joining.keep);
  const units = mergedUnits(joining);
  const accounts = mergedAccounts(joining);
  const policies = mergedPolicies(joining);
  [...units, ...accounts, ...policies].forEach(joining.keep);
  const attachments = groupBy(joining.of("aws/control-policy-attachment"), (item) => `${item.policy} ${item.target}`);
  for (const [first] of attachments.values()) if (first) joining.keep(first);
  for (const unit of units) {
    if (unit.parent === undefined && !unit.id.startsWith("r-"))
      joining.gap(
        "aws/organization",
        unit.id,
        `parent of unit ${unit.name}`,
        "not collected: run aws organizations list-parents",
        unit.source,
      );
  }
  if (joining.of("aws/organization").length > 0 || units.length > 0 || policies.length > 0) {
    for (const account of accounts.filter((item) => item.parent === undefined))
      joining.gap(
        "aws/organization",
        account.account,
        `unit of account ${account.account}`,
        "not collected: run aws organizations list-parents",
        account.source,
      );
    unreadAttachments(joining, units, accounts, policies);
  }
  unplacedAccounts(joining, accounts);
}

/** What several files say of one thing; what a later one knows fills in what an earlier one left out. */
const merged = <T extends object>(items: readonly T[]): T => Object.assign({}, ...items.toReversed()) as T;

function mergedUnits(joining: Joining): readonly AwsOrganizationalUnit[] {
  const parents = new Map(joining.parts("unit-parent").map((part) => [part.child, part.parent]));
  return [...groupBy(joining.of("aws/organizational-unit"), (unit) => unit.id).values()].map((versions) => {
    const unit = merged(versions);
    const parent = unit.parent ?? parents.get(unit.id);
    return { ...unit, ...(parent !== undefined && { parent }) };
  });
}

const mergedAccounts = (joining: Joining): readonly AwsAccount[] =>
  [...groupBy(joining.of("aws/account"), (account) => account.account).values()].map(merged);

// AWS manages these two and nobody can edit them (Organizations User Guide, "Service control policies" and "Resource control policies").
const PUBLISHED: Readonly<Record<string, Json>> = {
  "p-FullAWSAccess": { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] },
  "p-RCPFullAWSAccess": { Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: "*", Action: "*", Resource: "*" }] },
};

function mergedPolicies(joining: Joining): readonly AwsControlPolicy[] {
  return [...groupBy(joining.of("aws/control-policy"), (policy) => policy.id).values()].map((versions) => {
    const policy = versions.find((version) => version.document !== undefined) ?? merged(versions);
    const document = policy.document ?? PUBLISHED[policy.id];
    if (document === undefined)
      joining.gap(
        "aws/control-policy",
        policy.id,
        `control policy ${policy.name}`,
        "not collected: run aws organizations describe-policy",
        policy.source,
      );
    return { ...policy, ...(document !== undefined && { document }) };
  });
}

/** A target's control policies are known when it was asked for them, or when every listed policy was asked for its targets. */
function unreadAttachments(
  joining: Joining,
  units: readonly AwsOrganizationalUnit[],
  accounts: readonly AwsAccount[],
  policies: readonly AwsControlPolicy[],
): void {
  // Control policies do not restrict the management account (Organizations User Guide, "SCP effects on permissions").
  const management = new Set(joining.of("aws/organization").map((organization) => organization.managementAccount));
  const targets = [...units.map((unit) => unit.id), ...accounts.map((account) => account.account).filter((id) => !management.has(id))];
  const asked = new Set(joining.parts("targets-of-policy").map((part) => part.policy));
  const roots = units.filter((unit) => unit.id.startsWith("r-"));
  for (const type of TYPES) {
    const isOff =
      roots.length > 0 && roots.every((root) => root.enabledPolicyTypes !== undefined && !root.enabledPolicyTypes.includes(type));
    const listed = joining.parts("policies-listed").some((part) => part.type === type);
    const allAsked = listed && policies.every((policy) => policy.type !== type || asked.has(policy.id));
    if (isOff || allAsked) continue;
    const read = new Set(joining.parts("policies-of-target").flatMap((part) => (part.type === type ? [part.target] : [])));
    const call = `aws organizations list-policies-for-target --filter ${type}`;
    for (const target of targets) {
      if (!read.has(target))
        joining.gap("aws/control-policy", target, `control policies attached to ${target}`, `not collected: run ${call}`);
    }
  }
}

/** An account whose identities were read, and of which no file says whether an organization holds it back. */
function unplacedAccounts(joining: Joining, accounts: readonly AwsAccount[]): void {
  const placed = new Set([
    ...accounts.map((item) => item.account),
    ...joining.of("aws/organization").map((item) => item.managementAccount),
  ]);
  for (const listed of joining.calls) {
    const call = parseCall(listed.call);
    const alone = call?.service === "organizations" && listed.error !== undefined && saysNone(call, listed.error);
    if (alone && listed.scope.account !== undefined) placed.add(listed.scope.account);
  }
  const pieces = joining.parts("principal").map((part) => part.principal);
  const principals = [...joining.of("aws/role"), ...joining.of("aws/user"), ...pieces];
  const read = new Set(principals.map((principal) => principal.account));
  for (const account of read) {
    if (!placed.has(account))
      joining.gap(
        "aws/control-policy",
        account,
        `control policies on account ${account}`,
        "no file of AWS Organizations names the account",
      );
  }
}
