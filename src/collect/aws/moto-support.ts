// For tests: a real AWS API emulator (moto server), started on a port of its own and reached under the names of AWS's own hosts.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { Agent, get, request } from "node:https";
import type { Socket } from "node:net";
import { connect } from "node:tls";
import { fileURLToPath } from "node:url";
import { freePort } from "../../lib/free-port-support.ts";

const VENV = fileURLToPath(new URL("../../../.cache/moto", import.meta.url));

export const INSTALL = "install it with tools/servers/moto.sh";

/** A moto server that starts: the one of the cache, else one on the PATH. */
export function motoProgram(): string | undefined {
  const own = `${VENV}/bin/moto_server`;
  const candidates = existsSync(own) ? [own] : ["moto_server"];
  const found = candidates.find((program) => spawnSync(program, ["--help"], { stdio: "ignore" }).status === 0);
  if (found === undefined && process.env["BULKHEAD_REQUIRE_SERVERS"] === "1") throw new Error(`moto server is missing: ${INSTALL}`);
  return found;
}

/** Settings of an SDK client that reach a port of this machine as if AWS stood there, so that URLs in answers look as AWS's do. */
export type Settings = (service: string, region: string) => object;

export interface Moto {
  /** From now on requests are held to the policies of who asks, or no longer. */
  readonly enforce: (isOn: boolean) => Promise<void>;
  readonly port: number;
  readonly settings: Settings;
  readonly stop: () => Promise<void>;
}

/** What the SDK asks of AWS's hosts goes where `open` leads, and still names them. */
export function settingsTo(open: () => Socket): { readonly settings: Settings; readonly close: () => void } {
  const httpsAgent = new Agent({ keepAlive: true, maxSockets: 16 });
  Object.assign(httpsAgent, { createConnection: open });
  return { settings: () => ({ requestHandler: { httpsAgent, requestTimeout: 20_000 } }), close: () => httpsAgent.destroy() };
}

export async function startMoto(program: string): Promise<Moto> {
  const port = await freePort();
  const server = spawn(program, ["-H", "127.0.0.1", "-p", String(port), "-s"], { stdio: "ignore" });
  await answering(port, server);
  // Whatever host is asked, the emulator answers, with the certificate that it made for itself.
  const { settings, close } = settingsTo(() => connect({ host: "127.0.0.1", port, rejectUnauthorized: false }));
  return {
    port,
    settings,
    enforce: (isOn) => enforced(port, isOn),
    stop: () =>
      new Promise((stopped) => {
        close();
        server.once("exit", () => stopped());
        server.kill("SIGKILL");
      }),
  };
}

/** After how many requests policies count (Moto documentation, "IAM-like Access Control"). */
const enforced = (port: number, isOn: boolean): Promise<void> =>
  new Promise((done, failed) => {
    const asked = request(
      { host: "127.0.0.1", port, path: "/moto-api/reset-auth", method: "POST", rejectUnauthorized: false },
      (answer) => {
        answer.resume();
        answer.once("end", done);
      },
    );
    asked.once("error", failed);
    asked.end(isOn ? "0" : "inf");
  });

const isUp = (port: number): Promise<boolean> =>
  new Promise((told) => {
    const request = get({ host: "127.0.0.1", port, path: "/moto-api/data.json", rejectUnauthorized: false, timeout: 5000 }, (answer) => {
      answer.resume();
      told(answer.statusCode !== undefined);
    });
    request.once("error", () => told(false));
  });

async function answering(port: number, server: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (server.exitCode !== null) throw new Error(`moto server ended with status ${server.exitCode}`);
    if (await isUp(port)) return;
    await new Promise((later) => setTimeout(later, 100));
  }
  server.kill("SIGKILL");
  throw new Error("moto server does not answer");
}
