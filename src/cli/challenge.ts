// bulkhead challenge: is the watch awake?
import { formatProblems } from "../app/check.ts";
import type { Command } from "commander";
import { challenge } from "../app/challenge/challenge.ts";
import { renderChallenge } from "../app/render/challenge.ts";
import { EXIT } from "./exit.ts";
import { withEstate, withExamples, withFormat } from "./flags.ts";
import { type EstateFlags, filesOf, optionsOf, put, usesColor } from "./io.ts";
import { UsageError } from "./report.ts";

interface Flags extends EstateFlags {
  readonly format: "terminal" | "json";
  readonly output?: string;
  readonly seed: string;
  readonly each: string;
}

export function register(program: Command): void {
  const command = program
    .command("challenge")
    .description(
      "Inject violating grants into a copy of the estate, a family at a time, and report how many are detected. Changes no file.",
    )
    .argument("[folder]", "folder with bulkhead.yaml and the collected files", ".")
    .option("--seed <number>", "which injections are chosen", "0")
    .option("--each <number>", "at most this many of each family", "5");
  withExamples(command, {
    "bulkhead challenge examples/acme-fixed": "five injections of each family",
    "bulkhead challenge . --seed 7 --each 20": "others, and more of them",
  });
  withFormat(withEstate(command), ["terminal", "json"]).action((folder: string, flags: Flags) => {
    const showing = process.stderr.isTTY;
    const onProgress = (family: string, done: number, total: number): void =>
      void process.stderr.write(`\r\u001b[K${family} ${done + 1} of ${total}`);
    const scored = challenge(filesOf(folder), {
      ...optionsOf(flags),
      seed: numberOf("--seed", flags.seed, 0),
      each: numberOf("--each", flags.each, 1),
      ...(showing && { onProgress }),
    });
    if (showing) process.stderr.write("\r\u001b[K");
    if (!scored.ok) throw new UsageError("BAD_INPUT", formatProblems(scored.error));
    put(
      flags.format === "json" ? `${JSON.stringify(scored.value, undefined, 2)}\n` : renderChallenge(scored.value, usesColor(flags.output)),
      flags.output,
    );
    process.exitCode = scored.value.every((score) => score.tried.every((each) => each.detected)) ? EXIT.done : EXIT.violated;
  });
}

function numberOf(option: string, text: string, least: number): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < least)
    throw new UsageError("USAGE", `${option} ${text}  is not a whole number from ${least}\n  Write it as ${option} 5.`);
  return number;
}
