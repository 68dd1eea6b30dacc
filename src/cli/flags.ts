// What commands share, said once: options, and the form of their examples.
import { type Command, Option } from "commander";
import { FORMATS } from "../app/render/format.ts";
import { collect } from "./texts.ts";

/** Options of every command that reads an estate. */
export function withEstate(command: Command): Command {
  return command
    .option("--charter <file>", "charter to use instead of bulkhead.yaml in the folder")
    .option("--as-of <date>", "the day the verdict is about, for exceptions and time conditions (default: now)")
    .option("--trust <key.pem>", "Ed25519 public key that manifests and seals must be signed with (repeatable)", collect);
}

/** Commands to type with what each is for, printed at the end of the command's help. */
export function withExamples(command: Command, examples: Readonly<Record<string, string>>): Command {
  const width = Math.max(...Object.keys(examples).map((each) => each.length));
  const lines = Object.entries(examples).map(([line, meaning]) => `  ${line.padEnd(width)}  ${meaning}`);
  return command.addHelpText("after", ["", "Examples:", ...lines].join("\n"));
}

/** Of the formats, the terminal's is the default, or else the first. */
export function withFormat(command: Command, formats: readonly string[] = FORMATS): Command {
  const given = formats.includes("terminal") ? "terminal" : formats[0];
  return command
    .addOption(new Option("--format <format>", "how to print").choices([...formats]).default(given))
    .option("--output <file>", "write to a file instead of stdout");
}
