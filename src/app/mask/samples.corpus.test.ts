// Whole sample databases, on real servers: discovered, masked by the policy that discovery wrote, verified, certified; and the one column left as it is, caught.
import { spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasMariadb, MARIADB_INSTALL, type MariadbServer, startMariadb } from "../../lib/mariadb-support.ts";
import { POSTGRES_INSTALL, type PostgresServer, postgresPrograms, startPostgres } from "../../lib/postgres-support.ts";
import { formatPolicyProblems } from "../../mask/policy/problem.ts";
import { checkCertificate, signed, statementOf, withVerification } from "./certificate.ts";
import { discover, discoveredPolicy } from "./discover.ts";
import { planMask, runMask } from "./run.ts";
import { runVerify, type VerifyReport } from "./verify.ts";

const corpus = join(process.env["BULKHEAD_CORPUS"] ?? fileURLToPath(new URL("../../../../shared/corpus", import.meta.url)), "data");
const programs = postgresPrograms();
const KEY = new Uint8Array(32).fill(3);

interface Sample {
  readonly file: string;
  /** Joins that must count the same before and after. */
  readonly joins: readonly string[];
  /** What a person says otherwise than discovery did. */
  readonly kept?: Sample["left"];
  /** A rule of the discovered policy that is set back to keep, and where the values are then found. */
  readonly left: { readonly table: string; readonly column: string };
}

const chinookJoins = (quote: (name: string) => string): readonly string[] => [
  `SELECT count(*) FROM ${quote("customer")} c JOIN ${quote("invoice")} i ON i.${quote("customer_id")} = c.${quote("customer_id")} JOIN ${quote("invoice_line")} l ON l.${quote("invoice_id")} = i.${quote("invoice_id")}`,
];

const postgres: Readonly<Record<string, Sample>> = {
  chinook: {
    file: "lerocha+chinook-database/ChinookDatabase/DataSources/Chinook_PostgreSql.sql",
    joins: chinookJoins((name) => name),
    left: { table: "public.customer", column: "email" },
  },
  northwind: {
    file: "pthom+northwind_psql/northwind.sql",
    joins: [
      "SELECT count(*) FROM customers c JOIN orders o ON o.customer_id = c.customer_id JOIN order_details d ON d.order_id = o.order_id",
      "SELECT count(*) FROM employees e JOIN employee_territories t ON t.employee_id = e.employee_id",
    ],
    // Orders go to companies, whose names stand in customers too, where discovery keeps them: verification says so.
    kept: { table: "public.orders", column: "ship_name" },
    left: { table: "public.employees", column: "last_name" },
  },
  pagila: {
    file: "rwnx+pynonymizer/tests_integration/postgres/pagila.sql.gz",
    joins: [
      "SELECT count(*) FROM customer c JOIN rental r ON r.customer_id = c.customer_id JOIN payment p ON p.rental_id = r.rental_id",
      "SELECT count(*) FROM customer c JOIN address a ON a.address_id = c.address_id JOIN city t ON t.city_id = a.city_id",
    ],
    left: { table: "public.customer", column: "last_name" },
  },
};

const mysql: Readonly<Record<string, Sample>> = {
  Chinook: {
    file: "lerocha+chinook-database/ChinookDatabase/DataSources/Chinook_MySql.sql",
    joins: [
      "SELECT count(*) FROM Customer c JOIN Invoice i ON i.CustomerId = c.CustomerId JOIN InvoiceLine l ON l.InvoiceId = i.InvoiceId",
    ],
    left: { table: "Customer", column: "Email" },
  },
  sakila: {
    file: "rwnx+pynonymizer/tests_integration/mysql/sakila.sql.gz",
    joins: ["SELECT count(*) FROM customer c JOIN rental r ON r.customer_id = c.customer_id JOIN payment p ON p.rental_id = r.rental_id"],
    left: { table: "customer", column: "last_name" },
  },
};

const isHere = existsSync(corpus);
if (!isHere) console.warn("the sample databases are not here: give BULKHEAD_CORPUS");

function textOf(file: string): string {
  const bytes = readFileSync(join(corpus, file));
  return (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
}

/** The rule of one column in the discovered policy, set to keep. */
function leftAsItIs(policy: string, { table, column }: Sample["left"]): string {
  const lines = policy.split("\n");
  const at = lines.findIndex((line) => new RegExp(`^\\s+"?(?:[^".]+\\.)?${table.replaceAll(".", "\\.")}"?:`).test(line));
  const field = lines.findIndex((line, index) => index > at && new RegExp(`^\\s+"?${column}"?: `).test(line));
  expect([at, field].every((index) => index >= 0)).toBe(true);
  lines[field] = (lines[field] as string).replace(/: .*/, ": keep");
  return lines.join("\n");
}

interface Place {
  readonly load: (name: string, text: string) => void;
  readonly url: (name: string) => string;
  readonly count: (name: string, sql: string) => string;
}

async function wholeWay(place: Place, name: string, sample: Sample): Promise<void> {
  place.load(name, textOf(sample.file));
  const [from, to] = [place.url(name), place.url(`${name}_lower`)];
  const discovered = discoveredPolicy(await discover(from, { full: true }), from);
  const policy = { text: sample.kept === undefined ? discovered : leftAsItIs(discovered, sample.kept), file: "masking.yaml" };
  const masked = async (text: string, target: string) => {
    const plan = await planMask({ text, file: "masking.yaml" }, from);
    if (!plan.ok) throw new Error(formatPolicyProblems(plan.error));
    const report = await runMask({ policy: { text, file: "masking.yaml" }, from, to: target, key: KEY });
    if (!report.ok) throw new Error(formatPolicyProblems(report.error));
    return { plan: plan.value, report: report.value };
  };
  const verified = async (lower: string): Promise<VerifyReport> => {
    const report = await runVerify({ policy, production: from, lower, key: KEY });
    if (!report.ok) throw new Error(formatPolicyProblems(report.error));
    return report.value;
  };
  const { plan, report } = await masked(policy.text, to);
  for (const sql of sample.joins) expect(place.count(`${name}_lower`, sql)).toBe(place.count(name, sql));
  const found = await verified(to);
  console.info(
    `${name}: ${report.tables.reduce((sum, { rows }) => sum + rows, 0)} rows of ${report.tables.length} tables masked, ${found.sensitive.length} sensitive columns, ` +
      `${found.scanned.values} values compared, ${found.leaks.length + found.unmasked.length} leaks, ${found.risks.length} risks, canaries ${found.canaries.found} of ${found.canaries.planted}`,
  );
  expect({
    leaks: found.leaks,
    unmasked: found.unmasked,
    orphans: found.orphans,
    unvalidated: found.unvalidated,
    gaps: found.gaps,
  }).toEqual({
    leaks: [],
    unmasked: [],
    orphans: [],
    unvalidated: [],
    gaps: [],
  });
  expect(found.verdict).toBe("separated");
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const now = new Date();
  const handling = { purpose: "a test", requestedBy: "person:ann", approvedBy: "person:ben", environment: "test", deleteBy: "2099-12-31" };
  const statement = statementOf({
    report,
    policyText: policy.text,
    plan,
    key: KEY,
    source: name,
    target: `${name}_lower`,
    startedAt: now,
    finishedAt: now,
    handling,
  });
  const certificate = signed(withVerification(statement, found, now), privateKey);
  expect(checkCertificate(certificate, "certificate.json", [publicKey], "2026-12-01")).toMatchObject({ problems: [], open: [] });

  const left = place.url(`${name}_left`);
  await masked(leftAsItIs(policy.text, sample.left), left);
  const caught = await verified(left);
  const where = (id: string): boolean => id === sample.left.table || id.endsWith(`.${sample.left.table}`);
  expect(caught.verdict).toBe("violated");
  expect([
    ...caught.leaks.flatMap(({ to: { table, name: column } }) => (where(table) ? [column] : [])),
    ...caught.unmasked.flatMap(({ table, column }) => (where(table) ? [column] : [])),
  ]).toContain(sample.left.column);
}

describe.runIf(isHere && programs !== undefined)(`sample databases on PostgreSQL (${POSTGRES_INSTALL})`, () => {
  let server: PostgresServer;
  const psql = (database: string, words: readonly string[], input = ""): string => {
    const { status, stdout, stderr } = spawnSync(join(server.programs, "psql"), ["-XAtq", ...words, server.url(database)], {
      input,
      encoding: "utf8",
      maxBuffer: 2 ** 28,
    });
    if (status !== 0) throw new Error(stderr.slice(-2000));
    return stdout.trim();
  };
  beforeAll(async () => {
    server = await startPostgres(programs as string, { settings: { fsync: "off" } });
  });
  afterAll(() => server.stop());
  const place: Place = {
    // Some make their own database and connect to it: here they are loaded into one of ours.
    load: (name, text) => {
      psql("postgres", ["-c", `CREATE DATABASE ${name}`]);
      psql(name, [], text.replaceAll(/^(?:CREATE|DROP) DATABASE .*$|^\\c .*$/gm, ""));
    },
    url: (name) => server.url(name),
    count: (name, sql) => psql(name, ["-c", sql]),
  };
  test.each(Object.entries(postgres))("%s", (name, sample) => wholeWay(place, name, sample));
});

describe.runIf(isHere && hasMariadb())(`sample databases on MariaDB (${MARIADB_INSTALL})`, () => {
  let server: MariadbServer;
  const client = (words: readonly string[], input = ""): string => {
    const all = ["--no-defaults", "-h127.0.0.1", `-P${server.port}`, "-uroot", "--default-character-set=utf8mb4", "-N", ...words];
    const { status, stdout, stderr } = spawnSync("mariadb", all, { input, encoding: "utf8", maxBuffer: 2 ** 28 });
    if (status !== 0) throw new Error(stderr.slice(-2000));
    return stdout.trim();
  };
  beforeAll(async () => {
    server = await startMariadb();
  });
  afterAll(() => server.stop());
  const place: Place = {
    load: (name, text) => {
      client(["-e", `CREATE DATABASE ${name} CHARACTER SET utf8mb4`]);
      client([name], text.replaceAll(/^(?:CREATE|DROP) (?:DATABASE|SCHEMA) .*$|^USE .*$/gim, ""));
    },
    url: (name) => server.url(name),
    count: (name, sql) => client([name, "-e", sql]),
  };
  test.each(Object.entries(mysql))("%s", (name, sample) => wholeWay(place, name, sample));
});
