// Bench: the AssumeRole matrix of an account of the size of a published example, and all edges of a generated organization.
import { cpus } from "node:os";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { derive } from "../src/analyze/derive.ts";
import { ask } from "../src/analyze/identity/ask.ts";
import { assumeRoleRules, targetOf } from "../src/analyze/identity/assume-role.ts";
import { emission } from "../src/analyze/identity/emission.ts";
import { awsEstate } from "../src/analyze/identity/estate.ts";
import { identityPlane } from "../src/analyze/identity/plane.ts";
import type { KnownEstate } from "../src/analyze/plane.ts";
import { indexObservations } from "../src/model/observation.ts";
import { generateAccount } from "./generated-account.ts";
import { generateOrganization } from "./generated-organization.ts";

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] as number;

function timed(run: () => void): number {
  const start = performance.now();
  run();
  return (performance.now() - start) / 1000;
}

/** 122 principals × 78 roles. Every run reads the observations anew, so nothing is compiled before it starts. */
function matrix(): void {
  const { observations, charter } = generateAccount({ users: 44, roles: 78, seed: 8_31 });
  const known = (): KnownEstate => ({
    observations: indexObservations([...observations]),
    charter,
    gaps: [],
    entities: new Map(),
    tokens: [],
    environmentOf: () => undefined,
    isShared: () => false,
  });
  let pairs = 0;
  const whole: number[] = [];
  const decided: number[] = [];
  const single: number[] = [];
  for (let run = 0; run < 25; run++) {
    const estate = known();
    let aws = awsEstate(known());
    whole.push(timed(() => (aws = awsEstate(estate))) + timed(() => assumeRoleRules(aws, estate, emission())));
    decided.push(timed(() => assumeRoleRules(aws, estate, emission())));
    pairs = aws.identities.length * aws.roles.length;
    single.push(
      timed(() => {
        for (const role of aws.roles) for (const who of aws.identities) ask(aws, who, "sts:assumerole", targetOf(role));
      }),
    );
  }
  const rate = (seconds: readonly number[]): string => Math.round(pairs / median(seconds)).toLocaleString("en");
  console.log(`iam: AssumeRole matrix of 122 principals × 78 roles (${pairs} decisions), medians of 25 interleaved runs`);
  console.log(`iam:   set at a time, policies compiled, with the edges as rules: ${rate(decided)} decisions/s`);
  console.log(`iam:   the same, compiling the policies first: ${rate(whole)} decisions/s`);
  console.log(`iam:   peer, pair by pair with the same evaluator: ${rate(single)} decisions/s`);
}

/** In a process of its own, so that peak memory is its own. */
function organization(count: number): { readonly seconds: number; readonly rules: number; readonly mebibytes: number } {
  const { observations, charter } = generateOrganization({ accounts: 50, roles: count, resources: count, seed: 8_31 });
  let rules = 0;
  const times = Array.from({ length: 3 }, () =>
    timed(() => (rules = derive([...observations], charter, [], [identityPlane]).rules.length)),
  );
  return { seconds: median(times), rules, mebibytes: Math.round(process.resourceUsage().maxRSS / 1024) };
}

const [, , asked] = process.argv;
if (asked !== undefined) console.log(JSON.stringify(organization(Number(asked))));
else {
  console.log(`machine: ${cpus()[0]?.model ?? "unknown"}, ${cpus().length} cores, node ${process.version}`);
  matrix();
  const run = (count: number): ReturnType<typeof organization> => {
    const { stdout } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), String(count)], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
    });
    return JSON.parse(stdout) as ReturnType<typeof organization>;
  };
  const small = run(1_000);
  const large = run(10_000);
  for (const [count, { seconds, rules, mebibytes }] of [
    ["1,000", small],
    ["10,000", large],
  ] as const)
    console.log(
      `iam: ${count} roles, ${count} resources, 50 accounts with control policies: ${rules} edges in ${seconds.toFixed(2)} s (median of 3), peak ${mebibytes} MiB`,
    );
  console.log(
    `iam: from 1,000 to 10,000 roles: ${(large.seconds / small.seconds).toFixed(1)} times the time for ${(large.rules / small.rules).toFixed(1)} times the edges`,
  );
}
