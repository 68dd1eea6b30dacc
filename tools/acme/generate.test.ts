// The example's files are what the generator writes, whole, readable, and free of anything like a secret.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadCharter } from "../../src/charter/load.ts";
import { sha256 } from "../../src/lib/hash.ts";
import { Manifest, Seal } from "../../src/model/manifest.ts";
import { readFolder } from "../../src/app/files.ts";
import { exampleFiles } from "./generate.ts";

const EXAMPLES = join(import.meta.dirname, "..", "..", "examples");
const both = [
  ["acme", false],
  ["acme-fixed", true],
] as const;

test.each(both)("examples/%s is byte for byte what the generator writes", (name, fixed) => {
  const written = readFolder(join(EXAMPLES, name));
  const expected = exampleFiles(fixed);
  expect([...written.keys()].toSorted()).toEqual([...expected.keys()].toSorted());
  for (const [path, text] of expected) expect(Buffer.from(written.get(path) as Uint8Array).toString("utf8") === text, path).toBe(true);
});

test.each(both)("the charter of examples/%s has no problem", (_, fixed) => {
  const charter = loadCharter(exampleFiles(fixed).get("bulkhead.yaml") ?? "", "bulkhead.yaml");
  expect(charter).toMatchObject({ ok: true });
  if (!charter.ok) return;
  expect(charter.value.people).toHaveLength(30);
  expect(charter.value.inputs.every((input) => input.manifest === "required" && input.scope !== undefined)).toBe(true);
});

test.each(both)("every file of the estate of examples/%s answers one call of the manifest nearest above it", (_, fixed) => {
  const files = exampleFiles(fixed);
  const listed = new Map<string, string>();
  for (const [path, text] of files) {
    if (!path.endsWith("/manifest.json")) continue;
    for (const call of Manifest.parse(JSON.parse(text)).calls)
      if (call.status === "answered") listed.set(join(path, "..", call.file), call.sha256);
  }
  const estate = [...files].filter(([path]) => path.startsWith("estate/") && !path.endsWith("/manifest.json"));
  expect(estate.map(([path]) => path).toSorted()).toEqual([...listed.keys()].toSorted());
  for (const [path, text] of estate) expect(sha256(text), path).toBe(listed.get(path));
});

test("the seal of acme-fixed lists every other file of the folder", () => {
  const files = exampleFiles(true);
  const seal = Seal.parse(JSON.parse(files.get("seal.json") ?? ""));
  expect(Object.keys(seal.files).toSorted()).toEqual([...files.keys()].filter((path) => path !== "seal.json").toSorted());
});

test.each(both)("a Secret of examples/%s holds fingerprints and nothing else", (_, fixed) => {
  const values = [...exampleFiles(fixed)]
    .filter(([path]) => path.endsWith("/secrets.json") && path.includes("/kubernetes/"))
    .flatMap(([, text]) => (JSON.parse(text) as { items: { data: Record<string, string> }[] }).items)
    .flatMap((item) => Object.values(item.data))
    .map((value) => Buffer.from(value, "base64").toString("utf8"));
  expect(values.length).toBeGreaterThan(30);
  for (const value of values) expect(value).toMatch(/^fingerprint:hmac-sha256:acme-2026:[0-9a-f]{64}$/);
});

/** The files by which the two examples differ are the files that the readme names. */
test("every flaw's file is named in the readme, and differs between the examples", () => {
  const readme = readFileSync(join(EXAMPLES, "README.md"), "utf8");
  const before = exampleFiles(false);
  const after = exampleFiles(true);
  for (const flaw of ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]) expect(readme).toContain(`\n| ${flaw} | `);
  for (const path of [
    "estate/aws/111122223333/authorization-details.json",
    "estate/aws/333344445555/authorization-details.json",
    "estate/aws/111122223333/ec2/describe-security-groups.json",
    "estate/aws/333344445555/ec2/transit-gateway/non-production/search-transit-gateway-routes.json",
    "estate/aws/333344445555/ec2/transit-gateway/production/search-transit-gateway-routes.json",
    "estate/github/acme/payments/environments.json",
    "estate/github/acme/payments/branches/main/protection.json",
    "estate/github/acme/payments/.github/workflows/deploy.yml",
    "estate/github/acme/platform-infrastructure/.github/workflows/configuration.yml",
    "estate/github/acme/website/environments.json",
    "estate/kubernetes/development/secrets.json",
    "estate/kubernetes/development/deployments.json",
    "bulkhead.yaml",
  ])
    expect(before.get(path) === after.get(path), path).toBe(false);
});
