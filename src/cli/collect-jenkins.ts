// bulkhead collect jenkins: asks a Jenkins controller and writes what it answered to files, with a manifest; or prints the least permissions.
import type { Command } from "commander";
import { collectJenkins, jenkinsPermissions } from "../app/collect-forge.ts";
import { places, runOf } from "./collecting.ts";
import { EXIT } from "./exit.ts";
import { withExamples } from "./flags.ts";
import { put } from "./io.ts";
import { UsageError } from "./report.ts";

interface Flags {
  readonly url?: string;
  readonly controller?: string;
  readonly output: string;
  readonly concurrency: number;
  readonly refresh?: boolean;
  readonly printPermissions?: boolean;
}

const HELP = `
The user comes from JENKINS_USER and the API token from JENKINS_TOKEN; they are sent to the address of --url alone, and never written.
Changes nothing. A call that is denied is written down and becomes a gap; it stops nothing. What Jenkins has encrypted, passwords of old
plugins and what looks like a secret are replaced by a fingerprint (BULKHEAD_FINGERPRINT_KEY). See docs/collect-forges.md.

A run that was cut short is taken up by the next. Progress goes to stderr. Exit status: 0 every call answered, 2 some not, 3 nothing can
be asked or bad usage.`;

export function register(parent: Command): void {
  const jenkins = parent
    .command("jenkins")
    .description("Jenkins: settings of jobs and folders, credentials by id, roles, agents and configuration, of one controller.")
    .option("--url <address>", "address of the controller")
    .option("--controller <name>", "the controller's name in the charter (default: the host of --url)")
    .option("--output <folder>", "folder to write estate/jenkins below", ".")
    .option("--concurrency <n>", "requests under way at once", places, 4)
    .option("--refresh", "ask again what stands there already and is whole, or was begun")
    .option("--print-permissions", "print the least permissions of the user that it needs, and ask nothing")
    .exitOverride()
    .addHelpText("after", HELP);
  withExamples(jenkins, {
    "bulkhead collect jenkins --print-permissions": "what the user has to be allowed, and what each shows",
    "bulkhead collect jenkins --url https://ci.example.com --controller ci": "one controller, as estate/jenkins/ci",
  }).action(collect);
}

async function collect(flags: Flags): Promise<void> {
  if (flags.printPermissions) return put(jenkinsPermissions(), undefined);
  if (flags.url === undefined)
    throw new UsageError("USAGE", "--url  is missing\n  Give the address of the controller: --url https://ci.example.com.");
  const controller = flags.controller ?? URL.parse(flags.url)?.hostname ?? "";
  // The charter names controllers so, and it is a folder's name.
  if (!/^[A-Za-z0-9][\w.-]*$/.test(controller))
    throw new UsageError("USAGE", `--controller ${controller}  is no name\n  Name it as the charter does: --controller ci.`);
  const { JENKINS_USER: user, JENKINS_TOKEN: token } = process.env;
  if (!user || !token)
    throw new UsageError(
      "USAGE",
      "JENKINS_USER and JENKINS_TOKEN  are not set\n  Give a user and an API token of it (the user's page, Security).",
    );
  const unanswered = await collectJenkins({
    ...{ url: flags.url, user, token, controller },
    ...runOf(flags, controller),
  });
  if (unanswered > 0) process.exitCode = EXIT.unknown;
}
