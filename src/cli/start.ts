// bulkhead start: the first hour. From the logins that are there to a charter, a verdict and what to change first.
import { existsSync, mkdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import type { Command } from "commander";
import { CHARTER_FILE, formatProblems } from "../app/check.ts";
import { propose } from "../app/init.ts";
import { renderStart } from "../app/render/start.ts";
import { answered, environmentsIn, peopleIn } from "../app/start/answers.ts";
import { findLogins, SYSTEMS, type System } from "../app/start/logins.ts";
import { githubPlanIn, type Outcome, outcomeOf, REPORT_FOLDER } from "../app/start/outcome.ts";
import { type Answers, questionsFor } from "../app/start/questions.ts";
import { statusOfResult } from "./check.ts";
import { withExamples } from "./flags.ts";
import { filesOf, optionsOf, put, readText, usesColor } from "./io.ts";
import { UsageError } from "./report.ts";
import { collectWith, machine } from "./start-collect.ts";
import { type Asker, askerFor, readAnswers } from "./start-ask.ts";

interface Flags {
  readonly yes?: boolean;
  readonly only?: string;
  readonly collect: boolean;
  readonly answers?: string;
  readonly force?: boolean;
  readonly asOf?: string;
}

const HELP = `
Finds the logins that are there (AWS profile, kubeconfig, a GitHub token or gh, GITLAB_TOKEN, JENKINS_…), says what each collection may read, and asks
before each. Writes FOLDER/estate, FOLDER/bulkhead.yaml and FOLDER/start. At most ten questions; the answer in brackets is taken otherwise.
Nothing leaves the machine but the calls that read. Exit status: that of bulkhead check.

Without a terminal, give --yes (every collection, every usual answer) or --answers FILE: YAML with an entry for each question by its id, and
collect: [aws, kubernetes, …]; aws: {profile: …}; kubernetes: {contexts: […]}; github: {organization: …}; gitlab: {group: …};
jenkins: {url: …}.`;

export function register(program: Command): void {
  const command = program
    .command("start")
    .description("The first hour: collect with the logins that are there, propose the charter, and tell what to change first.")
    .argument("[folder]", "folder to write to; one with a collected estate is taken as it is", ".")
    .option("--yes", "say yes to every collection, and take the usual answers")
    .option("--only <a,b>", `only these systems: ${SYSTEMS.join(", ")}`)
    .option("--no-collect", "collect nothing: take the estate that stands there")
    .option("--answers <file>", "answers in a file, in place of asking")
    .option("--force", "propose the charter anew where one stands")
    .option("--as-of <date>", "the day the verdict is about (default: now)")
    .addHelpText("after", HELP);
  withExamples(command, {
    "bulkhead start acme": "asks, collects and writes below acme",
    "bulkhead start acme --no-collect": "with what was collected before",
    "bulkhead start acme --yes --only kubernetes,github": "without questions",
  }).action(start);
}

function systemsOf(only: string | undefined): ReadonlySet<System> {
  const names = only?.split(",").map((name) => name.trim()) ?? SYSTEMS;
  const unknown = names.find((name) => !(SYSTEMS as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw new UsageError("USAGE", `--only ${unknown}  is no system that can be collected\n  Give some of ${SYSTEMS.join(", ")}.`);
  return new Set(names as readonly System[]);
}

async function start(folder: string, flags: Flags): Promise<void> {
  const systems = systemsOf(flags.only);
  const given = flags.answers === undefined ? undefined : readAnswers(readText(flags.answers), flags.answers);
  const asker = await askerFor({ yes: flags.yes === true, given });
  mkdirSync(folder, { recursive: true });
  asker.intro("Bulkhead: are development, test and production apart?");
  if (flags.collect)
    for (const login of findLogins(machine(folder))) if (systems.has(login.system)) await collectWith(login, folder, asker);
  const charter = await charterFor(folder, flags, asker);
  const outcome = await outcomeOf(filesOf(folder), charter.text, optionsOf(flags), charter.plan);
  if (!outcome.ok) throw new UsageError("BAD_INPUT", formatProblems(outcome.error));
  write(folder, outcome.value);
  asker.outro("Done.");
  tell(folder, outcome.value);
}

/** A charter that stands there is the organization's own: it is taken as it is. */
async function charterFor(
  folder: string,
  flags: Flags,
  asker: Asker,
): Promise<{ readonly text: string; readonly plan: string | undefined }> {
  const target = join(folder, CHARTER_FILE);
  const files = filesOf(folder);
  const githubPlan = githubPlanIn(files);
  if (existsSync(target) && flags.force !== true) {
    asker.note(`${target} stands there, and is taken as it is (--force proposes it anew).`);
    return { text: readText(target), plan: githubPlan };
  }
  const estate = new Map([...files].filter(([path]) => path !== CHARTER_FILE && !path.startsWith(`${REPORT_FOLDER}/`)));
  if (estate.size === 0)
    throw new UsageError(
      "USAGE",
      `${folder}  holds no estate, and nothing was collected\n  Log in (aws login, gh auth login, a kubeconfig), or put collected files below ${join(folder, "estate")}.`,
    );
  const { text, observations, read } = propose(estate, basename(resolve(folder)));
  const organizations = [...new Set(observations("github/organization").map((one) => one.organization))];
  const questions = questionsFor({
    observations,
    environments: environmentsIn(text),
    people: peopleIn(text),
    organization: organizations[0] ?? basename(resolve(folder)),
    githubPlan,
  });
  asker.note(`${read} files were read. ${questions.length} questions, each with a usual answer:`);
  const answers: Record<string, string | readonly string[]> = {};
  for (const question of questions) answers[question.id] = await asker.ask(question);
  const charter = answered(text, answers, observations);
  put(charter, target);
  return { text: charter, plan: githubPlan ?? planOf(answers) };
}

const planOf = (answers: Answers): string | undefined => (typeof answers["github-plan"] === "string" ? answers["github-plan"] : undefined);

function write(folder: string, { files }: Outcome): void {
  mkdirSync(join(folder, REPORT_FOLDER), { recursive: true, mode: 0o700 });
  for (const [name, text] of files) put(text, join(folder, REPORT_FOLDER, name));
}

function tell(folder: string, { run, changes, files }: Outcome): void {
  put(
    renderStart(
      { result: run.result, changes, folder: join(folder, REPORT_FOLDER), estate: folder, files: [...files.keys()] },
      usesColor(undefined),
    ),
    undefined,
  );
  process.exitCode = statusOfResult(run.result);
}
