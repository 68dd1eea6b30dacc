// Terraform's files beside the answers of the systems themselves, and alone.
import { describe, expect, test } from "vitest";
import { ONLY_MANAGED } from "../collect/terraform/topics.ts";
import { check } from "./check.ts";
import { charterOf, filesOf } from "./estate-fixture.ts";
import { type EstateReading, readEstate } from "./read-estate.ts";

const ACCOUNT = "111122223333";
const trust = (principal: unknown) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: principal, Action: "sts:AssumeRole" }],
});
const arn = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`;

const answered = (...names: readonly string[]) => ({
  UserDetailList: [],
  GroupDetailList: [],
  Policies: [],
  RoleDetailList: names.map((name) => ({
    Path: "/",
    RoleName: name,
    Arn: arn(name),
    AssumeRolePolicyDocument: trust({ Service: "lambda.amazonaws.com" }),
    RolePolicyList: [],
    AttachedManagedPolicies: [],
    InstanceProfileList: [],
  })),
});

const state = (...names: readonly string[]) => ({
  version: 4,
  terraform_version: "1.9.8",
  serial: 1,
  lineage: "x",
  resources: names.map((name) => ({
    mode: "managed",
    type: "aws_iam_role",
    name,
    provider: 'provider["registry.terraform.io/hashicorp/aws"]',
    instances: [{ attributes: { arn: arn(name), name, path: "/", assume_role_policy: JSON.stringify(trust({ AWS: "*" })) } }],
  })),
});

function reading(files: Readonly<Record<string, unknown>>): EstateReading {
  const texts = Object.fromEntries(Object.entries(files).map(([path, content]) => [path, JSON.stringify(content)]));
  return readEstate(filesOf(texts), charterOf(), { fingerprintKey: new Uint8Array(32) });
}

const rolesIn = ({ observations }: EstateReading): readonly string[] =>
  observations.flatMap((each) => (each.kind === "aws/role" ? [`${each.name} ${each.source.file}`] : []));

describe("a state and the account's own answer", () => {
  const both = reading({ "authorization-details.json": answered("deploy"), "main.tfstate": state("deploy", "drifted") });

  test("of a role that both tell, the answer speaks", () => {
    expect(rolesIn(both)).toEqual(["deploy authorization-details.json", "drifted main.tfstate"]);
  });

  test("the rest of the account is told by the answer", () => {
    expect(both.gaps.filter(({ why }) => why === ONLY_MANAGED)).toEqual([]);
  });
});

test("a gap about what the answer tells is no gap; one about anything else is", () => {
  const broken = state("deploy", "drifted");
  for (const { instances } of broken.resources) if (instances[0]) instances[0].attributes.assume_role_policy = "{";
  const { gaps } = reading({ "authorization-details.json": answered("deploy"), "main.tfstate": broken });
  expect(gaps.filter(({ topic }) => topic === "aws/principal-policy").map(({ subject }) => subject)).toEqual([arn("drifted")]);
});

test("a state alone tells only what Terraform manages", () => {
  const alone = reading({ "main.tfstate": state("deploy") });
  expect(rolesIn(alone)).toEqual(["deploy main.tfstate"]);
  expect(alone.gaps).toContainEqual(expect.objectContaining({ topic: "aws/authorization-details", subject: ACCOUNT, why: ONLY_MANAGED }));
});

test("a plan that is refused leaves everything open", () => {
  const { gaps } = reading({ "plan.json": { format_version: "2.0", planned_values: {} } });
  expect(gaps).toContainEqual(expect.objectContaining({ topic: "terraform/file", subject: "plan.json" }));
});

describe("configuration that was never planned", () => {
  const role = (name: string, trusts: string, action: string, resource: string): string => `
resource "aws_iam_role" "${name}" {
  name               = "${name}"
  assume_role_policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = ${trusts}, Action = "sts:AssumeRole" }] })
}
resource "aws_iam_role_policy" "${name}" {
  role   = aws_iam_role.${name}.name
  name   = "own"
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "${action}", Resource = ${resource} }] })
}
`;
  const accounts = { development: "222233334444", production: ACCOUNT };
  const charter = JSON.stringify({
    bulkhead: 1,
    organization: { name: "acme" },
    environments: Object.entries(accounts).map(([name, account]) => ({
      ...{ name, tier: name, purpose: "shop", owner: "ops", data: "synthetic" },
      boundary: { aws: { accounts: [account] } },
    })),
    inputs: Object.values(accounts).map((account) => ({ path: account, scope: { system: "terraform", account } })),
  });
  const files = filesOf({
    [`${accounts.development}/main.tf`]: role("builder", '{ Service = "ec2.amazonaws.com" }', "sts:AssumeRole", '"*"'),
    [`${ACCOUNT}/main.tf`]: role("deploy", '{ AWS = "*" }', "iam:*", '"*"'),
  });
  const run = check(files, { asOf: "2026-11-24T00:00:00Z", charter: { text: charter, file: "bulkhead.yaml" } });

  test("shows the way that its literals open, with the lines that they stand in", () => {
    if (!run.ok) throw new Error(JSON.stringify(run.error));
    expect(run.value.result.statements.wall).toBe("violated");
    const finding = run.value.result.findings.find(({ fromEnvironment }) => fromEnvironment === "development");
    expect(finding).toMatchObject({ verdict: "violated", toEnvironment: "production" });
    const lines = finding?.path.map(({ source }) => `${source.file}:${source.line}`);
    expect(lines).toContain(`${ACCOUNT}/main.tf:4`);
    expect(lines).toContain(`${ACCOUNT}/main.tf:9`);
  });
});
