// bulkhead witness: a second team or the auditor remembers each ledger's newest checkpoint, and cosigns only what grew out of it.
import type { Command } from "commander";
import { keyAt, witnessLine } from "../app/ledger/keys.ts";
import { trustPolicyAt } from "../app/ledger/read.ts";
import { withExamples } from "./flags.ts";
import { put, readText } from "./io.ts";
import { UsageError } from "./report.ts";

interface Flags {
  readonly name: string;
  readonly key: string;
  readonly policy: string;
  readonly state: string;
  readonly listen: string;
}

export function register(program: Command): void {
  const witness = program
    .command("witness")
    .description("Serve as a witness of ledgers (C2SP tlog-witness): refuses to cosign a history that was rewritten or forked.")
    .requiredOption("--name <name>", "the witness's name, such as witness.example.com/audit")
    .requiredOption("--key <key.pem>", "its Ed25519 private key; made when the file is missing")
    .requiredOption("--policy <file>", "trust policy whose log lines name the ledgers to witness")
    .requiredOption("--state <folder>", "folder for what it remembers; without it a rewritten history cannot be told")
    .option("--listen <host:port>", "where to answer", "127.0.0.1:8082")
    .action(serve);
  withExamples(witness, {
    "bulkhead witness --name w.example.com --key w.pem --policy trust.policy --state w": "run by others than those who run the ledger",
  });
}

async function serve(flags: Flags): Promise<void> {
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(flags.listen) ?? [];
  if (host === undefined || Number(port) > 65_535)
    throw new UsageError("USAGE", `--listen ${flags.listen}  is not HOST:PORT\n  Write 127.0.0.1:8082.`);
  const { logs } = trustPolicyAt(flags.policy, readText(flags.policy));
  if (logs.length === 0) throw new UsageError("BAD_INPUT", `${flags.policy}  names no ledger\n  Add a line: log VERIFIER-KEY`);
  const privateKey = keyAt(flags.key, "create");
  const { witnessServer } = await import("../server/witness.ts");
  const server = witnessServer(
    { name: flags.name, privateKey, logs, folder: flags.state },
    () => new Date(),
    (line) => process.stderr.write(`${line}\n`),
  );
  put(witnessLine(flags.name, privateKey), undefined);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) =>
      reject(
        new UsageError(
          "BAD_INPUT",
          `--listen ${flags.listen}  cannot be listened on: ${cause.code ?? cause.message}\n  Choose another port.`,
          { cause },
        ),
      ),
    );
    server.once("close", resolve);
    server.listen(Number(port), host.replace(/^\[(.*)\]$/, "$1"), () => {
      const address = server.address();
      process.stderr.write(
        `witness of ${logs.map(({ name }) => name).join(", ")} on ${typeof address === "object" && address ? `${host}:${address.port}` : flags.listen}\n`,
      );
    });
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.once(signal, () => {
        server.close();
        server.closeIdleConnections();
      });
    }
  });
}
