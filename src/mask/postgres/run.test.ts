import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { POSTGRES_INSTALL, type PostgresServer, postgresPrograms, startPostgres } from "../../lib/postgres-support.ts";
import { formatPolicyProblems } from "../policy/problem.ts";
import { type LoadedPolicy, loadPolicy } from "../policy/load.ts";
import type { RunReport } from "../report.ts";
import { connect } from "./connect.ts";
import { type DatabaseRun, maskDatabase } from "./run.ts";

const programs = postgresPrograms();
if (programs === undefined) console.warn(`masking PostgreSQL is not tested: ${POSTGRES_INSTALL}`);

const fixture = (name: string): string => readFileSync(join(import.meta.dirname, "fixtures", name), "utf8");
const KEY = new Uint8Array(32).fill(7);

export function policyOf(text: string): LoadedPolicy {
  const loaded = loadPolicy(text, "masking.yaml");
  if (!loaded.ok) throw new Error(formatPolicyProblems(loaded.error));
  return loaded.value;
}

describe.runIf(programs !== undefined)("PostgreSQL to PostgreSQL", () => {
  let server: PostgresServer;

  const psql = (database: string, input: string): void => {
    const { status, stderr } = spawnSync(join(server.programs, "psql"), ["-X", "-q", "-v", "ON_ERROR_STOP=1", server.url(database)], {
      input,
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(stderr);
  };
  const rows = async <T = Record<string, unknown>>(database: string, text: string): Promise<T[]> => {
    const client = await connect(server.url(database));
    try {
      await client.query("SET search_path = public");
      return (await client.query(text)).rows as T[];
    } finally {
      await client.end();
    }
  };
  const mask = async (to: string, policy: LoadedPolicy, more: Partial<DatabaseRun> = {}): Promise<RunReport> => {
    const report = await maskDatabase({ from: server.url("odd"), to: server.url(to), policy, key: KEY, ...more });
    if (!report.ok) throw new Error(formatPolicyProblems(report.error));
    return report.value;
  };
  const databases = async (): Promise<string[]> =>
    (await rows<{ datname: string }>("postgres", "SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY 1")).map(
      ({ datname }) => datname,
    );

  beforeAll(async () => {
    server = await startPostgres(programs as string, { settings: { fsync: "off" } });
    psql("postgres", "CREATE DATABASE odd");
    psql("odd", fixture("oddities.sql"));
  });
  afterAll(() => server.stop());

  test("masks a schema with every oddity, and keeps what is kept", async () => {
    const report = await mask("masked", policyOf(fixture("oddities.yaml")), { jobs: 2 });
    const counts = Object.fromEntries(report.tables.map(({ id, rows: count }) => [id, count]));
    expect(counts).toMatchObject({ "public.customers": 500, "public.audit": 0, "public.sessions": 0, "public.everything": 2 });
    // Kept columns are the same to the byte, in the same rows.
    const kept = "SELECT md5(string_agg(t::text, '|' ORDER BY born)) AS sum FROM (SELECT born, mood, tags, balance, note FROM customers) t";
    expect(await rows("masked", kept)).toEqual(await rows("odd", kept));
    const all = "SELECT md5(string_agg(t::text, '|' ORDER BY id)) AS sum FROM everything t";
    expect(await rows("masked", all)).toEqual(await rows("odd", all));
    // Nothing of what was hidden.
    expect(
      await rows(
        "masked",
        "SELECT count(*)::int AS n FROM customers WHERE email LIKE 'person%@example.com' OR full_name LIKE 'Person Number%' OR shout LIKE 'PERSON NUMBER%' OR home IS NOT NULL OR search IS NOT NULL",
      ),
    ).toEqual([{ n: 0 }]);
    // Children equal parents.
    const joined =
      "SELECT count(*)::int AS n, count(DISTINCT c.id)::int AS d, sum(c.balance)::text AS sum FROM visits v JOIN customers c ON c.id = v.customer_id JOIN regions r USING (country, code)";
    expect(await rows("masked", joined)).toEqual(await rows("odd", joined));
    const tree = "SELECT sum(c.balance * p.balance)::text AS sum FROM customers c JOIN customers p ON p.id = c.referred_by";
    expect(await rows("masked", tree)).toEqual(await rows("odd", tree));
    const polymorphic =
      "SELECT sum(balance)::text AS sum FROM comments JOIN customers ON customers.id = owner_id WHERE owner_type = 'customer'";
    expect(await rows("masked", polymorphic)).toEqual(await rows("odd", polymorphic));
    expect(await rows("masked", "SELECT tableoid::regclass::text AS t, count(*)::int AS n FROM visits GROUP BY 1 ORDER BY 1")).toEqual(
      await rows("odd", "SELECT tableoid::regclass::text AS t, count(*)::int AS n FROM visits GROUP BY 1 ORDER BY 1"),
    );
    expect(await rows("masked", "SELECT count(*)::int AS n FROM ONLY animals")).toEqual([{ n: 1 }]);
  });

  test("brings down constraints, indexes, triggers and policies, and leaves out what stands on what is dropped", async () => {
    const constraints = "SELECT conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1";
    expect(await rows("masked", constraints)).toEqual(await rows("odd", constraints));
    const indexes = "SELECT indexname FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1";
    expect(await rows("masked", indexes)).toEqual(await rows("odd", indexes));
    expect(await rows("masked", "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1")).toEqual([
      { tgname: "loud" },
      { tgname: "search" },
    ]);
    expect(await rows("masked", "SELECT policyname FROM pg_policies")).toEqual([{ policyname: "own" }]);
    expect(await rows("masked", "SELECT viewname FROM pg_views WHERE schemaname = 'public'")).toEqual([]);
    expect(await rows("masked", "SELECT pubname FROM pg_publication")).toEqual([]);
    expect(await rows("masked", "SELECT stxname FROM pg_statistic_ext")).toEqual([{ stxname: "customers_stats" }]);
    expect(await rows("masked", "SELECT obj_description('customers'::regclass) AS said")).toEqual([{ said: null }]);
    expect(await rows("masked", "SELECT n::int FROM moods")).toEqual([{ n: 3 }]);
  });

  test("sets sequences where an insert takes the next free number", async () => {
    const [last] = await rows<{ id: number }>("masked", "SELECT nextval('visits_id_seq')::int AS id");
    expect(last).toEqual({ id: 9001 });
    const [identity] = await rows<{ isFree: boolean }>(
      "masked",
      "SELECT nextval(pg_get_serial_sequence('customers', 'id')) > max(id) AS \"isFree\" FROM customers",
    );
    expect(identity).toEqual({ isFree: true });
  });

  test("a target that is there is left alone, unless it is to be replaced", async () => {
    await expect(mask("masked", policyOf(fixture("oddities.yaml")))).rejects.toThrow(/is there already/);
    const report = await mask("masked", policyOf(fixture("oddities.yaml")), { replace: true });
    expect(report.tables.length).toBeGreaterThan(5);
    expect(await databases()).toEqual(["masked", "odd", "postgres"]);
  });

  test("a part of the rows holds together: parents always, children when asked, cycles included", async () => {
    const policy = policyOf(fixture("oddities.yaml"));
    const roots = [{ table: "public.customers", where: "born BETWEEN '1950-01-20' AND '1950-01-21'" }];
    const alone = await mask("part", policy, { subset: { roots, withChildren: false } });
    // The 19th and 20th person, and those that referred them: 9, 10, 4, 5, 2 and 1.
    const rowsOf = (report: RunReport, id: string): number => report.tables.find((table) => table.id === id)?.rows ?? -1;
    expect([rowsOf(alone, "public.customers"), rowsOf(alone, "public.comments"), rowsOf(alone, "public.regions")]).toEqual([8, 0, 0]);
    const whole = await mask("part", policy, { replace: true, jobs: 2, subset: { roots, withChildren: true } });
    const below =
      "WITH RECURSIVE d AS (SELECT id FROM customers WHERE born BETWEEN '1950-01-20' AND '1950-01-21' UNION SELECT c.id FROM customers c JOIN d ON c.referred_by = d.id)";
    const up =
      "u AS (SELECT id, referred_by FROM customers WHERE id IN (SELECT id FROM d) UNION SELECT p.id, p.referred_by FROM customers p JOIN u ON p.id = u.referred_by)";
    const [expected] = await rows(
      "odd",
      `${below}, ${up} SELECT (SELECT count(*) FROM u)::int AS customers, (SELECT count(*) FROM visits WHERE customer_id IN (SELECT id FROM d))::int AS visits,
      (SELECT count(*) FROM comments WHERE owner_type = 'customer' AND owner_id IN (SELECT id FROM d))::int AS comments`,
    );
    const visits = whole.tables.filter(({ id }) => id.startsWith("public.visits")).reduce((sum, table) => sum + table.rows, 0);
    expect({ customers: rowsOf(whole, "public.customers"), visits, comments: rowsOf(whole, "public.comments") }).toEqual(expected);
    expect(await rows("part", "SELECT count(*)::int AS n FROM visits")).toEqual([{ n: visits }]);
    await expect(
      mask("part", policy, { replace: true, subset: { roots: [{ table: "public.customers", where: "no such" }], withChildren: false } }),
    ).rejects.toThrow(/--where public.customers/);
    expect((await databases()).filter((name) => name.startsWith("bulkhead"))).toEqual([]);
    await rows("postgres", "DROP DATABASE part");
  });

  test("what is not declared stops the run before anything is made", async () => {
    const text = fixture("oddities.yaml").replace("      note: keep\n", "").replace("  public.audit: drop\n", "");
    const report = await maskDatabase({ from: server.url("odd"), to: server.url("never"), policy: policyOf(text), key: KEY });
    expect(report.ok ? [] : report.error.map(({ line, message }) => `${line} ${message}`)).toEqual([
      expect.stringMatching(/^\d+ table "public.audit" is not declared$/),
      expect.stringMatching(/^\d+ column "note" of public.customers \(text\) is not declared$/),
    ]);
    expect(await databases()).toEqual(["masked", "odd", "postgres"]);
  });
});
