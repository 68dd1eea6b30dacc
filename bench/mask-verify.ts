// Bench: a lower database of a million rows looked through for production's values, on a real PostgreSQL; the peer is grep with the same values as fixed words.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { postgresPrograms, startPostgres } from "../src/lib/postgres-support.ts";
import { maskers } from "../src/mask/maskers/registry.ts";
import { loadPolicy } from "../src/mask/policy/load.ts";
import { postgresSide } from "../src/mask/verify/postgres-side.ts";
import { verifyMasking } from "../src/mask/verify/verify.ts";

const ROWS = Number(process.env["ROWS"] ?? 1_000_000);
/** Rows that hold a value of production: a third whole, a third inside of JSON, a third inside of a text. */
const PLANTED = 250;
const LEAST_MB_PER_SECOND = 50;

const SCHEMA = `CREATE TABLE customers (id integer PRIMARY KEY, name text, email text, phone text, card text, born date, note text, profile jsonb);`;
/** Values that look alike on both sides and have nothing in common: two streams of digests. */
const fill = (seed: string): string => `
INSERT INTO customers SELECT n, 'Person ' || substr(md5('${seed}n' || n), 1, 8) || ' Family ' || substr(md5('${seed}f' || n), 1, 8),
  substr(md5('${seed}e' || n), 1, 12) || '@mail' || n % 50 || '.example.org', '+49' || substr(translate(md5('${seed}p' || n), 'abcdef', '012345'), 1, 11),
  '4' || substr(translate(md5('${seed}c' || n), 'abcdef', '678901'), 1, 15), date '1940-01-01' + (n * 7919 % 25000),
  'Called on day ' || n % 900 || ' about order ' || substr(md5('${seed}o' || n), 1, 10) || ', was told to wait until the delivery has come.',
  jsonb_build_object('plan', n % 5, 'token', md5('${seed}t' || n), 'visits', jsonb_build_array(n % 7, n % 11))
FROM generate_series(1, ${ROWS}) n;`;
const PLANT = `
CREATE TABLE planted AS SELECT 1 + n * (${ROWS} / ${PLANTED} - 1) AS id, n AS at FROM generate_series(1, ${PLANTED}) n;`;
const POLICY = `masking: 1
tables:
  public.customers:
    columns: { id: keep, name: { mask: name }, email: { mask: email }, phone: { mask: phone }, card: { mask: card }, born: { mask: date }, note: keep, profile: keep }
`;

const programs = postgresPrograms();
if (programs === undefined) console.log("mask verify: PostgreSQL is not here (tools/servers/postgres.sh)");
else {
  console.log(`machine: ${cpus()[0]?.model ?? "unknown"}, ${cpus().length} cores, node ${process.version}`);
  const server = await startPostgres(programs, { settings: { fsync: "off", shared_buffers: "512MB", max_wal_size: "4GB" } });
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-verify-"));
  const psql = (database: string, sql: string, words: readonly string[] = []): string => {
    const { status, stdout, stderr } = spawnSync(
      join(server.programs, "psql"),
      ["-XAtq", "-v", "ON_ERROR_STOP=1", ...words, server.url(database)],
      {
        input: sql,
        encoding: "utf8",
        maxBuffer: 2 ** 30,
      },
    );
    if (status !== 0) throw new Error(stderr);
    return stdout;
  };
  try {
    psql("postgres", "CREATE DATABASE production;");
    psql("postgres", "CREATE DATABASE lower;");
    psql("production", SCHEMA + fill("a") + PLANT);
    psql("lower", SCHEMA + fill("b"));
    const planted = psql("production", "SELECT p.at, p.id, c.email FROM planted p JOIN customers c USING (id) ORDER BY 1;")
      .trim()
      .split("\n");
    psql(
      "lower",
      planted
        .map((line) => {
          const [at = "", id = "", email = ""] = line.split("|");
          const where = `WHERE id = ${Number(id) + 1}`;
          if (Number(at) % 3 === 0) return `UPDATE customers SET email = '${email}' ${where};`;
          if (Number(at) % 3 === 1) return `UPDATE customers SET profile = profile || jsonb_build_object('contact', '${email}') ${where};`;
          return `UPDATE customers SET note = 'Wrote to ${email}, no answer yet.' ${where};`;
        })
        .join("\n"),
    );
    psql("production", "DROP TABLE planted;");
    const policy = loadPolicy(POLICY, "masking.yaml");
    if (!policy.ok) throw new Error("the policy has problems");
    const [production, lower] = [await postgresSide(server.url("production")), await postgresSide(server.url("lower"))];
    const at: Partial<Record<string, { readonly wall: number; readonly cpu: number }>> = {};
    const now = (): { wall: number; cpu: number } => {
      const { user, system } = process.cpuUsage();
      return { wall: performance.now() / 1000, cpu: (user + system) / 1e6 };
    };
    const begin = now();
    let last = begin;
    const report = await verifyMasking({
      policy: policy.value,
      production,
      lower,
      maskers,
      onProgress: ({ phase }) => {
        if (phase === "production") last = now();
        else at[phase] ??= now();
      },
    });
    if (!report.ok) throw new Error("the policy has problems");
    const { leaks, unmasked, scanned, canaries, risks, sensitive } = report.value;
    const done = at["rows"] ?? now();
    const megabytes = scanned.bytes / 1e6;
    const cpu = done.cpu - last.cpu;
    const found = leaks.reduce((sum, leak) => sum + leak.found, 0);
    console.log(
      `mask verify: ${sensitive.reduce((sum, each) => sum + each.distinct, 0)} values of production fingerprinted in ${(last.wall - begin.wall).toFixed(1)} s`,
    );
    console.log(
      `mask verify: ${megabytes.toFixed(0)} MB in ${scanned.values} values looked through in ${(done.wall - last.wall).toFixed(1)} s, ${cpu.toFixed(1)} s of processor: ${(megabytes / cpu).toFixed(0)} MB/s per core`,
    );
    console.log(
      `mask verify: ${found} of ${PLANTED} planted values found, ${leaks.length} leaking columns, ${unmasked.length} unmasked, ${risks.length} risks, canaries ${canaries.found} of ${canaries.planted}, ` +
        `peak ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`,
    );
    await production.close();
    await lower.close();
    // The peer knows no normal form and reads one file: the e-mail addresses alone, as they are written.
    const [values, text] = [join(folder, "values"), join(folder, "lower")];
    psql("production", `\\copy (SELECT email FROM customers) TO '${values}'`);
    psql("lower", `\\copy customers TO '${text}'`);
    const start = performance.now();
    const { stdout, status } = spawnSync("grep", ["-c", "-F", "-f", values, text], {
      encoding: "utf8",
      timeout: 300_000,
      env: { ...process.env, LC_ALL: "C" },
    });
    const took = (performance.now() - start) / 1000;
    console.log(
      status === null
        ? "mask verify: grep -F with one column's values is not done after 300 s"
        : `mask verify: grep -F with one column's values ${took.toFixed(1)} s, ${(statSync(text).size / 1e6 / took).toFixed(0)} MB/s, ${stdout.trim()} rows; ours with all columns' ${(took / (done.wall - last.wall)).toFixed(2)} times as fast`,
    );
    if (found !== PLANTED || megabytes / cpu < LEAST_MB_PER_SECOND) process.exitCode = 1;
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
