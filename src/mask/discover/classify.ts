// What kind of data a column holds, from its name, its type, and how many of its values pass which validator.
import type { ColumnType } from "../masker.ts";
import { fits, isText, kindOf, underlying } from "../maskers/types.ts";
import { canonicalType } from "../type-name.ts";
import { hintsOf } from "./column-name.ts";
import { type Kind, kindFacts } from "./kind.ts";
import { valueDetectors } from "./value.ts";

export interface Evidence {
  readonly table: string;
  readonly name: string;
  readonly type: ColumnType;
  /** Not null and not empty, as text. */
  readonly values: readonly string[];
}

export interface Classified {
  readonly kind: Kind;
  /** From 0 to 1. */
  readonly confidence: number;
  /** Share of the values that passed; undefined where no value was looked at or no validator knows the kind. */
  readonly rate?: number;
  /** Why, in words for the policy's reader. */
  readonly because: string;
}

/** Below this a column is kept, and the policy says so with the reason. */
export const LEAST_CONFIDENCE = 0.4;

interface Measured {
  readonly kind: Kind;
  readonly rate: number;
  readonly needs: number;
  readonly needsNamed: number;
}

const measure = (values: readonly string[]): readonly Measured[] =>
  values.length === 0
    ? []
    : valueDetectors.map(({ kind, holds, needs, needsNamed }) => ({
        kind,
        needs,
        needsNamed,
        rate: values.filter(holds).length / values.length,
      }));

/** A few values prove less than many: two of two say nothing about a million. */
const weightOf = (count: number): number => Math.min(1, 0.5 + count / 40);

/** What passes so rarely by chance that one value proves it needs no others. */
const SINGLE = 0.02;

const percent = (rate: number): string => `${Math.round(rate * 100)} %`;

/** Kinds that the values themselves always show: a name alone, against the values, does not make a column one of them. */
const SHOWN: ReadonlySet<Kind> = new Set(["email", "iban", "ip", "mac"]);

export function classify({ table, name, type, values }: Evidence): Classified | undefined {
  const under = underlying(type);
  if (kindOf(under) === "array") return under.element === undefined ? undefined : classify({ table, name, type: under.element, values });
  const hints = hintsOf(name, table).filter(({ kind }) => fits({ types: [...kindFacts[kind].types] }, type));
  const measured =
    isText(type) || ["inet", "cidr", "macaddr"].includes(canonicalType(under.type))
      ? measure(values)
      : isWhole(type)
        ? measureWhole(values)
        : [];
  const found: Classified[] = [];
  for (const { kind, rate, needs } of measured) {
    if (rate < needs || !fits({ types: [...kindFacts[kind].types] }, type)) continue;
    const confidence = Math.min(0.95, (0.55 + 0.4 * rate) * (needs <= SINGLE ? 1 : weightOf(values.length)));
    found.push({ kind, confidence, rate, because: `${percent(rate)} of ${values.length} values pass as ${kindFacts[kind].title}` });
  }
  for (const { kind, confidence: named } of hints) {
    const own = measured.filter((each) => each.kind === kind);
    const best = Math.max(0, ...own.map(({ rate }) => rate));
    const passes = own.some(({ rate, needsNamed }) => rate >= needsNamed);
    if (own.length > 0 && values.length >= 5 && best === 0 && SHOWN.has(kind)) continue;
    const confidence = passes
      ? Math.min(0.99, named + 0.1 + 0.1 * best)
      : own.length > 0 && values.length >= 20
        ? named * 0.8
        : named * 0.95;
    found.push({
      kind,
      confidence,
      ...(own.length === 0 || values.length === 0 ? {} : { rate: best }),
      because: `its name says ${kindFacts[kind].title}${passes ? `, and ${percent(best)} of ${values.length} values pass` : ""}`,
    });
  }
  return found.toSorted((a, b) => b.confidence - a.confidence)[0];
}

const isWhole = (type: ColumnType): boolean =>
  ["bigint", "numeric"].includes(canonicalType(underlying(type).type)) && (underlying(type).scale ?? 0) === 0;

/** Numbers pass as cards only: any number of nine digits is an identifier somewhere. */
const measureWhole = (values: readonly string[]): readonly Measured[] => measure(values).filter(({ kind }) => kind === "card");

/** What a finding shows of a value: its form, and nothing that identifies. */
export const redacted = (value: string): string => {
  const form = [...value.slice(0, 40)]
    .map((each) => (/\p{Lu}/u.test(each) ? "A" : /\p{L}/u.test(each) ? "a" : /\p{N}/u.test(each) ? "9" : each))
    .join("");
  return value.length > 40 ? `${form}…` : form;
};
