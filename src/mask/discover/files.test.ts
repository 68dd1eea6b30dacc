import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { plainDump } from "../dump/run.ts";
import { loadPolicy } from "../policy/load.ts";
import { LEAST_CONFIDENCE } from "./classify.ts";
import { discoverDump } from "./dump-source.ts";
import { discoverFolder } from "./folder-source.ts";
import type { Discovery } from "./look.ts";
import { policyText } from "./propose.ts";
import { csv, type FileRecord } from "./records.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bulkhead-discover-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

const foundIn = ({ findings }: Discovery): Record<string, string> =>
  Object.fromEntries(
    findings.flatMap(({ table, column, classified, paths }) => [
      ...(classified !== undefined && classified.confidence >= LEAST_CONFIDENCE ? [[`${table.id}.${column.name}`, classified.kind]] : []),
      ...paths.map((each) => [`${table.id}.${column.name} ${each.path}`, each.classified.kind]),
    ]),
  );

const POSTGRES = `SET search_path = public;
CREATE TYPE public.mood AS ENUM ('sad', 'ok');
CREATE TABLE public.people (id integer NOT NULL, contact text, mood public.mood, extra jsonb);
CREATE TABLE public.logs (id integer, person integer, line text);
COPY public.people (id, contact, mood, extra) FROM stdin;
1\tann@corp.test\tok\t{"phones": [{"number": "+49 30 227 32152"}], "size": "XL"}
2\tbo\\ttab@corp.test\t\\N\t{"phones": [{"number": "+49 89 1234567"}]}
3\tcy@corp.test\tok\t\\N
\\.
INSERT INTO public.logs VALUES (1, 1, 'from 10.0.0.1'), (2, 2, 'it''s Maria Schneider calling from +49 30 227 32152 again');
ALTER TABLE ONLY public.people ADD CONSTRAINT people_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.logs ADD CONSTRAINT logs_person FOREIGN KEY (person) REFERENCES public.people(id);
`;

const MYSQL = `-- MySQL dump 10.13
CREATE TABLE \`kunden\` (\`id\` int NOT NULL AUTO_INCREMENT, \`ansprechpartner\` varchar(60), \`spalte\` varchar(40), PRIMARY KEY (\`id\`)) ENGINE=InnoDB;
INSERT INTO \`kunden\` VALUES (1,'Maria Schneider','DE89370400440532013000'),(2,'Jan Kowalski','GB82WEST12345698765432'),(3,NULL,NULL);
`;

describe("a dump", () => {
  test("of PostgreSQL is looked at through COPY and INSERT, JSON and escapes", async () => {
    const discovery = await discoverDump(plainDump(write("in.sql", POSTGRES), "postgres"), "postgres");
    expect(foundIn(discovery)).toEqual({
      "public.people.contact": "email",
      "public.people.extra $.phones[*].number": "phone",
      "public.logs.line": "free-text",
    });
    expect(discovery.findings.map(({ looked }) => looked)).toEqual([2, 2, 2, 3, 3, 2, 2]);
    const loaded = loadPolicy(policyText(discovery, "in.sql"), "masking.yaml");
    expect(loaded.ok && loaded.value.policy.tables["public.logs"]).toEqual({
      columns: { id: "keep", person: "inherit", line: { mask: "free-text" } },
    });
  });

  test("of MySQL is looked at, also in German", async () => {
    expect(foundIn(await discoverDump(plainDump(write("my.sql", MYSQL), "mysql"), "mysql"))).toEqual({
      "kunden.ansprechpartner": "full-name",
      "kunden.spalte": "iban",
    });
  });

  test("is sampled by table", async () => {
    const { findings } = await discoverDump(plainDump(write("in.sql", POSTGRES), "postgres"), "postgres", { rows: 1 });
    expect(findings.find(({ column }) => column.name === "contact")?.looked).toBe(1);
  });
});

describe("a folder", () => {
  test("of CSV and JSON lines is looked at, file by file", async () => {
    mkdirSync(join(folder, "data/more"), { recursive: true });
    write("data/a.csv", 'id;kontakt;bemerkung\r\n1;ann@corp.test;"erste\r\nZeile; mit ""Rest"""\r\n2;bo@corp.test;\r\n');
    write(
      "data/more/b.jsonl",
      '{"name": "x", "who": {"email": "ann@corp.test"}, "n": 1}\n\n{"name": "y", "who": {"email": "bo@corp.test"}}\n',
    );
    const discovery = await discoverFolder(join(folder, "data"));
    expect(foundIn(discovery)).toEqual({ "a.csv.kontakt": "email", "a.csv.bemerkung": "free-text", "more/b.jsonl.who $.email": "email" });
    expect(policyText(discovery, "data")).toContain('"more/b.jsonl":');
  });

  test("without any is said to hold none", async () => {
    mkdirSync(join(folder, "none"));
    await expect(discoverFolder(join(folder, "none"))).rejects.toThrow("holds no CSV");
  });

  test("with a broken file names the line", async () => {
    mkdirSync(join(folder, "broken"));
    write("broken/a.csv", "a,b\n1,2\n3\n");
    await expect(discoverFolder(join(folder, "broken"))).rejects.toThrow("a.csv:3  a record has 1 fields");
  });
});

test("a record of CSV is what RFC 4180 says", async () => {
  const records: FileRecord[] = [];
  for await (const record of csv(write("rfc.csv", 'aaa,"b ""b""\nb",ccc\n1,"two, and",\n"","x"y,z'))) records.push(record);
  expect(records.map((record) => [...record.values()])).toEqual([
    ["1", "two, and", ""],
    ["", "xy", "z"],
  ]);
});
