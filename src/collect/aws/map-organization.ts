// AWS Organizations: accounts, units, control policies and where they are attached.
import { isObject } from "../../lib/json.ts";
import { inside, type Source } from "../../model/source.ts";
import {
  Account,
  ControlPolicy,
  ControlPolicySummary,
  DelegatedAdministrator,
  DelegationPolicy,
  Organization,
  OrganizationalUnit,
  Parent,
  PolicyTarget,
  Root,
} from "./schema.ts";
import { accountOfArn, delegationOf } from "../../model/aws/arn.ts";
import { argumentOf, eachItem, has, listOf, parseItem, policyOrGap, type Reading, type Shape } from "./shape.ts";

const CONTROL_TYPES = ["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"] as const;
type ControlType = (typeof CONTROL_TYPES)[number];

/** Other types of policy (tags, backups) neither allow nor deny anything (Organizations User Guide, "Managing policies"). */
const isControlType = (type: string): type is ControlType => (CONTROL_TYPES as readonly string[]).includes(type);

/** What an unreadable answer is about: the target or parent of the call, else the organization of the scope. */
const subjectOf = (reading: Reading): string => {
  const flags = reading.call?.flags ?? {};
  return (
    flags["target-id"] ??
    flags["parent-id"] ??
    flags["child-id"] ??
    flags["policy-id"] ??
    reading.file.scope?.organization ??
    reading.account ??
    "organization"
  );
};

const unseen = (reading: Reading, what: string) => ({ topic: "aws/organization", subject: subjectOf(reading), what }) as const;

/** The value that only the call holds; without the call, a gap. */
function required(reading: Reading, flag: string, what: string, topic: "aws/organization" | "aws/control-policy"): string | undefined {
  const value = argumentOf(reading, flag);
  if (value === undefined) {
    const why = `the file does not say whose: keep the call with its --${flag} in a manifest`;
    reading.gap(topic, subjectOf(reading), what, why);
  }
  return value;
}

function mapOrganization(reading: Reading): void {
  const source = inside(reading.source, "Organization");
  const item = parseItem(reading, Organization, reading.document["Organization"], source, unseen(reading, "the organization"));
  if (item) reading.observe({ kind: "aws/organization", id: item.Id, managementAccount: item.MasterAccountId, source });
}

function mapAccounts(reading: Reading): void {
  const ofParent = reading.call?.operation === "list-accounts-for-parent";
  const parent = ofParent ? required(reading, "parent-id", "accounts of a unit", "aws/organization") : undefined;
  eachItem(reading, "Accounts", Account, unseen(reading, "an account"), (item, source) =>
    reading.observe({
      kind: "aws/account",
      account: item.Id,
      ...(item.Name !== undefined && { name: item.Name }),
      ...(item.Status !== undefined && { status: item.Status }),
      ...(parent !== undefined && { parent }),
      source,
    }),
  );
}

function mapRoots(reading: Reading): void {
  eachItem(reading, "Roots", Root, unseen(reading, "a root"), (item, source) =>
    reading.observe({
      kind: "aws/organizational-unit",
      id: item.Id,
      name: item.Name,
      ...(item.PolicyTypes && {
        enabledPolicyTypes: item.PolicyTypes.filter((type) => type.Status === "ENABLED").map((type) => type.Type),
      }),
      source,
    }),
  );
}

function mapUnits(reading: Reading): void {
  const parent = required(reading, "parent-id", "units of a parent", "aws/organization");
  eachItem(reading, "OrganizationalUnits", OrganizationalUnit, unseen(reading, "a unit"), (item, source) =>
    reading.observe({ kind: "aws/organizational-unit", id: item.Id, name: item.Name, ...(parent !== undefined && { parent }), source }),
  );
}

function mapUnit(reading: Reading): void {
  const source = inside(reading.source, "OrganizationalUnit");
  const item = parseItem(reading, OrganizationalUnit, reading.document["OrganizationalUnit"], source, unseen(reading, "a unit"));
  if (item) reading.observe({ kind: "aws/organizational-unit", id: item.Id, name: item.Name, source });
}

function mapParents(reading: Reading): void {
  const child = required(reading, "child-id", "the parent of an account or a unit", "aws/organization");
  eachItem(reading, "Parents", Parent, unseen(reading, "a parent"), (item, source) => {
    if (child === undefined) return;
    if (/^\d{12}$/.test(child)) reading.observe({ kind: "aws/account", account: child, parent: item.Id, source });
    else reading.observe({ kind: "aws/part", part: "unit-parent", child, parent: item.Id, source });
  });
}

function summary(reading: Reading, value: unknown, source: Source) {
  const item = parseItem(reading, ControlPolicySummary, value, source, {
    topic: "aws/control-policy",
    subject: subjectOf(reading),
    what: "a control policy",
  });
  return item && isControlType(item.Type) ? { type: item.Type, id: item.Id, arn: item.Arn, name: item.Name } : undefined;
}

/** Both calls ask for one type at a time (`--filter`), so the first item tells it. */
const typeOf = (list: readonly unknown[]): string | undefined => {
  const [first] = list;
  return isObject(first) && typeof first["Type"] === "string" ? first["Type"] : undefined;
};

function mapPolicies(reading: Reading): void {
  const forTarget = reading.call?.operation === "list-policies-for-target";
  const target = forTarget ? required(reading, "target-id", "control policies of a target", "aws/control-policy") : undefined;
  const list = reading.document["Policies"];
  if (!Array.isArray(list))
    return reading.gap("aws/control-policy", subjectOf(reading), "control policies", "Policies is missing; collect it again");
  list.forEach((value, i) => {
    const source = inside(reading.source, "Policies", i);
    const policy = summary(reading, value, source);
    if (!policy) return;
    reading.observe({ kind: "aws/control-policy", ...policy, source });
    if (target !== undefined) reading.observe({ kind: "aws/control-policy-attachment", policy: policy.id, target, source });
  });
  const type = reading.call?.flags["filter"] ?? typeOf(list);
  if (type === undefined || (forTarget && target === undefined)) return;
  const { source } = reading;
  reading.observe(
    target === undefined
      ? { kind: "aws/part", part: "policies-listed", type, source }
      : { kind: "aws/part", part: "policies-of-target", target, type, source },
  );
}

function mapPolicy(reading: Reading): void {
  const source = inside(reading.source, "Policy");
  const gap = { topic: "aws/control-policy", subject: subjectOf(reading), what: "a control policy" } as const;
  const item = parseItem(reading, ControlPolicy, reading.document["Policy"], source, gap);
  const policy = item && summary(reading, item.PolicySummary, inside(source, "PolicySummary"));
  if (!item || !policy) return;
  const what = `control policy ${policy.name}`;
  const document = policyOrGap(reading, item.Content, inside(source, "Content"), "control", { ...gap, subject: policy.id, what });
  reading.observe({ kind: "aws/control-policy", ...policy, ...(document !== undefined && { document }), source });
}

function mapTargets(reading: Reading): void {
  const policy = required(reading, "policy-id", "where a control policy is attached", "aws/control-policy");
  const gap = { topic: "aws/control-policy", subject: subjectOf(reading), what: "where a control policy is attached" } as const;
  eachItem(reading, "Targets", PolicyTarget, gap, (item, source) => {
    if (policy !== undefined) reading.observe({ kind: "aws/control-policy-attachment", policy, target: item.TargetId, source });
  });
  if (policy !== undefined) reading.observe({ kind: "aws/part", part: "targets-of-policy", policy, source: reading.source });
}

/** Of which service only the call says. */
function mapDelegated(reading: Reading): void {
  const service = reading.call?.flags["service-principal"];
  const gap = { topic: "aws/identity-center", subject: service ?? subjectOf(reading), what: "a delegated administrator" } as const;
  if (service === undefined)
    return reading.gap(
      gap.topic,
      gap.subject,
      gap.what,
      "the file does not say of which service: keep the call with its --service-principal",
    );
  eachItem(reading, "DelegatedAdministrators", DelegatedAdministrator, gap, (item, source) =>
    reading.observe({ kind: "aws/delegated-administrator", account: item.Id, service, source }),
  );
  reading.observe({ kind: "aws/part", part: "delegated-administrators", service, source: reading.source });
}

/** Whom the management account lets manage policies: a resource policy of the organization (Organizations API Reference, DescribeResourcePolicy). */
function mapDelegation(reading: Reading): void {
  const source = inside(reading.source, "ResourcePolicy");
  const gap = {
    topic: "aws/resource-policy",
    subject: delegationOf(reading.account),
    what: "the organization's delegation policy",
  } as const;
  const item = parseItem(reading, DelegationPolicy, reading.document["ResourcePolicy"], source, gap);
  if (!item) return;
  const { Arn: arn } = item.ResourcePolicySummary;
  const document = policyOrGap(reading, item.Content, inside(source, "Content"), "resource", { ...gap, subject: arn });
  if (document === undefined) return;
  const account = accountOfArn(arn);
  reading.observe({
    kind: "aws/resource-policy",
    arn,
    ...(account !== undefined && { account }),
    document,
    source: inside(source, "Content"),
  });
}

const shape = (
  operations: readonly string[],
  is: Shape["is"],
  map: Shape["map"],
  topic: "aws/organization" | "aws/control-policy" = "aws/organization",
): Shape => ({ name: `organizations ${operations[0]}`, service: "organizations", operations, is, topic, subject: subjectOf, map });

const ofOrganizations = (value: unknown): boolean => typeof value === "string" && value.includes(":organizations:");
const listedBy =
  (key: string, ...members: readonly string[]): Shape["is"] =>
  (document) =>
    listOf(document, key, ...members) &&
    (document[key] as unknown as readonly unknown[]).some((item) => isObject(item) && ofOrganizations(item["Arn"]));

export const organizationShapes: readonly Shape[] = [
  shape(
    ["describe-organization"],
    (document) => isObject(document["Organization"]) && has(document["Organization"], "Id", "MasterAccountId"),
    mapOrganization,
  ),
  shape(["list-accounts", "list-accounts-for-parent"], listedBy("Accounts", "Id"), mapAccounts),
  shape(["list-delegated-administrators"], (document) => Array.isArray(document["DelegatedAdministrators"]), mapDelegated),
  shape(
    ["describe-resource-policy"],
    ({ ResourcePolicy: policy }) => isObject(policy) && has(policy, "ResourcePolicySummary", "Content"),
    mapDelegation,
  ),
  shape(["list-roots"], listedBy("Roots", "Id"), mapRoots),
  shape(["list-organizational-units-for-parent"], listedBy("OrganizationalUnits", "Id"), mapUnits),
  shape(
    ["describe-organizational-unit"],
    (document) => isObject(document["OrganizationalUnit"]) && ofOrganizations(document["OrganizationalUnit"]["Arn"]),
    mapUnit,
  ),
  shape(["list-parents"], (document) => listOf(document, "Parents", "Id", "Type"), mapParents),
  shape(["list-policies", "list-policies-for-target"], listedBy("Policies", "Id", "Type"), mapPolicies, "aws/control-policy"),
  shape(
    ["describe-policy"],
    (document) => isObject(document["Policy"]) && has(document["Policy"], "PolicySummary", "Content"),
    mapPolicy,
    "aws/control-policy",
  ),
  shape(["list-targets-for-policy"], (document) => listOf(document, "Targets", "TargetId", "Type"), mapTargets, "aws/control-policy"),
];
