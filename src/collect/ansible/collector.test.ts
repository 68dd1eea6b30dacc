// The Ansible collector on documents as people write them: each form is recognized by its content, and read whole.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseBytes } from "../../lib/parse.ts";
import type { Gap } from "../../model/gap.ts";
import type { Observation, ObservationKind, ObservationOf } from "../../model/observation.ts";
import type { ParsedFile } from "../collector.ts";
import { collector } from "./collector.ts";
import { expand } from "./ranges.ts";

interface Reading {
  readonly whats: readonly (string | undefined)[];
  readonly observations: readonly Observation[];
  readonly gaps: readonly Gap[];
}

function read(path: string, text: string, scope: ParsedFile["scope"] | null = { system: "ansible", project: "acme/infra" }): Reading {
  const parsed = parseBytes(path, new TextEncoder().encode(text));
  if (!parsed.ok) throw new Error(parsed.error.message);
  const documents = parsed.value.documents.length > 0 ? parsed.value.documents : [text];
  const file: ParsedFile = { path, format: parsed.value.format, documents, text, ...(scope && { scope }) };
  const observations: Observation[] = [];
  const gaps: Gap[] = [];
  const sink = { observation: (one: Observation) => void observations.push(one), gap: (one: Gap) => void gaps.push(one) };
  const whats = documents.map((document, index) => {
    const what = collector.recognize(document, file);
    if (what !== undefined) collector.map(document, index, file, sink, { fingerprint: (secret) => `f${secret.length}` });
    return what;
  });
  return { whats, observations, gaps };
}

const only = <K extends ObservationKind>(kind: K, { observations }: Reading): ObservationOf<K> => {
  const found = observations.filter((one): one is ObservationOf<K> => one.kind === kind);
  expect(found).toHaveLength(1);
  return found[0] as ObservationOf<K>;
};

const fixture = (name: string): string => readFileSync(new URL(`fixtures/${name}`, import.meta.url), "utf8");

describe("inventories", () => {
  test("INI: ranges, ports, groups of groups, variables, passwords as fingerprints", () => {
    const inventory = only("ansible/inventory", read("inventories/prod/hosts", fixture("hosts.ini")));
    expect(inventory.hosts.map((host) => host.name)).toEqual([
      "bastion.example.com",
      "www01.example.com",
      "www02.example.com",
      "www03.example.com",
      "db-a.example.com",
      "db-b.example.com",
      "jumper",
    ]);
    expect(inventory.hosts.find((host) => host.name === "jumper")).toMatchObject({
      address: "192.0.2.50",
      user: "ops",
      source: { line: 10 },
    });
    expect(inventory.groups).toMatchObject([
      { name: "ungrouped", hosts: ["bastion.example.com"] },
      { name: "web", hosts: ["www01.example.com", "www02.example.com", "www03.example.com"] },
      { name: "db", hosts: ["db-a.example.com", "db-b.example.com", "jumper"] },
      { name: "site", children: ["web", "db"], vars: { keyFile: "~/.ssh/site", become: true, passwordFingerprint: "f7" } },
    ]);
    expect(JSON.stringify(inventory)).not.toContain("hunter2");
  });

  test("YAML: groups below groups, with the variables of hosts", () => {
    const inventory = only("ansible/inventory", read("inventory.yml", fixture("inventory.yml")));
    expect(inventory.groups).toMatchObject([
      { name: "all", children: ["web", "db"] },
      { name: "web", hosts: ["www1.example.com", "www2.example.com"], vars: { user: "deploy" } },
      { name: "db", hosts: ["db1.example.com"] },
    ]);
    expect(inventory.hosts.find((host) => host.name === "db1.example.com")).toMatchObject({
      address: "10.0.0.5",
      source: { pointer: "/all/children/db/hosts/db1.example.com" },
    });
  });

  test("a plugin makes hosts that no file holds", () => {
    expect(only("ansible/inventory", read("aws_ec2.yml", "plugin: aws_ec2\nregions: [eu-central-1]\n"))).toMatchObject({
      plugin: "aws_ec2",
      hosts: [],
    });
  });

  test("what ansible-inventory --list prints", () => {
    const text = JSON.stringify({
      _meta: { hostvars: { "i-1": { ansible_host: "10.0.0.9" } } },
      all: { children: ["web"] },
      web: { hosts: ["i-1", "i-2"] },
    });
    expect(only("ansible/inventory", read("inventories/prod/list.json", text))).toMatchObject({
      isListed: true,
      hosts: [{ name: "i-1", address: "10.0.0.9" }, { name: "i-2" }],
    });
  });

  test("a range that is none is a gap with its line", () => {
    const { gaps } = read("inventories/hosts", "[web]\nweb[9:1].example.com\n");
    expect(gaps).toMatchObject([{ topic: "ansible/inventory", source: { line: 2 } }]);
  });

  test.each([
    ["www[01:03]", ["www01", "www02", "www03"]],
    ["db-[a:c].x", ["db-a.x", "db-b.x", "db-c.x"]],
    ["[1:5:2]-[a:b]", ["1-a", "1-b", "3-a", "3-b", "5-a", "5-b"]],
    ["web[1:999999999]", undefined],
    ["web[", undefined],
  ])("range %s", (name, expected) => expect(expand(name)).toEqual(expected));
});

test("what is not Ansible's is left alone", () => {
  for (const [path, text] of [
    ["setup.cfg", "[metadata]\nname = shop\n"],
    [".editorconfig", "root = true\n[*]\nindent_style = space\n"],
    ["notes/readme", "hosts and more\n"],
    ["docker-compose.yml", "services:\n  web:\n    image: nginx\n"],
    ["list.yml", "- name: a\n  value: b\n"],
    [".github/workflows/a.yml", "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps: [{run: ls}]\n"],
  ] as const)
    expect([path, ...read(path, text).whats]).toEqual([path, undefined]);
});

test("plays with what decides where they run, imports in their place, what is encrypted by its id alone", () => {
  const reading = read("site.yml", fixture("site.yml"));
  expect(reading.gaps).toEqual([]);
  const { parts } = only("ansible/playbook", reading);
  expect(parts).toMatchObject([
    { imports: "common.yml" },
    {
      play: {
        name: "web",
        hosts: "web,!canary",
        become: true,
        serial: '["10%",5]',
        roles: ["nginx", "shop"],
        delegates: ["lb.example.com", "localhost"],
        varsFiles: ["vars/a.yml"],
      },
    },
    {
      play: {
        name: "db",
        hosts: "db",
        become: false,
        user: "postgres",
        vaulted: [{ vaultId: "prod", name: "password", source: { pointer: "/2/vars/password" } }],
      },
    },
  ]);
  expect(JSON.stringify(parts)).not.toContain("6633");
});

describe("variables", () => {
  test.each([
    ["inventories/prod/group_vars/web.yml", "group", "web", "inventories/prod"],
    ["inventories/prod/group_vars/web/vault.yml", "group", "web", "inventories/prod"],
    ["host_vars/db1.example.com.yml", "host", "db1.example.com", ""],
    ["host_vars/db1.example.com", "host", "db1.example.com", ""],
  ])("%s", (path, of, name, beside) => {
    expect(only("ansible/variables", read(path, "$ANSIBLE_VAULT;1.2;AES256;prod\n6162\n"))).toMatchObject({
      of,
      name,
      beside,
      vaulted: [{ vaultId: "prod" }],
    });
  });
});

test("settings name inventories, vaults by their ids, and a key", () => {
  const text =
    "[defaults]\ninventory = inventories/prod, inventories/shared ; both\nvault_identity_list = dev@dev.txt, prod@prompt\nprivate_key_file = ~/.ssh/id\n[privilege_escalation]\nbecome = True\n";
  expect(only("ansible/configuration", read("ansible.cfg", text))).toMatchObject({
    inventories: ["inventories/prod", "inventories/shared"],
    vaults: [
      { id: "dev", from: "dev.txt" },
      { id: "prod", from: "prompt" },
    ],
    keyFile: "~/.ssh/id",
    become: true,
  });
});

test("requirements tell whether a name can be moved", () => {
  const commit = "0123456789abcdef0123456789abcdef01234567";
  const { observations } = read(
    "requirements.yml",
    `roles:\n  - geerlingguy.nginx\n  - {src: "git+https://github.com/acme/role-x.git", version: ${commit}}\n  - {name: y, src: "https://github.com/acme/role-y", version: main}\ncollections:\n  - {name: community.general, version: 9.1.0}\n  - {name: ansible.posix, version: ">=1.5.0"}\n`,
  );
  expect(observations.map((one) => one.kind === "ansible/requirement" && [one.name, one.isMovable])).toEqual([
    ["geerlingguy.nginx", true],
    ["git+https://github.com/acme/role-x.git", false],
    ["y", true],
    ["community.general", false],
    ["ansible.posix", true],
  ]);
});

test("an export of AWX: templates with their projects, and inventories", () => {
  const reading = read("awx.json", fixture("awx-export.json"), null);
  expect(reading.gaps).toEqual([]);
  expect(only("ansible/job-template", reading)).toMatchObject({
    name: "Deploy shop",
    organization: "Acme",
    inventory: "Production",
    become: true,
    scm: { url: "https://github.com/acme/infra.git", branch: "main" },
    credentials: [{ name: "Production key", kind: "ssh" }],
    asks: ["limit"],
  });
  expect(only("ansible/inventory", reading)).toMatchObject({
    project: "awx:Acme",
    path: "Production",
    hosts: [{ name: "web1.prod.example.com", address: "10.0.0.7" }],
  });
});

test("a file of no known project is a gap, never a guess", () => {
  expect(read("site.yml", "- hosts: all\n  roles: [a]\n", null)).toMatchObject({ observations: [], gaps: [{ topic: "ansible/scope" }] });
});

test("a play of another form is a gap with its pointer", () => {
  expect(read("site.yml", "- hosts: all\n  become_user: [a]\n").gaps).toMatchObject([
    { topic: "ansible/playbook", source: { pointer: "/0" } },
  ]);
});
