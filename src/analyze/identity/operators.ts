// The condition operators of IAM (User Guide, "IAM JSON policy elements: Condition operators"), each as a comparison of two texts.
import { addressIn } from "./address.ts";
import { matches } from "./patterns.ts";

export interface Operator {
  /** Lower-case, without quantifier and IfExists. */
  readonly name: string;
  /** True for …Not…: true when no value agrees. */
  readonly negated: boolean;
  /** Whether policy values may hold wildcards. */
  readonly globs: boolean;
  /** Compares text (strings and ARNs), so a pattern can be compared with a pattern. */
  readonly text: boolean;
  readonly foldsCase: boolean;
  /** Whether satisfying it settles the value of a key the caller chooses. */
  readonly narrows: boolean;
  readonly words: string;
  /** Whether a value of the request agrees with a value of the policy. */
  readonly agrees: (request: string, policy: string) => boolean;
}

type Base = Pick<Operator, "agrees" | "words"> & Partial<Operator>;

const TEXT = { text: true, narrows: true } as const;

/** Numbers and dates that do not parse never agree. */
const compare =
  (parse: (text: string) => number, test: (a: number, b: number) => boolean): Operator["agrees"] =>
  (request, policy) => {
    const a = parse(request);
    const b = parse(policy);
    return !Number.isNaN(a) && !Number.isNaN(b) && test(a, b);
  };

const number = (text: string): number => (text.trim() === "" ? Number.NaN : Number(text));

/** ISO 8601 or seconds since 1970 (Condition operators, "Date condition operators"). */
const date = (text: string): number => (/^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text));

/**
 * ArnEquals and ArnLike are the same: each of the six parts between colons is matched by itself, wildcards included
 * (Condition operators, "Amazon Resource Name (ARN) condition operators").
 */
function arnAgrees(request: string, policy: string): boolean {
  const parts = (arn: string): string[] => {
    const all = arn.split(":");
    return all.length < 6 ? all : [...all.slice(0, 5), all.slice(5).join(":")];
  };
  const a = parts(request);
  const b = parts(policy);
  return a.length === b.length && a.every((part, i) => matches(b[i] as string, part));
}

const POSITIVE: Readonly<Record<string, Base>> = {
  stringequals: { ...TEXT, words: "is", agrees: (a, b) => a === b },
  stringequalsignorecase: { ...TEXT, foldsCase: true, words: "is", agrees: (a, b) => a.toLowerCase() === b.toLowerCase() },
  stringlike: { ...TEXT, globs: true, words: "is like", agrees: (a, b) => matches(b, a) },
  arnequals: { ...TEXT, globs: true, words: "is like", agrees: arnAgrees },
  arnlike: { ...TEXT, globs: true, words: "is like", agrees: arnAgrees },
  numericequals: { words: "equals", agrees: compare(number, (a, b) => a === b) },
  dateequals: { words: "equals", agrees: compare(date, (a, b) => a === b) },
  bool: { words: "is", narrows: true, agrees: (a, b) => a.toLowerCase() === b.toLowerCase() },
  binaryequals: { words: "is", agrees: (a, b) => a === b },
  ipaddress: { words: "is in", agrees: addressIn },
};

const ORDERED: Readonly<Record<string, Base>> = Object.fromEntries(
  (
    [
      ["lessthan", "is less than", (a: number, b: number) => a < b],
      ["lessthanequals", "is at most", (a: number, b: number) => a <= b],
      ["greaterthan", "is more than", (a: number, b: number) => a > b],
      ["greaterthanequals", "is at least", (a: number, b: number) => a >= b],
    ] as const
  ).flatMap(([name, words, test]) => [
    [`numeric${name}`, { words, agrees: compare(number, test) }],
    [`date${name}`, { words, agrees: compare(date, test) }],
  ]),
);

const NEGATED: Readonly<Record<string, string>> = {
  stringnotequals: "stringequals",
  stringnotequalsignorecase: "stringequalsignorecase",
  stringnotlike: "stringlike",
  arnnotequals: "arnequals",
  arnnotlike: "arnlike",
  numericnotequals: "numericequals",
  datenotequals: "dateequals",
  notipaddress: "ipaddress",
};

const whole = (name: string, base: Base): Operator => ({
  negated: false,
  globs: false,
  text: false,
  foldsCase: false,
  narrows: false,
  ...base,
  name,
});

function allOperators(): ReadonlyMap<string, Operator> {
  const operators = new Map<string, Operator>();
  for (const [name, base] of Object.entries({ ...POSITIVE, ...ORDERED })) operators.set(name, whole(name, base));
  for (const [name, of] of Object.entries(NEGATED)) {
    const base = POSITIVE[of] as Base;
    operators.set(name, whole(name, { ...base, negated: true, narrows: false, words: base.words.replace(/^(is|equals)/, "$1 not") }));
  }
  operators.set("null", whole("null", { words: "is absent:", agrees: () => false }));
  return operators;
}

export const OPERATORS: ReadonlyMap<string, Operator> = allOperators();
