// bulkhead mask generate: fills an empty schema with made-up rows, where no production data may be used at all.
import type { Command } from "commander";
import { generateInto, localeOf, renderGenerated } from "../app/mask/generate.ts";
import { withExamples, withFormat } from "./flags.ts";
import { put } from "./texts.ts";
import { UsageError } from "./report.ts";

interface Flags {
  readonly rows: number;
  readonly tableRows: ReadonlyMap<string, number>;
  readonly seed: number;
  readonly locale: string;
  readonly format: "terminal" | "json";
  readonly output?: string;
}

export function register(mask: Command): void {
  const command = mask
    .command("generate")
    .description("Fill an empty PostgreSQL schema with made-up rows that keep its constraints. All of them, or none.")
    .argument("<target>", "postgres://…, a database whose tables are there and empty")
    .option("--rows <number>", "rows of each table", count, 100)
    .option(
      "--table-rows <table=number>",
      "rows of one table, such as public.orders=5000; may be repeated",
      tableRows,
      new Map<string, number>(),
    )
    .option("--seed <number>", "the same seed gives the same rows", count, 1)
    .option("--locale <locale>", "whose names and places: en, en-GB, de, fr, es, it, pt, pt-BR, nl, pl", "en")
    .exitOverride();
  withExamples(command, {
    "bulkhead mask generate postgres://localhost/shop_test": "a hundred rows in every table",
    "bulkhead mask generate postgres://localhost/shop_test --rows 1000 --table-rows public.team=8 --locale de":
      "more of them, and few teams",
  });
  withFormat(command, ["terminal", "json"]).action(async (target: string, flags: Flags) => {
    const generated = await generateInto(target, {
      rows: flags.rows,
      tableRows: flags.tableRows,
      seed: flags.seed,
      locale: localeOf(flags.locale),
    });
    put(renderGenerated(generated, flags.format), flags.output);
  });
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new UsageError("USAGE", `${text}  is no number\n  Write a whole number, such as 1000.`);
  return value;
}

function tableRows(text: string, before: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const [, table, rows] = /^(.+)=(\d+)$/.exec(text) ?? [];
  if (table === undefined || rows === undefined)
    throw new UsageError("USAGE", `--table-rows ${text}  names no table and number\n  Write it as  public.orders=5000.`);
  return new Map([...before, [table, Number(rows)]]);
}
