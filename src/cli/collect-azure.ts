// bulkhead collect azure: asks Azure DevOps' REST API and writes what it answered to files, with a manifest; or prints the least permissions.
import { type Command, InvalidArgumentError } from "commander";
import { azurePermissions, collectAzure } from "../app/collect-forge.ts";
import { daysAgo, places, runOf, since } from "./collecting.ts";
import { EXIT } from "./exit.ts";
import { withExamples } from "./flags.ts";
import { put } from "./io.ts";
import { UsageError } from "./report.ts";

interface Flags {
  readonly organization?: string;
  readonly projects?: readonly string[];
  readonly since?: Date;
  readonly history: boolean;
  readonly url: string;
  readonly output: string;
  readonly concurrency: number;
  readonly refresh?: boolean;
  readonly printPermissions?: boolean;
}

const HELP = `
The token comes from AZURE_DEVOPS_EXT_PAT or SYSTEM_ACCESSTOKEN, is sent to the address of --url (and to vssps.dev.azure.com, for groups)
alone, and is never written. Reads only. A call that is denied is written down and becomes a gap; it stops nothing. Values of variables and
what service connections hold are left out, and what looks like a secret in definitions is replaced by a fingerprint
(BULKHEAD_FINGERPRINT_KEY). See docs/collect-forges.md.

A run that was cut short is taken up by the next. Progress goes to stderr. Exit status: 0 every call answered, 2 some not, 3 nothing can
be asked or bad usage.`;

export function register(parent: Command): void {
  const azure = parent
    .command("azure")
    .description(
      "Azure DevOps: people, definitions, environments with their checks, connections by name and deployments, of an organization.",
    )
    .option("--organization <name>", "the organization, or the collection of a server")
    .option("--projects <a,b>", "projects to read (default: all that it shows)", projects)
    .option("--since <date>", "how far back deployments are read (default: 90 days)", since)
    .option("--no-history", "read no deployments")
    .option("--url <address>", "address of the service, or of an Azure DevOps Server", "https://dev.azure.com")
    .option("--output <folder>", "folder to write estate/azure below", ".")
    .option("--concurrency <n>", "requests under way at once", places, 4)
    .option("--refresh", "ask again what stands there already and is whole, or was begun")
    .option("--print-permissions", "print the least scopes of a token that it needs, and ask nothing")
    .exitOverride()
    .addHelpText("after", HELP);
  withExamples(azure, {
    "bulkhead collect azure --print-permissions": "the scopes that the token needs, and what each shows",
    "bulkhead collect azure --organization acme --since 2026-08-01": "every project, and what was deployed since",
    "bulkhead collect azure --organization acme --projects shop,payments": "two projects, with their organization",
  }).action(collect);
}

async function collect(flags: Flags): Promise<void> {
  if (flags.printPermissions) return put(azurePermissions(), undefined);
  const { organization, projects: named } = flags;
  if (organization === undefined || !/^[A-Za-z0-9][\w.-]*$/.test(organization))
    throw new UsageError("USAGE", "--organization  is missing or no name\n  Name it as the address shows it: dev.azure.com/acme is acme.");
  const token = process.env["AZURE_DEVOPS_EXT_PAT"] || process.env["SYSTEM_ACCESSTOKEN"];
  if (!token)
    throw new UsageError("USAGE", "AZURE_DEVOPS_EXT_PAT  is not set\n  Give a token; --print-permissions says what it has to be allowed.");
  const unanswered = await collectAzure({
    ...{ url: flags.url, token, organization },
    ...(named && { projects: named }),
    ...(flags.history && { since: flags.since ?? daysAgo(90) }),
    ...runOf(flags, organization),
  });
  if (unanswered > 0) process.exitCode = EXIT.unknown;
}

function projects(value: string): readonly string[] {
  const names = value.split(",").filter((each) => each !== "");
  // What a project's name may not hold (Azure DevOps, "Naming restrictions and conventions").
  if (names.length === 0 || names.some((each) => /[\\/:*?"<>|;#$*{}+=[\]]|^[_.]|\.$/.test(each)))
    throw new InvalidArgumentError("Write them as shop,payments.");
  return [...new Set(names)];
}
