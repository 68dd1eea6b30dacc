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
  /** How many of its values, not null and not empty, passed which detector. */
  readonly tally: Tally;
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

/** Counts while values go by, so that a whole table can be looked at without being kept. */
export interface Tally {
  readonly add: (value: string) => void;
  readonly count: () => number;
  /** Of `valueDetectors`, in their order: how many values passed. */
  readonly passed: readonly number[];
  /** The forms of a few values. */
  readonly forms: ReadonlySet<string>;
}

const MOST_FORMS = 3;
/** A longer value is looked at as far as this: what identifies somebody stands at its beginning often enough. */
const LONGEST = 4000;

export function createTally(): Tally {
  const passed = valueDetectors.map(() => 0);
  const forms = new Set<string>();
  let count = 0;
  return {
    passed,
    forms,
    count: () => count,
    add: (value) => {
      if (value.trim() === "") return;
      count++;
      const text = value.slice(0, LONGEST);
      for (const [at, { holds }] of valueDetectors.entries()) if (holds(text)) passed[at] = (passed[at] as number) + 1;
      if (forms.size < MOST_FORMS) forms.add(redacted(text));
    },
  };
}

interface Measured {
  readonly kind: Kind;
  readonly rate: number;
  readonly needs: number;
  readonly needsNamed: number;
}

const measure = (tally: Tally): readonly Measured[] =>
  tally.count() === 0
    ? []
    : valueDetectors.map(({ kind, needs, needsNamed }, at) => ({
        kind,
        needs,
        needsNamed,
        rate: (tally.passed[at] as number) / tally.count(),
      }));

/** A few values prove less than many: two of two say nothing about a million. */
const weightOf = (count: number): number => Math.min(1, 0.5 + count / 40);

/** What passes so rarely by chance that one value proves it needs no others. */
const SINGLE = 0.02;

const percent = (rate: number): string => `${Math.round(rate * 100)} %`;

/** Kinds that the values themselves always show: a name alone, against the values, does not make a column one of them. */
const SHOWN: ReadonlySet<Kind> = new Set(["email", "iban", "ip", "mac"]);

export function classify({ table, name, type, tally }: Evidence): Classified | undefined {
  const under = underlying(type);
  if (kindOf(under) === "array") return under.element === undefined ? undefined : classify({ table, name, type: under.element, tally });
  const hints = hintsOf(name, table).filter(({ kind }) => fits({ types: [...kindFacts[kind].types] }, type));
  const measured =
    isText(type) || ["inet", "cidr", "macaddr"].includes(canonicalType(under.type))
      ? measure(tally)
      : isWhole(type)
        ? measureWhole(tally)
        : [];
  const count = tally.count();
  const found: Classified[] = [];
  for (const { kind, rate, needs } of measured) {
    if (rate < needs || !fits({ types: [...kindFacts[kind].types] }, type)) continue;
    const confidence = Math.min(0.95, (0.55 + 0.4 * rate) * (needs <= SINGLE ? 1 : weightOf(count)));
    found.push({ kind, confidence, rate, because: `${percent(rate)} of ${count} values pass as ${kindFacts[kind].title}` });
  }
  for (const { kind, confidence: named } of hints) {
    const own = measured.filter((each) => each.kind === kind);
    const best = Math.max(0, ...own.map(({ rate }) => rate));
    const passes = own.some(({ rate, needsNamed }) => rate >= needsNamed);
    if (own.length > 0 && count >= 5 && best === 0 && SHOWN.has(kind)) continue;
    const confidence = passes ? Math.min(0.99, named + 0.1 + 0.1 * best) : own.length > 0 && count >= 20 ? named * 0.8 : named * 0.95;
    found.push({
      kind,
      confidence,
      ...(own.length === 0 || count === 0 ? {} : { rate: best }),
      because: `its name says ${kindFacts[kind].title}${passes ? `, and ${percent(best)} of ${count} values pass` : ""}`,
    });
  }
  return found.toSorted((a, b) => b.confidence - a.confidence)[0];
}

const isWhole = (type: ColumnType): boolean =>
  ["bigint", "numeric"].includes(canonicalType(underlying(type).type)) && (underlying(type).scale ?? 0) === 0;

/** Numbers pass as cards only: any number of nine digits is an identifier somewhere. */
const measureWhole = (tally: Tally): readonly Measured[] => measure(tally).filter(({ kind }) => kind === "card");

/** What a finding shows of a value: its form, and nothing that identifies. */
export const redacted = (value: string): string => {
  const form = [...value.slice(0, 40)]
    .map((each) => (/\p{Lu}/u.test(each) ? "A" : /\p{L}/u.test(each) ? "a" : /\p{N}/u.test(each) ? "9" : each))
    .join("");
  return value.length > 40 ? `${form}…` : form;
};
