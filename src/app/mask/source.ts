// What a source or target is, by its address or by the first bytes of the file: a database, a dump, or a folder of files.
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { MaskError } from "../../mask/error.ts";

export type Place =
  | { readonly kind: "postgres" | "mysql"; readonly url: string }
  | { readonly kind: "postgres-dump" | "postgres-archive" | "mysql-dump" | "folder" | "absent"; readonly path: string };

export function placeOf(place: string): Place {
  if (/^postgres(ql)?:\/\//.test(place)) return { kind: "postgres", url: place };
  if (/^(mysql|mariadb):\/\//.test(place)) return { kind: "mysql", url: place };
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(place))
    throw new MaskError(
      "NOT_APPLICABLE",
      `${place.replace(/:\/\/.*/, "://…")}  is read by no engine\n  Write postgres://…, mysql://…, a dump, or a folder.`,
    );
  const found = statSync(place, { throwIfNoEntry: false });
  if (found === undefined) return { kind: "absent", path: place };
  if (found.isDirectory())
    return { kind: statSync(join(place, "toc.dat"), { throwIfNoEntry: false }) ? "postgres-archive" : "folder", path: place };
  const begin = firstBytes(place);
  // pg_dump's custom format begins so; in tar format the table of contents is the first file.
  if (begin.startsWith("PGDMP") || begin.startsWith("toc.dat")) return { kind: "postgres-archive", path: place };
  return { kind: /^(\/\*M?!|-- (MySQL|MariaDB) dump)|`|ENGINE=/m.test(begin) ? "mysql-dump" : "postgres-dump", path: place };
}

function firstBytes(file: string): string {
  const descriptor = openSync(file, "r");
  try {
    const bytes = Buffer.alloc(16_384);
    return bytes.toString("latin1", 0, readSync(descriptor, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(descriptor);
  }
}

/** An address may hold a password. */
export const shownPlace = (place: string): string => place.replace(/\/\/[^@/]*@/, "//");
