// Opens a dump of any form: a file of statements, or an archive that pg_restore turns into them.
import { dumpOfProgram } from "../../mask/dump/program.ts";
import { type DumpRun, plainDump } from "../../mask/dump/run.ts";
import type { Place } from "./source.ts";

/** pg_restore turns an archive into statements as they are read; nothing unmasked is written to the disk. */
export function dumpOf(source: Place): Pick<DumpRun, "open" | "dialect"> | undefined {
  if (source.kind === "postgres-dump") return { open: plainDump(source.path, "postgres"), dialect: "postgres" };
  if (source.kind === "mysql-dump") return { open: plainDump(source.path, "mysql"), dialect: "mysql" };
  if (source.kind !== "postgres-archive") return undefined;
  const open: DumpRun["open"] = (isSchemaOnly) => {
    const words = [...(isSchemaOnly ? ["--schema-only"] : []), "--file=-", source.path];
    return dumpOfProgram({ name: "pg_restore", words, environment: process.env }, "postgres");
  };
  return { open, dialect: "postgres" };
}
