// bulkhead gate: asks a server for promotions, reviews them, and confirms what runs.
import { type Command, Option } from "commander";
import { client, ClientError, type Client, promotionFrom, testFrom } from "../app/gate/client.ts";
import type { PromotionView } from "../app/gate/commands.ts";
import { renderPromotion } from "../app/gate/render.ts";
import { EXIT } from "./exit.ts";
import { withExamples, withFormat } from "./flags.ts";
import { collect, put, readText, usesColor } from "./io.ts";
import { UsageError } from "./report.ts";

interface Shown {
  readonly server?: string;
  readonly key?: string;
  readonly format: "terminal" | "json";
  readonly output?: string;
}

const DIGEST = /^sha256:[0-9a-f]{64}$/;
const POLL_MS = 2000;

export function register(program: Command): void {
  const gate = program
    .command("gate")
    .description(
      "Promote through a server's gate: ask, test, approve, wait, confirm. Exit status: 0 approved or done, 1 refused, 2 waiting or not known.",
    )
    .exitOverride();
  registerRequest(gate);
  registerReviews(gate);
  registerWatching(gate);
  registerFacts(gate);
}

const shared = (command: Command, examples: Readonly<Record<string, string>>): Command =>
  withFormat(
    withExamples(
      command
        .addOption(new Option("--server <url>", "the server's address").env("BULKHEAD_SERVER"))
        .option("--key <text>", "asked again under the same key, it is answered as before and recorded once")
        .exitOverride(),
      examples,
    ),
    ["terminal", "json"],
  );

interface RequestFlags extends Shown {
  readonly digest: string;
  readonly name: string;
  readonly kind: string;
  readonly from: string;
  readonly to: string;
  readonly repository: string;
  readonly commit: string;
  readonly run?: string;
  readonly author?: readonly string[];
  readonly rollbackTo?: number;
}

function registerRequest(gate: Command): void {
  shared(
    gate
      .command("request")
      .description("Ask for a promotion of what was tested below.")
      .requiredOption("--digest <sha256:…>", "the artifact's digest", digest)
      .requiredOption("--name <name>", "the artifact's name, such as registry.example.com/shop")
      .addOption(new Option("--kind <kind>", "what it is").choices(["image", "package", "configuration", "migration"]).default("image"))
      .requiredOption("--from <environment>", "where it was tested")
      .requiredOption("--to <environment>", "where it goes")
      .addOption(new Option("--repository <name>", "where it was built from").env("GITHUB_REPOSITORY").makeOptionMandatory())
      .addOption(new Option("--commit <id>", "the commit it was built from").env("GITHUB_SHA").makeOptionMandatory())
      .option("--run <id>", "the run that built it")
      .option("--author <account>", "who wrote a commit since the last deployment there, such as github:@ann (repeatable)", collect)
      .option("--rollback-to <entry>", "go back to this confirmed deployment", entry),
    {
      "bulkhead gate request --name shop --digest sha256:… --from test --to production --author github:@ann":
        "in a pipeline; repository and commit come from GitHub's variables",
    },
  ).action(async (flags: RequestFlags) => {
    const { digest, name, kind, from, to, repository, commit, run, author = [], rollbackTo } = flags;
    const body = {
      artifact: { kind, name, digest },
      from,
      to,
      source: { repository, commit, ...(run !== undefined && { run }) },
      authors: author,
      ...(rollbackTo !== undefined && { rollbackTo }),
    };
    await answered(flags, (server) => server.post("v1/promotions", body, flags.key));
  });
}

function registerReviews(gate: Command): void {
  for (const [name, verdict, what] of [
    ["approve", "approve", "Approve a promotion, as another than its authors and requester."],
    ["reject", "reject", "Reject a promotion."],
    ["withdraw", "withdraw", "Take back your approval or rejection."],
  ] as const) {
    shared(gate.command(name).description(what).argument("<promotion>", "its id", entry).option("--reason <text>", "why"), {
      [`bulkhead gate ${name} 41`]: "as yourself: BULKHEAD_TOKEN says who you are",
    }).action(async (id: number, flags: Shown & { readonly reason?: string }) => {
      const body = { verdict, ...(flags.reason !== undefined && { reason: flags.reason }) };
      await answered(flags, (server) => server.post(`v1/promotions/${id}/reviews`, body, flags.key), verdict !== "approve");
    });
  }
}

function registerWatching(gate: Command): void {
  shared(gate.command("status").description("Show a promotion.").argument("<promotion>", "its id", entry), {
    "bulkhead gate status 41 --format json": "for scripts",
  }).action((id: number, flags: Shown) => answered(flags, (server) => server.get(`v1/promotions/${id}`)));
  shared(
    gate
      .command("wait")
      .description("Wait until a promotion is decided.")
      .argument("<promotion>", "its id", entry)
      .option("--minutes <number>", "give up after so long, with exit status 2", minutes, 60),
    { "bulkhead gate wait 41 --minutes 30 && ./deploy": "deploys only what was approved" },
  ).action((id: number, flags: Shown & { readonly minutes: number }) =>
    answered(flags, (server) => decidedWithin(server, id, Date.now() + flags.minutes * 60_000)),
  );
}

/** Asks until it is decided. A server that is away meanwhile is asked again; at the end its error stands. */
async function decidedWithin(server: Client, id: number, until: number): Promise<unknown> {
  for (;;) {
    let failure: unknown;
    try {
      const body = await server.get(`v1/promotions/${id}`);
      if (promotionFrom(body).state !== "waiting" || Date.now() >= until) return body;
    } catch (cause) {
      const isPassing = cause instanceof ClientError && (cause.code === "NO_ANSWER" || cause.status === 429 || cause.status === 503);
      if (!isPassing) throw cause;
      failure = cause;
    }
    if (failure !== undefined && Date.now() >= until) throw failure;
    await new Promise((later) => setTimeout(later, POLL_MS));
  }
}

function registerFacts(gate: Command): void {
  shared(
    gate
      .command("confirm")
      .description("Confirm what runs after a deployment.")
      .argument("<promotion>", "its id", entry)
      .requiredOption("--environment <name>", "where it runs")
      .requiredOption("--digest <sha256:…>", "what runs there", digest),
    { "bulkhead gate confirm 41 --environment production --digest sha256:…": "refused when something else runs than was approved" },
  ).action((id: number, flags: Shown & { readonly environment: string; readonly digest: string }) => {
    const { environment, digest } = flags;
    return answered(flags, (server) => server.post(`v1/promotions/${id}/deployment`, { environment, digest }, flags.key));
  });
  shared(
    gate
      .command("test")
      .description("Report a run of tests on an artifact in an environment.")
      .requiredOption("--digest <sha256:…>", "the artifact's digest", digest)
      .requiredOption("--environment <name>", "where it was tested")
      .requiredOption("--suite <name>", "which tests")
      .addOption(new Option("--result <result>", "how they ended").choices(["passed", "failed"]).makeOptionMandatory())
      .addOption(new Option("--run <id>", "the run").env("GITHUB_RUN_ID").makeOptionMandatory())
      .addOption(new Option("--commit <id>", "the commit").env("GITHUB_SHA").makeOptionMandatory())
      .option("--attestation <file>", "the signed in-toto test result: a DSSE envelope or a Sigstore bundle, JSON"),
    { "bulkhead gate test --digest sha256:… --environment test --suite e2e --result passed": "after the tests, in the same job" },
  ).action(
    async (
      flags: Shown & {
        readonly digest: string;
        readonly environment: string;
        readonly suite: string;
        readonly result: string;
        readonly run: string;
        readonly commit: string;
        readonly attestation?: string;
      },
    ) => {
      const { digest, environment, suite, run, commit } = flags;
      const attestation = flags.attestation === undefined ? undefined : jsonAt(flags.attestation);
      const body = {
        digest,
        environment,
        suite,
        passed: flags.result === "passed",
        run,
        commit,
        ...(attestation !== undefined && { attestation }),
      };
      const test = await spoken(() => serverOf(flags).post("v1/tests", body, flags.key));
      if (test === undefined) return;
      const { entry, passed } = testFrom(test);
      const text = `Recorded as entry ${entry}: ${suite} ${passed ? "passed" : "failed"} in ${environment}\n`;
      put(flags.format === "json" ? `${JSON.stringify(test, undefined, 2)}\n` : text, flags.output);
    },
  );
}

async function answered(flags: Shown, ask: (server: Client) => Promise<unknown>, isDone = false): Promise<void> {
  const body = await spoken(() => ask(serverOf(flags)));
  if (body === undefined) return;
  const view = promotionFrom(body);
  put(renderPromotion(view, flags.format, usesColor(flags.output)), flags.output);
  process.exitCode = isDone ? EXIT.done : statusOf(view.state);
}

/** Only an approval that still holds, or what came of it, is 0. */
const statusOf = (state: PromotionView["state"]): number =>
  state === "approved" || state === "deployed" ? EXIT.done : state === "waiting" ? EXIT.unknown : EXIT.violated;

/** A refusal is an answer, status 1; a server that does not answer leaves it unknown, status 2. Both are told on stderr, and nothing comes back. */
async function spoken(ask: () => Promise<unknown>): Promise<unknown> {
  try {
    return await ask();
  } catch (cause) {
    if (!(cause instanceof ClientError)) throw cause;
    const { code, message, status = 0 } = cause;
    if (code === "NO_TOKEN" || status === 400 || status === 401 || status === 422) throw new UsageError("BAD_INPUT", message, { cause });
    process.stderr.write(`${message}\n`);
    process.exitCode = status >= 403 && status < 429 ? EXIT.violated : EXIT.unknown;
    return undefined;
  }
}

function serverOf({ server }: Shown): Client {
  if (server === undefined) throw new UsageError("USAGE", "no server is named\n  Give --server URL, or set BULKHEAD_SERVER.");
  if (!URL.canParse(server) || !/^https?:$/.test(new URL(server).protocol))
    throw new UsageError("USAGE", `--server ${server}  is no address\n  Write https://bulkhead.example.com.`);
  return client({ server, environment: process.env });
}

function jsonAt(file: string): unknown {
  try {
    return JSON.parse(readText(file));
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    throw new UsageError("BAD_INPUT", `${file}  is no JSON\n  Give the attestation as its signer wrote it.`, { cause });
  }
}

function digest(given: string): string {
  if (!DIGEST.test(given)) throw new UsageError("USAGE", `--digest ${given}  is no digest\n  Write sha256: and 64 hexadecimal digits.`);
  return given;
}

function entry(given: string): number {
  if (!/^\d{1,15}$/.test(given))
    throw new UsageError("USAGE", `${given}  is no id\n  Promotions and deployments are named by their place in the ledger.`);
  return Number(given);
}

function minutes(given: string): number {
  const value = Number(given);
  if (!(value >= 0 && value <= 10_000)) throw new UsageError("USAGE", `--minutes ${given}  is not a number of minutes`);
  return value;
}
