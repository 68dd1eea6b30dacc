// For tests: a real PostgreSQL server in a folder and on a port of its own, and its command-line programs.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port-support.ts";

const VERSIONS = "/usr/lib/postgresql";

export const POSTGRES_INSTALL = "install it with tools/servers/postgres.sh";

/** The folder of the newest server's programs; throws where one must be there and is not. */
export function postgresPrograms(): string | undefined {
  const versions = existsSync(VERSIONS) ? readdirSync(VERSIONS).toSorted((a, b) => Number(b) - Number(a)) : [];
  const found = versions.map((version) => join(VERSIONS, version, "bin")).find((folder) => existsSync(join(folder, "initdb")));
  if (found === undefined && process.env["BULKHEAD_REQUIRE_SERVERS"] === "1") throw new Error(`PostgreSQL is missing: ${POSTGRES_INSTALL}`);
  return found;
}

export interface PostgresServer {
  /** Of a superuser that needs no password, with the given database. */
  readonly url: (database?: string) => string;
  readonly port: number;
  /** The folder of psql, pg_dump and pg_restore. */
  readonly programs: string;
  /** Killed, as by a power cut of the process alone; `start` brings it up on the same data. */
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface PostgresOptions {
  /** Settings of postgresql.conf, as `-c name=value`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Instead of a temporary folder, which is removed at the end. */
  readonly folder?: string;
}

/** PostgreSQL refuses to run as root ("Server Setup and Operation", 19.1): as its own account there. */
const asAccount = (): readonly string[] =>
  process.getuid?.() === 0 ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : [];

function run(words: readonly string[]): void {
  const [program = "", ...rest] = words;
  const { status, stderr, error } = spawnSync(program, rest, { encoding: "utf8", cwd: "/" });
  if (status !== 0) throw new Error(`${words.join(" ")}: ${error?.message ?? stderr}`);
}

/** Starts a server that answers on 127.0.0.1. `programs` is what `postgresPrograms` found. */
export async function startPostgres(programs: string, { settings = {}, folder }: PostgresOptions = {}): Promise<PostgresServer> {
  const home = folder ?? mkdtempSync(join(tmpdir(), "bulkhead-postgres-"));
  const data = join(home, "data");
  const port = await freePort();
  if (!existsSync(data)) {
    if (process.getuid?.() === 0) run(["chown", "postgres:postgres", home]);
    run([
      ...asAccount(),
      join(programs, "initdb"),
      "--pgdata",
      data,
      "--auth=trust",
      "--username=postgres",
      "--encoding=UTF8",
      "--locale=C.UTF-8",
      "--no-sync",
    ]);
  }
  const words = [...asAccount(), join(programs, "postgres"), "-D", data, "-h", "127.0.0.1", "-p", String(port), "-k", home];
  for (const [name, value] of Object.entries(settings)) words.push("-c", `${name}=${value}`);
  let server: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    const [program = "", ...rest] = words;
    server = spawn(program, rest, { stdio: "ignore", cwd: "/" });
    await answering(join(programs, "pg_isready"), port, server);
  };
  const end = (signal: NodeJS.Signals): Promise<void> =>
    new Promise((ended) => {
      if (server === undefined || server.exitCode !== null || server.signalCode !== null) return ended();
      server.once("exit", () => ended());
      server.kill(signal);
    });
  await start();
  return {
    url: (database = "postgres") => `postgres://postgres@127.0.0.1:${port}/${database}`,
    port,
    programs,
    kill: () => end("SIGKILL"),
    start,
    // "Immediate shutdown" (19.5): nothing of the folder is needed any more.
    stop: async () => {
      await end("SIGQUIT");
      if (folder === undefined) rmSync(home, { recursive: true, force: true });
    },
  };
}

async function answering(ready: string, port: number, server: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (server.exitCode !== null) throw new Error(`postgres ended with status ${server.exitCode}`);
    if (spawnSync(ready, ["-q", "-h", "127.0.0.1", "-p", String(port)]).status === 0) return;
    await new Promise((later) => setTimeout(later, 100));
  }
  server.kill("SIGKILL");
  throw new Error("postgres does not answer");
}
