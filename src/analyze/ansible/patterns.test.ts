// Host patterns as Ansible reads them (Ansible, "Patterns: targeting hosts and groups"): each sentence of the page is a line.
import { describe, expect, test } from "vitest";
import { type Hosts, hostsMatching, partsOf } from "./patterns.ts";

const GROUPS: Readonly<Record<string, readonly string[]>> = {
  web: ["web1.example.com", "web2.example.com", "web3.example.com"],
  db: ["db1.example.com", "web1.example.com"],
  staging: ["web2.example.com", "db1.example.com"],
  phoenix: ["web3.example.com"],
};
const ALL = ["web1.example.com", "web2.example.com", "web3.example.com", "db1.example.com", "192.0.2.50"];
const HOSTS: Hosts = { all: ALL, group: (name) => GROUPS[name], groupNames: Object.keys(GROUPS) };

const short = (pattern: string): string =>
  hostsMatching(pattern, HOSTS)
    .hosts.map((name) => name.replace(".example.com", ""))
    .join(" ");

describe("the pattern means", () => {
  test.each([
    ["all", "web1 web2 web3 db1 192.0.2.50"],
    ["*", "web1 web2 web3 db1 192.0.2.50"],
    ["web1.example.com", "web1"],
    ["web1.example.com:web2.example.com", "web1 web2"],
    ["web1.example.com,db1.example.com", "web1 db1"],
    ["web:db", "web1 web2 web3 db1"],
    ["web:!phoenix", "web1 web2"],
    ["web:&staging", "web2"],
    ["web:db:&staging:!phoenix", "web2 db1"],
    // "The order … does not matter": unions, then intersections, then exclusions.
    ["!phoenix:&staging:web:db", "web2 db1"],
    ["&staging", "web2 db1"],
    ["!web", "db1 192.0.2.50"],
    ["192.0.2.*", "192.0.2.50"],
    ["*.example.com", "web1 web2 web3 db1"],
    ["~(web|db)\\d\\.example\\.com", "web1 web2 web3 db1"],
    ["web[0]", "web1"],
    ["web[-1]", "web3"],
    ["web[0:1]", "web1 web2"],
    ["web[1:]", "web2 web3"],
    ["localhost", ""],
    ["nosuch", ""],
    ["web*", "web1 web2 web3"],
  ])("%s: %s", (pattern, expected) => expect(short(pattern)).toBe(expected));
});

test("a value that the files do not hold leaves every host open", () => {
  const { hosts, unknown } = hostsMatching("{{ target }}", HOSTS);
  expect(hosts).toEqual(ALL);
  expect(unknown).toContain("{{ target }}");
});

test("colons of IPv6 addresses and of subscripts separate nothing", () => {
  expect(partsOf("2001:db8::1")).toEqual(["2001:db8::1"]);
  expect(partsOf("web[0:2]:db")).toEqual(["web[0:2]", "db"]);
});

test("an expression that could take forever matches everything instead", () => {
  expect(hostsMatching("~(a+)+$", HOSTS).hosts).toEqual(ALL);
});
