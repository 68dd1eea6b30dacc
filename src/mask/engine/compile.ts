// A table's plan → its row masker: each column's masker compiled under the key of its domain.
import { MaskError } from "../error.ts";
import type { Maskers, Masking } from "../masker.ts";
import { compileChoice } from "../maskers/choice.ts";
import type { ColumnPlan } from "../policy/plan.ts";
import { createPrf, type Prf } from "../prf/prf.ts";
import type { FieldRule } from "./row.ts";

/** One keyed function for each domain, made once. */
export function prfOfDomains(key: Uint8Array): (domain: string) => Prf {
  const known = new Map<string, Prf>();
  const root = createPrf(key);
  return (domain) => {
    const before = known.get(domain);
    if (before !== undefined) return before;
    const made = root.derive(domain);
    known.set(domain, made);
    return made;
  };
}

export function compileColumn({ rule, column }: ColumnPlan, maskers: Maskers, prf: (domain: string) => Prf): Masking {
  if (rule.kind !== "mask") throw new MaskError("NOT_APPLICABLE", `${column.table}.${column.name} has no masker`);
  return compileChoice({ ...(rule.options as object), masker: rule.masker }, column, prf(column.domain), maskers);
}

/** A field of the rows as they come, in their order. */
export interface SourceField {
  readonly plan: ColumnPlan;
  /** Left out of what is written: it is read by another column's masker only. */
  readonly isReadOnly: boolean;
}

export function compileFields(fields: readonly SourceField[], maskers: Maskers, prf: (domain: string) => Prf): readonly FieldRule[] {
  const places = new Map(fields.map(({ plan }, place) => [plan.name, place]));
  return fields.map(({ plan, isReadOnly }): FieldRule => {
    const { rule } = plan;
    if (isReadOnly) return { kind: "drop" };
    if (rule.kind === "generated") return { kind: "keep" };
    if (rule.kind !== "mask") return { kind: rule.kind };
    const reads = rule.reads.map((name) => {
      const place = places.get(name);
      if (place === undefined) throw new MaskError("NOT_APPLICABLE", `${plan.name} reads ${name}, which is not among the fields`);
      return place;
    });
    return { kind: "mask", masking: compileColumn(plan, maskers, prf), reads };
  });
}
