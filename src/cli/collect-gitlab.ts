// bulkhead collect gitlab: asks GitLab's REST API and writes what it answered to files, with a manifest; or prints the least permissions.
import { type Command, InvalidArgumentError } from "commander";
import { collectGitlab, gitlabPermissions } from "../app/collect-forge.ts";
import { daysAgo, places, runOf, since } from "./collecting.ts";
import { EXIT } from "./exit.ts";
import { withExamples } from "./flags.ts";
import { put } from "./io.ts";
import { UsageError } from "./report.ts";

interface Flags {
  readonly group?: string;
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
The token comes from GITLAB_TOKEN, is sent to the address of --url alone, and is never written. Reads only. A call that is denied is written
down and becomes a gap; it stops nothing. GitLab shows values of variables: they are taken out before anything is written, and what looks
like a secret in definitions and texts is replaced by a fingerprint (BULKHEAD_FINGERPRINT_KEY). See docs/collect-forges.md.

A run that was cut short is taken up by the next. Progress goes to stderr. Exit status: 0 every call answered, 2 some not, 3 nothing can
be asked or bad usage.`;

export function register(parent: Command): void {
  const gitlab = parent
    .command("gitlab")
    .description("GitLab: members, protection, definitions, variables by name and deployments, of a group or of projects.")
    .option("--group <path>", "the group whose projects are read, with its subgroups", path)
    .option("--projects <a/b,a/c>", "projects of one group to read (default: all of the group)", projects)
    .option("--since <date>", "how far back deployments are read (default: 90 days)", since)
    .option("--no-history", "read no deployments")
    .option("--url <address>", "address of the instance", "https://gitlab.com")
    .option("--output <folder>", "folder to write estate/gitlab below", ".")
    .option("--concurrency <n>", "requests under way at once", places, 4)
    .option("--refresh", "ask again what stands there already and is whole, or was begun")
    .option("--print-permissions", "print the least role and scope of a token that it needs, and ask nothing")
    .exitOverride()
    .addHelpText("after", HELP);
  withExamples(gitlab, {
    "bulkhead collect gitlab --print-permissions": "the scope and the role that the token needs",
    "bulkhead collect gitlab --group acme --since 2026-08-01": "every project of a group, and what was deployed since",
    "bulkhead collect gitlab --projects acme/shop --url https://gitlab.example.com": "one project of an own instance",
  }).action(collect);
}

async function collect(flags: Flags): Promise<void> {
  if (flags.printPermissions) return put(gitlabPermissions(), undefined);
  const { group, projects: named } = flags;
  const owner = group ?? named?.[0]?.split("/")[0];
  if (owner === undefined) throw new UsageError("USAGE", "--group  is missing\n  Name the group, or projects with --projects acme/shop.");
  if (named?.some((each) => !each.startsWith(`${owner}/`)))
    throw new UsageError("USAGE", `--projects  are not all of ${owner}\n  Collect one group at a time.`);
  const token = process.env["GITLAB_TOKEN"];
  if (!token)
    throw new UsageError(
      "USAGE",
      "GITLAB_TOKEN  is not set\n  Give a token with scope read_api; --print-permissions says with which role.",
    );
  const unanswered = await collectGitlab({
    url: flags.url,
    token,
    ...(group !== undefined && { group }),
    ...(named && { projects: named }),
    ...(flags.history && { since: flags.since ?? daysAgo(90) }),
    ...runOf(flags, owner),
  });
  if (unanswered > 0) process.exitCode = EXIT.unknown;
}

/** A namespace's path: no empty part, and none that begins with a dot (Docs, "Limitations on usernames, project and group names"). */
const PATH = /^[A-Za-z0-9_][\w.-]*(?:\/[A-Za-z0-9_][\w.-]*)*$/;

function path(value: string): string {
  if (!PATH.test(value)) throw new InvalidArgumentError("Write it as the address shows it: acme/payments.");
  return value;
}

function projects(value: string): readonly string[] {
  const names = value.split(",").filter((each) => each !== "");
  if (names.length === 0 || !names.every((each) => PATH.test(each) && each.includes("/")))
    throw new InvalidArgumentError("Write them as acme/shop,acme/payments/ledger.");
  return [...new Set(names)];
}
