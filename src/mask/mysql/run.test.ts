// Laws of MySQL's way: kept columns come through whole, children equal parents, and a target is absent or whole.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasMariadb, MARIADB_INSTALL, type MariadbServer, startMariadb } from "../../lib/mariadb-support.ts";
import { intoFile, maskDump, plainDump } from "../dump/run.ts";
import { type LoadedPolicy, loadPolicy } from "../policy/load.ts";
import { formatPolicyProblems } from "../policy/problem.ts";
import { maskMysql, type MysqlRun } from "./run.ts";

const isThere = hasMariadb();
if (!isThere) console.warn(`masking MySQL is not tested: ${MARIADB_INSTALL}`);
const KEY = new Uint8Array(32).fill(9);
const fixture = (name: string): string => readFileSync(join(import.meta.dirname, "fixtures", name), "utf8");

function policyOf(text: string): LoadedPolicy {
  const loaded = loadPolicy(text, "masking.yaml");
  if (!loaded.ok) throw new Error(formatPolicyProblems(loaded.error));
  return loaded.value;
}

describe.runIf(isThere)("MariaDB to MariaDB", () => {
  let server: MariadbServer;
  let folder: string;
  const sql = (database: string, input: string | Buffer): string => {
    const { status, stdout, stderr } = spawnSync(
      "mariadb",
      [
        "--no-defaults",
        "-h",
        "127.0.0.1",
        "-P",
        String(server.port),
        "-u",
        "root",
        "--default-character-set=utf8mb4",
        "-N",
        "-B",
        database,
      ],
      {
        input,
        encoding: "utf8",
        maxBuffer: 1 << 26,
      },
    );
    if (status !== 0) throw new Error(stderr);
    return stdout;
  };
  const mask = async (to: string, more: Partial<MysqlRun> = {}) => {
    const report = await maskMysql({
      from: server.url("shop"),
      to: server.url(to),
      policy: policyOf(fixture("shop.yaml")),
      key: KEY,
      ...more,
    });
    if (!report.ok) throw new Error(formatPolicyProblems(report.error));
    return report.value;
  };
  const databases = (): string[] =>
    sql("mysql", "SHOW DATABASES")
      .trim()
      .split("\n")
      .filter((name) => !/^(mysql|information_schema|performance_schema|sys)$/.test(name));

  beforeAll(async () => {
    server = await startMariadb();
    folder = mkdtempSync(join(tmpdir(), "bulkhead-mysql-"));
    sql("mysql", "CREATE DATABASE shop CHARACTER SET utf8mb4");
    sql("shop", fixture("shop.sql"));
  });
  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function isMasked(database: string): void {
    const kept =
      "SELECT MD5(GROUP_CONCAT(CONCAT_WS('|', born, kind, HEX(photo), active, balance, note) ORDER BY born SEPARATOR '#')) FROM customers";
    const wide = `SET SESSION group_concat_max_len = 10000000; ${kept}`;
    expect(sql(database, wide)).toBe(sql("shop", wide));
    expect(
      sql(
        database,
        "SELECT COUNT(*) FROM customers WHERE email LIKE 'person%@example.com' OR full_name LIKE 'Person N%' OR shout LIKE 'PERSON N%'",
      ),
    ).toBe("0\n");
    const joined = "SELECT COUNT(*), SUM(total * balance) FROM orders JOIN customers ON customers.id = customer_id";
    expect(sql(database, joined)).toBe(sql("shop", joined));
    expect(sql(database, "SELECT COUNT(*) FROM counted")).toBe(sql("shop", "SELECT COUNT(*) FROM counted"));
    expect(sql(database, "SELECT COUNT(*), SUM(total) FROM totals")).toBe(sql("shop", "SELECT COUNT(*), SUM(total) FROM totals"));
    expect(sql(database, "SHOW TABLES")).not.toContain("audit");
    expect(sql(database, "DESCRIBE customers")).not.toContain("secret");
    expect(sql(database, "SHOW TRIGGERS")).toContain("orders_counted");
    sql(database, "CALL clear_counted()");
    sql(database, "INSERT INTO orders (customer_id, total) SELECT id, 1 FROM customers LIMIT 1");
    expect(sql(database, "SELECT COUNT(*) FROM counted")).toBe("1\n");
  }

  test("a database", async () => {
    const report = await mask("masked");
    expect(report.tables.find(({ id }) => id === "customers")).toMatchObject({ rows: 300 });
    isMasked("masked");
    await expect(mask("masked")).rejects.toThrow("is there already");
    await mask("masked", { replace: true });
    isMasked("masked");
    expect(databases()).toEqual(["masked", "shop"]);
  });

  test("its dump, in and out", async () => {
    const { stdout } = spawnSync("mariadb-dump", [
      "--no-defaults",
      "-h",
      "127.0.0.1",
      "-P",
      String(server.port),
      "-u",
      "root",
      "--routines",
      "shop",
    ]);
    writeFileSync(join(folder, "in.sql"), stdout);
    const result = await intoFile(join(folder, "out.sql"), (out) =>
      maskDump({
        open: plainDump(join(folder, "in.sql"), "mysql"),
        dialect: "mysql",
        policy: policyOf(fixture("shop.yaml")),
        key: KEY,
        out,
      }),
    );
    expect(result.ok).toBe(true);
    sql("mysql", "CREATE DATABASE loaded CHARACTER SET utf8mb4");
    sql("loaded", readFileSync(join(folder, "out.sql")));
    isMasked("loaded");
    sql("mysql", "DROP DATABASE loaded");
  });

  test("a column that is not declared stops the run before anything is made", async () => {
    const policy = policyOf(fixture("shop.yaml").replace("      note: keep\n", ""));
    const report = await maskMysql({ from: server.url("shop"), to: server.url("never"), policy, key: KEY });
    expect(report.ok ? [] : report.error.map(({ message }) => message)).toEqual(['column "note" of customers (text) is not declared']);
    expect(databases()).not.toContain("never");
  });

  test("what an ended run left is removed by the next one", async () => {
    sql("mysql", "DROP DATABASE IF EXISTS masked");
    await mask("masked");
    const [unfinished] = ["bulkhead_mask_"];
    // As a run leaves it that is killed while its tables move: the target is there, and marked.
    const { createHash } = await import("node:crypto");
    const name = `${unfinished}${createHash("sha256").update("masked").digest("hex").slice(0, 16)}`;
    sql("mysql", `CREATE DATABASE ${name}; CREATE DATABASE ${name}_moving; DROP TABLE masked.orders`);
    await mask("masked");
    expect(databases()).toEqual(["masked", "shop"]);
    isMasked("masked");
  });
});
