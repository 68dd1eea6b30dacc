// The witness over HTTP, as C2SP tlog-witness has it: add-checkpoint, and the last checkpoint of each log.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { addCheckpoint, lastCheckpoint, type Witness } from "../app/ledger/witness.ts";

/** A request has at most 63 lines of proof and a checkpoint; this is far above both. */
const MAX_BODY_BYTES = 200_000;
const REQUEST_TIMEOUT_MS = 10_000;

/** `now` gives the time that cosignatures carry. Answers 500 and cosigns nothing when its memory cannot be read or written. */
export function witnessServer(witness: Witness, now: () => Date, log: (line: string) => void): Server {
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
    respond(witness, request, response, now).catch((error: unknown) => {
      log(error instanceof Error ? error.message : String(error));
      if (!response.headersSent) send(response, 500, "the witness cannot read or write its memory\n");
      else response.destroy();
    });
  });
  return server;
}

async function respond(witness: Witness, request: IncomingMessage, response: ServerResponse, now: () => Date): Promise<void> {
  const path = (request.url ?? "").split("?")[0] as string;
  const asked = /^\/([0-9a-f]{64})\/checkpoint$/.exec(path)?.[1];
  if (path === "/add-checkpoint") {
    if (request.method !== "POST") return send(response, 405, "POST only\n", { allow: "POST" });
    const body = await bodyOf(request);
    if (body === undefined) return send(response, 413, `at most ${MAX_BODY_BYTES} bytes\n`, { connection: "close" });
    const answer = addCheckpoint(witness, body, now());
    if (answer.status === 200) return send(response, 200, answer.lines);
    if (answer.status === 409) return send(response, 409, `${answer.size}\n`, { "content-type": "text/x.tlog.size" });
    return send(response, answer.status, `${answer.why}\n`);
  }
  if (asked !== undefined && (request.method === "GET" || request.method === "HEAD")) {
    const checkpoint = lastCheckpoint(witness, asked);
    return checkpoint === undefined
      ? send(response, 404, "no checkpoint of this log was cosigned\n")
      : send(response, 200, Buffer.from(checkpoint));
  }
  if (path === "/healthz" && request.method === "GET") return send(response, 200, "ok\n");
  send(response, 404, "POST /add-checkpoint, GET /ORIGIN-HASH/checkpoint\n");
}

/** Undefined when it is larger than allowed. */
async function bodyOf(request: IncomingMessage): Promise<Uint8Array | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MAX_BODY_BYTES) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function send(response: ServerResponse, status: number, body: string | Buffer, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, {
    "content-type": "text/plain; charset=utf-8",
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    ...headers,
  });
  response.end(body);
}
