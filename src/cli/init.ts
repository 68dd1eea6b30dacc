// bulkhead init: proposes a charter from what stands in a folder.
import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import type { Command } from "commander";
import { CHARTER_FILE } from "../app/check.ts";
import { propose } from "../app/init.ts";
import { withExamples } from "./flags.ts";
import { filesOf, put } from "./io.ts";
import { UsageError } from "./report.ts";

interface Flags {
  readonly force?: boolean;
  readonly output?: string;
}

export function register(program: Command): void {
  const command = program
    .command("init")
    .description("Propose a charter (bulkhead.yaml) from the collected files of a folder.")
    .argument("[folder]", "folder with the collected files", ".")
    .option("--output <file>", "where to write it (default: bulkhead.yaml in the folder; - for stdout)")
    .option("--force", "overwrite a charter that stands there");
  withExamples(command, {
    "bulkhead init .": "writes bulkhead.yaml, with questions in it",
    "bulkhead init estate --output -": "prints it instead",
  }).action((folder: string, flags: Flags) => {
    const target = flags.output ?? join(folder, CHARTER_FILE);
    if (target !== "-" && existsSync(target) && flags.force !== true) {
      throw new UsageError("USAGE", `${target}  stands there already\n  Write elsewhere with --output FILE, or overwrite it with --force.`);
    }
    const { text, read, unrecognized } = propose(filesOf(folder), basename(resolve(folder)));
    put(text, target === "-" ? undefined : target);
    const left =
      unrecognized.length > 0
        ? `; ${unrecognized.length} files were not recognized (${unrecognized[0]?.file}: ${unrecognized[0]?.why})`
        : "";
    process.stderr.write(`read ${read} files${left}\n`);
    if (target !== "-") process.stderr.write(`wrote ${target}: answer the questions in it, then run: bulkhead check ${folder}\n`);
  });
}
