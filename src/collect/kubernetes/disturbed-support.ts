// For tests: a proxy before a real API server, as `kubectl proxy` is one, that answers some requests itself or does something on the way.
import { type IncomingMessage, createServer, type ServerResponse } from "node:http";
import { Agent, request } from "node:https";
import type { AddressInfo } from "node:net";
import type { ApiServer } from "./api-server-support.ts";

/** True: the disturbance has answered, and the API server is not asked. */
export type Disturbance = (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>;

export interface Disturbed {
  readonly url: string;
  /** Requests that came, in their order. */
  readonly asked: readonly string[];
  readonly stop: () => Promise<void>;
}

export async function disturbed(server: ApiServer, disturb: Disturbance): Promise<Disturbed> {
  const asked: string[] = [];
  const agent = new Agent({ ca: server.authority, keepAlive: true });
  const pass = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    asked.push(incoming.url ?? "");
    if (await disturb(incoming, response)) return;
    const { method, headers } = incoming;
    const { host: _, ...rest } = headers;
    const onward = request(`${server.url}${incoming.url}`, { ...(method && { method }), headers: rest, agent }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.once("error", () => response.destroy());
    incoming.pipe(onward);
  };
  const proxy = createServer((incoming, response) => void pass(incoming, response));
  await new Promise<void>((listening) => proxy.listen(0, "127.0.0.1", listening));
  const { port } = proxy.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    stop: () =>
      new Promise((stopped) => {
        agent.destroy();
        proxy.closeAllConnections();
        proxy.close(() => stopped());
      }),
  };
}
