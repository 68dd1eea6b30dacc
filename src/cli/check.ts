// bulkhead check: the main job.
import type { Command } from "commander";
import { onlyNew, readBaseline } from "../app/baseline.ts";
import type { Format } from "../app/render/format.ts";
import { render } from "../app/render/format.ts";
import type { CheckResult } from "../findings/result.ts";
import { statusOf } from "./exit.ts";
import { withEstate, withFormat } from "./flags.ts";
import { checkFolder, type EstateFlags, put, readText, usesColor } from "./io.ts";

interface Flags extends EstateFlags {
  readonly format: Format;
  readonly output?: string;
  readonly baseline?: string;
  readonly all?: boolean;
}

export function register(program: Command): void {
  const command = program
    .command("check")
    .description("Prove or refute that the environments of a folder are separated.")
    .argument("[folder]", "folder with bulkhead.yaml and the collected files", ".")
    .option("--baseline <result.json>", "report only findings that an earlier result does not have")
    .option("--all", "print every finding hop by hop");
  withFormat(withEstate(command)).action(async (folder: string, flags: Flags) => {
    const { result } = checkFolder(folder, flags);
    const shown = flags.baseline === undefined ? result : onlyNew(result, readBaseline(readText(flags.baseline), flags.baseline));
    put(await render(shown, flags.format, { color: usesColor(flags.output), all: flags.all === true }), flags.output);
    process.exitCode = statusOfResult(shown);
  });
}

export function statusOfResult(result: CheckResult): number {
  const open = result.findings.filter((finding) => finding.verdict === "violated" && (!finding.exception || finding.exception.expired));
  const unexplained =
    result.verdict === "violated" && result.findings.every((finding) => finding.verdict !== "violated") && result.baseline === undefined;
  return statusOf({
    openViolations: open.length + (unexplained ? 1 : 0),
    hasUnknown: Object.values(result.statements).includes("unknown") || result.clauses.some((clause) => clause.verdict === "unknown"),
  });
}
