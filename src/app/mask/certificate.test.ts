// The certificate of a real run: what it says is what was done, it is completed by a verification, and nothing of it can be changed unseen.
import { spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { POSTGRES_INSTALL, type PostgresServer, postgresPrograms, startPostgres } from "../../lib/postgres-support.ts";
import type { MaskingStatement } from "../../mask/certificate/statement.ts";
import { checkCertificate, maskingKeyId, renderChecked, signed, statementOf, withVerification } from "./certificate.ts";
import { planMask, runMask } from "./run.ts";
import { runVerify } from "./verify.ts";

const programs = postgresPrograms();
if (programs === undefined) console.warn(`certificates are not tested: ${POSTGRES_INSTALL}`);

const fixture = (name: string): string => readFileSync(join(import.meta.dirname, "../../mask/verify/fixtures", name), "utf8");
const POLICY = { text: fixture("clinic.yaml"), file: "masking.yaml" };
const KEY = new Uint8Array(32).fill(5);
const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const HANDLING = { purpose: "load test", requestedBy: "person:ann", approvedBy: "person:ben", environment: "test", deleteBy: "2027-01-31" };
const check = (text: string, asOf = "2026-12-01") => checkCertificate(text, "certificate.json", [publicKey], asOf);

describe.runIf(programs !== undefined)("masking certificates", () => {
  let server: PostgresServer;
  let statement: MaskingStatement;
  const psql = (database: string, input: string): void => {
    const { status, stderr } = spawnSync(join(server.programs, "psql"), ["-X", "-q", "-v", "ON_ERROR_STOP=1", server.url(database)], {
      input,
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(stderr);
  };
  const verified = async (): Promise<MaskingStatement> => {
    const report = await runVerify({ policy: POLICY, production: server.url("clinic"), lower: server.url("lower"), key: KEY });
    if (!report.ok) throw new Error("the policy has problems");
    return withVerification(statement, report.value, new Date("2026-11-24T12:00:00Z"));
  };
  beforeAll(async () => {
    server = await startPostgres(programs as string, { settings: { fsync: "off" } });
    psql("postgres", "CREATE DATABASE clinic");
    psql("clinic", fixture("clinic.sql"));
    const [from, to] = [server.url("clinic"), server.url("lower")];
    const plan = await planMask(POLICY, from);
    const report = await runMask({ policy: POLICY, from, to, key: KEY });
    if (!plan.ok || !report.ok) throw new Error("the policy has problems");
    const startedAt = new Date("2026-11-24T10:00:00Z");
    const finishedAt = new Date("2026-11-24T10:00:09Z");
    statement = statementOf({
      report: report.value,
      policyText: POLICY.text,
      plan: plan.value,
      key: KEY,
      source: from,
      target: to,
      startedAt,
      finishedAt,
      handling: HANDLING,
    });
  });
  afterAll(() => server.stop());

  test("says what was done to every column, and leaves open what nobody has compared", () => {
    const checked = check(signed(statement, privateKey));
    expect(checked.problems).toEqual([]);
    expect(checked.open).toEqual([expect.stringContaining("nobody has compared")]);
    const patients = checked.statement.predicate.tables.find(({ id }) => id === "public.patients");
    expect(patients).toMatchObject({ action: "copy", rows: 2000 });
    expect(patients?.columns.find(({ name }) => name === "email")).toEqual({
      name: "email",
      rule: "mask",
      masker: "email",
      nulls: 0,
      changed: 2000,
      unchanged: 0,
    });
    expect(patients?.columns.find(({ name }) => name === "sex")).toEqual({ name: "sex", rule: "keep" });
  });

  test("holds once it is verified, and names neither a key nor a value", async () => {
    const text = signed(await verified(), privateKey);
    const checked = check(text);
    expect(checked).toMatchObject({ problems: [], open: [] });
    expect(renderChecked(checked, "terminal")).toContain("The certificate holds.");
    const said = renderChecked(checked, "json");
    expect(said).toContain("pseudonymization");
    expect(said).not.toContain(Buffer.from(KEY).toString("hex"));
    expect(said).not.toMatch(/@mail\.example\.org/);
    expect(checked.statement.predicate.maskingKey).toBe(maskingKeyId(KEY));
    expect(maskingKeyId(KEY)).not.toBe(maskingKeyId(new Uint8Array(32).fill(6)));
  });

  test("does not hold when the data came down by another way, or is kept too long", async () => {
    expect(check(signed(statement, privateKey), "2027-02-01").problems).toEqual(["the data was to be deleted by 2027-01-31"]);
    psql("clinic", `CREATE TABLE told AS SELECT email FROM patients WHERE id = 3`);
    const [email] = spawnSync(join(server.programs, "psql"), ["-XAtq", server.url("clinic"), "-c", "TABLE told"], { encoding: "utf8" })
      .stdout.trim()
      .split("\n");
    psql("clinic", "DROP TABLE told");
    psql("lower", `UPDATE log SET line = 'to ${email ?? ""}' WHERE id = 1`);
    const checked = check(signed(await verified(), privateKey));
    expect(checked.problems).toEqual([expect.stringContaining("found production's data")]);
    expect(checked.statement.predicate.verification?.leaks).toEqual([
      { from: "public.patients.email", to: "public.log.line", inside: true, found: 1 },
    ]);
  });

  test("is refused with another key, without a signature, and as anything else", () => {
    const text = signed(statement, privateKey);
    const other = generateKeyPairSync("ed25519").publicKey;
    expect(() => checkCertificate(text, "c.json", [other], "2026-12-01")).toThrow(/not signed by a key that you trust/);
    expect(() => check("{}")).toThrow(/no signed statement/);
    expect(() => check("no")).toThrow(/not JSON/);
  });

  test("any changed character of payload or signature is found", () => {
    const envelope = JSON.parse(signed(statement, privateKey)) as { payload: string; signatures: [{ sig: string }] };
    const change = (text: string, at: number, by: number): string => {
      const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
      const place = digits.indexOf(text[at % text.length] ?? "A");
      return text.slice(0, at % text.length) + (digits[(place + by) % 64] ?? "A") + text.slice((at % text.length) + 1);
    };
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 63 }), fc.boolean(), (at, by, isPayload) => {
        const changed = structuredClone(envelope);
        if (isPayload) changed.payload = change(changed.payload, at, by);
        else changed.signatures[0].sig = change(changed.signatures[0].sig, at, by);
        fc.pre(JSON.stringify(changed) !== JSON.stringify(envelope));
        expect(() => check(JSON.stringify(changed))).toThrow();
      }),
      { numRuns: 500 },
    );
  });

  test("sums that do not add up are told, though they are signed", () => {
    const forged = structuredClone(statement) as { predicate: { tables: { rows: number }[] } };
    (forged.predicate.tables[1] as { rows: number }).rows = 1;
    const { problems } = check(signed(forged as unknown as MaskingStatement, privateKey));
    expect(problems.length).toBeGreaterThan(0);
  });
});
