// bulkhead cut: the smallest set of changes that separates.
import type { Command } from "commander";
import { renderCut } from "../app/render/cut.ts";
import { EXIT } from "./exit.ts";
import { withEstate, withExamples, withFormat } from "./flags.ts";
import { checkFolder, type EstateFlags, put, usesColor } from "./io.ts";

interface Flags extends EstateFlags {
  readonly format: "terminal" | "json";
  readonly output?: string;
}

export function register(program: Command): void {
  const command = program
    .command("cut")
    .description("Find the smallest set of changes that separates, keeping what the charter grants.")
    .argument("[folder]", "folder with bulkhead.yaml and the collected files", ".");
  withExamples(command, {
    "bulkhead cut examples/acme": "what to remove, narrow or add",
    "bulkhead cut . --format json --output cut.json": "the same, for a program",
  });
  withFormat(withEstate(command), ["terminal", "json"]).action((folder: string, flags: Flags) => {
    const { result } = checkFolder(folder, flags);
    put(
      flags.format === "json"
        ? `${JSON.stringify(result.cut, undefined, 2)}\n`
        : renderCut(result, { color: usesColor(flags.output), all: true }),
      flags.output,
    );
    process.exitCode = result.cut === null || result.cut.complete ? EXIT.done : EXIT.violated;
  });
}
