// PostgreSQL's own programs, called with an array of arguments: no library reads or writes a schema as they do.
import { spawn } from "node:child_process";
import { MaskError } from "../error.ts";

/** What it printed. Throws with what it complained of. */
export function runProgram(name: "pg_dump" | "pg_restore", words: readonly string[], environment: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(name, [...words], { env: environment, stdio: ["ignore", "pipe", "pipe"] });
    let printed = "";
    let complaint = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (complaint = (complaint + text).slice(-8000)));
    child.once("error", (cause) =>
      reject(
        new MaskError("UNREADABLE", `${name}  cannot be started\n  Install PostgreSQL's client programs (Debian: postgresql-client).`, {
          cause,
        }),
      ),
    );
    child.once("close", (status) => {
      if (status === 0) resolve(printed);
      else
        reject(
          new MaskError("UNREADABLE", `${name} ended with status ${status}\n  ${complaint.trim().split("\n").slice(-4).join("\n  ")}`),
        );
    });
  });
}
