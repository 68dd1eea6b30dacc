import fc from "fast-check";
import { expect, test } from "vitest";
import { folderOf, isAtOrBelow, joinPath, safePath } from "./safe-path.ts";

test.each(["", "/etc/passwd", "../x", "a/../b", "a/..", "..", "C:/x", "c:x", "a\\b", "\\\\host\\share", "a\u0000b", "a\nb", "\u001b[2Jx"])(
  "%j is refused",
  (path) => {
    expect(safePath(path).ok).toBe(false);
  },
);

test.each([
  ["a/b.json", "a/b.json"],
  ["./a//b/", "a/b"],
  [".", ""],
  ["./", ""],
  ["...", "..."],
  ["a/..b", "a/..b"],
])("%j is %j", (path, expected) => {
  expect(safePath(path)).toEqual({ ok: true, value: expected });
});

test("a safe path is safe again, is the same, and never leaves the folder", () => {
  const part = fc.constantFrom("a", "b.json", ".", "..", "", "...", " ");
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const path = safePath(parts.join("/"));
      if (!path.ok || path.value === "") return;
      expect(safePath(path.value)).toEqual(path);
      expect(new URL(`file:///top/${path.value.replaceAll(" ", "%20")}`).pathname.startsWith("/top/")).toBe(true);
    }),
  );
});

test("folders", () => {
  expect(folderOf("a/b/c")).toBe("a/b");
  expect(folderOf("a")).toBe("");
  expect(joinPath("", "a")).toBe("a");
  expect(joinPath("a", "")).toBe("a");
  expect(joinPath("a", "b")).toBe("a/b");
  expect(isAtOrBelow("ab/c", "a")).toBe(false);
  expect(isAtOrBelow("a/c", "a")).toBe(true);
  expect(isAtOrBelow("a", "a")).toBe(true);
  expect(isAtOrBelow("a", "")).toBe(true);
});
