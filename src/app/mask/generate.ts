// bulkhead mask generate: which schema is filled, and what came of it.
import { MaskError } from "../../mask/error.ts";
import { type Generated, type GenerateOptions, generate } from "../../mask/generate/generate.ts";
import { LOCALES, type Locale } from "../../mask/lists/lists.ts";

export type { GenerateOptions };

export async function generateInto(target: string, options: GenerateOptions): Promise<readonly Generated[]> {
  if (/^postgres(ql)?:\/\//.test(target)) return generate(target, options);
  throw new MaskError("NOT_APPLICABLE", `${target}  is no PostgreSQL database\n  Write postgres://HOST/NAME.`);
}

export function localeOf(text: string): Locale {
  const found = LOCALES.find((each) => each === text);
  if (found === undefined) throw new MaskError("NOT_APPLICABLE", `there are no lists for ${text}\n  Write one of ${LOCALES.join(", ")}.`);
  return found;
}

export function renderGenerated(generated: readonly Generated[], format: "terminal" | "json"): string {
  if (format === "json") return `${JSON.stringify({ tables: generated }, undefined, 2)}\n`;
  const width = Math.max(5, ...generated.map(({ table }) => table.length));
  const lines = generated.map(
    ({ table, rows, wanted }) =>
      `${table.padEnd(width)}  ${String(rows).padStart(9)} rows${rows < wanted ? `, of ${wanted}: more could not be told apart` : ""}`,
  );
  return `${lines.join("\n")}\n`;
}
