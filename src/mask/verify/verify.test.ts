// Verification against real databases: what was masked passes, and whatever came down by any way is found, where it stands.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { POSTGRES_INSTALL, type PostgresServer, postgresPrograms, startPostgres } from "../../lib/postgres-support.ts";
import { maskers } from "../maskers/registry.ts";
import { type LoadedPolicy, loadPolicy } from "../policy/load.ts";
import { formatPolicyProblems } from "../policy/problem.ts";
import { maskDatabase } from "../postgres/run.ts";
import { postgresSide } from "./postgres-side.ts";
import { verifyMasking, type VerifyReport } from "./verify.ts";

const programs = postgresPrograms();
if (programs === undefined) console.warn(`verification is not tested on PostgreSQL: ${POSTGRES_INSTALL}`);

const fixture = (name: string): string => readFileSync(join(import.meta.dirname, "fixtures", name), "utf8");
const KEY = new Uint8Array(32).fill(9);

function policyOf(text: string): LoadedPolicy {
  const loaded = loadPolicy(text, "masking.yaml");
  if (!loaded.ok) throw new Error(formatPolicyProblems(loaded.error));
  return loaded.value;
}
const POLICY = fixture("clinic.yaml");

describe.runIf(programs !== undefined)("verification", () => {
  let server: PostgresServer;
  const psql = (database: string, input: string): string => {
    const { status, stdout, stderr } = spawnSync(join(server.programs, "psql"), ["-XAtq", "-v", "ON_ERROR_STOP=1", server.url(database)], {
      input,
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(stderr);
    return stdout.trim();
  };
  const mask = async (to: string, policy: string): Promise<void> => {
    const report = await maskDatabase({
      from: server.url("clinic"),
      to: server.url(to),
      policy: policyOf(policy),
      key: KEY,
      replace: true,
    });
    if (!report.ok) throw new Error(formatPolicyProblems(report.error));
  };
  const verify = async (to: string, policy = POLICY, key?: Uint8Array): Promise<VerifyReport> => {
    const production = await postgresSide(server.url("clinic"));
    const lower = await postgresSide(server.url(to));
    try {
      const report = await verifyMasking({ policy: policyOf(policy), production, lower, maskers, ...(key && { key }) });
      if (!report.ok) throw new Error(formatPolicyProblems(report.error));
      return report.value;
    } finally {
      await production.close();
      await lower.close();
    }
  };
  const told = ({ leaks, unmasked }: VerifyReport): readonly string[] => [
    ...leaks.map(
      ({ from, to, isWhole, found }) => `${from.table}.${from.name} ${isWhole ? "is" : "inside"} ${to.table}.${to.name}: ${found}`,
    ),
    ...unmasked.map(({ table, column, rows, equal }) => `${table}.${column} unmasked: ${equal} of ${rows}`),
  ];

  beforeAll(async () => {
    server = await startPostgres(programs as string, { settings: { fsync: "off" } });
    psql("postgres", "CREATE DATABASE clinic");
    psql("clinic", fixture("clinic.sql"));
    await mask("lower", POLICY);
  });
  afterAll(() => server.stop());

  test("what was masked passes, and shared words are told as risk", async () => {
    const report = await verify("lower");
    expect(told(report)).toEqual([]);
    expect(report).toMatchObject({ verdict: "separated", gaps: [], orphans: [], unvalidated: [], notAligned: [] });
    expect(report.canaries.planted).toBeGreaterThan(8);
    expect(report.canaries.found).toBe(report.canaries.planted);
    expect(report.risks.length).toBeGreaterThan(0);
    expect(report.anonymity).toMatchObject([{ k: 1000, unique: 0, isMet: true }]);
    expect(report.scanned).toMatchObject({ tables: 3, columns: 16 });
  });

  test.each([
    ["email", "{ mask: email }", "public.patients.email is public.patients.email: 2000"],
    ["card", "{ mask: card }", "public.patients.card is public.patients.card: 2000"],
    ["phone", "{ mask: phone }", "public.patients.phone is public.patients.phone: 2000"],
  ])("a policy that left %s as it is, is caught by its values", async (column, rule, expected) => {
    await mask("left", POLICY.replace(`${column}: ${rule}`, `${column}: keep`));
    expect(told(await verify("left"))).toContain(expected);
  });

  test.each(["family", "born", "postcode", "given"])("a policy that left %s as it is, is caught row by row", async (column) => {
    await mask("left", POLICY.replace(new RegExp(`      ${column}: .*`), `      ${column}: keep`));
    expect(told(await verify("left"))).toContain(`public.patients.${column} unmasked: 2000 of 2000`);
  });

  test("where the primary key was masked, the masking key lets rows be compared", async () => {
    const masked = POLICY.replace("id: keep\n      given", "id: { mask: integer }\n      given").replace(
      "patient_id: keep",
      "patient_id: inherit",
    );
    await mask("keyed", masked.replace("born: { mask: date }", "born: keep"));
    const without = await verify("keyed", masked);
    expect(without.notAligned).toEqual(["public.patients"]);
    expect(told(await verify("keyed", masked, KEY))).toEqual(["public.patients.born unmasked: 2000 of 2000"]);
  });

  test("values that came down by another way are found whole, inside JSON, inside text, in binary, and however they are written", async () => {
    await mask("planted", POLICY);
    const mail = (n: number): string => psql("clinic", `SELECT email FROM patients WHERE id = ${n}`);
    const card = psql("clinic", "SELECT card FROM patients WHERE id = 11").replaceAll(/(\d{4})(?=\d)/g, "$1-");
    psql(
      "planted",
      `UPDATE visits SET details = details || jsonb_build_object('contact', jsonb_build_object('mail', '${mail(3)}')) WHERE id = 40;
       UPDATE visits SET notes = 'Wrote to ${mail(4).toUpperCase()}, no answer.' WHERE id = 41;
       UPDATE log SET line = 'GET /search?q=${mail(5).replace("@", "%40")}&page=2' WHERE id = 9;
       UPDATE log SET line = 'card ${card} declined' WHERE id = 10;
       CREATE TABLE export (id int, body bytea, lines text[]);
       INSERT INTO export VALUES (1, convert_to('to: ${mail(6)};', 'UTF8'), ARRAY['x', '${mail(7)}']);`,
    );
    expect(told(await verify("planted")).toSorted()).toEqual([
      "public.patients.card inside public.log.line: 1",
      "public.patients.email inside public.export.body: 1",
      "public.patients.email inside public.export.lines: 1",
      "public.patients.email inside public.log.line: 1",
      "public.patients.email inside public.visits.details: 1",
      "public.patients.email inside public.visits.notes: 1",
    ]);
  });

  test("where they stand is told by rows, and no value is", async () => {
    await mask("planted", POLICY);
    const mail = psql("clinic", "SELECT email FROM patients WHERE id = 3");
    psql("planted", `UPDATE visits SET notes = '${mail}' WHERE id = 40`);
    const row = psql("planted", "SELECT ctid FROM visits WHERE id = 40");
    const report = await verify("planted");
    expect(report.leaks.map(({ rows }) => rows)).toEqual([[row]]);
    expect(JSON.stringify(report)).not.toContain(mail);
  });

  test("orphans, unchecked constraints, tables that should be empty or away, and too small a group are violations", async () => {
    await mask("broken", POLICY);
    psql(
      "broken",
      `ALTER TABLE visits DROP CONSTRAINT visits_patient_id_fkey;
       UPDATE visits SET patient_id = 99999 WHERE id = 1;
       ALTER TABLE visits ADD CONSTRAINT visits_patient_id_fkey FOREIGN KEY (patient_id) REFERENCES patients NOT VALID;
       UPDATE patients SET sex = 'x' WHERE id = 1;`,
    );
    const report = await verify("broken", POLICY.replace("public.log:\n    columns: { id: keep, line: keep }", "public.log: empty"));
    expect(report).toMatchObject({
      verdict: "violated",
      orphans: [{ key: "public.visits (patient_id) → public.patients", rows: 1 }],
      unvalidated: ["public.visits.visits_patient_id_fkey"],
      anonymity: [{ k: 1, unique: 1, isMet: false }],
    });
    expect(report.tables.find(({ id }) => id === "public.log")?.problem).toBe("the policy leaves it without rows, and it has 3000");
  });

  test("with nothing sensitive to compare the answer is unknown", async () => {
    const keep = POLICY.replaceAll(/\{ mask: [^\n]*\}$/gm, "keep").replace(/anonymity[^]*/, "");
    expect(await verify("lower", keep)).toMatchObject({ verdict: "unknown", gaps: [expect.stringContaining("nothing was compared")] });
  });
});
