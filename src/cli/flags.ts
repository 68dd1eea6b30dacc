// Options that commands share, said once.
import { type Command, Option } from "commander";
import { FORMATS } from "../app/render/format.ts";
import { collect } from "./io.ts";

/** Options of every command that reads an estate. */
export function withEstate(command: Command): Command {
  return command
    .option("--charter <file>", "charter to use instead of bulkhead.yaml in the folder")
    .option("--as-of <date>", "the day the verdict is about, for exceptions and time conditions (default: now)")
    .option("--trust <key.pem>", "Ed25519 public key that manifests and seals must be signed with (repeatable)", collect);
}

export function withFormat(command: Command, formats: readonly string[] = FORMATS): Command {
  return command
    .addOption(new Option("--format <format>", "how to print").choices([...formats]).default("terminal"))
    .option("--output <file>", "write to a file instead of stdout");
}
