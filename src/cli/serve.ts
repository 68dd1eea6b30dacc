// bulkhead serve: starts the gate's server, and ends it when it is told to.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Command, Option } from "commander";
import { attestationTrustAt } from "../app/gate/attestation-file.ts";
import { policyOf } from "../app/gate/policy.ts";
import type { Policy } from "../app/gate/apply.ts";
import { parseBytes } from "../lib/parse.ts";
import type { StartOptions } from "../server/start.ts";
import { withExamples } from "./flags.ts";
import { collect, readBytes, readText } from "./io.ts";
import { UsageError } from "./report.ts";

interface Flags {
  readonly data: string;
  readonly database?: string;
  readonly listen: string;
  readonly charter: string;
  readonly signIn?: string;
  readonly trial?: true;
  readonly attestations?: string;
  readonly origin?: string;
  readonly witness?: readonly string[];
  readonly securityContact: string;
  readonly requestsAMinute: number;
  readonly trustProxy?: string;
  readonly logLevel: string;
}

export function register(program: Command): void {
  const serve = program
    .command("serve")
    .description("Run the gate: promotions, their ledger, and the way in for pipelines and people.")
    .option("--data <folder>", "keys, and the embedded database; made when it is missing", "bulkhead-data")
    .addOption(new Option("--database <url>", "postgres://… instead of the embedded one, for several servers").env("BULKHEAD_DATABASE"))
    .option("--listen <host:port>", "where to answer", "127.0.0.1:8083")
    .option("--charter <file>", "the charter that decides", "bulkhead.yaml")
    .option("--sign-in <file>", "how people and pipelines come in: public address, single sign-on, forges (default: local accounts)")
    .option("--trial", "a token for each person of the charter, on this machine alone, in a new data folder")
    .option("--attestations <file>", "who may sign test results: keys, and Sigstore's signers")
    .option("--origin <name>", "the ledger's name, at the first start (default: bulkhead/ORGANIZATION)")
    .option("--witness <url>", "a witness that cosigns the ledger (repeatable)", collect)
    .option("--security-contact <uri>", "for /.well-known/security.txt", "https://github.com/bulkhead/bulkhead/security")
    .option("--requests-a-minute <number>", "from one address", count, 6000)
    .option("--trust-proxy <addresses>", "reverse proxies whose word about the client's address is believed")
    .addOption(new Option("--log-level <level>", "how much to log, on stderr").choices(["error", "warn", "info", "debug"]).default("info"))
    .exitOverride()
    .action(run);
  withExamples(serve, {
    "bulkhead serve --trial --charter examples/acme/bulkhead.yaml": "to try the gate on one machine, without any set-up",
    "bulkhead serve --charter bulkhead.yaml --sign-in sign-in.yaml": "behind a proxy that has TLS",
    "bulkhead serve --data keys --database postgres://bulkhead@db/bulkhead --listen 0.0.0.0:8083":
      "one of several servers; all share the keys",
  });
}

async function run(flags: Flags): Promise<void> {
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(flags.listen) ?? [];
  if (host === undefined || Number(port) > 65_535)
    throw new UsageError("USAGE", `--listen ${flags.listen}  is not HOST:PORT\n  Write 127.0.0.1:8083.`);
  if (!existsSync(flags.charter))
    throw new UsageError("BAD_INPUT", `${flags.charter}  there is no such charter\n  Name one: --charter examples/acme/bulkhead.yaml`);
  const charterText = readText(flags.charter);
  const policy = policyOf(charterText, flags.charter);
  const { start } = await import("../server/start.ts");
  const { loggerTo } = await import("../server/http/server.ts");
  const address = host.replace(/^\[(.*)\]$/, "$1");
  const way = flags.trial ? await trial(flags, policy, address) : await ordinary(flags, address, Number(port));
  const running = await start({
    data: flags.data,
    ...(flags.database !== undefined && { database: flags.database }),
    policy,
    charterText,
    ...(flags.attestations !== undefined && { attestations: attestationTrustAt(flags.attestations) }),
    ...(way.origin !== undefined && { origin: way.origin }),
    host: address,
    port: Number(port),
    witnesses: flags.witness ?? [],
    securityContact: flags.securityContact,
    http: {
      logger: loggerTo(flags.logLevel),
      requestsAMinute: flags.requestsAMinute,
      ...(flags.trustProxy !== undefined && { trustProxy: flags.trustProxy }),
    },
    signIn: way.signIn,
  });
  process.stderr.write(`bulkhead: the gate of ${policy.charter.organization.name} on ${running.url}\n${await way.told(running.url)}`);
  await new Promise<void>((resolve, reject) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void running.close().then(resolve, reject));
  });
}

interface Way {
  readonly origin: string | undefined;
  readonly signIn: StartOptions["signIn"];
  /** What whoever started the server must know. */
  told(url: string): Promise<string>;
}

async function trial(flags: Flags, policy: Policy, host: string): Promise<Way> {
  const { assertTrial, TOKENS_FILE, trialOrigin, trialSignIn } = await import("../server/trial.ts");
  assertTrial(flags.data, host, flags.database);
  const signIn = trialSignIn(policy, flags.data);
  const file = join(flags.data, TOKENS_FILE);
  return {
    origin: trialOrigin(policy),
    signIn,
    told: async () => `bulkhead: a trial; ${file} has a token for each person of the charter, and one for CI\n`,
  };
}

async function ordinary(flags: Flags, host: string, port: number): Promise<Way> {
  const { signInConfiguration, signInOf } = await import("../server/sign-in.ts");
  const document = flags.signIn === undefined ? undefined : documentAt(flags.signIn);
  const configuration = signInConfiguration(document, `http://${host}:${port}`);
  const { signIn, firstCodes } = signInOf(configuration, flags.data, process.env);
  const told = async (): Promise<string> => {
    const codes = await firstCodes();
    if (codes === undefined) return "";
    const lines = Object.entries(codes).map(([who, code]) => `  ${who.padEnd(20)} ${code}\n`);
    return `bulkhead: nobody has an account yet. Two codes, for two people (POST ${configuration.origin}/v1/sign-in/first):\n${lines.join("")}`;
  };
  return { origin: flags.origin, signIn, told };
}

function documentAt(file: string): unknown {
  const parsed = parseBytes(file, readBytes(file));
  if (parsed.ok && parsed.value.documents.length === 1) return parsed.value.documents[0];
  throw new UsageError("BAD_INPUT", `${file}  ${parsed.ok ? "is not one document" : parsed.error.message}\n  Write it in YAML.`);
}

function count(given: string): number {
  if (!/^[1-9]\d{0,8}$/.test(given)) throw new UsageError("USAGE", `--requests-a-minute ${given}  is not a number`);
  return Number(given);
}
