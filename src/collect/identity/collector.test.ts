// Each provider's answers give the same observations, and what is cut short or cannot be read is a gap with its place.
import { readFileSync } from "node:fs";
import { join as path } from "node:path";
import { describe, expect, test } from "vitest";
import type { Gap } from "../../model/gap.ts";
import type { Observation } from "../../model/observation.ts";
import type { ListedCall, ParsedFile } from "../collector.ts";
import { collector } from "./collector.ts";
import { isPersonnelFile } from "./employees.ts";

interface Answer {
  readonly call?: string;
  readonly scope?: string;
  readonly document: unknown;
  readonly expect: readonly unknown[];
}

const fixture = (name: string): string => readFileSync(path(import.meta.dirname, "fixtures", name), "utf8");
const answers = JSON.parse(fixture("answers.json")) as Record<string, Answer>;

function read(files: Readonly<Record<string, Pick<Answer, "call" | "scope" | "document">>>, calls: readonly ListedCall[] = []) {
  const mapped: Observation[] = [];
  const gaps: Gap[] = [];
  const context = { fingerprint: () => "" };
  const recognized: (string | undefined)[] = [];
  for (const [name, { call, scope, document }] of Object.entries(files)) {
    const file: ParsedFile = {
      path: name,
      format: typeof document === "string" ? "text" : "json",
      documents: [document],
      text: "",
      ...((scope !== undefined || call !== undefined) && {
        scope: { system: "identity" as const, ...(scope !== undefined && { organization: scope }) },
      }),
      ...(call !== undefined && { call }),
    };
    recognized.push(collector.recognize(document, file));
    const sink = { observation: (each: Observation) => void mapped.push(each), gap: (gap: Gap) => void gaps.push(gap) };
    if (recognized.at(-1) !== undefined) collector.map(document, 0, file, sink, context);
  }
  const observations: Observation[] = [];
  const sink = { observation: (each: Observation) => void observations.push(each), gap: (gap: Gap) => void gaps.push(gap) };
  collector.join?.(mapped, calls, sink, context);
  return { recognized, gaps, observations: observations.filter(({ kind }) => kind !== "identity/page") };
}

const withoutSource = ({ source: _, ...rest }: Observation): object => rest;

test.each(Object.entries(answers))("%s is read", (name, answer) => {
  const { observations, gaps, recognized } = read({ [name]: answer });
  expect(recognized[0]).toBeDefined();
  expect(gaps).toEqual([]);
  expect(observations.map(withoutSource)).toEqual(answer.expect);
  expect(observations.every(({ source }) => source.file === name && source.pointer !== undefined)).toBe(true);
});

describe("what an answer lacks is a gap", () => {
  const users = answers["okta/users.json"] as Answer;
  test.each<readonly [string, Record<string, Pick<Answer, "call" | "scope" | "document">>, string, string]>([
    [
      "a status that is none of Okta's",
      { "u.json": { document: [{ id: "1", status: "GONE", profile: { login: "x" } }] } },
      "identity/users",
      "status",
    ],
    [
      "members of nobody knows which group",
      { "m.json": { document: { kind: "admin#directory#members", members: [] } } },
      "identity/members",
      "which group",
    ],
    [
      "a page after which another follows",
      { "u.json": { document: { kind: "admin#directory#users", users: [], nextPageToken: "x" } } },
      "identity/users",
      "last page",
    ],
    [
      "fewer resources than SCIM says there are",
      { "u.json": { document: { ...(answers["scim/users.json"]?.document as object), totalResults: 3 } } },
      "identity/users",
      "there are 3",
    ],
    [
      "external identities that go on",
      {
        "l.json": { document: { data: { organization: { samlIdentityProvider: { externalIdentities: { nodes: [], totalCount: 4 } } } } } },
      },
      "identity/links",
      "one page",
    ],
  ])("%s", (_, files, topic, why) => {
    const { gaps } = read(files);
    expect(gaps).toHaveLength(1);
    expect(gaps[0]).toMatchObject({ topic, clauses: ["A2", "A5", "A6"] });
    expect(gaps[0]?.why).toContain(why);
    expect(gaps[0]?.source).toBeDefined();
  });

  test("pages that are all there are no gap", () => {
    const first = { "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users", "@odata.nextLink": "https://graph/…", value: [] };
    const { "@odata.nextLink": _, ...last } = first;
    expect(read({ "1.json": { document: first }, "2.json": { document: last } }).gaps).toEqual([]);
    expect(read({ "okta/users.json": users }).gaps).toEqual([]);
  });

  test("a denied call is scoped to its list", () => {
    const scope = { system: "identity", organization: "acme.okta.com" } as const;
    expect(collector.denied("GET https://acme.okta.com/api/v1/groups/00g1/users", "403", scope)).toMatchObject([
      { topic: "identity/members", subject: "acme.okta.com#00g1" },
    ]);
    expect(collector.denied("GET https://acme.okta.com/api/v1/users", "403", scope)).toMatchObject([{ topic: "identity/users" }]);
    expect(collector.denied("az ad group list", "403", scope)).toMatchObject([{ topic: "identity/groups" }]);
  });
});

test("a personnel file is read by its columns, whatever they are called", () => {
  const { observations, gaps } = read({ "people.csv": { document: fixture("people.csv") } });
  expect(gaps).toEqual([]);
  expect(observations).toMatchObject([
    {
      id: "17",
      addresses: ["ann@acme.example"],
      name: "Ito; Ann",
      status: "active",
      team: "platform",
      manager: "16",
      start: "2020-02-01",
      moves: [{ on: "2026-03-01", from: "payments", to: "platform" }],
      accounts: { github: ["ann-acme"] },
      source: { file: "people.csv", line: 2 },
    },
    { id: "18", status: "left", start: "2021-09-01", end: "2026-06-30", moves: [], source: { line: 3 } },
    { addresses: ["kim@contracted.example"], employer: "Contracted B.V.", end: "2026-12-31" },
  ]);
  expect(observations[2]).not.toHaveProperty("id");
});

describe("a row of a personnel file that cannot be read is refused with its line, and the others count", () => {
  const header = "employee id,email,status,end date,previous team,team,moves";
  test.each([
    ["too few fields", "1,a@x.example", "2 fields"],
    ["nobody's row", ",,active,,,,", "fill in one"],
    ["an address that is none", "1,a at x,active,,,,", "write it as name@example.com"],
    ["a status that is none", "1,,gone fishing,,,,", "write active or left"],
    ["a date with slashes", "1,,left,03/04/2026,,,", "write it as 2026-06-30"],
    ["a day that is none", "1,,left,2026-02-30,,,", "write it as 2026-06-30"],
    ["a move that is none", "1,,active,,,,platform", "write it as 2026-03-01 payments > platform"],
    ["a number that stands twice", "9,,active,,,,", "stands in line 3 already"],
  ])("%s", (_, row, why) => {
    const isTwice = why.includes("line 3");
    const rows = isTwice ? ["9,z@x.example,active,,,,", row] : [row, "9,z@x.example,active,,,,"];
    const { observations, gaps } = read({ "hr/people.csv": { document: [header, "# a comment", ...rows].join("\n") } });
    expect(observations).toHaveLength(1);
    expect(gaps).toHaveLength(1);
    expect(gaps[0]).toMatchObject({ topic: "identity/employees", source: { file: "hr/people.csv", line: isTwice ? 4 : 3 } });
    expect(gaps[0]?.why).toContain(why);
  });

  test("quotes that do not match refuse what is after them", () => {
    const { observations, gaps } = read({ "p.csv": { document: `${header}\n1,,active,,,,\n2,"x,active,,,,\n3,,active,,,,` } });
    expect(observations).toHaveLength(1);
    expect(gaps[0]?.why).toContain("line 3: its quotes do not match");
  });
});

test.each(["name,team\nvictor,payments\n", "src,dst,device,order\n1,2,3,4\n", "email,name\na@x.example,A\n", "hello"])(
  "another table is no personnel file: %j",
  (text) => {
    expect(isPersonnelFile(text)).toBe(false);
  },
);
