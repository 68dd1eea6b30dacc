// The live half: one table of calls, the CLI's form, and a collection from a real emulator.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { charterOf } from "../../app/estate-fixture.ts";
import { collectAws } from "../../app/collect.ts";
import { isRead, readFolder } from "../../app/files.ts";
import { type EstateReading, readEstate } from "../../app/read-estate.ts";
import { Manifest } from "../../model/manifest.ts";
import { delegationOf } from "../../model/aws/arn.ts";
import { parseCall } from "./call.ts";
import { collector } from "./collector.ts";
import { commandLine, kebab } from "./asked-call.ts";
import { allCalls, leastPolicy } from "./fetch-calls.ts";
import { cliForm } from "./fetch-form.ts";
import { documents, fill, type Made, MANAGEMENT, REGION, ROLE, SECRETS } from "./moto-estate-support.ts";
import { type Proxy, startProxy } from "./moto-proxy-support.ts";
import { INSTALL, type Moto, motoProgram, startMoto } from "./moto-support.ts";

describe("the table of calls", () => {
  test.each(allCalls().map((call) => [`${call.service} ${call.operation}`, call] as const))(
    "%s is read back as it was written",
    (_, call) => {
      const line = commandLine(call, { ...call.input, Name: "a b" }, "eu-west-1");
      expect(parseCall(line)).toMatchObject({
        service: call.service,
        operation: kebab(call.operation),
        flags: { name: "a b", region: "eu-west-1" },
      });
    },
  );

  test("the policy allows what is asked, and nothing else", () => {
    const names = allCalls().map(({ operation }) =>
      operation
        .replace("ListBuckets", "ListAllMyBuckets")
        .replace("GetPublic", "GetBucketPublic")
        .replace("GetBucketReplication", "GetReplicationConfiguration")
        .replace("GetBucketEncryption", "GetEncryptionConfiguration"),
    );
    const [statement] = leastPolicy().Statement;
    const allowed = [statement?.Action ?? []].flat().map((action) => action.split(":")[1]);
    expect(new Set(allowed)).toEqual(new Set(names));
    expect(statement?.Action).toEqual(collector.permissions.toSorted());
    const readme = readFileSync(new URL("./readme.md", import.meta.url), "utf8");
    for (const action of collector.permissions) expect(readme).toContain(`\`${action}\``);
  });

  test("no call asks for the value of a secret", () => {
    expect(allCalls().filter(({ operation }) => /SecretValue|Decrypt|GetParameter|Password/.test(operation))).toEqual([]);
  });
});

describe("the CLI's form", () => {
  const form = { service: "iam", fingerprint: () => "f00d" } as const;

  test("times are ISO 8601, policies of IAM are decoded, metadata goes", () => {
    const answer = { $metadata: {}, CreateDate: new Date("2026-11-24T08:00:00Z"), PolicyDocument: encodeURIComponent('{"Statement":[]}') };
    expect(cliForm(answer, form)).toEqual({ CreateDate: "2026-11-24T08:00:00+00:00", PolicyDocument: { Statement: [] } });
  });

  test("no secret that comes unasked is kept", () => {
    const tunnel = {
      VpnConnectionId: "vpn-1",
      CustomerGatewayConfiguration: "<xml/>",
      Options: { TunnelOptions: [{ PreSharedKey: "k" }] },
    };
    expect(cliForm(tunnel, { ...form, service: "ec2" })).toEqual({ VpnConnectionId: "vpn-1", Options: { TunnelOptions: [{}] } });
    const Variables = { DB_PASSWORD: "correct horse", DB: "postgres://app:pw@db/shop", STAGE: "test" };
    const kept = { DB_PASSWORD: "f00d", DB: "postgres://app:f00d@db/shop", STAGE: "test" };
    expect(cliForm({ Variables }, { ...form, service: "lambda" })).toEqual({ Variables: kept });
  });
});

const program = motoProgram();

describe.skipIf(program === undefined)(`collected from moto server (${program ?? INSTALL})`, () => {
  const output = mkdtempSync(join(tmpdir(), "bulkhead-collect-"));
  const said: string[] = [];
  let moto: Moto;
  let proxy: Proxy;
  let made: Made;
  let reading: EstateReading;

  const collect = (): Promise<number> =>
    collectAws({
      output,
      refresh: false,
      say: (line) => void said.push(line),
      concurrency: 4,
      homeRegion: REGION,
      regions: [REGION],
      accounts: "organization",
      role: ROLE,
      fingerprint: () => "f00d".repeat(16),
      settings: proxy.settings,
    });

  beforeAll(async () => {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: "testing", AWS_SECRET_ACCESS_KEY: "testing" });
    moto = await startMoto(program as string);
    proxy = await startProxy(moto);
    // The emulator does not list what AWS Backup protects.
    proxy.treat = ({ action }) => (action === "backup:ListProtectedResources" ? { document: { Results: [] } } : "on");
    made = await fill(moto);
    await collect();
    reading = readEstate(readFolder(output), charterOf(), { fingerprintKey: new Uint8Array(32) });
  });

  afterAll(async () => {
    await proxy?.stop();
    await moto?.stop();
    rmSync(output, { recursive: true, force: true });
  });

  test("every file is recognized, every manifest is whole, and there is no gap", () => {
    expect(reading.unrecognized).toEqual([]);
    // What the emulator does not know: boundaries of permission sets, delegated administrators of IAM Identity Center, and delegation policies.
    const unknown = ["sso.amazonaws.com", `${made.set}#policies`, delegationOf(MANAGEMENT)];
    expect(reading.gaps.filter(({ subject }) => !unknown.includes(subject))).toEqual([]);
    expect(reading.manifests.map(({ scope }) => scope["account"]).toSorted()).toEqual([MANAGEMENT, MANAGEMENT, made.account].toSorted());
  });

  const policyOf = (arn: string) => reading.observations.find((each) => each.kind === "aws/resource-policy" && each.arn === arn);

  test("policies of resources are those that were set", () => {
    const { account } = made;
    const expected = documents(account);
    expect(policyOf("arn:aws:s3:::acme-exports")).toMatchObject({ account, document: expected.bucket });
    expect(policyOf(made.key)).toMatchObject({ document: expected.key });
    expect(policyOf(`${made.secrets[0]}`)).toMatchObject({ document: expected.secret });
    expect(policyOf(`${made.secrets[1]}`)).toMatchObject({ document: null });
    expect(policyOf(`arn:aws:sqs:${REGION}:${account}:orders`)).toMatchObject({ document: expected.queue });
    expect(policyOf(`arn:aws:sns:${REGION}:${account}:alarms`)).toMatchObject({ document: expected.topic });
    expect(policyOf(`arn:aws:ecr:${REGION}:${account}:repository/shop/web`)).toMatchObject({ document: expected.repository });
    expect(policyOf(`arn:aws:lambda:${REGION}:${account}:function:thumbs`)).toBeDefined();
  });

  test("what is shared, granted and copied is what was shared, granted and copied", () => {
    const shares = reading.observations.filter((each) => each.kind === "aws/share");
    const place = `arn:aws:ec2:${REGION}::`;
    expect(shares.map(({ arn, by, with: receiver }) => `${arn} ${by} ${receiver}`).toSorted()).toEqual(
      [
        `${place}image/${made.image} launch ${MANAGEMENT}`,
        `${place}snapshot/${made.snapshot} create-volume ${MANAGEMENT}`,
        `arn:aws:rds:${REGION}:${made.account}:snapshot:orders-2026 restore ${MANAGEMENT}`,
        `arn:aws:rds:${REGION}:${made.account}:cluster:orders ram ${MANAGEMENT}`,
      ].toSorted(),
    );
    const replication = { from: "arn:aws:s3:::acme-exports", to: "arn:aws:s3:::acme-plain", by: "replication" };
    expect(reading.observations).toContainEqual(expect.objectContaining({ kind: "aws/copy", ...replication }));
    const grant = { key: made.key, grantee: `arn:aws:iam::${MANAGEMENT}:role/reader`, operations: ["Decrypt"], name: "reader" };
    expect(reading.observations).toContainEqual(expect.objectContaining({ kind: "aws/key-grant", ...grant }));
    const bucket = { arn: "arn:aws:s3:::acme-exports", kmsKey: made.key, keyIsDefault: true };
    expect(reading.observations).toContainEqual(expect.objectContaining({ kind: "aws/resource", ...bucket }));
  });

  test("identities of all pages are there, with their policies, boundary and session", () => {
    const { trust, inline } = documents(made.account);
    const roles = reading.observations.filter((each) => each.kind === "aws/role" && each.account === made.account);
    // One more than were made: Organizations gives each account that it creates the role OrganizationAccountAccessRole.
    expect(roles).toHaveLength(122);
    expect(roles.find((each) => each.kind === "aws/role" && each.name === "deploy")).toMatchObject({
      trust: { document: trust },
      inline: [{ name: "exports", document: inline }],
      managed: [{ arn: `arn:aws:iam::${made.account}:policy/images` }],
      boundary: `arn:aws:iam::${made.account}:policy/images`,
      maxSessionSeconds: 7200,
      tags: { environment: "production" },
    });
  });

  test("the permission set has its policies, and who has it where", () => {
    const set = reading.observations.find((each) => each.kind === "aws/permission-set");
    const inline = { document: documents(made.account).inline };
    expect(set).toMatchObject({ arn: made.set, name: "deploy", sessionSeconds: 7200, inline, customer: [], unread: [] });
    expect(set).toMatchObject({ managed: [{ arn: "arn:aws:iam::aws:policy/ReadOnlyAccess" }] });
    const assignment = reading.observations.find((each) => each.kind === "aws/account-assignment");
    expect(assignment).toMatchObject({ permissionSet: made.set, account: MANAGEMENT, principal: { type: "group" } });
    const member = reading.observations.find((each) => each.kind === "aws/identity-center-membership");
    expect(member).toMatchObject({ user: made.person });
    expect(reading.observations.find((each) => each.kind === "aws/identity-center-user")).toMatchObject({
      id: made.person,
      userName: "alice",
    });
  });

  test("the control policy stands where it was attached", () => {
    const { wall } = documents(made.account);
    expect(reading.observations).toContainEqual(expect.objectContaining({ kind: "aws/control-policy", id: made.wall, document: wall }));
    const attachment = { kind: "aws/control-policy-attachment", policy: made.wall, target: made.unit };
    expect(reading.observations).toContainEqual(expect.objectContaining(attachment));
    expect(reading.observations).toContainEqual(expect.objectContaining({ kind: "aws/account", account: made.account, parent: made.unit }));
  });

  test("no secret is in any file", () => {
    const texts = [...readFolder(output).values()].filter(isRead).map((content) => Buffer.from(content).toString());
    expect(
      texts.filter((text) => /PreSharedKey|pre_shared_key/.test(text) || Object.values(SECRETS).some((secret) => text.includes(secret))),
    ).toEqual([]);
  });

  test("what is whole is kept, and what was altered is asked again", async () => {
    const file = join(output, "estate/aws", made.account, "s3api/list-buckets.json");
    const before = readFileSync(file, "utf8");
    writeFileSync(file, "{}");
    said.length = 0;
    // Of the organization the emulator left calls unanswered, so these are asked again too.
    await collect();
    expect(said.filter((line) => line.includes("kept, it is whole")).map((line) => line.split(" ")[0])).toEqual([MANAGEMENT]);
    expect(readFileSync(file, "utf8")).toBe(before);
    const manifest = Manifest.parse(JSON.parse(readFileSync(join(output, "estate/aws", made.account, "manifest.json"), "utf8")));
    expect(manifest.collectedBy).toContain(MANAGEMENT);
  });
});
