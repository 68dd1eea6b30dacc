// Asks a forge's REST API over HTTPS, so many requests at a time, and again when it is busy or says to come back later. Changes nothing.
import { Agent as HttpAgent, type IncomingHttpHeaders, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { isObject } from "../lib/json.ts";
import { fail, ok, type Result } from "../lib/result.ts";

export interface RestOptions {
  /** `https://api.github.com`: paths are put behind it. */
  readonly base: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** How many requests may be under way at once. */
  readonly concurrency: number;
  /** How long a refused request has to wait, in the vendor's own way; undefined: it is no matter of time. */
  readonly throttled?: (answer: RestAnswer) => number | undefined;
  /** How long the first repetition waits when the server does not say; each further one twice as long. */
  readonly firstWaitMs?: number;
  /** Longest wait that the server may ask for; longer, and the call is given up. */
  readonly longestWaitMs?: number;
  readonly say?: (line: string) => void;
}

export interface RestAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface RestFailure {
  /** HTTP status; 0: no answer came. */
  readonly status: number;
  readonly error: string;
}

export interface RestConnection {
  readonly server: string;
  /** Any answer that came, of whatever status. */
  readonly get: (path: string, headers?: Readonly<Record<string, string>>) => Promise<Result<RestAnswer, RestFailure>>;
  /** A question without a body that is asked by POST all the same, and changes nothing. */
  readonly post: (path: string) => Promise<Result<RestAnswer, RestFailure>>;
  readonly close: () => void;
}

/** Error: why nothing is asked of this address. */
export function connectRest(options: RestOptions): Result<RestConnection, string> {
  const { base } = options;
  const isHere = /^(?:127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/.test(base.hostname);
  // Threat: whoever stands between would be given the token, and could answer for the server.
  if (base.protocol !== "https:" && !(isHere && base.protocol === "http:")) return fail(`${base.origin} is not asked over HTTPS`);
  if (base.username !== "" || base.password !== "") return fail("the address holds credentials: give them in the environment");
  const agent = base.protocol === "http:" ? new HttpAgent({ keepAlive: true }) : new HttpsAgent({ keepAlive: true });
  const inTurn = turns(options.concurrency);
  // Who was told to wait holds all others back too: a forge bars clients that go on asking.
  let resumeAt = 0;
  const pause = (ms: number): void => void (resumeAt = Math.max(resumeAt, Date.now() + ms));
  const ask = (method: "GET" | "POST", path: string, headers: Readonly<Record<string, string>>) => {
    const url = new URL(`${base.href.replace(/\/$/, "")}${path}`);
    const request = async (): Promise<RestAnswer> => {
      for (let wait = resumeAt - Date.now(); wait > 0; wait = resumeAt - Date.now()) await sleep(wait);
      return once(method, url, { ...options.headers, ...headers }, agent);
    };
    return inTurn(() => repeated(request, pause, options));
  };
  return ok({
    server: base.href,
    get: (path, headers = {}) => ask("GET", path, headers),
    post: (path) => ask("POST", path, {}),
    close: () => agent.destroy(),
  });
}

const sleep = (ms: number): Promise<void> => new Promise((later) => setTimeout(later, ms));

/** Lets so many through at once; the rest wait in line. */
function turns(places: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let free = Math.max(1, places);
  return async (work) => {
    if (free > 0) free--;
    else await new Promise<void>((go) => void waiting.push(go));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}

const MOST_ATTEMPTS = 6;
const LONGEST_WAIT_MS = 65 * 60_000;
const LONGEST_OWN_WAIT_MS = 30_000;
/** Too many requests, and what servers and proxies say when they are over-busy or restart (RFC 9110, 15.6; RFC 6585, 4). */
const PASSING: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);

type Settled = RestAnswer | { readonly error: string; readonly isPassing: boolean };

async function repeated(
  request: () => Promise<RestAnswer>,
  pause: (ms: number) => void,
  { throttled, firstWaitMs = 500, longestWaitMs = LONGEST_WAIT_MS, say }: RestOptions,
): Promise<Result<RestAnswer, RestFailure>> {
  for (let attempt = 1; ; attempt++) {
    const answer = await settled(request);
    const isBroken = "error" in answer;
    const asked = isBroken ? undefined : (throttled?.(answer) ?? (PASSING.has(answer.status) ? retryAfterMs(answer.headers) : undefined));
    const isPassing = isBroken ? answer.isPassing : asked !== undefined || PASSING.has(answer.status);
    if (!isPassing || attempt === MOST_ATTEMPTS || (asked !== undefined && asked > longestWaitMs))
      return isBroken ? fail({ status: 0, error: answer.error }) : ok(answer);
    if (asked !== undefined) {
      if (asked > LONGEST_OWN_WAIT_MS) say?.(`asked to wait ${Math.ceil(asked / 60_000)} min: the limit of requests is reached`);
      pause(asked);
    }
    // Some of the wait is chance, so that many clients do not come back at once.
    else await sleep(Math.min(firstWaitMs * 2 ** (attempt - 1) * (0.5 + Math.random() / 2), LONGEST_OWN_WAIT_MS));
  }
}

async function settled(request: () => Promise<RestAnswer>): Promise<Settled> {
  try {
    return await request();
  } catch (error) {
    const code = isObject(error) && typeof error["code"] === "string" ? error["code"] : "";
    const message = error instanceof Error && error.message !== "" ? oneLine(error.message) : code || "no answer";
    return { error: `cannot be reached: ${message}`, isPassing: BROKEN.test(code) };
  }
}

/** Connections that broke or were not taken; a certificate that does not prove itself will not do so the next time either. */
const BROKEN = /^(?:ECONNRESET|ECONNREFUSED|ECONNABORTED|EPIPE|ETIMEDOUT|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/;

/** A written answer must stay below the limit of a file. */
const MOST_BYTES = 48 * 2 ** 20;
const IDLE_MS = 60_000;

/** Redirections are not followed: what answers would not be what was asked. */
async function once(
  method: string,
  url: URL,
  headers: Readonly<Record<string, string>>,
  agent: HttpAgent | HttpsAgent,
): Promise<RestAnswer> {
  const send = url.protocol === "http:" ? httpRequest : httpsRequest;
  return new Promise((answered, failed) => {
    // Whatever NODE_TLS_REJECT_UNAUTHORIZED says.
    const request = send(url, { method, headers, agent, timeout: IDLE_MS, rejectUnauthorized: true }, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= MOST_BYTES) return void chunks.push(chunk);
        failed(new Error("the answer is too large"));
        request.destroy();
      });
      response.once("end", () =>
        response.complete
          ? answered({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString("utf8") })
          : failed(Object.assign(new Error("the answer was cut off"), { code: "ECONNRESET" })),
      );
      response.once("error", failed);
    });
    request.once("timeout", () => request.destroy(Object.assign(new Error("no answer came in time"), { code: "ETIMEDOUT" })));
    request.once("error", failed);
    request.end();
  });
}

/** Seconds, or a date (RFC 9110, section 10.2.3). */
export function retryAfterMs(headers: IncomingHttpHeaders): number | undefined {
  const header = headers["retry-after"];
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

/** Attacker-controlled: control characters would end the line that it is printed on. */
export const oneLine = (text: string): string =>
  text
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, " ")
    .trim()
    .slice(0, 1000);
