// For tests: a real AWS API emulator (moto server), started on a port of its own and reached under the names of AWS's own hosts.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { Agent, get } from "node:https";
import { createServer, type AddressInfo } from "node:net";
import { connect } from "node:tls";
import { fileURLToPath } from "node:url";

const VENV = fileURLToPath(new URL("../../../.cache/moto", import.meta.url));

export const INSTALL = "install it with tools/servers/moto.sh";

/** A moto server that starts: the one of the cache, else one on the PATH. */
export function motoProgram(): string | undefined {
  const own = `${VENV}/bin/moto_server`;
  const candidates = existsSync(own) ? [own] : ["moto_server"];
  return candidates.find((program) => spawnSync(program, ["--help"], { stdio: "ignore" }).status === 0);
}

export interface Moto {
  /** Settings of an SDK client that reach the emulator as if it were AWS, so that URLs in its answers look as AWS's do. */
  readonly settings: (service: string, region: string) => object;
  readonly stop: () => Promise<void>;
}

const freePort = (): Promise<number> =>
  new Promise((found, failed) => {
    const server = createServer();
    server.once("error", failed);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => found(port));
    });
  });

export async function startMoto(program: string): Promise<Moto> {
  const port = await freePort();
  const server = spawn(program, ["-H", "127.0.0.1", "-p", String(port), "-s"], { stdio: "ignore" });
  // Whatever host is asked, the emulator answers, with the certificate that it made for itself.
  const httpsAgent = new Agent({ keepAlive: true, maxSockets: 16 });
  Object.assign(httpsAgent, { createConnection: () => connect({ host: "127.0.0.1", port, rejectUnauthorized: false }) });
  await answering(httpsAgent, server);
  return {
    settings: () => ({ requestHandler: { httpsAgent, requestTimeout: 20_000 }, maxAttempts: 2 }),
    stop: () =>
      new Promise((stopped) => {
        httpsAgent.destroy();
        server.once("exit", () => stopped());
        server.kill("SIGKILL");
      }),
  };
}

const isUp = (agent: Agent): Promise<boolean> =>
  new Promise((told) => {
    const request = get({ host: "sts.amazonaws.com", path: "/moto-api/data.json", agent, timeout: 5000 }, (answer) => {
      answer.resume();
      told(answer.statusCode !== undefined);
    });
    request.once("error", () => told(false));
  });

async function answering(agent: Agent, server: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (server.exitCode !== null) throw new Error(`moto server ended with status ${server.exitCode}`);
    if (await isUp(agent)) return;
    await new Promise((later) => setTimeout(later, 100));
  }
  server.kill("SIGKILL");
  throw new Error("moto server does not answer");
}
