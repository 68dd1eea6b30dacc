// Writes examples/acme and examples/acme-fixed from the modules beside it; `--check` compares instead and fails when they differ.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { sealFolder } from "../../src/app/seal.ts";
import { writeAws } from "./aws/write.ts";
import { charterText } from "./charter.ts";
import type { Files } from "./folder.ts";
import { writeGithub } from "./github/write.ts";
import { writeKubernetes } from "./kubernetes/write.ts";
import { writePersonnel } from "./personnel.ts";

const EXAMPLES = join(import.meta.dirname, "..", "..", "examples");

/** No clock, no randomness: the same modules give the same bytes. */
export function exampleFiles(fixed: boolean): Files {
  const files: Files = new Map();
  writeAws(files, fixed);
  writeKubernetes(files, fixed);
  writeGithub(files, fixed);
  writePersonnel(files);
  files.set("bulkhead.yaml", charterText(fixed));
  if (fixed) {
    const bytes = new Map([...files].map(([path, text]) => [path, Buffer.from(text, "utf8")]));
    files.set("seal.json", Buffer.from(sealFolder(bytes)).toString("utf8"));
  }
  return files;
}

const filesBelow = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    : [];

/** Paths that are missing, stale or different. */
function differences(folder: string, files: Files): readonly string[] {
  const written = filesBelow(folder);
  const stale = written.filter((path) => !files.has(path));
  const different = [...files].filter(([path, text]) => !written.includes(path) || readFileSync(join(folder, path), "utf8") !== text);
  return [...stale, ...different.map(([path]) => path)].toSorted();
}

function write(folder: string, files: Files): void {
  rmSync(folder, { recursive: true, force: true });
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

function main(onlyCheck: boolean): void {
  for (const [name, fixed] of [
    ["acme", false],
    ["acme-fixed", true],
  ] as const) {
    const folder = join(EXAMPLES, name);
    const files = exampleFiles(fixed);
    const changed = differences(folder, files);
    if (!onlyCheck && changed.length > 0) write(folder, files);
    if (onlyCheck && changed.length > 0) process.exitCode = 1;
    const verb = onlyCheck ? "differ" : "written";
    process.stderr.write(
      `examples/${name}: ${files.size} files, ${changed.length} ${verb}${changed.length > 0 && onlyCheck ? `: ${changed.slice(0, 5).join(", ")}` : ""}\n`,
    );
  }
}

if (import.meta.main) main(process.argv.includes("--check"));
