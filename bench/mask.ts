// Bench: a table of customers copied and masked with its indexes, against pg_dump | psql, which masks nothing, and greenmask's hash engine where it is installed.
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { postgresPrograms, type PostgresServer, startPostgres } from "../src/lib/postgres-support.ts";
import { connect } from "../src/mask/postgres/connect.ts";

const ROWS = Number(process.env["MASK_ROWS"] ?? 1_000_000);
const ROUNDS = Number(process.env["MASK_ROUNDS"] ?? 3);
const GREENMASK = process.env["GREENMASK"];
/** Of /proc's clock ticks (proc(5)): always 100 on Linux's user interface. */
const TICKS = 100;

const CUSTOMERS = `
CREATE TABLE customers (
  id bigint PRIMARY KEY, full_name text NOT NULL, email text NOT NULL, phone text NOT NULL, address text NOT NULL, born date NOT NULL, card text NOT NULL,
  city text, postcode text, country char(2), created_at timestamptz, updated_at timestamptz, status text, balance numeric(12, 2), points int,
  newsletter boolean, locale text, note text
);
INSERT INTO customers
SELECT i, (ARRAY['Anna', 'Ben', 'Chloe', 'David', 'Emma', 'Farid', 'Grace', 'Hugo'])[1 + i % 8] || ' ' || (ARRAY['Meier', 'Smith', 'Rossi', 'Dubois', 'Novak', 'Silva'])[1 + i % 6] || ' ' || i,
  'user' || i || '@mail' || i % 50 || '.example.com', '+4179' || lpad((i * 7919::bigint % 10000000)::text, 7, '0'), (i % 300)::text || ' Long Street, Floor ' || i % 12,
  date '1940-01-01' + (i * 31 % 25000)::int, '4' || lpad((i * 104729::bigint % 1000000000000000)::text, 15, '0'),
  'City ' || i % 1000, lpad((i % 10000)::text, 5, '0'), (ARRAY['CH', 'DE', 'FR', 'IT'])[1 + i % 4], timestamptz '2020-01-01' + i * interval '1 second',
  timestamptz '2024-01-01' + i * interval '1 second', (ARRAY['active', 'closed', 'frozen'])[1 + i % 3], (i % 100000) / 100.0, i % 5000, i % 2 = 0, 'en_GB',
  'Customer since long, order ' || i || ' was shipped and paid without any trouble'
FROM generate_series(1, ${ROWS}) i;
CREATE UNIQUE INDEX customers_email ON customers (email);
CREATE INDEX customers_name ON customers (full_name);
CREATE INDEX customers_place ON customers (country, city);
CREATE INDEX customers_created ON customers (created_at);
ANALYZE customers;`;

const POLICY = `
masking: 1
tables:
  public.customers:
    columns:
      id: keep
      full_name: { mask: name }
      email: { mask: email }
      phone: { mask: digits, options: { keepFirst: 4 } }
      address: { mask: address }
      born: { mask: date }
      card: { mask: digits, options: { keepFirst: 8 } }
${["city", "postcode", "country", "created_at", "updated_at", "status", "balance", "points", "newsletter", "locale", "note"].map((name) => `      ${name}: keep`).join("\n")}
`;

interface Measured {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  /** Of these, the server's. */
  readonly serverSeconds: number;
  readonly peakMegabytes: number;
}

const programs = postgresPrograms();
if (programs === undefined) throw new Error("PostgreSQL is not installed: tools/servers/postgres.sh");
const home = mkdtempSync(join(tmpdir(), "bulkhead-bench-mask-"));
const server = await startPostgres(programs, { folder: home, settings: { max_wal_size: "4GB" } });
try {
  await bench(server);
} finally {
  await server.stop();
  rmSync(home, { recursive: true, force: true });
}

async function bench({ url }: PostgresServer): Promise<void> {
  await sql("postgres", "CREATE DATABASE shop");
  await sql("shop", CUSTOMERS);
  const policy = join(home, "masking.yaml");
  const key = join(home, "key");
  writeFileSync(policy, POLICY);
  writeFileSync(key, "5".repeat(64), { mode: 0o600 });
  console.log(
    `machine: ${cpus()[0]?.model ?? "unknown"}, ${cpus().length} cores, node ${process.version}, ${ROWS.toLocaleString("en")} rows`,
  );
  const bulkhead = new URL("../bulkhead", import.meta.url).pathname;
  const contestants: Readonly<Record<string, readonly string[]>> = {
    "pg_dump | psql": ["bash", "-c", `pg_dump '${url("shop")}' | psql -X -q -v ON_ERROR_STOP=1 '${url("copy")}'`],
    bulkhead: [
      bulkhead,
      "mask",
      "run",
      "--policy",
      policy,
      "--from",
      url("shop"),
      "--to",
      url("copy"),
      "--key-file",
      key,
      "--output",
      join(home, "out"),
    ],
    ...(GREENMASK !== undefined && { greenmask: greenmask(url("shop"), url("copy")) }),
  };
  const results = new Map<string, Measured[]>();
  for (let round = 0; round < ROUNDS; round++)
    for (const [name, words] of Object.entries(contestants)) {
      await sql("postgres", "DROP DATABASE IF EXISTS copy");
      if (name !== "bulkhead") await sql("postgres", "CREATE DATABASE copy TEMPLATE template0");
      await sql("postgres", "CHECKPOINT");
      const measured = await measure(words);
      results.set(name, [...(results.get(name) ?? []), measured]);
      const [count] = await sql<{ n: number }>("copy", "SELECT count(*)::int AS n FROM customers");
      if (count?.n !== ROWS) throw new Error(`${name} copied ${count?.n} rows`);
    }
  report(results);
}

function report(results: ReadonlyMap<string, readonly Measured[]>): void {
  const of = (name: string, member: keyof Measured): number => {
    const values = (results.get(name) ?? []).map((each) => each[member]).toSorted((a, b) => a - b);
    return values[Math.floor(values.length / 2)] ?? Number.NaN;
  };
  const plain = "pg_dump | psql";
  for (const name of results.keys()) {
    const [wall, cpu, peak] = [of(name, "wallSeconds"), of(name, "cpuSeconds"), of(name, "peakMegabytes")];
    const ratios =
      name === plain
        ? ""
        : `, ${(wall / of(plain, "wallSeconds")).toFixed(2)} times its wall, ${(cpu / of(plain, "cpuSeconds")).toFixed(2)} times its CPU`;
    console.log(
      `mask: ${name}: ${wall.toFixed(2)} s wall, ${cpu.toFixed(2)} s CPU with the server's ${of(name, "serverSeconds").toFixed(2)}, ${Math.round(ROWS / wall).toLocaleString("en")} rows/s, peak ${Math.round(peak)} MB${ratios}`,
    );
  }
}

async function sql<T>(database: string, text: string): Promise<T[]> {
  const client = await connect(server.url(database));
  try {
    await client.query("SET search_path = public");
    const result = await client.query(text);
    return (Array.isArray(result) ? [] : result.rows) as T[];
  } finally {
    await client.end();
  }
}

async function measure(words: readonly string[]): Promise<Measured> {
  const [program = "", ...rest] = words;
  const before = cpuSeconds();
  const start = performance.now();
  const child = spawn(program, rest, {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, PATH: `${programs}:${process.env["PATH"]}` },
  });
  let complaint = "";
  child.stderr.on("data", (chunk: Buffer) => (complaint += chunk.toString()));
  let peak = 0;
  const watching = setInterval(() => (peak = Math.max(peak, peakOf(child.pid ?? 0))), 20);
  const status = await new Promise<number | null>((ended) => child.once("close", ended));
  clearInterval(watching);
  if (status !== 0) throw new Error(`${words.join(" ")}: ${complaint}`);
  const wallSeconds = (performance.now() - start) / 1000;
  return { wallSeconds, ...since(before), peakMegabytes: peak };
}

/** The child's own highest resident memory: of a shell, that of what it has become. */
function peakOf(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** Of children that have ended, theirs included, and of the server with every process it has or had (proc(5), fields 14 to 17). */
function cpuSeconds(): { readonly mine: number; readonly server: number } {
  const postmaster = Number(readFileSync(join(home, "data", "postmaster.pid"), "utf8").split("\n")[0]);
  const mine = fieldsOf(process.pid);
  let ticks = 0;
  for (const pid of readdirSync("/proc").filter((each) => /^\d+$/.test(each))) {
    const fields = fieldsOf(Number(pid));
    if (fields === undefined) continue;
    if (Number(pid) === postmaster) ticks += (fields[13] ?? 0) + (fields[14] ?? 0) + (fields[15] ?? 0) + (fields[16] ?? 0);
    else if (fields[3] === postmaster) ticks += (fields[13] ?? 0) + (fields[14] ?? 0);
  }
  return { mine: ((mine?.[15] ?? 0) + (mine?.[16] ?? 0)) / TICKS, server: ticks / TICKS };
}

function since(before: ReturnType<typeof cpuSeconds>): Pick<Measured, "cpuSeconds" | "serverSeconds"> {
  const now = cpuSeconds();
  const serverSeconds = now.server - before.server;
  return { serverSeconds, cpuSeconds: now.mine - before.mine + serverSeconds };
}

function fieldsOf(pid: number): readonly number[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The second field is a name in brackets, which may hold anything.
    return [
      pid,
      0,
      ...text
        .slice(text.lastIndexOf(")") + 2)
        .split(" ")
        .map(Number),
    ];
  } catch {
    return undefined;
  }
}

/** Its dump masks, its restore fills. */
function greenmask(from: string, to: string): readonly string[] {
  const configuration = join(home, "greenmask.yaml");
  const hash = (column: string, name: string, more = ""): string =>
    `      - name: ${name}\n        params: { column: ${column}, engine: hash${more} }`;
  writeFileSync(
    configuration,
    `common: { pg_bin_path: "${programs}", tmp_dir: "${home}" }
log: { level: warn }
storage: { type: directory, directory: { path: "${join(home, "greenmask")}" } }
dump:
  pg_dump_options: { dbname: "${from}", jobs: 2 }
  transformation:
  - schema: public
    name: customers
    transformers:
${[
  hash("full_name", "RandomString", ", min_length: 8, max_length: 20"),
  hash("email", "RandomEmail"),
  hash("phone", "RandomString", ', min_length: 12, max_length: 12, symbols: "0123456789"'),
  hash("address", "RandomString", ", min_length: 10, max_length: 30"),
  hash("born", "RandomDate", ', min: "1940-01-01", max: "2010-01-01"'),
  hash("card", "RandomString", ', min_length: 16, max_length: 16, symbols: "0123456789"'),
].join("\n")}
restore:
  pg_restore_options: { dbname: "${to}", jobs: 2 }
`,
  );
  writeFileSync(join(home, "salt"), "5".repeat(64));
  const run = `${GREENMASK} --config ${configuration}`;
  return [
    "bash",
    "-c",
    `rm -rf ${home}/greenmask && mkdir ${home}/greenmask && export GREENMASK_GLOBAL_SALT=${"5".repeat(64)} && ${run} dump && ${run} restore latest`,
  ];
}
