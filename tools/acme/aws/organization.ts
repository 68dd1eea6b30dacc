// AWS Organizations: the tree of units, and the service control policies that hold its accounts back.
import { openFolder } from "../folder.ts";
import type { Files, Folder } from "../folder.ts";
import { ACCOUNTS, ORGANIZATION } from "../names.ts";
import type { AccountName } from "../names.ts";
import { awsDate } from "../pseudo.ts";
import { allow, policy } from "./trust.ts";
import type { Document } from "./trust.ts";

const MANAGEMENT = ACCOUNTS.tooling;
const ROOT = "r-acme";
const UNITS = { Workloads: "ou-acme-work1000", Production: "ou-acme-prod1001", Development: "ou-acme-devl1002" } as const;
type Unit = keyof typeof UNITS;

const PARENTS: Readonly<Record<Unit, string>> = { Workloads: ROOT, Production: UNITS.Workloads, Development: UNITS.Workloads };
const ACCOUNT_PARENTS: Readonly<Record<AccountName, string>> = {
  production: UNITS.Production,
  development: UNITS.Development,
  tooling: ROOT,
};

const orgArn = (tail: string): string => `arn:aws:organizations::${MANAGEMENT}:${tail}`;

const account = (name: AccountName): object => ({
  Id: ACCOUNTS[name],
  Arn: orgArn(`account/${ORGANIZATION}/${ACCOUNTS[name]}`),
  Email: `aws+${name}@acme.example`,
  Name: `acme-${name}`,
  Status: "ACTIVE",
  JoinedMethod: name === "tooling" ? "INVITED" : "CREATED",
  JoinedTimestamp: awsDate(`account/${name}`),
});

const unit = (name: Unit): object => ({ Id: UNITS[name], Arn: orgArn(`ou/${ORGANIZATION}/${UNITS[name]}`), Name: name });

interface ControlPolicy {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly document: Document;
  readonly targets: readonly string[];
}

const deny = (Sid: string, action: readonly string[], resource: string): object => ({ Sid, ...allow(action, resource), Effect: "Deny" });

const POLICIES: readonly ControlPolicy[] = [
  {
    id: "p-FullAWSAccess",
    name: "FullAWSAccess",
    description: "Allows access to every operation",
    document: policy(allow("*", "*")),
    targets: [ROOT, ...Object.values(UNITS), ...Object.values(ACCOUNTS)],
  },
  {
    id: "p-acmebase",
    name: "protect-the-organization",
    description: "No account leaves, and no trail stops",
    document: policy(
      deny("StayIn", ["organizations:LeaveOrganization"], "*"),
      deny("KeepTrails", ["cloudtrail:StopLogging", "cloudtrail:DeleteTrail"], "*"),
    ),
    targets: [ROOT],
  },
  {
    id: "p-acmewall",
    name: "development-stays-out-of-production",
    description: "Nothing in development acts as a role of production",
    document: policy(deny("NoProductionRoles", ["sts:AssumeRole"], `arn:aws:iam::${ACCOUNTS.production}:role/*`)),
    targets: [UNITS.Development],
  },
];

const summary = (item: ControlPolicy): object => {
  const isAws = item.id === "p-FullAWSAccess";
  return {
    Id: item.id,
    Arn: isAws
      ? `arn:aws:organizations::aws:policy/service_control_policy/${item.id}`
      : orgArn(`policy/${ORGANIZATION}/service_control_policy/${item.id}`),
    Name: item.name,
    Description: item.description,
    Type: "SERVICE_CONTROL_POLICY",
    AwsManaged: isAws,
  };
};

function target(id: string): object {
  const unitName = (Object.keys(UNITS) as Unit[]).find((name) => UNITS[name] === id);
  if (unitName) return { TargetId: id, Arn: orgArn(`ou/${ORGANIZATION}/${id}`), Name: unitName, Type: "ORGANIZATIONAL_UNIT" };
  if (id === ROOT) return { TargetId: id, Arn: orgArn(`root/${ORGANIZATION}/${ROOT}`), Name: "Root", Type: "ROOT" };
  const name = (Object.keys(ACCOUNTS) as AccountName[]).find((key) => ACCOUNTS[key] === id);
  return { TargetId: id, Arn: orgArn(`account/${ORGANIZATION}/${id}`), Name: `acme-${name}`, Type: "ACCOUNT" };
}

function writeTree(folder: Folder): void {
  const names = Object.keys(ACCOUNTS) as AccountName[];
  folder.answer("aws organizations list-accounts", "list-accounts.json", { Accounts: names.map(account) });
  folder.answer("aws organizations list-roots", "list-roots.json", {
    Roots: [
      {
        Id: ROOT,
        Arn: orgArn(`root/${ORGANIZATION}/${ROOT}`),
        Name: "Root",
        PolicyTypes: [{ Type: "SERVICE_CONTROL_POLICY", Status: "ENABLED" }],
      },
    ],
  });
  for (const parent of [ROOT, ...Object.values(UNITS)]) {
    const children = (Object.keys(UNITS) as Unit[]).filter((name) => PARENTS[name] === parent);
    const accounts = names.filter((name) => ACCOUNT_PARENTS[name] === parent);
    folder.answer(
      `aws organizations list-organizational-units-for-parent --parent-id ${parent}`,
      `units/${parent}/list-organizational-units-for-parent.json`,
      { OrganizationalUnits: children.map(unit) },
    );
    folder.answer(`aws organizations list-accounts-for-parent --parent-id ${parent}`, `units/${parent}/list-accounts-for-parent.json`, {
      Accounts: accounts.map(account),
    });
  }
}

function writePolicies(folder: Folder): void {
  folder.answer("aws organizations list-policies --filter SERVICE_CONTROL_POLICY", "policies/list-policies.json", {
    Policies: POLICIES.map(summary),
  });
  for (const item of POLICIES) {
    folder.answer(`aws organizations describe-policy --policy-id ${item.id}`, `policies/${item.id}/describe-policy.json`, {
      Policy: { PolicySummary: summary(item), Content: JSON.stringify(item.document, null, 2) },
    });
    folder.answer(`aws organizations list-targets-for-policy --policy-id ${item.id}`, `policies/${item.id}/list-targets-for-policy.json`, {
      Targets: item.targets.map(target),
    });
  }
}

export function writeOrganization(files: Files): void {
  const scope = { system: "aws", account: MANAGEMENT, organization: "management" } as const;
  const by = `arn:aws:sts::${MANAGEMENT}:assumed-role/bulkhead-collector/nightly`;
  const folder = openFolder(files, "estate/aws/organization", scope, by, 4);
  folder.answer("aws organizations describe-organization", "describe-organization.json", {
    Organization: {
      Id: ORGANIZATION,
      Arn: orgArn(`organization/${ORGANIZATION}`),
      FeatureSet: "ALL",
      MasterAccountArn: orgArn(`account/${ORGANIZATION}/${MANAGEMENT}`),
      MasterAccountId: MANAGEMENT,
      MasterAccountEmail: "aws+tooling@acme.example",
      AvailablePolicyTypes: [{ Type: "SERVICE_CONTROL_POLICY", Status: "ENABLED" }],
    },
  });
  writeTree(folder);
  writePolicies(folder);
  folder.close();
}
