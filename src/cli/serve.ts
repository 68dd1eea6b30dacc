// bulkhead serve: starts the gate's server, and ends it when it is told to.
import { existsSync } from "node:fs";
import { type Command, Option } from "commander";
import { attestationTrustAt } from "../app/gate/attestation-file.ts";
import { policyOf } from "../app/gate/policy.ts";
import { withExamples } from "./flags.ts";
import { collect, readText } from "./io.ts";
import { UsageError } from "./report.ts";

interface Flags {
  readonly data: string;
  readonly database?: string;
  readonly listen: string;
  readonly charter: string;
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
    "bulkhead serve --charter examples/acme/bulkhead.yaml": "on one machine, without any set-up",
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
  const { signIn } = await import("../server/sign-in.ts");
  const { loggerTo } = await import("../server/http/server.ts");
  const running = await start({
    data: flags.data,
    ...(flags.database !== undefined && { database: flags.database }),
    policy,
    charterText,
    ...(flags.attestations !== undefined && { attestations: attestationTrustAt(flags.attestations) }),
    ...(flags.origin !== undefined && { origin: flags.origin }),
    host: host.replace(/^\[(.*)\]$/, "$1"),
    port: Number(port),
    witnesses: flags.witness ?? [],
    securityContact: flags.securityContact,
    http: {
      logger: loggerTo(flags.logLevel),
      requestsAMinute: flags.requestsAMinute,
      ...(flags.trustProxy !== undefined && { trustProxy: flags.trustProxy }),
    },
    signIn,
  });
  process.stderr.write(`bulkhead: the gate of ${policy.charter.organization.name} on ${running.url}\n`);
  await new Promise<void>((resolve, reject) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void running.close().then(resolve, reject));
  });
}

function count(given: string): number {
  if (!/^[1-9]\d{0,8}$/.test(given)) throw new UsageError("USAGE", `--requests-a-minute ${given}  is not a number`);
  return Number(given);
}
