import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FolderError, isRead, readFolder } from "./files.ts";

let top = "";
const write = (path: string, content = "x"): void => {
  mkdirSync(join(top, "in", path, ".."), { recursive: true });
  writeFileSync(join(top, "in", path), content);
};
const read = (): Record<string, string> =>
  Object.fromEntries(
    [...readFolder(join(top, "in"))].map(([path, content]) => [
      path,
      isRead(content) ? Buffer.from(content).toString() : `unread: ${content.unread}`,
    ]),
  );

beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), "files-"));
  mkdirSync(join(top, "in"));
});
afterEach(() => rmSync(top, { recursive: true }));

test("every file is there, sorted by path whatever its folder, with .git and node_modules left out at any depth", () => {
  for (const path of ["b.json", "a/z", "a-b", "a/.github/workflows/x.yml", ".git/config", "a/node_modules/x/y", "B", ".gitignore"])
    write(path);
  expect([...readFolder(join(top, "in")).keys()]).toEqual([".gitignore", "B", "a-b", "a/.github/workflows/x.yml", "a/z", "b.json"]);
});

test("a link inside the folder is read, and one that leads out, to a folder or nowhere stays in the set as unread", () => {
  write("a.json", "inside");
  writeFileSync(join(top, "secret"), "outside");
  mkdirSync(join(top, "in", "d"));
  symlinkSync("a.json", join(top, "in", "link"));
  symlinkSync("../secret", join(top, "in", "out"));
  symlinkSync(join(top, "secret"), join(top, "in", "absolute"));
  symlinkSync(".", join(top, "in", "loop"));
  symlinkSync("nowhere", join(top, "in", "dangling"));
  expect(read()).toEqual({
    "a.json": "inside",
    absolute: "unread: a link that leads out of the folder",
    dangling: "unread: cannot be read (ENOENT)",
    link: "inside",
    loop: "unread: a link to a folder is not followed",
    out: "unread: a link that leads out of the folder",
  });
});

test("a sibling folder whose name begins alike is outside", () => {
  mkdirSync(join(top, "in-2"));
  writeFileSync(join(top, "in-2", "x"), "outside");
  symlinkSync("../in-2/x", join(top, "in", "x"));
  expect(read()).toEqual({ x: "unread: a link that leads out of the folder" });
});

test("a pipe is not waited for", () => {
  execFileSync("mkfifo", [join(top, "in", "pipe")]);
  expect(read()).toEqual({ pipe: "unread: not a regular file" });
});

test("a file larger than the limit stays in the set as unread", () => {
  write("a", "12345");
  const content = readFolder(join(top, "in"), { bytesPerFile: 4 }).get("a");
  expect(content !== undefined && !isRead(content)).toBe(true);
});

test("control characters of a name are written out", () => {
  write("a\u001b[2J.json");
  expect(Object.keys(read())).toEqual(["a\\u001b[2J.json"]);
});

test("no folder, too many files, too many bytes: one error with its code", () => {
  write("a");
  write("b/c");
  const codeOf = (run: () => unknown): string => {
    try {
      run();
      return "none";
    } catch (error) {
      return error instanceof FolderError ? error.code : "other";
    }
  };
  expect(codeOf(() => readFolder(join(top, "nowhere")))).toBe("NOT_A_FOLDER");
  expect(codeOf(() => readFolder(join(top, "in", "a")))).toBe("NOT_A_FOLDER");
  expect(codeOf(() => readFolder(join(top, "in"), { files: 1 }))).toBe("TOO_MANY_FILES");
  expect(codeOf(() => readFolder(join(top, "in"), { bytes: 1 }))).toBe("TOO_LARGE");
  expect(codeOf(() => readFolder(join(top, "in"), { files: 2, bytes: 2 }))).toBe("none");
});
