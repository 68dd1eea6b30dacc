// bulkhead database: moves, backs up and restores what a server keeps, and changes the ledger's key.
import { type Command, Option } from "commander";
import { retireKeys, rotateKey, signersIn, trustPolicyOf } from "../app/gate/keys.ts";
import { checkpointIn } from "../app/gate/published.ts";
import { isSigned } from "../app/gate/replica.ts";
import { withExamples } from "./flags.ts";
import { put } from "./io.ts";
import { UsageError } from "./report.ts";

interface Where {
  readonly data: string;
  readonly database?: string;
}

export function register(program: Command): void {
  const database = program
    .command("database")
    .description("What a server keeps: moving it, backing it up, and the ledger's key.")
    .exitOverride();
  const move = database
    .command("move")
    .description("Copy everything into an empty database of either kind, and compare the hash of every row. Stop the servers first.")
    .argument("<from>", "data folder, or postgres://…")
    .argument("<to>", "data folder, or postgres://…")
    .exitOverride()
    .action(async (from: string, to: string) => put(await moved(from, to), undefined));
  withExamples(move, {
    "bulkhead database move bulkhead-data postgres://bulkhead@db/bulkhead": "when one machine is outgrown; the keys stay in bulkhead-data",
  });
  registerBackups(database);
  registerKeys(database);
}

const where = (command: Command): Command =>
  command
    .option("--data <folder>", "the server's data folder", "bulkhead-data")
    .addOption(new Option("--database <url>", "postgres://…, where the server uses one").env("BULKHEAD_DATABASE"))
    .exitOverride();

function registerBackups(database: Command): void {
  withExamples(
    where(
      database
        .command("backup")
        .description("Copy database and keys into a new folder, while the server runs.")
        .argument("<folder>", "a new folder"),
    ),
    { "bulkhead database backup backups/2026-11-24": "keep it as the keys are kept" },
  ).action(async (folder: string, { data, database: url }: Where) => {
    const { backUp } = await import("../server/storage/backup.ts");
    await backUp(data, url, folder);
    process.stderr.write(`backed up to ${folder}\n`);
  });
  withExamples(
    where(
      database
        .command("restore")
        .description("Restore a backup into a new data folder, and an empty database.")
        .argument("<folder>", "what backup wrote"),
    ),
    {
      "bulkhead database restore backups/2026-11-24 --data bulkhead-data":
        "what was acknowledged after the backup is gone: witnesses will say so",
    },
  ).action(async (folder: string, { data, database: url }: Where) => {
    const { restore } = await import("../server/storage/backup.ts");
    put(shown(await restore(folder, data, url)), undefined);
  });
}

function registerKeys(database: Command): void {
  withExamples(
    where(
      database
        .command("rotate-key")
        .description(
          "Make a new key for the ledger, and print the trust policy for its readers. The one before signs beside it until it is retired.",
        )
        .option("--retire", "end the signing of every earlier key"),
    ),
    {
      "bulkhead database rotate-key > trust.policy": "then restart the servers, and give the policy to whoever verifies",
      "bulkhead database rotate-key --retire > trust.policy": "once they have it",
    },
  ).action(async ({ data, database: url, retire }: Where & { readonly retire?: true }) => {
    const checkpoint = await checkpointOf(url ?? data);
    const { origin, note } = checkpointIn(checkpoint);
    if (retire && !isSigned(note, signersIn(data, origin)[0]))
      throw new UsageError(
        "BAD_INPUT",
        "the newest checkpoint is not signed by the new key yet\n  Restart the servers with the new key first.",
      );
    put(trustPolicyOf(retire ? retireKeys(data, origin) : rotateKey(data, origin)), undefined);
  });
}

async function checkpointOf(place: string): Promise<string> {
  const { openDatabase } = await import("../server/storage/open.ts");
  const { newestCheckpoint } = await import("../server/storage/published.ts");
  const database = await openDatabase(place);
  try {
    const checkpoint = await newestCheckpoint(database, false);
    if (checkpoint === undefined)
      throw new UsageError("BAD_INPUT", `${place}  holds no ledger\n  Name the server's data folder or database.`);
    return checkpoint;
  } finally {
    await database.close();
  }
}

async function moved(from: string, to: string): Promise<string> {
  const { openDatabase } = await import("../server/storage/open.ts");
  const { moveDatabase } = await import("../server/storage/move.ts");
  const source = await openDatabase(from);
  try {
    const target = await openDatabase(to);
    try {
      return shown(await moveDatabase(source, target));
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

const shown = (tables: readonly { readonly table: string; readonly rows: number; readonly hash: string }[]): string =>
  tables.map(({ table, rows, hash }) => `${table.padEnd(24)} ${String(rows).padStart(10)} rows  ${hash}\n`).join("");
