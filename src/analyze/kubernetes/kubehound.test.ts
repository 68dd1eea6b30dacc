// Holds docs/kubernetes-attacks.md to cases/kubehound.json: every attack that KubeHound publishes is followed, or the page says why not.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

interface AttackCase {
  readonly name: string;
  readonly attack: string;
  readonly source: string;
  /** On the case in which the attack is found. */
  readonly needs?: string;
  readonly rules?: readonly string[];
  readonly ask: readonly { readonly must?: readonly string[]; readonly may?: readonly string[]; readonly never?: readonly string[] }[];
}

/** The index of KubeHound's attack reference (docs/reference/attacks/index.md). */
const PUBLISHED = [
  "CE_MODULE_LOAD",
  "CE_NSENTER",
  "CE_PRIV_MOUNT",
  "CE_SYS_PTRACE",
  "CE_UMH_CORE_PATTERN",
  "CE_VAR_LOG_SYMLINK",
  "CONTAINER_ATTACH",
  "ENDPOINT_EXPLOIT",
  "EXPLOIT_CONTAINERD_SOCK",
  "EXPLOIT_HOST_READ",
  "EXPLOIT_HOST_TRAVERSE",
  "EXPLOIT_HOST_WRITE",
  "IDENTITY_ASSUME",
  "IDENTITY_IMPERSONATE",
  "PERMISSION_DISCOVER",
  "POD_ATTACH",
  "POD_CREATE",
  "POD_EXEC",
  "POD_PATCH",
  "ROLE_BIND",
  "SHARE_PS_NAMESPACE",
  "TOKEN_BRUTEFORCE",
  "TOKEN_LIST",
  "TOKEN_STEAL",
  "VOLUME_ACCESS",
  "VOLUME_DISCOVER",
];

const page = readFileSync(new URL("../../../docs/kubernetes-attacks.md", import.meta.url), "utf8");
const cases = JSON.parse(readFileSync(new URL("./cases/kubehound.json", import.meta.url), "utf8")) as AttackCase[];
const rows = page.split("\n").filter((line) => /^\| [A-Z]+(?:_[A-Z]+)+ \|/.test(line));
const attackOf = (row: string): string => row.split(" | ")[0]?.slice(2) ?? "";
const found = cases.filter((each) => each.rules !== undefined);
const refusalOf = (attack: string): AttackCase | undefined => cases.find((each) => each.attack === attack && each.rules === undefined);
const short = ({ name, attack }: AttackCase): string => name.slice(attack.length + 2);

test("every published attack has one row, and no other has", () => {
  expect(rows.map(attackOf).toSorted()).toEqual(PUBLISHED.toSorted());
});

describe.each(found)("$attack", (each) => {
  const refused = refusalOf(each.attack);

  test("its row is what its cases say", () => {
    const rules = (each.rules ?? []).map((family) => `\`${family}\``).join(", ");
    expect(rows).toContain(`| ${each.attack} | ${each.needs} | ${rules} | ${short(each)} | ${refused && short(refused)} |`);
  });

  test("one case finds it, and one refuses it", () => {
    expect(each.ask.every(({ must = [], may = [] }) => must.length + may.length > 0)).toBe(true);
    expect(refused?.ask.some(({ never = [] }) => never.length > 0)).toBe(true);
    expect([each.source, refused?.source]).toEqual([each.source, each.source]);
  });
});

test("an attack without cases has a row that says why", () => {
  const without = rows.filter((row) => !found.some(({ attack }) => attack === attackOf(row)));
  expect(without.map(attackOf)).toEqual(["ENDPOINT_EXPLOIT", "SHARE_PS_NAMESPACE"]);
  expect(without.every((row) => (row.split(" | ")[1]?.length ?? 0) > 40)).toBe(true);
});
