// bulkhead explain: one finding, with everything that holds it up.
import type { Command } from "commander";
import { renderFinding } from "../app/render/finding.ts";
import { withEstate, withExamples, withFormat } from "./flags.ts";
import { checkFolder, type EstateFlags, put, usesColor } from "./io.ts";
import { UsageError } from "./report.ts";

interface Flags extends EstateFlags {
  readonly format: "terminal" | "json";
  readonly output?: string;
}

export function register(program: Command): void {
  const command = program
    .command("explain")
    .description("Explain one finding: who, through what, step by step, and what to change.")
    .argument("<finding>", "fingerprint, or its first digits")
    .argument("[folder]", "folder with bulkhead.yaml and the collected files", ".");
  withExamples(command, {
    "bulkhead explain 431033 examples/acme": "one finding of bulkhead check examples/acme",
    "bulkhead explain 431033 examples/acme --format json": "the same, for a program",
  });
  withFormat(withEstate(command), ["terminal", "json"]).action((id: string, folder: string, flags: Flags) => {
    const { result } = checkFolder(folder, flags);
    const found = result.findings.filter((finding) => finding.id.startsWith(id));
    const finding = found[0];
    if (!finding)
      throw new UsageError(
        "USAGE",
        `${id}  no finding has this fingerprint\n  Fingerprints stand at the end of each line that bulkhead check ${folder} prints.`,
      );
    if (found.length > 1)
      throw new UsageError(
        "USAGE",
        `${id}  ${found.length} findings begin so\n  Give more digits: ${found.map((each) => each.id).join(", ")}`,
      );
    const text =
      flags.format === "json"
        ? `${JSON.stringify(finding, undefined, 2)}\n`
        : renderFinding(finding, result, { color: usesColor(flags.output), all: true });
    put(text, flags.output);
  });
}
