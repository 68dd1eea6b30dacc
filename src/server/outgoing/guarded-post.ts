// One POST to an address that somebody configured: only where the guard lets it, in time, following nothing, reading little.
import { request as overHttp } from "node:http";
import { request as overHttps } from "node:https";
import type { AddressGuard } from "./address-guard.ts";

const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 65_536;

/** The status of the answer; a redirection is one like any other. Throws when there is none. */
export async function guardedPost(url: URL, headers: Readonly<Record<string, string>>, body: string, guard: AddressGuard): Promise<number> {
  guard.check(url.hostname);
  const request = url.protocol === "https:" ? overHttps : overHttp;
  return new Promise((answered, failed) => {
    const sent = request(
      url,
      // A connection of its own: one that was kept open was looked up for somebody else.
      {
        method: "POST",
        headers: { ...headers, "content-length": String(Buffer.byteLength(body)) },
        lookup: guard.lookup,
        agent: false,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      },
      (response) => {
        let size = 0;
        response.on("data", (part: Buffer) => {
          size += part.length;
          if (size > MAX_ANSWER_BYTES) response.destroy();
        });
        response.on("close", () => answered(response.statusCode ?? 0));
        response.on("error", failed);
      },
    );
    sent.on("error", failed);
    sent.end(body);
  });
}
