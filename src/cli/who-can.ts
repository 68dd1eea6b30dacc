// bulkhead who-can: people and things that can write, read, deploy or connect.
import { Argument, type Command } from "commander";
import { VERBS, whoCan } from "../app/ask.ts";
import { renderWho } from "../app/render/question.ts";
import { withEstate, withExamples, withFormat } from "./flags.ts";
import { type EstateFlags, put, usesColor } from "./io.ts";
import { estateOf, idsOf } from "./questioned.ts";

interface Flags extends EstateFlags {
  readonly format: "terminal" | "json";
  readonly output?: string;
}

export function register(program: Command): void {
  const command = program
    .command("who-can")
    .description("List who can come to write, read, deploy or connect: people, and things of other environments.")
    .addArgument(new Argument("<verb>", "what").choices(Object.keys(VERBS)))
    .argument("<target>", "an entity, or an environment for anything in it")
    .argument("[folder]", "folder with bulkhead.yaml and the collected files", ".");
  withExamples(command, {
    "bulkhead who-can deploy production examples/acme": "people and things that can change what runs there",
    "bulkhead who-can read arn:aws:s3:::acme-exports .": "whoever can come to read one bucket",
  });
  withFormat(withEstate(command), ["terminal", "json"]).action((verb: string, target: string, folder: string, flags: Flags) => {
    const { estate } = estateOf(folder, flags);
    const who = whoCan(estate, verb, idsOf(estate, target));
    put(
      flags.format === "json"
        ? `${JSON.stringify({ verb, target, who }, undefined, 2)}\n`
        : renderWho(verb, target, who, usesColor(flags.output)),
      flags.output,
    );
  });
}
