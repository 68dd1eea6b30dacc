// bulkhead collect: asks a system and writes what it answered to files, with a manifest.
import { type Command, InvalidArgumentError } from "commander";
import { collectAws, leastPolicy } from "../app/collect.ts";
import { fingerprinting, places, say, sayAgain } from "./collecting.ts";
import { register as registerAzure } from "./collect-azure.ts";
import { register as registerGithub } from "./collect-github.ts";
import { register as registerGitlab } from "./collect-gitlab.ts";
import { register as registerJenkins } from "./collect-jenkins.ts";
import { register as registerKubernetes } from "./collect-kubernetes.ts";
import { EXIT } from "./exit.ts";
import { withExamples } from "./flags.ts";
import { put } from "./io.ts";
import { UsageError } from "./report.ts";

interface Flags {
  readonly profile?: string;
  readonly regions?: readonly string[];
  readonly accounts?: readonly string[];
  readonly organization?: boolean;
  readonly role?: string;
  readonly output: string;
  readonly concurrency: number;
  readonly refresh?: boolean;
  readonly printPolicy?: boolean;
}

const HELP = `
Reads only. A call that is denied is written down and becomes a gap; it stops nothing. Values of secrets are never asked for, and what
looks like one among the environment variables of functions is replaced by a fingerprint (BULKHEAD_FINGERPRINT_KEY).

What is answered is kept: a second run asks only what is missing or failed, also when the first was cut short.
Progress goes to stderr. Exit status: 0 every call answered, 2 some not, 3 nothing can be asked or bad usage.`;

export function register(program: Command): void {
  const parent = program
    .command("collect")
    .description("Ask a system and write what it answered to files, with a manifest.")
    .exitOverride();
  const aws = parent
    .command("aws")
    .description("AWS: identities, organization, resources and networks, of one account or many.")
    .option("--profile <name>", "profile of the shared AWS configuration")
    .option(
      "--regions <a,b>",
      "regions to read (default: all that the account has enabled)",
      listOf(/^[a-z]{2,}(-[a-z]+)+-\d+$/, "eu-west-1"),
    )
    .option("--accounts <a,b>", "accounts to read (default: the one of the credentials)", listOf(/^\d{12}$/, "111122223333"))
    .option("--organization", "read every active account of the organization")
    .option("--role <name>", "role to take in each account that is not the credentials' own")
    .option("--output <folder>", "folder to write estate/aws below", ".")
    .option("--concurrency <n>", "requests under way at once", places, 8)
    .option("--refresh", "ask again what stands there already and is whole")
    .option("--print-policy", "print the least IAM policy that it needs, and ask nothing")
    .exitOverride()
    .addHelpText("after", HELP);
  withExamples(aws, {
    "bulkhead collect aws --print-policy": "the least policy that it needs",
    "bulkhead collect aws --profile audit --regions eu-west-1,us-east-1": "the account of the credentials",
    "bulkhead collect aws --organization --role bulkhead-collector": "every active account of the organization",
  }).action(collect);
  registerKubernetes(parent);
  registerGithub(parent);
  registerGitlab(parent);
  registerJenkins(parent);
  registerAzure(parent);
}

async function collect(flags: Flags): Promise<void> {
  if (flags.printPolicy) return put(`${JSON.stringify(leastPolicy(flags.role), null, 2)}\n`, undefined);
  if (flags.organization && flags.accounts)
    throw new UsageError("USAGE", "--organization  reads every account, so --accounts says nothing\n  Give one of the two.");
  if ((flags.organization || flags.accounts) && flags.role === undefined)
    throw new UsageError("USAGE", "--role  is missing\n  Name the role to take in each account, such as --role bulkhead-collector.");
  const accounts = flags.organization ? ("organization" as const) : flags.accounts;
  const { AWS_REGION, AWS_DEFAULT_REGION } = process.env;
  const unanswered = await collectAws({
    ...(flags.profile !== undefined && { profile: flags.profile }),
    ...(flags.regions && { regions: flags.regions }),
    ...(accounts && { accounts }),
    ...(flags.role !== undefined && { role: flags.role }),
    homeRegion: flags.regions?.[0] ?? AWS_REGION ?? AWS_DEFAULT_REGION ?? "us-east-1",
    concurrency: flags.concurrency,
    fingerprint: fingerprinting(),
    output: flags.output,
    refresh: flags.refresh ?? false,
    say,
    ...(process.stderr.isTTY && { progress: ({ folder, asked, answered }) => sayAgain(`${folder}  ${answered} of ${asked} calls`) }),
  });
  if (unanswered > 0) process.exitCode = EXIT.unknown;
}

const listOf =
  (form: RegExp, example: string) =>
  (value: string): readonly string[] => {
    const items = value.split(",").filter((item) => item !== "");
    if (items.length === 0 || !items.every((item) => form.test(item)))
      throw new InvalidArgumentError(`Write them as ${example},${example}.`);
    return [...new Set(items)];
  };
