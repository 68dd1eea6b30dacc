// The masking certificate: made from a run's report, completed by a verification, signed, and checked offline by whoever has the public key.
import { createHmac, type KeyObject } from "node:crypto";
import { hashOf, sha256 } from "../../lib/hash.ts";
import { Envelope, IN_TOTO, opened, seal } from "../../lib/dsse.ts";
import { canonicalJson } from "../../lib/json.ts";
import { append, EMPTY_EDGE, rootOfEdge } from "../../ledger/append.ts";
import { MaskError } from "../../mask/error.ts";
import {
  type CertifiedVerification,
  DOES_NOT_SHOW,
  type Handling,
  MaskingStatement,
  PREDICATE,
  SHOWS,
  STATEMENT,
} from "../../mask/certificate/statement.ts";
import type { MaskPlan } from "../../mask/policy/plan.ts";
import type { RunReport, TableReport } from "../../mask/report.ts";
import type { VerifyReport } from "../../mask/verify/verify.ts";
import { VERSION } from "../version.ts";

export interface CertificateInput {
  readonly report: RunReport;
  readonly policyText: string;
  readonly plan: MaskPlan;
  readonly key: Uint8Array;
  /** As they may be printed: without a password. */
  readonly source: string;
  readonly target: string;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly handling?: Handling;
}

/** Two keys differ in it; nobody learns anything of either from it. */
export const maskingKeyId = (key: Uint8Array): string =>
  createHmac("sha256", key).update("bulkhead masking key id").digest("hex").slice(0, 16);

/** The root of the RFC 6962 tree whose leaves are the chunks' digests, table by table in the report's order. */
export function outputRoot(tables: readonly Pick<TableReport, "id" | "chunks">[]): string {
  const leaves = tables.flatMap(({ id, chunks }) =>
    chunks.map((chunk, at) => new TextEncoder().encode(canonicalJson({ table: id, at, ...chunk }))),
  );
  return Buffer.from(rootOfEdge(append(EMPTY_EDGE, leaves).edge)).toString("hex");
}

const schemaHash = ({ tables }: MaskPlan): string =>
  hashOf(
    tables.map(({ id, facts }) => ({
      id,
      columns: facts.columns.map(({ name, written, isNullable }) => [name, written, isNullable]),
      keys: facts.uniqueKeys.map(({ name, columns }) => [name, columns]),
    })),
  );

export function statementOf(input: CertificateInput): MaskingStatement {
  const { report, handling } = input;
  return MaskingStatement.parse({
    _type: STATEMENT,
    subject: [{ name: input.target, digest: { sha256: outputRoot(report.tables) } }],
    predicateType: PREDICATE,
    predicate: {
      bulkhead: VERSION,
      source: { kind: report.source, name: input.source, ...(report.snapshot !== undefined && { snapshot: report.snapshot }) },
      startedAt: input.startedAt.toISOString(),
      finishedAt: input.finishedAt.toISOString(),
      schema: schemaHash(input.plan),
      policy: sha256(input.policyText),
      maskingKey: maskingKeyId(input.key),
      tables: report.tables,
      leftOut: report.leftOut,
      ...(handling && { handling }),
      shows: SHOWS,
      doesNotShow: DOES_NOT_SHOW,
    },
  });
}

export const signed = (statement: MaskingStatement, privateKey: KeyObject): string =>
  `${JSON.stringify(seal(IN_TOTO, new TextEncoder().encode(canonicalJson(statement)), privateKey), null, 2)}\n`;

/** The same certificate with what a verification found, to be signed again. */
export const withVerification = (statement: MaskingStatement, report: VerifyReport, at: Date): MaskingStatement => ({
  ...statement,
  predicate: { ...statement.predicate, verification: verificationOf(report, at) },
});

const verificationOf = (report: VerifyReport, at: Date): CertifiedVerification => ({
  at: at.toISOString(),
  verdict: report.verdict,
  scanned: report.scanned,
  sensitiveColumns: report.sensitive.length,
  distinctValues: report.sensitive.reduce((sum, { distinct }) => sum + distinct, 0),
  leaks: report.leaks.map(({ from, to, isWhole, found }) => ({
    from: `${from.table}.${from.name}`,
    to: `${to.table}.${to.name}`,
    inside: !isWhole,
    found,
  })),
  unmasked: report.unmasked.map(({ table, column, rows, equal }) => ({ column: `${table}.${column}`, rows, equal })),
  risks: report.risks.length,
  canaries: report.canaries,
  orphans: report.orphans.reduce((sum, { rows }) => sum + rows, 0),
  anonymity: report.anonymity.map(({ table, columns, k, l, unique, isMet }) => ({
    table,
    columns: [...columns],
    k,
    ...(l !== undefined && { l }),
    unique,
    isMet,
  })),
  gaps: [...report.gaps],
});

export interface Checked {
  readonly statement: MaskingStatement;
  /** SHA-256 of the public key that signed it. */
  readonly keyId: string;
  /** What is wrong with it, though it is signed. */
  readonly problems: readonly string[];
  /** What nobody has looked at. */
  readonly open: readonly string[];
}

/** Checks a certificate offline. Throws a MaskError UNREADABLE when it is none, or not signed by one of these keys. */
export function checkCertificate(text: string, file: string, keys: readonly KeyObject[], asOf: string): Checked {
  const no = (why: string, remedy: string, cause?: unknown): MaskError =>
    new MaskError("UNREADABLE", `${file}  ${why}\n  ${remedy}`, { cause });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw no("is not JSON", "Give the certificate that  bulkhead mask run --certificate  wrote.", cause);
  }
  const envelope = Envelope.safeParse(json);
  if (!envelope.success || envelope.data.payloadType !== IN_TOTO)
    throw no("is no signed statement (DSSE)", "Give the certificate that  bulkhead mask run --certificate  wrote.");
  const found = opened(envelope.data, keys);
  if (found === undefined)
    throw no(
      "is not signed by a key that you trust",
      "Give the public key of whoever masks with  --public-key, or ask them for the certificate again.",
    );
  const statement = MaskingStatement.safeParse(JSON.parse(found.payload.toString("utf8")));
  if (!statement.success) throw no("states something else than a masking", "Give a masking certificate.", statement.error);
  return { statement: statement.data, keyId: found.keyId, ...judged(statement.data, asOf) };
}

function judged({ subject, predicate }: MaskingStatement, asOf: string): Pick<Checked, "problems" | "open"> {
  const { tables, verification, handling } = predicate;
  const problems: string[] = [];
  if (subject[0]?.digest.sha256 !== outputRoot(tables)) problems.push("the chunks that it lists do not give the root that it is about");
  for (const { id, rows, chunks, columns } of tables) {
    const written = chunks.reduce((sum, chunk) => sum + chunk.rows, 0);
    if (written !== rows) problems.push(`${id}: its chunks hold ${written} rows, and it says ${rows}`);
    for (const { name, rule, nulls = 0, changed = 0, unchanged = 0 } of columns)
      if (rule === "mask" && nulls + changed + unchanged !== rows)
        problems.push(`${id}.${name}: ${nulls + changed + unchanged} values are accounted for, of ${rows}`);
  }
  if (verification?.verdict === "violated")
    problems.push(`the verification of ${verification.at} found production's data, or a promise that does not hold`);
  if (handling !== undefined && handling.deleteBy < asOf) problems.push(`the data was to be deleted by ${handling.deleteBy}`);
  const open = [
    ...(verification === undefined ? ["nobody has compared the output with production (bulkhead mask verify --certificate)"] : []),
    ...(verification?.verdict === "unknown"
      ? [`the verification of ${verification.at} could not compare everything: ${verification.gaps.join("; ")}`]
      : []),
    ...(handling === undefined ? ["no handling record: who asked for it, why, who approved, until when"] : []),
  ];
  return { problems, open };
}

const number = (value: number): string => value.toLocaleString("en");

export function renderChecked({ statement, keyId, problems, open }: Checked, format: "terminal" | "json"): string {
  if (format === "json") return `${JSON.stringify({ keyId, problems, open, statement }, null, 2)}\n`;
  const { subject, predicate } = statement;
  const { source, tables, handling, verification } = predicate;
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  return [
    problems.length > 0
      ? "The certificate is signed, and does not hold."
      : open.length > 0
        ? "The certificate is signed, and leaves something open."
        : "The certificate holds.",
    "",
    `  signed by   ${keyId.slice(0, 16)}…`,
    `  masked      ${number(rows)} rows of ${tables.length} tables, ${source.name} → ${subject[0]?.name ?? ""}, ${predicate.startedAt} to ${predicate.finishedAt}`,
    `  output      ${subject[0]?.digest.sha256 ?? ""}`,
    ...(handling
      ? [
          `  handling    for ${handling.purpose}, asked for by ${handling.requestedBy}, approved by ${handling.approvedBy}, to be deleted by ${handling.deleteBy}`,
        ]
      : []),
    ...(verification
      ? [
          `  verified    ${verification.at}: ${verification.verdict}; ${number(verification.scanned.values)} values compared, ${verification.leaks.length + verification.unmasked.length} leaks, ${verification.canaries.found} of ${verification.canaries.planted} canaries found`,
        ]
      : []),
    ...part("Wrong", problems),
    ...part("Open", open),
    ...part("It shows", predicate.shows),
    ...part("It does not show", predicate.doesNotShow),
    "",
  ].join("\n");
}

const part = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ["", `${title}:`, ...lines.map((line) => `  ${line}`)];
