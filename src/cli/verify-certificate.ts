// bulkhead verify-certificate: the proof, checked again without the search that found it.
import { formatProblems } from "../app/check.ts";
import type { Command } from "commander";
import { readBaseline } from "../app/baseline.ts";
import { verifyCertificate } from "../app/verify-certificate.ts";
import { EXIT } from "./exit.ts";
import { withEstate, withExamples, withFormat } from "./flags.ts";
import { type EstateFlags, filesOf, optionsOf, put, readText } from "./io.ts";
import { UsageError } from "./report.ts";

interface Flags extends EstateFlags {
  readonly estate: string;
  readonly format: "terminal" | "json";
  readonly output?: string;
}

export function register(program: Command): void {
  const command = program
    .command("verify-certificate")
    .description("Check a result's certificate against the files it is about: regenerates the rules, and searches nothing.")
    .argument("<result>", "what bulkhead check --format json wrote")
    .requiredOption("--estate <folder>", "folder with bulkhead.yaml and the collected files");
  withExamples(command, {
    "bulkhead check examples/acme-fixed --format json --output r.json": "writes a certificate",
    "bulkhead verify-certificate r.json --estate examples/acme-fixed": "checks it",
  });
  withFormat(withEstate(command), ["terminal", "json"]).action((file: string, flags: Flags) => {
    const result = readBaseline(readText(file), file);
    if (!result.certificate)
      throw new UsageError(
        "BAD_INPUT",
        `${file}  holds no certificate: no statement is separated in it\n  A certificate is made for each statement that bulkhead check finds separated.`,
      );
    const verified = verifyCertificate(
      result.certificate,
      filesOf(flags.estate),
      optionsOf({ ...flags, asOf: flags.asOf ?? result.certificate.asOf }),
    );
    if (!verified.ok) throw new UsageError("BAD_INPUT", formatProblems(verified.error));
    const { valid, problems, statements, closures, facts } = verified.value;
    put(flags.format === "json" ? `${JSON.stringify(verified.value, undefined, 2)}\n` : inWords(), flags.output);
    process.exitCode = valid ? EXIT.done : EXIT.violated;

    function inWords(): string {
      if (valid) return `✓  The certificate holds: ${statements.join(", ")} separated, ${closures} closed sets of ${facts} facts in all.\n`;
      const shown = problems.slice(0, 10).map((problem) => `   ${problem}`);
      const more = problems.length > 10 ? [`   and ${problems.length - 10} more`] : [];
      return `✗  The certificate does not hold.\n${[...shown, ...more].join("\n")}\n`;
    }
  });
}
