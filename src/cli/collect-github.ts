// bulkhead collect github: asks GitHub's REST API and writes what it answered to files, with a manifest; or prints the least permissions.
import { type Command, InvalidArgumentError } from "commander";
import { collectGithub, githubPermissions } from "../app/collect-forge.ts";
import { daysAgo, places, runOf, since } from "./collecting.ts";
import { EXIT } from "./exit.ts";
import { withExamples } from "./flags.ts";
import { put } from "./io.ts";
import { UsageError } from "./report.ts";

interface Flags {
  readonly organization?: string;
  readonly repositories?: readonly string[];
  readonly since?: Date;
  readonly history: boolean;
  readonly api: string;
  readonly output: string;
  readonly concurrency: number;
  readonly refresh?: boolean;
  readonly printPermissions?: boolean;
}

const HELP = `
The token comes from GITHUB_TOKEN or GH_TOKEN, is sent to the address of --api alone, and is never written. Reads only. A call that is denied
is written down and becomes a gap; it stops nothing. Values of secrets are shown to nobody; what looks like one in variables, workflows and
texts is replaced by a fingerprint (BULKHEAD_FINGERPRINT_KEY). See docs/collect-forges.md.

A run that was cut short is taken up by the next. Where the limit of requests is reached, it waits as GitHub says. Progress goes to stderr.
Exit status: 0 every call answered, 2 some not, 3 nothing can be asked or bad usage.`;

export function register(parent: Command): void {
  const github = parent
    .command("github")
    .description("GitHub: people, protection, workflows, settings and the history of deployments, of an organization or of repositories.")
    .option("--organization <name>", "the organization whose repositories are read")
    .option("--repositories <owner/a,owner/b>", "repositories of one owner to read (default: all of the organization)", repositories)
    .option("--since <date>", "how far back deployments and merged pull requests are read (default: 90 days)", since)
    .option("--no-history", "read no deployments and no pull requests")
    .option("--api <address>", "address of the API; https://HOST/api/v3 for a GitHub Enterprise Server", "https://api.github.com")
    .option("--output <folder>", "folder to write estate/github below", ".")
    .option("--concurrency <n>", "requests under way at once", places, 4)
    .option("--refresh", "ask again what stands there already and is whole, or was begun")
    .option("--print-permissions", "print the least permissions of a token that it needs, and ask nothing")
    .exitOverride()
    .addHelpText("after", HELP);
  withExamples(github, {
    "bulkhead collect github --print-permissions": "what the token has to be allowed, and what each shows",
    "bulkhead collect github --organization acme --since 2026-08-01": "every repository, and what was deployed since",
    "bulkhead collect github --repositories acme/shop,acme/payments": "two repositories, with their organization",
  }).action(collect);
}

async function collect(flags: Flags): Promise<void> {
  if (flags.printPermissions) return put(githubPermissions(), undefined);
  const owner = flags.organization ?? flags.repositories?.[0]?.split("/")[0];
  if (owner === undefined)
    throw new UsageError("USAGE", "--organization  is missing\n  Name the organization, or repositories with --repositories acme/shop.");
  const names = flags.repositories?.map((each) => each.split("/"));
  if (names?.some(([of]) => of !== owner))
    throw new UsageError("USAGE", `--repositories  are not all of ${owner}\n  Collect one owner at a time.`);
  if (!/^[A-Za-z0-9][\w.-]*$/.test(owner))
    throw new UsageError("USAGE", `--organization ${owner}  is no name\n  Write it as the address of the organization shows it: acme.`);
  const token = process.env["GITHUB_TOKEN"] || process.env["GH_TOKEN"];
  if (!token)
    throw new UsageError("USAGE", "GITHUB_TOKEN  is not set\n  Give a token; --print-permissions says what it has to be allowed.");
  const unanswered = await collectGithub({
    api: flags.api,
    token,
    owner,
    ...(names && { repositories: names.map(([, name]) => name ?? "") }),
    ...(flags.history && { since: flags.since ?? daysAgo(90) }),
    ...runOf(flags, owner),
  });
  if (unanswered > 0) process.exitCode = EXIT.unknown;
}

function repositories(value: string): readonly string[] {
  const names = value.split(",").filter((each) => each !== "");
  if (names.length === 0 || !names.every((each) => /^[\w.-]+\/[\w.-]+$/.test(each)))
    throw new InvalidArgumentError("Write them as acme/shop,acme/payments.");
  return [...new Set(names)];
}
