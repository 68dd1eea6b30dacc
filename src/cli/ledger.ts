// bulkhead ledger: begins, shows, proves and verifies the record of verdicts and decisions.
import type { Command } from "commander";
import { client } from "../app/gate/client.ts";
import { downloadable } from "../app/gate/download.ts";
import { exportLedger } from "../app/gate/export.ts";
import { askWitness } from "../app/ledger/ask-witness.ts";
import { createLedger, readerOf } from "../app/ledger/folder.ts";
import { ed25519Signer, keyAt, policyOf } from "../app/ledger/keys.ts";
import { chartersOf, entriesOf, proofOf, proofProblem, trustPolicyAt, verifyFolder } from "../app/ledger/read.ts";
import { renderHistory, renderReport } from "../app/ledger/render.ts";
import { historyOf } from "../app/ledger/history.ts";
import { EXIT } from "./exit.ts";
import { withExamples, withFormat } from "./flags.ts";
import { asOfTime, collect, put, readBytes, readText, usesColor } from "./io.ts";
import { UsageError } from "./report.ts";

interface Shown {
  readonly format: "terminal" | "json";
  readonly output?: string;
}

export function register(program: Command): void {
  const ledger = program.command("ledger").description("The tamper-evident record of verdicts and decisions.").exitOverride();
  const begin = ledger
    .command("init")
    .description("Begin an empty ledger in a folder, and print the trust policy for those who verify it.")
    .argument("<folder>", "folder to keep it in")
    .requiredOption("--key <key.pem>", "Ed25519 private key that signs it; made when the file is missing")
    .requiredOption("--origin <name>", "its name, such as ledger.example.com/acme")
    .exitOverride()
    .action((folder: string, flags: { readonly key: string; readonly origin: string }) => {
      const signer = ed25519Signer(flags.origin, keyAt(flags.key, "create"));
      createLedger(folder, signer);
      put(policyOf(signer), undefined);
    });
  withExamples(begin, {
    "bulkhead ledger init ledger --key ledger.pem --origin ledger.example.com > trust.policy":
      "keep ledger.pem with the one that writes, trust.policy with those who read",
  });
  registerExport(ledger);
  registerVerify(ledger);
  registerReading(ledger);
  const cosigned = ledger
    .command("cosign")
    .description("Ask a witness to cosign the newest checkpoint, and keep its signature.")
    .argument("<folder>", "folder of the ledger")
    .requiredOption("--witness <url>", "its submission prefix, such as https://witness.example.com")
    .exitOverride()
    .action(async (folder: string, flags: { readonly witness: string }) => {
      process.stderr.write(`cosigned: ${await askWitness(folder, flags.witness)} entries\n`);
    });
  withExamples(cosigned, {
    "bulkhead ledger cosign ledger --witness https://witness.example.com": "after each run, so that no history can be rewritten unseen",
  });
}

function registerExport(ledger: Command): void {
  const exported = ledger
    .command("export")
    .description("Write a server's ledger as a folder that `ledger verify` reads, with the charters that decided.")
    .argument("<folder>", "where to; exporting again adds what is new")
    .requiredOption("--from <where>", "a server's address (BULKHEAD_TOKEN says who asks), postgres://…, or a data folder")
    .option("--cosigned", "at the newest checkpoint that a witness cosigned")
    .exitOverride()
    .action(async (folder: string, flags: { readonly from: string; readonly cosigned?: true }) => {
      const isCosigned = flags.cosigned ?? false;
      const entries = /^https?:/.test(flags.from)
        ? await exportLedger(await downloadable(client({ server: flags.from, environment: process.env }), isCosigned), folder)
        : await (await import("../server/export.ts")).exportFrom(flags.from, folder, isCosigned);
      process.stderr.write(`exported: ${entries} entries\n`);
    });
  withExamples(exported, {
    "bulkhead ledger export ledger --from https://bulkhead.example.com":
      "then: bulkhead ledger verify ledger --policy trust.policy --charter ledger/charters/*.yaml",
  });
}

function registerVerify(ledger: Command): void {
  const verify = ledger
    .command("verify")
    .description("Recompute a ledger offline: root, signatures, witnesses, order, and that it grew out of earlier checkpoints.")
    .argument("<folder>", "folder of the ledger, or a copy of it")
    .requiredOption("--policy <file>", "trust policy: the ledger's key, witnesses, quorum")
    .option("--charter <file>", "decide every promotion again under this charter; give each that was in force (repeatable)", collect)
    .option("--earlier <checkpoint>", "a checkpoint kept from earlier that it must have grown out of (repeatable)", collect)
    .exitOverride();
  withFormat(
    withExamples(verify, { "bulkhead ledger verify ledger --policy trust.policy --earlier 2026-09-30.checkpoint": "what an auditor runs" }),
    ["terminal", "json"],
  ).action(
    (
      folder: string,
      flags: Shown & { readonly policy: string; readonly charter?: readonly string[]; readonly earlier?: readonly string[] },
    ) => {
      const earlier = (flags.earlier ?? []).map(readBytes);
      const charters = flags.charter && chartersOf(flags.charter.map((file) => ({ file, text: readText(file) })));
      const onProgress = progress();
      const report = verifyFolder(folder, {
        policy: trustPolicyAt(flags.policy, readText(flags.policy)),
        earlier,
        ...(charters && { charters }),
        ...(onProgress && { onProgress }),
      });
      put(renderReport(report, flags.format, usesColor(flags.output)), flags.output);
      process.exitCode = report.problems.length > 0 ? EXIT.violated : EXIT.done;
    },
  );
}

function registerReading(ledger: Command): void {
  const show = ledger
    .command("show")
    .description("Print entries, one canonical JSON line each.")
    .argument("<folder>", "folder of the ledger")
    .option("--from <index>", "first entry", index, 0)
    .exitOverride()
    .action((folder: string, flags: { readonly from: number }) => {
      for (const each of entriesOf(readerOf(folder), folder, flags.from)) put(`${each.text}\n`, undefined);
    });
  withExamples(show, { "bulkhead ledger show ledger --from 40": "entries 40 and later" });
  const history = ledger
    .command("history")
    .description("How separation was kept over time: runs, missed runs, findings opened and closed.")
    .argument("<folder>", "folder of the ledger")
    .option("--every <hours>", "hours between runs, as the organization means it", hours, 24)
    .option("--as-of <date>", "the end of the period (default: now)")
    .exitOverride();
  withExamples(history, { "bulkhead ledger history ledger --every 24": "daily runs, and those that were missed" });
  withFormat(history, ["terminal", "json"]).action((folder: string, flags: Shown & { readonly every: number; readonly asOf?: string }) => {
    const entries = [...entriesOf(readerOf(folder), folder, 0)].map(({ entry }) => entry);
    put(renderHistory(historyOf(entries, flags.every, asOfTime(flags.asOf)), flags.format, usesColor(flags.output)), flags.output);
  });
  const prove = ledger
    .command("prove")
    .description("Write the proof of one entry, to be checked without the ledger.")
    .argument("<folder>", "folder of the ledger")
    .argument("<index>", "place of the entry", index)
    .option("--output <file>", "write to a file instead of stdout")
    .exitOverride()
    .action((folder: string, at: number, flags: { readonly output?: string }) => put(proofOf(folder, at), flags.output));
  withExamples(prove, {
    "bulkhead ledger prove ledger 41 --output 41.tlog-proof": "with the line of `ledger show --from 41`, all that a reader needs",
  });
  const checkProof = ledger
    .command("check-proof")
    .description("Check the proof of one entry, given its line as `ledger show` prints it.")
    .argument("<proof>", "file that `ledger prove` wrote")
    .argument("<entry>", "file with the entry's line")
    .requiredOption("--policy <file>", "trust policy")
    .exitOverride()
    .action((proof: string, entry: string, flags: { readonly policy: string }) => {
      const problem = proofProblem(readBytes(proof), readBytes(entry), trustPolicyAt(flags.policy, readText(flags.policy)));
      put(problem === undefined ? "The entry is in the ledger.\n" : `${problem}\n`, undefined);
      process.exitCode = problem === undefined ? EXIT.done : EXIT.violated;
    });
  withExamples(checkProof, {
    "bulkhead ledger check-proof 41.tlog-proof entry.json --policy trust.policy": "exit status 0 when it holds, 1 when not",
  });
}

function progress(): ((done: number, of: number) => void) | undefined {
  if (!process.stderr.isTTY) return undefined;
  return (done, of) => process.stderr.write(`\r${done} of ${of} entries${done === of ? "\n" : ""}`);
}

function index(given: string): number {
  if (!/^\d{1,15}$/.test(given)) throw new UsageError("USAGE", `${given}  is not the place of an entry\n  Entries are counted from 0.`);
  return Number(given);
}

function hours(given: string): number {
  const value = Number(given);
  if (!(value > 0 && value <= 8784))
    throw new UsageError("USAGE", `--every ${given}  is not a number of hours\n  Write 24 for once a day.`);
  return value;
}
