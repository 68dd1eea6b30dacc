// Discovery on sample databases in a real PostgreSQL: which columns are personal, and whether the policy it writes is one.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { POSTGRES_INSTALL, type PostgresServer, postgresPrograms, startPostgres } from "../../lib/postgres-support.ts";
import { connect } from "../postgres/connect.ts";
import { maskers } from "../maskers/registry.ts";
import { loadPolicy } from "../policy/load.ts";
import { planOf } from "../policy/plan.ts";
import { formatPolicyProblems } from "../policy/problem.ts";
import { LEAST_CONFIDENCE } from "./classify.ts";
import type { Discovery } from "./look.ts";
import { discoverPostgres } from "./postgres-source.ts";
import { policyText } from "./propose.ts";

const corpus = join(process.env["BULKHEAD_CORPUS"] ?? fileURLToPath(new URL("../../../../shared/corpus", import.meta.url)), "data");
const programs = postgresPrograms();

interface Sample {
  readonly file: string;
  /** What identifies people, or says something of them: by pynonymizer's strategies where they say it, and read off the schema. */
  readonly personal: readonly string[];
  /** Neither way wrong: towns and codes of places that may be a shop's. */
  readonly open: readonly string[];
}

const samples: Readonly<Record<string, Sample>> = {
  pagila: {
    file: "rwnx+pynonymizer/tests_integration/postgres/pagila.sql.gz",
    personal: [
      ...["actor.first_name", "actor.last_name", "customer.first_name", "customer.last_name", "customer.email"],
      ...["staff.first_name", "staff.last_name", "staff.email", "staff.username", "staff.password"],
      ...["address.address", "address.address2", "address.postal_code", "address.phone", "address.district"],
    ],
    open: ["city.city", "staff.picture"],
  },
  chinook: {
    file: "lerocha+chinook-database/ChinookDatabase/DataSources/Chinook_PostgreSql.sql",
    personal: [
      ...[
        "customer.first_name",
        "customer.last_name",
        "customer.address",
        "customer.city",
        "customer.postal_code",
        "customer.phone",
        "customer.fax",
        "customer.email",
      ],
      ...[
        "employee.last_name",
        "employee.first_name",
        "employee.birth_date",
        "employee.address",
        "employee.city",
        "employee.postal_code",
        "employee.phone",
        "employee.fax",
        "employee.email",
      ],
      ...["invoice.billing_address", "invoice.billing_city", "invoice.billing_postal_code"],
    ],
    open: ["customer.company", "artist.name", "track.composer", "customer.state", "employee.state", "invoice.billing_state"],
  },
  northwind: {
    file: "pthom+northwind_psql/northwind.sql",
    personal: [
      ...["customers.contact_name", "customers.address", "customers.city", "customers.postal_code", "customers.phone", "customers.fax"],
      ...[
        "employees.last_name",
        "employees.first_name",
        "employees.title_of_courtesy",
        "employees.birth_date",
        "employees.address",
        "employees.city",
        "employees.postal_code",
        "employees.home_phone",
        "employees.notes",
      ],
      ...[
        "suppliers.contact_name",
        "suppliers.address",
        "suppliers.city",
        "suppliers.postal_code",
        "suppliers.phone",
        "suppliers.fax",
        "suppliers.homepage",
        "shippers.phone",
      ],
      ...["orders.ship_name", "orders.ship_address", "orders.ship_city", "orders.ship_postal_code"],
    ],
    open: [
      "employees.photo_path",
      "employees.extension",
      "employees.photo",
      "customers.company_name",
      "suppliers.company_name",
      "categories.picture",
    ],
  },
};

const here = programs !== undefined && existsSync(corpus);
describe.skipIf(!here)(`sample databases (${POSTGRES_INSTALL}; needs data/ of the corpus)`, () => {
  let server: PostgresServer;
  const found = new Map<string, Discovery>();

  beforeAll(async () => {
    server = await startPostgres(programs as string, { settings: { fsync: "off" } });
    for (const [name, { file }] of Object.entries(samples)) {
      const psql = (database: string, input: string | Buffer): void => {
        const { error } = spawnSync(join(server.programs, "psql"), ["-X", "-q", server.url(database)], {
          input,
          encoding: "utf8",
          maxBuffer: 1 << 26,
        });
        if (error !== undefined) throw error;
      };
      psql("postgres", `CREATE DATABASE ${name}`);
      const bytes = readFileSync(join(corpus, file));
      const text = (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
      psql(name, text.replaceAll(/^(DROP DATABASE|CREATE DATABASE|\\c) .*$/gm, ""));
      found.set(name, await discoverPostgres(server.url(name)));
    }
  });
  afterAll(() => server?.stop());

  test.each(Object.keys(samples))("%s: what is personal is found, and little else", (name) => {
    const { personal, open } = samples[name] as Sample;
    const { findings, inventory } = found.get(name) as Discovery;
    expect(inventory.tables.length).toBeGreaterThan(8);
    const claimed = findings
      .filter(({ classified }) => classified !== undefined && classified.confidence >= LEAST_CONFIDENCE)
      .map(({ table, column }) => `${table.name}.${column.name}`)
      .filter((each) => !open.includes(each));
    const missed = personal.filter((each) => !claimed.includes(each));
    const wrong = claimed.filter((each) => !personal.includes(each));
    const recall = 1 - missed.length / personal.length;
    const precision = 1 - wrong.length / claimed.length;
    console.log(
      `${name}: ${personal.length} personal columns, precision ${(precision * 100).toFixed(0)} %, recall ${(recall * 100).toFixed(0)} %; missed ${missed.join(", ") || "none"}; claimed ${wrong.join(", ") || "nothing else"}`,
    );
    expect(recall).toBeGreaterThanOrEqual(0.85);
    expect(precision).toBeGreaterThanOrEqual(0.8);
  });

  test.each(Object.keys(samples))("%s: the policy declares every column, and every masker may stand where it stands", (name) => {
    const discovery = found.get(name) as Discovery;
    const text = policyText(discovery, "postgres://db.example.com/shop");
    if (process.env["BULKHEAD_SHOW"] === name) console.log(text);
    const loaded = loadPolicy(text, "masking.yaml");
    if (!loaded.ok) throw new Error(formatPolicyProblems(loaded.error));
    const plan = planOf(loaded.value, discovery.inventory, maskers);
    if (!plan.ok) throw new Error(formatPolicyProblems(plan.error));
    expect(plan.value.tables.length).toBe(discovery.inventory.tables.length);
  });

  test("no value stands in a policy, only forms", async () => {
    const client = await connect(server.url("pagila"));
    const { rows } = await client.query<{ value: string }>(
      "SELECT email AS value FROM public.customer UNION SELECT address FROM public.address",
    );
    await client.end();
    const text = policyText(found.get("pagila") as Discovery, "x");
    expect(rows.length).toBeGreaterThan(500);
    expect(rows.filter(({ value }) => value !== "" && text.includes(value))).toEqual([]);
  });
});
