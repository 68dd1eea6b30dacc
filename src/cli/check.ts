// bulkhead check: the main job.
import type { Command } from "commander";
import { relative, resolve } from "node:path";
import { onlyNew, readBaseline } from "../app/baseline.ts";
import { formatProblems } from "../app/check.ts";
import { checkPlan, type PlanFile } from "../app/plan.ts";
import type { Format } from "../app/render/format.ts";
import { renderPlan } from "../app/render/plan.ts";
import { render } from "../app/render/format.ts";
import type { CheckResult } from "../findings/result.ts";
import { statusOf, statusOfDifference } from "./exit.ts";
import { withEstate, withExamples, withFormat } from "./flags.ts";
import { checkFolder, type EstateFlags, filesOf, optionsOf, put, readBytes, readText, usesColor } from "./io.ts";
import { UsageError } from "./report.ts";

interface Flags extends EstateFlags {
  readonly format: Format;
  readonly output?: string;
  readonly baseline?: string;
  readonly plan?: string;
  readonly all?: boolean;
  readonly record?: string;
  readonly ledgerKey?: string;
  readonly run?: string;
}

export function register(program: Command): void {
  const command = program
    .command("check")
    .description("Prove or refute that the environments of a folder are separated.")
    .argument("[folder]", "folder with bulkhead.yaml and the collected files", ".")
    .option("--baseline <result.json>", "report only findings that an earlier result does not have")
    .option("--plan <plan.json>", "report only what this Terraform plan would open or close (terraform show -json)")
    .option("--all", "print every finding hop by hop")
    .option("--record <folder>", "append the verdict to this ledger (bulkhead ledger init)")
    .option("--ledger-key <key.pem>", "Ed25519 private key that signs the ledger")
    .option("--run <id>", "the pipeline run that checks, for the record");
  withExamples(command, {
    "bulkhead check examples/acme": "every way across, worst first",
    "bulkhead check . --all --as-of 2026-11-24": "hop by hop, as of that day",
    "bulkhead check . --baseline result.json --format markdown": "only what an earlier result does not have",
    "bulkhead check examples/acme-fixed --plan examples/plan/wildcard-trust.json": "what a Terraform plan would open or close",
  });
  withFormat(withEstate(command)).action(async (folder: string, flags: Flags) => {
    if (flags.plan !== undefined) return onPlan(folder, flags.plan, flags);
    const { result } = checkFolder(folder, flags);
    // Recorded before it is shown: a verdict that somebody saw is one that the ledger has.
    if (flags.record !== undefined) await record(result, flags.record, flags);
    const shown = flags.baseline === undefined ? result : onlyNew(result, readBaseline(readText(flags.baseline), flags.baseline));
    put(await render(shown, flags.format, { color: usesColor(flags.output), all: flags.all === true }), flags.output);
    process.exitCode = statusOfResult(shown);
  });
}

async function record(result: CheckResult, ledger: string, flags: Flags): Promise<void> {
  if (flags.ledgerKey === undefined)
    throw new UsageError(
      "USAGE",
      "--record  needs the key that signs the ledger\n  Give --ledger-key KEY, as in: bulkhead ledger init --help",
    );
  const { appendTo, checkpointOf, ed25519Signer, keyAt, verdictEntry } = await import("../app/ledger/record.ts");
  const signer = ed25519Signer(checkpointOf(ledger).origin, keyAt(flags.ledgerKey, "refuse"));
  const index = appendTo(ledger, signer, [verdictEntry(result, flags.run)], new Date());
  process.stderr.write(`recorded as entry ${index} of ${ledger}\n`);
}

function onPlan(folder: string, plan: string, flags: Flags): void {
  const { format } = flags;
  if (format !== "terminal" && format !== "json" && format !== "markdown")
    throw new UsageError("USAGE", `--format ${format}  a plan has no such form\n  Write terminal, json or markdown.`);
  if (flags.baseline !== undefined)
    throw new UsageError("USAGE", "--baseline  a plan is compared with the folder as it is\n  Leave --baseline out.");
  const checked = checkPlan(filesOf(folder), planFile(folder, plan), optionsOf(flags));
  if (!checked.ok) throw new UsageError("BAD_INPUT", formatProblems(checked.error));
  put(renderPlan(plan, checked.value, format, usesColor(flags.output)), flags.output);
  process.exitCode = statusOfDifference(checked.value.changed);
}

/** A plan below the folder is known by its path from there, as the charter's inputs are. */
function planFile(folder: string, plan: string): PlanFile {
  const below = relative(resolve(folder), resolve(plan)).replaceAll("\\", "/");
  return { path: below.startsWith("../") ? plan : below, bytes: readBytes(plan) };
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
