// Paths that a file names are attacker-controlled: relative, below the folder they are read from, and written in one way only.
import { fail, ok, type Result } from "./result.ts";

/**
 * A path below a folder in its one form: parts joined by `/`, no `.`, no `..`, not absolute, no backslash, no control character. `""` is the
 * folder itself, written `.` or `./`.
 * Threat: a manifest or a charter that names `../../etc/passwd`, `C:\…` or `a/../b` to read what it should not, or to give one file two names.
 */
export function safePath(path: string): Result<string, string> {
  if (path === "") return fail("the path is empty");
  if (/[\u0000-\u001f\u007f]/.test(path)) return fail("the path holds a control character");
  if (path.includes("\\")) return fail("write / between the parts of a path");
  if (path.startsWith("/") || /^[A-Za-z]:/.test(path)) return fail("the path is absolute: write it relative to this folder");
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) return fail("the path leads out of the folder");
  return ok(parts.join("/"));
}

/** `child` below `folder`; `""` is the top. */
export const joinPath = (folder: string, child: string): string => (folder === "" ? child : child === "" ? folder : `${folder}/${child}`);

/** The folder a path stands in; `""` at the top. */
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));

/** Whether `path` is `folder` or stands below it. */
export const isAtOrBelow = (path: string, folder: string): boolean => folder === "" || path === folder || path.startsWith(`${folder}/`);
