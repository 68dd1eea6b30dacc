// Bench: the AssumeRole matrix of a published example account beside a simulator (IAM_SIMULATE=/folder), and all edges of generated organizations.
import { cpus } from "node:os";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { derive } from "../src/analyze/derive.ts";
import { identityPlane } from "../src/analyze/identity/plane.ts";
import { generateOrganization } from "./generated-organization.ts";
import { matrix, matrixAccounts } from "./iam-matrix.ts";

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] as number;

interface Measured {
  readonly seconds: number;
  /** Of the processor: what the machine does besides counts less. */
  readonly busy: number;
  readonly rules: number;
  readonly mebibytes: number;
}

/** In a process of its own, so that peak memory is its own. */
function organization(count: number, accounts: number): Measured {
  const { observations, charter } = generateOrganization({ accounts, roles: count, resources: count, seed: 8_31 });
  let rules = 0;
  const [seconds, busy]: [number[], number[]] = [[], []];
  for (let run = 0; run < 3; run++) {
    const before = process.cpuUsage();
    const start = performance.now();
    // New observations each time: what is compiled is kept beside them.
    rules = derive([...observations], charter, [], [identityPlane]).rules.length;
    seconds.push((performance.now() - start) / 1000);
    const { user, system } = process.cpuUsage(before);
    busy.push((user + system) / 1e6);
  }
  return { seconds: median(seconds), busy: median(busy), rules, mebibytes: Math.round(process.resourceUsage().maxRSS / 1024) };
}

function measured(count: number, accounts: number): Measured {
  const { stdout } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), String(count), String(accounts)], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  const found = JSON.parse(stdout) as Measured;
  console.log(
    `iam: ${count} roles, ${count} resources, ${accounts} accounts with control policies: ${found.rules} edges in ${found.seconds.toFixed(2)} s ` +
      `(median of 3; ${found.busy.toFixed(2)} s of processor), peak ${found.mebibytes} MiB`,
  );
  return found;
}

/** What stands in one account can touch what stands beside it, so with ten times the roles in the same accounts there are more than ten times the edges. */
function growth(what: string, small: Measured, large: Measured): void {
  const times = (of: (measured: Measured) => number): string => (of(large) / of(small)).toFixed(1);
  console.log(
    `iam: from 1,000 to 10,000 roles ${what}: ${times(({ seconds }) => seconds)} times the time (${times(({ busy }) => busy)} of processor) ` +
      `for ${times(({ rules }) => rules)} times the edges`,
  );
}

const [, , count, accounts] = process.argv;
if (count !== undefined) console.log(JSON.stringify(organization(Number(count), Number(accounts))));
else {
  console.log(`machine: ${cpus()[0]?.model ?? "unknown"}, ${cpus().length} cores, node ${process.version}`);
  for (const account of matrixAccounts()) await matrix(account, 25, (line) => console.log(line));
  const [few, some, large] = [measured(1_000, 5), measured(1_000, 50), measured(10_000, 50)];
  growth("in the same 50 accounts", some, large);
  growth("in accounts of 200 roles each", few, large);
}
