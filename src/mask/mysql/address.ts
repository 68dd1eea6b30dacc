// MySQL and MariaDB: where a database is, for the library and for the programs.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Connection } from "mysql2/promise";
import { MaskError } from "../error.ts";

export interface Address {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

export function addressOf(url: string): Address {
  const { hostname, port, username, password, pathname } = new URL(url);
  const database = decodeURIComponent(pathname.slice(1));
  if (database === "") throw new MaskError("UNREADABLE", `mysql://${hostname}  names no database\n  Write mysql://HOST/NAME.`);
  return {
    host: hostname,
    port: port === "" ? 3306 : Number(port),
    user: decodeURIComponent(username),
    // As the programs have it for long; better than an address that everyone can read.
    password: password === "" ? (process.env["MYSQL_PWD"] ?? "") : decodeURIComponent(password),
    database,
  };
}

export async function connect({ host, port, user, password }: Address, database?: string): Promise<Connection> {
  // Only who masks such a database waits for its library.
  const { createConnection } = await import("mysql2/promise");
  try {
    return await createConnection({ host, port, user, password, charset: "utf8mb4", ...(database !== undefined && { database }) });
  } catch (cause) {
    throw new MaskError(
      "UNREADABLE",
      `mysql://${host}:${port}  ${(cause as Error).message}\n  Check the address, the user and the password (MYSQL_PWD).`,
      { cause },
    );
  }
}

export const quotedName = (name: string): string => `\`${name.replaceAll("`", "``")}\``;

/** In a file of its owner alone: a password on a command line could be read by every user of the machine. */
export function optionsFile({ host, port, user, password }: Address, folder: string, name: string): string {
  const file = join(folder, name);
  const quoted = (text: string): string => `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
  writeFileSync(file, `[client]\nhost=${quoted(host)}\nport=${port}\nprotocol=tcp\nuser=${quoted(user)}\npassword=${quoted(password)}\n`, {
    mode: 0o600,
  });
  return file;
}

/** MariaDB's programs and MySQL's have other names, and speak to both servers. */
export function programOf(...names: readonly string[]): string {
  const found = names.find((name) => spawnSync(name, ["--version"], { stdio: "ignore" }).status === 0);
  if (found === undefined)
    throw new MaskError("UNREADABLE", `${names.join(" or ")}  is not there\n  Install the client programs (Debian: mariadb-client).`);
  return found;
}
