// A job that deploys by its inventory stands in the promotion graph with the environment of the hosts that it changes.
import { expect, test } from "vitest";
import { readAndDerive } from "../../app/check.ts";
import { promotionGraph } from "../pipeline/promotion/graph.ts";

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

const environment = (name: string, tier: string, hosts: string) => ({
  name,
  tier,
  purpose: "p",
  owner: "o",
  data: "synthetic",
  boundary: { hosts: [hosts] },
});

const CHARTER = JSON.stringify({
  bulkhead: 1,
  organization: { name: "acme" },
  environments: [environment("test", "test", "*.test.example.com"), environment("production", "production", "*.prod.example.com")],
  inputs: [{ path: ".", scope: { system: "github", repository: "acme/infra" } }],
});

const WORKFLOW = `on: { push: { branches: [main] } }
jobs:
  lower:
    runs-on: ubuntu-latest
    steps: [{ run: "ansible-playbook -i inventories/test site.yml" }]
  check:
    runs-on: ubuntu-latest
    steps: [{ run: "ansible-playbook --check -i inventories/prod site.yml" }]
  upper:
    needs: [lower]
    runs-on: ubuntu-latest
    steps: [{ run: "ansible-playbook -i inventories/prod --limit web site.yml" }]
`;

test("by the hosts that its limit leaves, and not at all for a dry run", () => {
  const files = new Map([
    [".github/workflows/deploy.yml", text(WORKFLOW)],
    ["inventories/test/hosts", text("[web]\nweb1.test.example.com\n")],
    ["inventories/prod/hosts", text("[web]\nweb1.prod.example.com\n[db]\ndb1.prod.example.com\n")],
    ["site.yml", text("- hosts: all\n  become: true\n  tasks: [{ ansible.builtin.copy: { src: a, dest: /a } }]\n")],
  ]);
  const derived = readAndDerive(files, {
    asOf: "2026-11-24T00:00:00Z",
    charter: { text: CHARTER, file: "bulkhead.yaml" },
    fingerprintKey: new Uint8Array(32),
  });
  if (!derived.ok) throw new Error(JSON.stringify(derived.error));
  const { nodes, edges } = promotionGraph(derived.value.estate);
  expect(nodes.map((node) => [node.id.split("#job/")[1], node.environments, node.isProduction])).toEqual([
    ["lower", ["test"], false],
    ["upper", ["production"], true],
  ]);
  expect(edges.map(({ from, to }) => [from.split("#job/")[1], to.split("#job/")[1]])).toEqual([["lower", "upper"]]);
  const reached = derived.value.estate.rules.filter((rule) => rule.family === "ansible/host").map((rule) => rule.gives.entity);
  expect(reached).not.toContain("host:acme/infra/db1.prod.example.com");
});
