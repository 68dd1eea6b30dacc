// For tests: a real MariaDB server in a folder and on a port of its own.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port-support.ts";

export const MARIADB_INSTALL = "install it with tools/servers/mariadb.sh";

/** Whether the server's programs are on the PATH; throws where they must be and are not. */
export function hasMariadb(): boolean {
  const found = spawnSync("mariadbd", ["--version"], { stdio: "ignore" }).status === 0;
  if (!found && process.env["BULKHEAD_REQUIRE_SERVERS"] === "1") throw new Error(`MariaDB is missing: ${MARIADB_INSTALL}`);
  return found;
}

export interface MariadbServer {
  /** Of a superuser without a password. */
  readonly url: (database?: string) => string;
  readonly port: number;
  readonly stop: () => Promise<void>;
}

/** Starts a server that answers on 127.0.0.1, in a temporary folder that is removed at the end. */
export async function startMariadb(): Promise<MariadbServer> {
  const home = mkdtempSync(join(tmpdir(), "bulkhead-mariadb-"));
  const data = join(home, "data");
  const user = userInfo().username;
  const made = spawnSync(
    "mariadb-install-db",
    ["--no-defaults", `--datadir=${data}`, `--user=${user}`, "--auth-root-authentication-method=normal", "--skip-test-db"],
    { encoding: "utf8" },
  );
  if (made.status !== 0) throw new Error(`mariadb-install-db: ${made.stderr}`);
  const port = await freePort();
  const flags = [
    "--no-defaults",
    `--datadir=${data}`,
    `--user=${user}`,
    `--socket=${join(home, "socket")}`,
    `--port=${port}`,
    "--bind-address=127.0.0.1",
  ];
  const server = spawn("mariadbd", flags, { stdio: "ignore" });
  await answering(port, server);
  return {
    url: (database = "") => `mysql://root@127.0.0.1:${port}/${database}`,
    port,
    stop: () =>
      new Promise((stopped) => {
        server.once("exit", () => {
          rmSync(home, { recursive: true, force: true });
          stopped();
        });
        server.kill("SIGKILL");
      }),
  };
}

async function answering(port: number, server: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (server.exitCode !== null) throw new Error(`mariadbd ended with status ${server.exitCode}`);
    const asked = spawnSync("mariadb", ["--no-defaults", "-h", "127.0.0.1", "-P", String(port), "-u", "root", "-e", "select 1"], {
      stdio: "ignore",
    });
    if (asked.status === 0) return;
    await new Promise((later) => setTimeout(later, 100));
  }
  server.kill("SIGKILL");
  throw new Error("mariadbd does not answer");
}
