// bulkhead mask discover: where personal and secret data is, and a masking policy to begin with.
import type { Command } from "commander";
import { discover, discoveredJson, discoveredPolicy, discoveredSummary } from "../app/mask/discover.ts";
import { withExamples } from "./flags.ts";
import { put } from "./texts.ts";
import { UsageError } from "./report.ts";

interface Flags {
  readonly full?: boolean;
  readonly rows?: number;
  readonly format: "policy" | "json";
  readonly output?: string;
}

export function register(mask: Command): void {
  const command = mask
    .command("discover")
    .description("Find personal and secret data in a source, and write a masking policy to edit: every column of every table.")
    .argument("<source>", "postgres://… (a password is better in PGPASSWORD), mysql://…, a dump, or a folder of CSV and JSON lines")
    .option("--full", "look at every row, and not at a sample")
    .option("--rows <number>", "rows of each table in a sample (default: 1000)", rows)
    .option("--format <format>", "policy or json", "policy")
    .option("--output <file>", "write to a file instead of standard output")
    .exitOverride();
  withExamples(command, {
    "bulkhead mask discover postgres://db.example.com/shop --output masking.yaml": "a policy to read and edit",
    "bulkhead mask discover postgres://db.example.com/shop --full --format json": "what was found, by every row, without any value",
  });
  command.action(async (source: string, flags: Flags) => {
    if (!["policy", "json"].includes(flags.format))
      throw new UsageError("USAGE", `--format ${flags.format}  is none\n  Write policy or json.`);
    const discovery = await discover(source, {
      ...(flags.full !== undefined && { full: flags.full }),
      ...(flags.rows !== undefined && { rows: flags.rows }),
    });
    put(flags.format === "json" ? discoveredJson(discovery) : discoveredPolicy(discovery, source), flags.output);
    process.stderr.write(discoveredSummary(discovery));
  });
}

function rows(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new UsageError("USAGE", `--rows ${text}  is no number of rows\n  Write a whole number, such as 5000.`);
  return value;
}
