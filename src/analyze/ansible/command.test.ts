// What `ansible-playbook` on a command line of a job runs (ansible-playbook --help).
import { describe, expect, test } from "vitest";
import type { Action } from "../pipeline/model/task.ts";
import { commandsOf } from "./command.ts";

const script = (text: string): Action => ({ text, with: {}, source: { file: "f" } });

describe("a command is read", () => {
  test.each([
    ["ansible-playbook -i inventories/prod site.yml", ["site.yml"], ["inventories/prod"], []],
    ["cd ansible && ansible-playbook site.yml -iinventories/prod --limit 'web:!db'", ["site.yml"], ["inventories/prod"], ["web:!db"]],
    [
      "ansible-playbook --inventory=a --inventory b -l web \\\n  -e @vars.yml site.yml more.yml",
      ["site.yml", "more.yml"],
      ["a", "b"],
      ["web"],
    ],
    [
      'ansible-playbook -i "inventories/${{ inputs.env }}" -u deploy site.yml | tee log',
      ["site.yml"],
      ["inventories/${{ inputs.env }}"],
      [],
    ],
    ["ANSIBLE_INVENTORY=inv/prod ansible-playbook site.yml", ["site.yml"], ["inv/prod"], []],
    ["sudo /usr/bin/ansible-playbook -i web1.example.com, site.yml", ["site.yml"], ["web1.example.com,"], []],
  ])("%s", (text, playbooks, inventories, limits) => {
    expect(commandsOf(script(text))).toMatchObject([{ playbooks, inventories, limits }]);
  });
});

test.each(["--check", "-C", "-vC", "--syntax-check", "--list-hosts"])("%s changes nothing", (option) => {
  expect(commandsOf(script(`ansible-playbook ${option} -i prod site.yml`))).toEqual([]);
});

test("a word in a comment or an argument is no command", () => {
  expect(commandsOf(script("echo run ansible-playbook site.yml\n# ansible-playbook -i prod site.yml"))).toEqual([]);
});

test("vault passwords by their ids, and the key", () => {
  const [command] = commandsOf(
    script("ansible-playbook --vault-id prod@prod.txt --vault-password-file all.txt --private-key k -b -i prod site.yml"),
  );
  expect(command).toMatchObject({
    vaults: [
      { id: "prod", from: "prod.txt" },
      { id: "default", from: "all.txt" },
    ],
    keyFile: "k",
    become: true,
  });
});

test("an action for it has the inputs of the command", () => {
  const action: Action = {
    text: "",
    uses: "dawidd6/action-ansible-playbook@v2",
    with: { playbook: "deploy.yml", options: "--inventory inventories/prod\n--limit web\n" },
    source: { file: "f" },
  };
  expect(commandsOf(action)).toMatchObject([{ playbooks: ["deploy.yml"], inventories: ["inventories/prod"], limits: ["web"] }]);
});

test("a long script is read without nested repetition", () => {
  expect(commandsOf(script(`${"ansible-playbook ".repeat(20_000)}\n${"\\\n".repeat(20_000)}`)).length).toBeLessThanOrEqual(1);
});
