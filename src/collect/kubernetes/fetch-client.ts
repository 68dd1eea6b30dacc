// Asks an API server over HTTPS, with the address, trust and credentials that the official client takes from a kubeconfig. It is loaded here only.
import { request as httpRequest } from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";
import { isObject, type JsonObject } from "../../lib/json.ts";
import { fail, ok, type Result } from "../../lib/result.ts";

export interface ConnectOptions {
  /** Absent: KUBECONFIG, else the one of the home folder, else the pod's own service account, as the client does. */
  readonly kubeconfig?: string;
  readonly context: string;
  /** How long the first repetition waits when the server does not say; each further one twice as long. */
  readonly firstWaitMs?: number;
}

export interface Failure {
  /** HTTP status; 0: no answer came. */
  readonly status: number;
  /** As kubectl prints it. */
  readonly error: string;
  /** The answer was larger than what is read at once. */
  readonly isTooLarge?: true;
}

export interface Connection {
  readonly server: string;
  /** The user as the kubeconfig names them. */
  readonly user: string;
  get(path: string, query?: Readonly<Record<string, string>>): Promise<Result<JsonObject, Failure>>;
  /** For reviews: they are created and never stored (API reference, SelfSubjectReview). */
  review(path: string, body: JsonObject): Promise<Result<JsonObject, Failure>>;
}

/** Error: why there is no connection, as a sentence. Nothing has been asked yet. */
export async function connect(options: ConnectOptions): Promise<Result<Connection, string>> {
  const { KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  try {
    if (options.kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(options.kubeconfig);
  } catch (error) {
    const code = isObject(error) && typeof error["code"] === "string" ? error["code"] : "it is no kubeconfig";
    // The parser's own message quotes the file, which holds credentials.
    return fail(`the kubeconfig ${options.kubeconfig ?? ""} cannot be read: ${code}`.replace("  ", " "));
  }
  const names = config.getContexts().map(({ name }) => name);
  if (!names.includes(options.context)) {
    const known = names.length === 0 ? "it holds none" : `it holds ${names.map((name) => oneLine(name)).join(", ")}`;
    return fail(`the kubeconfig has no context ${options.context}: ${known}`);
  }
  config.setCurrentContext(options.context);
  const cluster = config.getCurrentCluster();
  if (!cluster) return fail(`the context ${options.context} names a cluster that the kubeconfig does not have`);
  const address = URL.parse(cluster.server);
  if (!address) return fail(`the address of the cluster of ${options.context} is no URL`);
  // Threat: whoever stands between could answer for the cluster, and be given the token.
  if (!isProven(address, cluster.skipTLSVerify))
    return fail(`the context ${options.context} does not verify the server; name its certificate-authority instead`);
  return ok(connection(config, address, options));
}

const isProven = (address: URL, isUnverified: boolean): boolean =>
  /^(?:127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/.test(address.hostname) || (address.protocol === "https:" && !isUnverified);

function connection(config: KubeConfig, address: URL, options: ConnectOptions): Connection {
  const ask = async (method: "GET" | "POST", path: string, query: Readonly<Record<string, string>>, body?: JsonObject) => {
    const url = new URL(`${address.pathname.replace(/\/$/, "")}${path}`, address);
    for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
    return repeated(() => once(config, method, url, body), options.firstWaitMs ?? 500);
  };
  return {
    server: address.href,
    user: config.getCurrentUser()?.name ?? "",
    get: (path, query = {}) => ask("GET", path, query),
    review: (path, body) => ask("POST", path, {}, body),
  };
}

interface Answer {
  readonly status: number;
  readonly retryAfterMs?: number;
  readonly text: string;
  readonly isTooLarge?: true;
}

const MOST_ATTEMPTS = 6;
const LONGEST_WAIT_MS = 30_000;
/** Too many requests, and what servers and proxies say when they are over-busy or restart (RFC 9110, 15.6; RFC 6585, 4). */
const PASSING: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);

async function repeated(request: () => Promise<Answer>, firstWaitMs: number): Promise<Result<JsonObject, Failure>> {
  for (let attempt = 1; ; attempt++) {
    const answer = await settled(request);
    const isPassing = "error" in answer ? answer.isPassing : PASSING.has(answer.status);
    if (!isPassing || attempt === MOST_ATTEMPTS) return "error" in answer ? fail({ status: 0, error: answer.error }) : read(answer);
    const asked = "error" in answer ? undefined : answer.retryAfterMs;
    // Some of the wait is chance, so that many clients do not come back at once.
    const own = firstWaitMs * 2 ** (attempt - 1) * (0.5 + Math.random() / 2);
    await new Promise((later) => setTimeout(later, Math.min(asked ?? own, LONGEST_WAIT_MS)));
  }
}

async function settled(request: () => Promise<Answer>): Promise<Answer | { readonly error: string; readonly isPassing: boolean }> {
  try {
    return await request();
  } catch (error) {
    const code = isObject(error) && typeof error["code"] === "string" ? error["code"] : "";
    const message = error instanceof Error ? oneLine(error.message) : "no answer";
    return { error: `Unable to connect to the server: ${message}`, isPassing: BROKEN.test(code) };
  }
}

/** Connections that broke or were not taken; a certificate that does not prove itself will not do so the next time either. */
const BROKEN = /^(?:ECONNRESET|ECONNREFUSED|ECONNABORTED|EPIPE|ETIMEDOUT|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/;

/** What is read at once. A page of the API holds at most 500 objects, and a written one must stay below the limit of a file. */
const MOST_BYTES = 16 * 2 ** 20;
const IDLE_MS = 60_000;

async function once(config: KubeConfig, method: string, url: URL, body: JsonObject | undefined): Promise<Answer> {
  const options: RequestOptions = { method };
  // Anew for each request: a token of a file or a plugin may have run out meanwhile.
  await config.applyToHTTPSOptions(options);
  // Whatever NODE_TLS_REJECT_UNAUTHORIZED says.
  if (config.getCurrentCluster()?.skipTLSVerify !== true) options.rejectUnauthorized = true;
  const text = body && JSON.stringify(body);
  options.headers = { ...options.headers, Accept: "application/json", ...(text !== undefined && { "Content-Type": "application/json" }) };
  const send = url.protocol === "http:" ? httpRequest : httpsRequest;
  return new Promise((answered, failed) => {
    const request = send(url, { ...options, timeout: IDLE_MS }, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      const retryAfterMs = waitOf(response.headers["retry-after"]);
      const answer = { status: response.statusCode ?? 0, ...(retryAfterMs !== undefined && { retryAfterMs }) };
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= MOST_BYTES) return void chunks.push(chunk);
        answered({ ...answer, text: "", isTooLarge: true });
        request.destroy();
      });
      response.once("end", () => answered({ ...answer, text: Buffer.concat(chunks).toString("utf8") }));
      response.once("error", failed);
    });
    request.once("timeout", () => request.destroy(Object.assign(new Error("no answer came in time"), { code: "ETIMEDOUT" })));
    request.once("error", failed);
    request.end(text);
  });
}

/** Seconds, or a date (RFC 9110, section 10.2.3). */
function waitOf(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

function read({ status, text, isTooLarge }: Answer): Result<JsonObject, Failure> {
  if (isTooLarge) return fail({ status, error: "the answer is too large", isTooLarge });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return fail({ status, error: `Error from server: status ${status}, and no JSON` });
  }
  if (!isObject(value)) return fail({ status, error: `Error from server: status ${status}, and no object` });
  if (status >= 200 && status < 300) return ok(value);
  // The form of an error (API conventions, "Error response").
  const reason = typeof value["reason"] === "string" && /^\w+$/.test(value["reason"]) ? value["reason"] : String(status);
  const message = typeof value["message"] === "string" ? oneLine(value["message"]) : "no message";
  return fail({ status, error: `Error from server (${reason}): ${message}` });
}

/** Attacker-controlled: control characters would end the line that it is printed on. */
export const oneLine = (text: string): string =>
  text
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, " ")
    .trim()
    .slice(0, 1000);
