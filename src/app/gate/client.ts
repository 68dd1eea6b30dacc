// The client's side of the gate over HTTP: who asks, by a token or by the CI's own, and answers or a reason why there is none.
import { CodedError } from "../../lib/error.ts";
import { isObject } from "../../lib/json.ts";
import { PromotionView, TestView } from "./commands.ts";

export type ClientErrorCode = "NO_TOKEN" | "NO_ANSWER" | "REFUSED" | "UNEXPECTED";

/** REFUSED: the server answered no, and recorded nothing. NO_ANSWER: nothing is known, and nothing is approved. */
export class ClientError extends CodedError<ClientErrorCode> {
  /** Of the server's answer, where there is one. */
  readonly status: number | undefined;

  constructor(code: ClientErrorCode, message: string, options?: { readonly cause?: unknown; readonly status?: number }) {
    super(code, message, options);
    this.status = options?.status;
  }
}

export interface Client {
  post(path: string, body: unknown, idempotencyKey?: string): Promise<unknown>;
  get(path: string): Promise<unknown>;
  /** A file as it is. */
  bytes(path: string): Promise<Uint8Array>;
}

export interface ClientOptions {
  readonly server: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const TIMEOUT_MS = 30_000;

export function client({ server, environment }: ClientOptions): Client {
  const base = new URL(server.endsWith("/") ? server : `${server}/`);
  const answerTo = async (method: string, path: string, init: RequestInit): Promise<Response> => {
    const token = await tokenFrom(environment, base.origin);
    const headers = { accept: "application/json", authorization: `Bearer ${token}`, ...(init.headers as Record<string, string>) };
    const answer = await send(new URL(path, base), { ...init, method, headers });
    if (answer.ok) return answer;
    throw new ClientError("REFUSED", detailOf(await answer.json().catch(() => undefined)), { status: answer.status });
  };
  const ask = async (method: string, path: string, init: RequestInit): Promise<unknown> =>
    (await answerTo(method, path, init)).json().catch(() => undefined);
  return {
    get: (path) => ask("GET", path, {}),
    bytes: async (path) => new Uint8Array(await (await answerTo("GET", path, {})).arrayBuffer()),
    post: (path, body, key) =>
      ask("POST", path, {
        headers: { "content-type": "application/json", ...(key !== undefined && { "idempotency-key": key }) },
        body: JSON.stringify(body),
      }),
  };
}

async function send(url: URL, init: RequestInit): Promise<Response> {
  try {
    // Threat: a redirect would carry the token to whoever it names.
    return await fetch(url, { ...init, redirect: "error", signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (cause) {
    const why = cause instanceof Error ? ((cause.cause as { readonly code?: string } | undefined)?.code ?? cause.message) : String(cause);
    throw new ClientError("NO_ANSWER", `${url.origin}  does not answer (${why}); nothing is approved`, { cause });
  }
}

/** Attacker-controlled when the address is wrong: one line of plain characters. */
const detailOf = (body: unknown): string =>
  (isObject(body) && typeof body["detail"] === "string" ? body["detail"] : "an answer without a reason")
    .replaceAll(/[^\u0020-\u007e\u00a0-\u02ff\u2010-\u2026]+/g, "?")
    .slice(0, 2000);

/**
 * BULKHEAD_TOKEN; or the token that GitHub issues to the job for this server as audience (GitHub Docs, "OpenID Connect reference", "Requesting the JWT using
 * environment variables"); or BULKHEAD_ID_TOKEN, as GitLab's `id_tokens` puts it there.
 */
async function tokenFrom(environment: ClientOptions["environment"], audience: string): Promise<string> {
  const own = environment["BULKHEAD_TOKEN"] || environment["BULKHEAD_ID_TOKEN"];
  if (own) return own;
  const [url, secret] = [environment["ACTIONS_ID_TOKEN_REQUEST_URL"], environment["ACTIONS_ID_TOKEN_REQUEST_TOKEN"]];
  if (!url || !secret)
    throw new ClientError(
      "NO_TOKEN",
      "no token says who asks\n  Set BULKHEAD_TOKEN; in GitHub Actions give the job `permissions: id-token: write`; in GitLab declare `id_tokens: { BULKHEAD_ID_TOKEN: { aud: SERVER } }`.",
    );
  const asked = new URL(url);
  asked.searchParams.set("audience", audience);
  const answer = await send(asked, { headers: { authorization: `Bearer ${secret}` } });
  const body: unknown = await answer.json().catch(() => undefined);
  if (!answer.ok || !isObject(body) || typeof body["value"] !== "string")
    throw new ClientError("NO_TOKEN", `GitHub gives the job no token (${answer.status})`);
  return body["value"];
}

/** What the server says of a promotion; what is none is no approval. */
export function promotionFrom(body: unknown): PromotionView {
  const parsed = PromotionView.safeParse(body);
  if (!parsed.success) throw new ClientError("UNEXPECTED", "the server's answer is no promotion; is it of this version?");
  return parsed.data;
}

export function testFrom(body: unknown): TestView {
  const parsed = TestView.safeParse(body);
  if (!parsed.success) throw new ClientError("UNEXPECTED", "the server's answer is no test; is it of this version?");
  return parsed.data;
}
