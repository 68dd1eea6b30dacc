// Tidy: what the layout promises, held by tests.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { Command } from "commander";
import { families } from "../src/app/challenge/challenge.ts";
import { readAndDerive } from "../src/app/check.ts";
import { readFolder } from "../src/app/files.ts";
import { checks } from "../src/checks/registry.ts";
import { helpOf } from "../src/cli/help.ts";
import { program } from "../src/cli/program.ts";
import { collectors } from "../src/collect/registry.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const SKIPPED = new Set(["node_modules", ".git", "dist", ".cache"]);

const filesBelow = (folder: string): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (SKIPPED.has(entry.name)) return [];
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(path) : [path];
  });

const all = filesBelow("");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const foldersOf = (folder: string): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
const code = all.filter((path) => /\.(ts|tsx)$/.test(path));
const prose = all.filter(
  (path) =>
    /\.(md|ts|tsx|json|ya?ml|sh)$/.test(path) &&
    !path.startsWith("examples/") &&
    !/(fixtures|cases|schemas)\//.test(path) &&
    path !== "package-lock.json",
);

describe("checks", () => {
  const folders = foldersOf("src/checks").filter((name) => all.includes(`src/checks/${name}/check.ts`));

  test("the registry holds every folder, once", () => {
    expect(checks.map((check) => check.id).toSorted()).toEqual(folders.toSorted());
  });

  test.each(folders)("%s has a readme and cases of each verdict", (name) => {
    const cases = all.filter((path) => path.startsWith(`src/checks/${name}/cases/`)).map((path) => basename(path));
    const missing = ["violated-", "separated-", "unknown-"].filter(
      (prefix) => !cases.some((each) => each.startsWith(prefix) && each.endsWith(".json")),
    );
    expect(missing).toEqual([]);
    expect(all).toContain(`src/checks/${name}/readme.md`);
  });
});

describe("collectors", () => {
  test("the registry holds every folder, once", () => {
    const folders = foldersOf("src/collect").filter((name) => all.includes(`src/collect/${name}/collector.ts`));
    expect(collectors.map((collector) => collector.system).toSorted()).toEqual(folders.toSorted());
  });

  test.each(collectors.map((collector) => collector.system))(
    "%s has a schema, a readme and tests, and says what it needs and cannot see",
    (system) => {
      for (const file of ["schema.ts", "readme.md"]) expect(all).toContain(`src/collect/${system}/${file}`);
      expect(code.some((path) => path.startsWith(`src/collect/${system}/`) && path.endsWith(".test.ts"))).toBe(true);
      const collector = collectors.find((each) => each.system === system);
      expect(collector?.permissions.length).toBeGreaterThan(0);
      expect(collector?.cannotSee.length).toBeGreaterThan(0);
    },
  );
});

describe("commands", async () => {
  const leaves = (command: Command, names: readonly string[]): [string, Command][] =>
    command.commands.length === 0
      ? [[names.join(" "), command]]
      : command.commands.flatMap((below) => leaves(below, [...names, below.name()]));

  test.each(leaves(await program(), ["bulkhead"]))("%s shows examples of itself", (name, command) => {
    const [, examples = ""] = helpOf(command).split("\nExamples:\n");
    expect(examples).toContain(`  ${name} `);
  });
});

test("challenge families have ids of their own", () => {
  expect(new Set(families.map((family) => family.id)).size).toBe(families.length);
});

test("every fixture and case is read by a test beside it or above it", () => {
  const tests = code.filter((path) => path.startsWith("src/") || path.startsWith("tools/"));
  const orphans = all
    .filter((path) => /^src\/.*\/(fixtures|cases)\//.test(path) && !path.endsWith(".ts"))
    .filter((path) => {
      const folder = /^(.*?)\/(fixtures|cases)\//.exec(path) as RegExpExecArray;
      const rooms: string[] = [];
      for (let at = folder[1] as string; at !== "src" && at !== "."; at = dirname(at)) rooms.push(at);
      const readers = tests.filter((each) => rooms.includes(dirname(each)) || each.startsWith(`${folder[1]}/`));
      // A walker names the folder; anything else names the file.
      return !readers.some((each) => read(each).includes(basename(path)) || new RegExp(`\\b${folder[2]}\\b`).test(read(each)));
    });
  expect(orphans).toEqual([]);
});

test("no source file is longer than 400 lines", () => {
  expect(code.filter((path) => path.startsWith("src/") && read(path).split("\n").length > 401)).toEqual([]);
});

test("nothing reads as unfinished, and no test is skipped or focused", () => {
  const own = "tools/tidy.test.ts";
  expect(code.filter((path) => path !== own && /\b(TODO|FIXME|XXX)\b/.test(read(path)))).toEqual([]);
  expect(code.filter((path) => path !== own && /\b(it|test|describe)\.(only|todo|skip)\(/.test(read(path)))).toEqual([]);
});

test("no path of a machine and no registry host stands in the project", () => {
  const machine = /(?<![\w.])\/(?:work|root|home\/\w+)\/(?!runner)|registry\.npmjs/;
  expect(prose.filter((path) => path !== "tools/tidy.test.ts" && machine.test(read(path)))).toEqual([]);
});

describe("rule families", () => {
  const sources = code.filter((path) => path.startsWith("src/analyze/") && !path.endsWith(".test.ts")).map(read);
  const page = read("docs/proof.md");
  const table = page.slice(page.indexOf("## Rule families"));
  const explained = new Set([...table.matchAll(/`([a-z]+\/[a-z-]+)`/g)].map(([, family]) => family as string));

  test("every family that the code names is explained in docs/proof.md", () => {
    const named = sources.flatMap((text) =>
      [...text.matchAll(/(?:family: |Family = |family = )"([a-z]+\/[a-z-]+)"/g)].map(([, family]) => family as string),
    );
    expect([...new Set(named)].filter((family) => !family.startsWith("test/") && !explained.has(family)).toSorted()).toEqual([]);
  });

  test.each(["acme", "acme-fixed"])("every family that examples/%s derives is explained in docs/proof.md", (example) => {
    const derived = readAndDerive(readFolder(join(root, "examples", example)), { asOf: "2026-11-24T00:00:00Z" });
    if (!derived.ok) throw new Error(`examples/${example} has no charter that loads`);
    const families = new Set(derived.value.estate.rules.map((rule) => rule.family));
    expect(families.size).toBeGreaterThan(30);
    expect([...families].filter((family) => !explained.has(family)).toSorted()).toEqual([]);
  });

  test("docs/proof.md explains no family that the code does not name", () => {
    expect([...explained].filter((family) => !sources.some((text) => text.includes(`"${family}"`))).toSorted()).toEqual([]);
  });
});

test("every folder of code is explained by a readme in it or above it", () => {
  const folders = new Set(code.filter((path) => path.startsWith("src/")).map((path) => dirname(path)));
  const explained = (folder: string): boolean =>
    all.includes(`${folder}/readme.md`) || (folder.split("/").length > 2 && explained(dirname(folder)));
  expect([...folders].filter((folder) => folder !== "src" && !explained(folder)).toSorted()).toEqual([]);
});

test("the licence is Apache-2.0, in full", () => {
  const text = read("LICENSE");
  expect(text).toContain("Apache License");
  expect(text).toContain("END OF TERMS AND CONDITIONS");
  expect((JSON.parse(read("package.json")) as { license: string }).license).toBe("Apache-2.0");
});

test("what the documents link to exists", () => {
  const broken = all
    .filter((path) => path.endsWith(".md"))
    .flatMap((path) =>
      [...read(path).matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)]
        .map(([, target]) => join(dirname(path), target as string))
        .filter((target) => !existsSync(join(root, target)))
        .map((target) => `${path} → ${target}`),
    );
  expect(broken).toEqual([]);
});

test("no dependency that ships is under a licence that would bind the product", () => {
  const lock = JSON.parse(read("package-lock.json")) as {
    packages: Record<string, { dev?: boolean; optional?: boolean; license?: string }>;
  };
  const shipped = Object.entries(lock.packages).filter(([path, entry]) => path !== "" && !entry.dev);
  const allowed = /^\(?(MIT|ISC|Apache-2\.0|BSD-2-Clause|BSD-3-Clause|0BSD|BlueOak-1\.0\.0|CC0-1\.0|Unlicense|PSF-2\.0)\b/;
  expect(shipped.filter(([, entry]) => !allowed.test(entry.license ?? "")).map(([path, entry]) => `${path}: ${entry.license}`)).toEqual([]);
});
