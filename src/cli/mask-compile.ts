// bulkhead mask compile: the policy as SQL that runs inside the engine or the warehouse.
import { writeFileSync } from "node:fs";
import { type Command, Option } from "commander";
import { compilePolicy } from "../app/mask/compile.ts";
import { keyFrom } from "../app/mask/key.ts";
import { withExamples } from "./flags.ts";
import { UsageError } from "./report.ts";
import { readText } from "./texts.ts";

interface Flags {
  readonly policy: string;
  readonly from: string;
  readonly keyFile: string;
  readonly dialect: "postgres" | "duckdb" | "spark";
  readonly output: string;
}

export function register(mask: Command): void {
  const command = mask
    .command("compile")
    .description(
      "Write the policy as SQL, one query a table: the same masks inside an engine or a warehouse, with the same keyed functions.",
    )
    .requiredOption("--policy <masking.yaml>", "the masking policy")
    .requiredOption("--from <source>", "whose tables the policy is met with: postgres://…, mysql://…, or a dump")
    .requiredOption("--key-file <file>", "the masking key, readable by you alone; - for standard input")
    .requiredOption("--output <file.sql>", "a new file that you alone can read: the text holds derived keys")
    .addOption(new Option("--dialect <name>", "whose SQL").choices(["postgres", "duckdb", "spark"]).default("postgres"))
    .exitOverride()
    .action(compile);
  withExamples(command, {
    "bulkhead mask compile --policy masking.yaml --from postgres://db.example.com/shop --key-file mask.key --dialect duckdb --output shop.sql":
      "to be run where production may be read",
  });
}

async function compile({ policy: file, from, keyFile, dialect, output }: Flags): Promise<void> {
  const compiled = await compilePolicy({ policy: { text: readText(file), file }, from, key: keyFrom(keyFile), dialect });
  if (!compiled.ok) throw new UsageError("BAD_INPUT", compiled.error);
  try {
    writeFileSync(output, compiled.value, { flag: "wx", mode: 0o600 });
  } catch (cause) {
    throw new UsageError("BAD_INPUT", `${output}  cannot be written\n  Name a file that is not there yet.`, { cause });
  }
  process.stderr.write(`The queries are in ${output}. They hold derived keys: run them on production's side, and keep them out of logs.\n`);
}
