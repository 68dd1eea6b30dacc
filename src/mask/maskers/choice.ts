// How a policy, and a masker that masks parts, names a masker: by its id, or by its id with options.
import { z } from "zod";
import { MaskError } from "../error.ts";
import type { Column, ColumnType, Masker, Maskers, Masking } from "../masker.ts";
import type { Prf } from "../prf/prf.ts";
import { type Result, fail, ok } from "../../lib/result.ts";
import { fits } from "./types.ts";

export const Choice = z.union([z.string().min(1), z.looseObject({ masker: z.string().min(1) })]);
export type Choice = z.infer<typeof Choice>;

export interface Chosen {
  readonly masker: Masker<unknown>;
  readonly options: unknown;
}

/** The masker with its options read, or what is wrong with the choice. */
export function chosen(choice: Choice, maskers: Maskers): Result<Chosen, string> {
  const { masker: id, ...given } = typeof choice === "string" ? { masker: choice } : choice;
  const masker = maskers.get(id);
  if (masker === undefined) return fail(`there is no masker "${id}"; there are ${[...maskers.keys()].join(", ")}`);
  const options = masker.options.safeParse(given);
  if (options.success) return ok({ masker, options: options.data });
  const problems = options.error.issues.map((issue) => {
    // Of a key that does not fit, what is wrong stands one level below.
    const message = issue.code === "invalid_key" ? (issue.issues[0]?.message ?? issue.message) : issue.message;
    return issue.path.length === 0 ? message : `${issue.path.join(".")}: ${message}`;
  });
  return fail(`masker ${id}: ${problems.join("; ")}`);
}

/** Why the chosen masker cannot stand on the column; undefined when it can. */
export function refusal({ masker, options }: Chosen, column: Column, maskers: Maskers): string | undefined {
  if (!fits(masker, column)) return `masker ${masker.id} does not mask the type ${column.type}; it masks ${masker.types.join(", ")}`;
  const refused = masker.refuses?.(options, column, maskers);
  if (refused !== undefined) return `masker ${masker.id} ${refused}`;
  if (column.isUnique && !masker.keepsDistinct(options, column))
    return `masker ${masker.id} may give two rows the same value, and the column is unique`;
  return undefined;
}

export function compileChoice(choice: Choice, column: Column, prf: Prf, maskers: Maskers): Masking {
  const resolved = chosen(choice, maskers);
  if (!resolved.ok) throw new MaskError("NOT_APPLICABLE", resolved.error);
  const refused = refusal(resolved.value, column, maskers);
  if (refused !== undefined) throw new MaskError("NOT_APPLICABLE", `${column.schema}.${column.table}.${column.name}: ${refused}`);
  const { masker, options } = resolved.value;
  return masker.compile(options, column, prf, maskers);
}

/** Why a choice for parts cannot stand; parts need not be distinct. */
export function partRefusal(choice: Choice, type: ColumnType, column: Column, maskers: Maskers): string | undefined {
  const resolved = chosen(choice, maskers);
  if (!resolved.ok) return resolved.error;
  const { masker, options } = resolved.value;
  const part = partOf(type, column);
  if ((masker.reads?.(options, part) ?? []).length > 0) return `masker ${masker.id} reads other columns, which a part of a value cannot`;
  return refusal(resolved.value, part, maskers);
}

export const partOf = (type: ColumnType, column: Column): Column => ({
  schema: column.schema,
  table: column.table,
  name: column.name,
  domain: column.domain,
  isUnique: false,
  ...type,
});
