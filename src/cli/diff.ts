// bulkhead diff: what a change opens and closes.
import type { Command } from "commander";
import { statSync } from "node:fs";
import { readBaseline } from "../app/baseline.ts";
import { difference } from "../app/diff.ts";
import { renderDifference } from "../app/render/difference.ts";
import type { CheckResult } from "../findings/result.ts";
import { statusOfDifference } from "./exit.ts";
import { withEstate, withExamples, withFormat } from "./flags.ts";
import { checkFolder, type EstateFlags, put, readText, usesColor } from "./io.ts";

interface Flags extends EstateFlags {
  readonly format: "terminal" | "json" | "markdown";
  readonly output?: string;
}

export function register(program: Command): void {
  const command = program
    .command("diff")
    .description("Show what a change opens or closes, between two result files or two folders.")
    .argument("<old>", "result.json, or a folder with bulkhead.yaml")
    .argument("<new>", "result.json, or a folder with bulkhead.yaml");
  withExamples(command, {
    "bulkhead diff examples/acme examples/acme-fixed": "what the second folder opens and closes",
    "bulkhead diff main.json branch.json --format markdown": "a comment for a pull request",
  });
  withFormat(withEstate(command), ["terminal", "json", "markdown"]).action((before: string, after: string, flags: Flags) => {
    const changed = difference(resultAt(before, flags), resultAt(after, flags));
    const text =
      flags.format === "json"
        ? `${JSON.stringify(changed, undefined, 2)}\n`
        : renderDifference(changed, flags.format, usesColor(flags.output));
    put(text, flags.output);
    process.exitCode = statusOfDifference(changed);
  });
}

function resultAt(place: string, flags: EstateFlags): CheckResult {
  if (statSync(place, { throwIfNoEntry: false })?.isFile()) return readBaseline(readText(place), place);
  return checkFolder(place, flags).result;
}
