// The schema on its way: pg_dump's archive without any row, and which of its entries come down.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { MaskError } from "../error.ts";
import type { MaskPlan } from "../policy/plan.ts";
import { environmentOf } from "./connect.ts";
import { runProgram } from "./programs.ts";

export interface Entry {
  readonly line: string;
  /** Of the catalog it stands in, and its own there; both 0 for what has none. */
  readonly catalog: number;
  readonly oid: number;
  readonly kind: string;
  readonly name: string;
}

/** Longest first: CONSTRAINT also ends FK CONSTRAINT. */
const TAKEN = [
  ...[
    "ACCESS METHOD",
    "ACL",
    "AGGREGATE",
    "CAST",
    "CHECK CONSTRAINT",
    "COLLATION",
    "COMMENT",
    "CONSTRAINT",
    "CONVERSION",
    "DEFAULT",
    "DEFAULT ACL",
  ],
  ...[
    "DOMAIN",
    "ENCODING",
    "EVENT TRIGGER",
    "EXTENSION",
    "FK CONSTRAINT",
    "FUNCTION",
    "INDEX",
    "INDEX ATTACH",
    "MATERIALIZED VIEW",
    "OPERATOR",
  ],
  ...[
    "OPERATOR CLASS",
    "OPERATOR FAMILY",
    "POLICY",
    "PROCEDURAL LANGUAGE",
    "PROCEDURE",
    "ROW SECURITY",
    "RULE",
    "SCHEMA",
    "SEARCHPATH",
    "SEQUENCE",
  ],
  ...[
    "SEQUENCE OWNED BY",
    "SHELL TYPE",
    "STATISTICS",
    "STDSTRINGS",
    "TABLE",
    "TABLE ATTACH",
    "TEXT SEARCH CONFIGURATION",
    "TEXT SEARCH DICTIONARY",
  ],
  ...["TEXT SEARCH PARSER", "TEXT SEARCH TEMPLATE", "TRANSFORM", "TRIGGER", "TYPE", "VIEW"],
];

/**
 * What never comes down: ways from the lower database to others with a password in them (user mappings, subscriptions), and labels and
 * publications that mean something where they were made only.
 */
const LEFT = [
  ...["FOREIGN DATA WRAPPER", "FOREIGN SERVER", "SERVER", "FOREIGN TABLE", "USER MAPPING", "PUBLICATION", "PUBLICATION TABLE"],
  ...["PUBLICATION TABLES IN SCHEMA", "SUBSCRIPTION", "SUBSCRIPTION TABLE", "SECURITY LABEL", "DATABASE", "DATABASE PROPERTIES"],
];

const KINDS = [...TAKEN, ...LEFT].toSorted((a, b) => b.length - a.length);

/** Writes the archive, which holds no row. The snapshot makes it the schema of the rows that are read. */
export async function dumpSchema(from: string, snapshot: string, folder: string, settings: MaskPlan["settings"]): Promise<string> {
  const file = join(folder, "schema");
  const words = ["--format=custom", "--schema-only", "--no-password", `--snapshot=${snapshot}`, `--file=${file}`, "--no-tablespaces"];
  words.push("--no-publications", "--no-subscriptions", "--no-security-labels");
  if (settings.comments === "drop") words.push("--no-comments");
  if (settings.privileges === "drop") words.push("--no-owner", "--no-privileges");
  await runProgram("pg_dump", words, environmentOf(from));
  return file;
}

/** `12; 1259 16385 TABLE public customers owner`, after lines that start with a semicolon. */
export async function entriesOf(archive: string): Promise<readonly Entry[]> {
  const printed = await runProgram("pg_restore", ["--list", archive], process.env);
  return printed.split("\n").flatMap((line): Entry[] => {
    if (line === "" || line.startsWith(";")) return [];
    const found = /^\d+; (\d+) (\d+) (.*)$/.exec(line);
    const rest = found?.[3] ?? "";
    const kind = KINDS.find((each) => rest.startsWith(`${each} `));
    if (!found || kind === undefined)
      throw new MaskError(
        "UNREADABLE",
        `the schema holds an entry of a kind that is not known: ${JSON.stringify(rest.slice(0, 100))}\n  It could hold data; report it, or remove it from the source.`,
      );
    return [{ line, catalog: Number(found[1]), oid: Number(found[2]), kind, name: rest.slice(kind.length + 1) }];
  });
}

/** `gone`: catalog and oid of what stands on dropped tables and columns. */
export function isTaken({ kind, catalog, oid }: Entry, gone: ReadonlySet<string>): boolean {
  return !LEFT.includes(kind) && !gone.has(`${catalog} ${oid}`);
}

export const leftOut = (entries: readonly Entry[]): readonly string[] =>
  entries.filter(({ kind }) => LEFT.includes(kind)).map(({ kind, name }) => `${kind.toLowerCase()} ${name}`);

export interface Restoring {
  readonly archive: string;
  readonly to: string;
  readonly folder: string;
  readonly entries: readonly Entry[];
  readonly settings: MaskPlan["settings"];
}

const list = (folder: string, section: string, entries: readonly Entry[]): string => {
  const file = join(folder, section);
  writeFileSync(file, `${entries.map(({ line }) => line).join("\n")}\n`, { mode: 0o600 });
  return file;
};

const common = ({ settings }: Restoring): readonly string[] => [
  "--no-password",
  "--exit-on-error",
  ...(settings.privileges === "drop" ? ["--no-owner", "--no-privileges"] : []),
];

export async function restoreBefore(restoring: Restoring): Promise<void> {
  const { archive, to, folder, entries } = restoring;
  const environment = environmentOf(to);
  const words = ["--section=pre-data", "--single-transaction", `--use-list=${list(folder, "before", entries)}`];
  await runProgram("pg_restore", [...common(restoring), ...words, `--dbname=${environment["PGDATABASE"]}`, archive], environment);
}

/**
 * Constraints, indexes and triggers, as many at a time as there are jobs. Joining the index of a partition to its table's locks both tables, in an
 * order of its own: beside others that do the same, or that build on one of them, it deadlocks. So those are joined alone, after the
 * indexes and before what rests on them (pg_dump lists them in that order).
 */
export async function restoreAfter(restoring: Restoring, jobs: number): Promise<void> {
  const { entries } = restoring;
  const isJoining = ({ kind }: Entry): boolean => kind === "INDEX ATTACH";
  const last = entries.findLastIndex(isJoining);
  await restorePart(
    restoring,
    "indexes",
    entries.slice(0, last + 1).filter((entry) => !isJoining(entry)),
    jobs,
  );
  await restorePart(restoring, "joined", entries.filter(isJoining), 1);
  await restorePart(restoring, "after", entries.slice(last + 1), jobs);
}

async function restorePart(restoring: Restoring, part: string, entries: readonly Entry[], jobs: number): Promise<void> {
  if (entries.length === 0) return;
  const { archive, to, folder } = restoring;
  const environment = environmentOf(to);
  // Several indexes at a time keep the cores busy: helpers for each would only divide what one does for less.
  const helpers = jobs > 1 ? " -c max_parallel_maintenance_workers=0" : "";
  environment["PGOPTIONS"] = `-c maintenance_work_mem=256MB -c synchronous_commit=off${helpers}`;
  const words = ["--section=post-data", `--jobs=${jobs}`, `--use-list=${list(folder, part, entries)}`];
  await runProgram("pg_restore", [...common(restoring), ...words, `--dbname=${environment["PGDATABASE"]}`, archive], environment);
}
