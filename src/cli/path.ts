// bulkhead path: whether one thing leads to another, and how.
import type { Command } from "commander";
import { path } from "../app/ask.ts";
import { renderPath } from "../app/render/question.ts";
import { EXIT } from "./exit.ts";
import { withEstate, withExamples, withFormat } from "./flags.ts";
import { type EstateFlags, put, usesColor } from "./io.ts";
import { estateOf, idsOf } from "./questioned.ts";

interface Flags extends EstateFlags {
  readonly format: "terminal" | "json";
  readonly output?: string;
}

export function register(program: Command): void {
  const command = program
    .command("path")
    .description("Show the shortest way from one thing to another. Things are entity ids, short names, environments or people.")
    .argument("<from>", "where it starts: an entity, an environment, a person")
    .argument("<to>", "where it leads")
    .argument("[folder]", "folder with bulkhead.yaml and the collected files", ".");
  withExamples(command, {
    "bulkhead path person:victor production examples/acme": "from one person to anything of production",
    "bulkhead path development production examples/acme": "the shortest way across",
  });
  withFormat(withEstate(command), ["terminal", "json"]).action((from: string, to: string, folder: string, flags: Flags) => {
    const { estate, locate } = estateOf(folder, flags);
    const reach = path(estate, idsOf(estate, from), idsOf(estate, to));
    const steps = reach.steps.map(locate);
    const text =
      flags.format === "json"
        ? `${JSON.stringify({ from, to, ...reach, steps }, undefined, 2)}\n`
        : renderPath(from, to, { ...reach, steps }, usesColor(flags.output));
    put(text, flags.output);
    process.exitCode = reach.verdict === "yes" ? EXIT.violated : reach.verdict === "maybe" ? EXIT.unknown : EXIT.done;
  });
}
