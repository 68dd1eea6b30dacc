// bulkhead mask verify: both sides opened, compared, and told in words.
import { fail, type Result } from "../../lib/result.ts";
import { MaskError } from "../../mask/error.ts";
import { maskers } from "../../mask/maskers/registry.ts";
import { loadPolicy } from "../../mask/policy/load.ts";
import type { PolicyProblem } from "../../mask/policy/problem.ts";
import { mysqlSide } from "../../mask/verify/mysql-side.ts";
import { postgresSide } from "../../mask/verify/postgres-side.ts";
import type { Hit } from "../../mask/verify/scan-lower.ts";
import type { Side } from "../../mask/verify/side.ts";
import { verifyMasking, type VerifyProgress, type VerifyReport } from "../../mask/verify/verify.ts";
import { placeOf, shownPlace } from "./source.ts";

export type { VerifyProgress, VerifyReport };

export interface VerifyRequest {
  readonly policy: { readonly text: string; readonly file: string };
  readonly production: string;
  readonly lower: string;
  readonly key?: Uint8Array;
  readonly onProgress?: (progress: VerifyProgress) => void;
}

/** Runs where production may be read: the lower data is pulled up, and nothing goes down. */
export async function runVerify({
  policy,
  production,
  lower,
  ...more
}: VerifyRequest): Promise<Result<VerifyReport, readonly PolicyProblem[]>> {
  const loaded = loadPolicy(policy.text, policy.file);
  if (!loaded.ok) return fail(loaded.error);
  const upper = await sideOf(production);
  try {
    const below = await sideOf(lower);
    try {
      return await verifyMasking({ policy: loaded.value, production: upper, lower: below, maskers, ...more });
    } finally {
      await below.close().catch(() => undefined);
    }
  } finally {
    await upper.close().catch(() => undefined);
  }
}

function sideOf(place: string): Promise<Side> {
  const { kind } = placeOf(place);
  if (kind === "postgres") return postgresSide(place);
  if (kind === "mysql") return mysqlSide(place);
  throw new MaskError(
    "NOT_APPLICABLE",
    `${shownPlace(place)}  cannot be compared\n  Load it, and write postgres://HOST/NAME or mysql://HOST/NAME.`,
  );
}

const number = (value: number): string => value.toLocaleString("en");
const plural = (count: number, one: string, many = `${one}s`): string => `${number(count)} ${count === 1 ? one : many}`;

export function renderVerify(report: VerifyReport, format: "terminal" | "json"): string {
  if (format === "json") return `${JSON.stringify(report, null, 2)}\n`;
  const { verdict, leaks, unmasked, risks, scanned, canaries, sensitive } = report;
  const distinct = sensitive.reduce((sum, each) => sum + each.distinct, 0);
  return [
    HEADS[verdict],
    "",
    `  compared    ${number(scanned.values)} values of ${plural(scanned.columns, "column")} in ${plural(scanned.tables, "table")} (${(scanned.bytes / 1e6).toFixed(1)} MB), in full`,
    `  against     ${number(distinct)} distinct values of ${plural(sensitive.length, "sensitive column")} in production`,
    `  canaries    ${canaries.found} of ${canaries.planted} sensitive values put before this scan were found`,
    ...section("Production's data stands here", [
      ...leaks.map(hitLine),
      ...unmasked.map(
        ({ table, column, rows, equal }) =>
          `${table}.${column}  ${number(equal)} of ${number(rows)} rows hold the value that they have in production`,
      ),
    ]),
    ...section("What the policy promises does not hold", promises(report)),
    ...section(
      "Words that also stand in production, as chance or shared lists would have it (a risk, no leak)",
      risks.slice(0, 20).map(hitLine),
    ),
    ...(risks.length > 20 ? [`  … and ${risks.length - 20} more (--format json)`] : []),
    ...section("Not compared", [
      ...report.gaps,
      ...report.notAligned.map((table) => `${table}: its rows one by one, since its primary key was masked; give --key-file`),
    ]),
    ...section(
      "Anonymity of the declared quasi-identifiers",
      report.anonymity.map(
        ({ table, columns, k, l, unique, rows, least }) =>
          `${table} (${columns.join(", ")})  k = ${k} of at least ${least}${l === undefined ? "" : `, l = ${l}`}; ${number(unique)} of ${number(rows)} rows alone`,
      ),
    ),
    "",
  ].join("\n");
}

const HEADS: Readonly<Record<VerifyReport["verdict"], string>> = {
  separated: "No production data was found in the lower environment.",
  violated: "The lower environment does not hold what the policy promises.",
  unknown: "Not everything could be compared.",
};

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ["", `${title}:`, ...lines.map((line) => `  ${line}`)];

function hitLine({ from, to, isWhole, found, expected, rows }: Hit): string {
  const chance = expected < 0.01 ? "" : `, where chance gives about ${expected < 10 ? expected.toFixed(1) : number(Math.round(expected))}`;
  return `${to.table}.${to.name}  ${plural(found, "value")} of ${from.table}.${from.name}${isWhole ? "" : " inside of texts"}${chance} (rows ${rows.join(" ")})`;
}

const promises = ({ tables, orphans, unvalidated, anonymity }: VerifyReport): readonly string[] => [
  ...tables.flatMap(({ id, problem }) => (problem === undefined ? [] : [`${id}: ${problem}`])),
  ...orphans.map(({ key, rows }) => `${key}: ${plural(rows, "row")} refer to nothing`),
  ...unvalidated.map((name) => `${name}: the constraint was never checked on the rows that were there`),
  ...anonymity
    .filter(({ isMet }) => !isMet)
    .map(
      ({ table, columns, k, least }) =>
        `${table}: ${columns.join(", ")} tell ${k === 1 ? "one person" : `${k} people`} from all others, and ${least} must share them`,
    ),
];
