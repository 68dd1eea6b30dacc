// bulkhead mask check-policy: whether a policy declares everything that a source holds, before any row is read.
import type { Command } from "commander";
import { renderPlan } from "../app/mask/render.ts";
import { formatPolicyProblems, planMask } from "../app/mask/run.ts";
import { withExamples, withFormat } from "./flags.ts";
import { put, readText } from "./texts.ts";
import { UsageError } from "./report.ts";

interface Flags {
  readonly policy: string;
  readonly from: string;
  readonly format: "terminal" | "json";
  readonly output?: string;
}

export function register(mask: Command): void {
  const command = mask
    .command("check-policy")
    .description("Check that a policy declares every table and column of a source, and that every masker fits. Reads no row.")
    .requiredOption("--policy <masking.yaml>", "the masking policy")
    .requiredOption(
      "--from <source>",
      "postgres://… (a password is better in PGPASSWORD), mysql://… (MYSQL_PWD), a dump (plain SQL of either, or pg_dump's archive), or a folder of CSV, JSON lines and Parquet",
    )
    .exitOverride();
  withExamples(command, {
    "bulkhead mask check-policy --policy masking.yaml --from postgres://db.example.com/shop":
      "every problem with line and remedy, or what would be done",
  });
  withFormat(command, ["terminal", "json"]).action(async (flags: Flags) => {
    const plan = await planMask({ text: readText(flags.policy), file: flags.policy }, flags.from);
    if (!plan.ok) throw new UsageError("BAD_INPUT", formatPolicyProblems(plan.error));
    put(renderPlan(plan.value, flags.format), flags.output);
  });
}
