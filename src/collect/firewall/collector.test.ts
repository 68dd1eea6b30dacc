// Both forms give the same rules, and a rule that cannot be read refuses its device with file and line.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Gap } from "../../model/gap.ts";
import type { Observation } from "../../model/observation.ts";
import type { FirewallRules } from "../../model/observations/firewall.ts";
import type { ParsedFile } from "../collector.ts";
import { collector } from "./collector.ts";
import { rowsOf } from "../../lib/csv.ts";

const fixture = (name: string): string => readFileSync(join(import.meta.dirname, "fixtures", name), "utf8");

function read(path: string, document: unknown): { readonly rules: readonly FirewallRules[]; readonly gaps: readonly Gap[] } {
  const file: ParsedFile = { path, format: typeof document === "string" ? "text" : "json", documents: [document], text: "" };
  const observations: Observation[] = [];
  const gaps: Gap[] = [];
  if (collector.recognize(document, file) !== undefined)
    collector.map(
      document,
      0,
      file,
      { observation: (each) => void observations.push(each), gap: (gap) => void gaps.push(gap) },
      { fingerprint: () => "" },
    );
  return { rules: observations.filter((each) => each.kind === "firewall/rules"), gaps };
}

const withoutSource = ({ device, otherwise, rules }: FirewallRules) => ({
  device,
  otherwise,
  rules: rules.map(({ source: _, ...rule }) => rule),
});

test("the table and the JSON of one device say the same, in the order in which rules are asked", () => {
  const table = read("edge.csv", fixture("edge.csv"));
  const json = read("edge.json", JSON.parse(fixture("edge.json")));
  expect([...table.gaps, ...json.gaps]).toEqual([]);
  expect(table.rules.map(({ device }) => device)).toEqual(["edge", "inner"]);
  expect(table.rules.slice(0, 1).map(withoutSource)).toEqual(json.rules.map(withoutSource));
  expect(json.rules[0]?.rules.map(({ order }) => order)).toEqual([10, 20, 30]);
  expect(table.rules[0]?.rules.map(({ source }) => source.line)).toEqual([3, 4, 5]);
  expect(json.rules[0]?.rules.map(({ source }) => source.pointer)).toEqual(["/rules/1", "/rules/2", "/rules/0"]);
});

const HEADER = "device,order,action,src,dst,protocol,ports";

describe("a table that is not of the documented form is refused with its line", () => {
  test.each([
    ["an address that is none", "edge,1,permit,10.0.0.0/33,any,tcp,1", 2, "src.0"],
    ["a name for an address", "edge,1,permit,webservers,any,tcp,1", 2, "write any, 10.1.0.0/16"],
    ["a VLAN that cannot be", "edge,1,permit,vlan:4095,any,tcp,1", 2, "no address"],
    ["an action that is none", "edge,1,log,any,any,tcp,1", 2, "write permit or deny"],
    ["a port that is none", "edge,1,permit,any,any,tcp,65536", 2, "no port"],
    ["ports the wrong way round", "edge,1,permit,any,any,tcp,90-80", 2, "no port"],
    ["ports of a protocol without", "edge,1,permit,any,any,icmp,8", 2, "write tcp or udp"],
    ["a protocol that is none", "edge,1,permit,any,any,https,443", 2, "no protocol"],
    ["an order that is none", "edge,first,permit,any,any,tcp,1", 2, "order"],
    ["an order that stands twice", "edge,1,permit,any,any,tcp,1\nedge,1,deny,any,any,tcp,1", 2, "stands twice"],
    ["a row that is too short", "edge,1,permit,any,any,tcp", 2, "6 fields"],
    ["a quote that is not closed", 'edge,1,permit,any,"any,tcp,1', 2, "quotes"],
    ["a second rule that is wrong", "edge,1,permit,any,any,tcp,1\nedge,2,permit,,any,tcp,1", 3, ""],
    ["a device without a name", ",1,permit,any,any,tcp,1", 2, "device is missing"],
  ])("%s", (_, rows, line, why) => {
    const { rules, gaps } = read("a/edge.csv", `${HEADER}\n${rows}\n`);
    expect(rules).toEqual([]);
    expect(gaps).toHaveLength(1);
    expect(gaps[0]).toMatchObject({ topic: "firewall/rules", clauses: ["B4"], source: { file: "a/edge.csv", line } });
    expect(gaps[0]?.why).toContain(why);
  });

  test("one device's fault is not another's", () => {
    const { rules, gaps } = read("edge.csv", `${HEADER}\nedge,1,log,any,any,tcp,1\ninner,1,deny,any,any,any,any\n`);
    expect(gaps.map(({ subject }) => subject)).toEqual(["edge"]);
    expect(rules.map(({ device }) => device)).toEqual(["inner"]);
  });

  test("a table that lacks a column is refused and not passed over", () => {
    expect(read("edge.csv", "order,action,src,dst\n1,permit,any,any\n").gaps).toHaveLength(1);
  });
});

test.each([
  ["rules that are no list", { bulkhead: "firewall/1", device: "edge", rules: {} }, "/rules"],
  ["a rule without a source", { bulkhead: "firewall/1", device: "edge", rules: [{ order: 1, action: "deny", dst: "any" }] }, "/rules/0"],
])("JSON with %s is refused with its pointer", (_, document, pointer) => {
  const { rules, gaps } = read("edge.json", document);
  expect(rules).toEqual([]);
  expect(gaps[0]).toMatchObject({ subject: "edge", source: { file: "edge.json", pointer } });
});

test.each(["name,team\nvictor,payments\n", "src,dst\na,b\n", "hello"])("another table is nobody's: %j", (text) => {
  expect(collector.recognize(text, { path: "x.csv", format: "text", documents: [text], text })).toBeUndefined();
});

test("lines are counted through quoted line breaks and comments", () => {
  const rows = rowsOf('a,b\r\n"1\r\n2",x\r\n# no\r\n\r\n3,"y"\r\n');
  expect(rows).toEqual([
    { line: 2, fields: { a: "1\r\n2", b: "x" } },
    { line: 6, fields: { a: "3", b: "y" } },
  ]);
});
