// bulkhead mask run: fills a target with masked rows; absent or complete, never in between.
import type { Command } from "commander";
import { keyFrom, passingKey } from "../app/mask/key.ts";
import { renderPlan, renderRun } from "../app/mask/render.ts";
import { shownPlace } from "../app/mask/source.ts";
import { formatPolicyProblems, planMask, type Progress, runMask, type SubsetRequest } from "../app/mask/run.ts";
import { phases } from "./collecting.ts";
import { withExamples, withFormat } from "./flags.ts";
import { type CertificateFlags, certificateRequest, withCertificate, writeCertificate } from "./mask-certify.ts";
import { collect, put, readText } from "./texts.ts";
import { UsageError } from "./report.ts";

interface Flags extends CertificateFlags {
  readonly policy: string;
  readonly from: string;
  readonly to?: string;
  readonly keyFile?: string;
  readonly jobs?: number;
  readonly replace?: boolean;
  readonly where?: readonly string[];
  readonly children?: boolean;
  readonly dryRun?: boolean;
  readonly format: "terminal" | "json";
  readonly output?: string;
}

export function register(mask: Command): void {
  const command = mask
    .command("run")
    .description("Copy a source to a target, masked by a policy. The target appears when it is whole, or not at all.")
    .requiredOption("--policy <masking.yaml>", "the masking policy; an undeclared table or column stops the run")
    .requiredOption(
      "--from <source>",
      "postgres://… (a password is better in PGPASSWORD), mysql://… (MYSQL_PWD), a dump (plain SQL of either, or pg_dump's archive), or a folder of CSV, JSON lines and Parquet",
    )
    .option("--to <target>", "what is not there yet: postgres://…, mysql://…, the file of a plain dump, or a folder")
    .option("--key-file <file>", "the masking key, readable by you alone; - for standard input (default: a key for this run only)")
    .option("--jobs <number>", "tables and ranges at a time, and indexes at a time", jobs)
    .option(
      "--where <table: condition>",
      "only these rows, and all that they refer to; other tables come without rows (repeatable)",
      collect,
    )
    .option("--children", "with --where: also the rows that refer to them")
    .option("--replace", "take the place of a target that is there, once the new one is whole")
    .option("--dry-run", "say what would be done, and read no row")
    .exitOverride();
  withExamples(command, {
    "bulkhead mask run --policy masking.yaml --from postgres://db.example.com/shop --to postgres://test.example.com/shop --key-file mask.key":
      "the same key gives the same masks next time",
    "bulkhead mask run … --where \"public.customers: country = 'CH'\" --children":
      "some customers, with their orders and what these refer to",
    "bulkhead mask run --policy masking.yaml --from postgres://db.example.com/shop --dry-run": "what would be done",
    "bulkhead mask run --policy masking.yaml --from postgres://db.example.com/shop --to shop.sql --certificate shop.certificate.json --sign-key masking.pem --purpose load-test --requested-by person:ann --approved-by person:ben --environment test --delete-by 2026-12-31":
      "with a certificate and a handling record",
  });
  withFormat(withCertificate(command), ["terminal", "json"]).action(run);
}

async function run(flags: Flags): Promise<void> {
  const policy = { text: readText(flags.policy), file: flags.policy };
  if (flags.dryRun === true) {
    const plan = await planMask(policy, flags.from);
    if (!plan.ok) throw new UsageError("BAD_INPUT", formatPolicyProblems(plan.error));
    put(renderPlan(plan.value, flags.format), flags.output);
    return;
  }
  if (flags.to === undefined) throw new UsageError("USAGE", "--to is missing\n  Name the target, or ask for a  --dry-run.");
  if (flags.keyFile === undefined)
    process.stderr.write("No key file: a key is made for this run, and forgotten. Another run masks otherwise.\n");
  const certificate = certificateRequest(flags);
  const key = flags.keyFile === undefined ? passingKey() : keyFrom(flags.keyFile);
  // Before the run: the schema that is certified is the one that the policy was met with.
  const plan = certificate && (await planMask(policy, flags.from));
  const startedAt = new Date();
  const report = await runMask({
    policy,
    from: flags.from,
    to: flags.to,
    key,
    ...(flags.jobs !== undefined && { jobs: flags.jobs }),
    replace: flags.replace === true,
    ...(flags.where && { subset: { roots: flags.where.map(root), withChildren: flags.children === true } }),
    onProgress: teller(),
  });
  if (!report.ok) throw new UsageError("BAD_INPUT", formatPolicyProblems(report.error));
  if (certificate && plan?.ok === true)
    writeCertificate(flags, {
      report: report.value,
      policyText: policy.text,
      plan: plan.value,
      key,
      source: shownPlace(flags.from),
      target: shownPlace(flags.to),
      startedAt,
      finishedAt: new Date(),
      ...(certificate.handling && { handling: certificate.handling }),
    });
  put(renderRun(report.value, flags.format), flags.output);
}

/** `public.customers: country = 'CH'` */
function root(given: string): SubsetRequest["roots"][number] {
  const colon = given.indexOf(":");
  if (colon < 1 || given.slice(colon + 1).trim() === "")
    throw new UsageError("USAGE", `--where ${given}  has no table and condition\n  Write  "public.customers: country = 'CH'".`);
  return { table: given.slice(0, colon).trim(), where: given.slice(colon + 1).trim() };
}

function teller(): (progress: Progress) => void {
  const start = performance.now();
  const tell = phases();
  return ({ phase, rows, bytes, rowsOf }) => tell(phase, lineOf(phase, rows, bytes, rowsOf, (performance.now() - start) / 1000));
}

function lineOf(phase: Progress["phase"], rows: number, bytes: number, rowsOf: number, elapsed: number): string {
  const left = phase === "rows" && rows > 0 && rowsOf > rows ? `, about ${Math.ceil((elapsed / rows) * (rowsOf - rows))} s left` : "";
  return `${phase}: ${rows.toLocaleString("en")} rows, ${(bytes / 1e6).toFixed(1)} MB, ${elapsed.toFixed(1)} s${left}`;
}

function jobs(given: string): number {
  const value = Number(given);
  if (!Number.isSafeInteger(value) || value < 1 || value > 64)
    throw new UsageError("USAGE", `--jobs ${given}  is not a number from 1 to 64\n  Leave it out to use the machine's cores.`);
  return value;
}
