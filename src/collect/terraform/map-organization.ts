// AWS Organizations: the organization, its units and accounts, control policies and where they are attached.
import { isObject, type Json } from "../../lib/json.ts";
import { isAccount } from "../../model/aws/arn.ts";
import { type Mapper, policyIn, type Reading, referred, WHY_NOT } from "./reading.ts";
import { at, attribute, known, type TerraformResource } from "./resource.ts";

const CONTROL_TYPES = ["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"] as const;

/** The id, or what stands for it until apply gives one; with the prefix that says what it is an id of. */
const idOf = (resource: TerraformResource, prefix: "ou-" | "p-"): string => known(resource, "id") ?? prefix + resource.address;

/** Root, unit or account that an attribute names. */
function placeIn(reading: Reading, name: string): string | undefined {
  const of = referred(reading, name, ["aws_organizations_organizational_unit", "aws_organizations_account"]);
  if (known(reading.resource, name) !== undefined) return known(reading.resource, name);
  if (of?.type === "aws_organizations_organizational_unit") return idOf(of, "ou-");
  return of && known(of, "id");
}

const listIn = (reading: Reading, name: string): readonly Json[] => {
  const found = attribute(reading.resource, name);
  return found.is === "known" && Array.isArray(found.value) ? found.value : [];
};

const organization: Mapper = (reading) => {
  const { resource } = reading;
  const [id, managementAccount] = [known(resource, "id"), known(resource, "master_account_id")];
  if (id === undefined || !isAccount(managementAccount))
    return reading.gap("aws/organization", "organization", `organization ${resource.address}`, WHY_NOT.unknown);
  reading.whole({ kind: "aws/organization", id, managementAccount, source: resource.source });
  listIn(reading, "roots").forEach((root, i) => {
    if (!isObject(root) || typeof root["id"] !== "string") return;
    const types = Array.isArray(root["policy_types"]) ? root["policy_types"] : undefined;
    const enabled = types?.flatMap((each: Json) => (isObject(each) && each["status"] === "ENABLED" ? [String(each["type"])] : []));
    reading.whole({
      kind: "aws/organizational-unit",
      id: root["id"],
      name: typeof root["name"] === "string" ? root["name"] : "Root",
      ...(enabled && { enabledPolicyTypes: enabled }),
      source: at(resource, "roots", i),
    });
  });
};

const unit: Mapper = (reading) => {
  const { resource } = reading;
  const id = idOf(resource, "ou-");
  const parent = placeIn(reading, "parent_id");
  if (parent === undefined)
    reading.gap("aws/organization", id, `parent of ${resource.address}`, WHY_NOT.unknown, at(resource, "parent_id"));
  reading.whole({
    kind: "aws/organizational-unit",
    id,
    name: known(resource, "name") ?? resource.address,
    ...(parent !== undefined && { parent }),
    source: resource.source,
  });
};

const account: Mapper = (reading) => {
  const { resource } = reading;
  const id = known(resource, "id");
  if (!isAccount(id))
    return reading.gap("aws/organization", resource.address, `account ${resource.address}`, "its number is known only after apply");
  const parent = placeIn(reading, "parent_id");
  if (parent === undefined) reading.gap("aws/organization", id, `unit of account ${id}`, WHY_NOT.unknown, at(resource, "parent_id"));
  const [name, status] = [known(resource, "name"), known(resource, "status")];
  reading.whole({
    kind: "aws/account",
    account: id,
    ...(name !== undefined && { name }),
    ...(status !== undefined && { status }),
    ...(parent !== undefined && { parent }),
    source: resource.source,
  });
};

/** Other types of policy neither allow nor deny anything (Organizations User Guide, "Managing policies"). A type left out is a service control policy. */
const policy: Mapper = (reading) => {
  const { resource } = reading;
  const written = known(resource, "type") ?? "SERVICE_CONTROL_POLICY";
  const type = CONTROL_TYPES.find((each) => each === written);
  if (type === undefined) return;
  const id = idOf(resource, "p-");
  const gap = { topic: "aws/control-policy", subject: id, what: `control policy ${resource.address}` } as const;
  const content = policyIn(reading, ["content"], "control", gap);
  if (!content) reading.gap(gap.topic, gap.subject, gap.what, WHY_NOT.absent);
  const arn = known(resource, "arn");
  reading.whole({
    kind: "aws/control-policy",
    type,
    id,
    ...(arn !== undefined && { arn }),
    name: known(resource, "name") ?? resource.address,
    ...(content && content.document !== null && { document: content.document }),
    source: resource.source,
  });
};

const attachment: Mapper = (reading) => {
  const { resource } = reading;
  const of = referred(reading, "policy_id", ["aws_organizations_policy"]);
  const id = known(resource, "policy_id") ?? (of && idOf(of, "p-"));
  const target = placeIn(reading, "target_id");
  if (id === undefined || target === undefined)
    return reading.gap("aws/control-policy", id ?? "organization", `attachment ${resource.address}`, WHY_NOT.unknown);
  reading.whole({ kind: "aws/control-policy-attachment", policy: id, target, source: resource.source });
};

export const organizationMappers: Readonly<Record<string, Mapper>> = {
  aws_organizations_organization: organization,
  aws_organizations_organizational_unit: unit,
  aws_organizations_account: account,
  aws_organizations_policy: policy,
  aws_organizations_policy_attachment: attachment,
};
