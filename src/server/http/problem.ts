// Errors as problem documents (RFC 9457): one code, one sentence, no stack and no secret.
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { hasZodFastifySchemaValidationErrors, isResponseSerializationError } from "fastify-type-provider-zod";
import { z } from "zod";
import { GateError, type GateErrorCode } from "../../app/gate/error.ts";
import type { Problem as GateProblem } from "../../app/gate/commands.ts";
import { CodedError } from "../../lib/error.ts";
import { AuthError, type AuthErrorCode } from "../auth/error.ts";

export const Problem = z
  .object({ type: z.string(), title: z.string(), status: z.int(), code: z.string(), detail: z.string() })
  .describe("A problem document, RFC 9457.");
export type Problem = z.infer<typeof Problem>;

const TITLES = {
  400: "Bad request",
  401: "Not signed in",
  403: "Not allowed",
  404: "Not found",
  405: "Method not allowed",
  406: "Not acceptable",
  409: "Conflict",
  413: "Too large",
  415: "Unsupported media type",
  422: "Unprocessable",
  429: "Too many requests",
  500: "Internal error",
  503: "Not available",
} as const;
export type ProblemStatus = keyof typeof TITLES;

/** An answer that says no. Thrown by routes and by authentication. */
export class ProblemError extends CodedError<string> {
  readonly status: ProblemStatus;

  constructor(status: ProblemStatus, code: string, message: string, options?: { readonly cause?: unknown }) {
    super(code, message, options);
    this.status = status;
  }
}

/** Documented answers of a route: those of every route, and its own. */
export const problemsOf = (...statuses: readonly ProblemStatus[]) =>
  Object.fromEntries(
    [...new Set<ProblemStatus>([400, 413, 415, 429, 500, 503, ...statuses])].map((status) => [
      status,
      { description: TITLES[status], content: { "application/problem+json": { schema: Problem } } },
    ]),
  );

const STATUS_OF: Readonly<Record<GateProblem["code"], ProblemStatus>> = {
  "not-found": 404,
  "not-allowed": 403,
  conflict: 409,
  "not-as-approved": 409,
  "too-late": 409,
  "unknown-environment": 404,
  "too-large": 413,
  "key-reused": 409,
};

export const refusal = ({ code, text }: GateProblem): ProblemError => new ProblemError(STATUS_OF[code], code, text);

const STATUS_OF_AUTH: Readonly<Record<AuthErrorCode, ProblemStatus>> = {
  NO_CREDENTIAL: 401,
  BAD_CREDENTIAL: 401,
  EXPIRED: 401,
  REPLAYED: 401,
  TOO_MANY: 429,
  UNREACHABLE: 503,
  FORBIDDEN: 403,
  BAD_CONFIGURATION: 500,
};

function sendAuthProblem(error: AuthError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const status = STATUS_OF_AUTH[error.code];
  if (status >= 500) request.log.error({ err: error, cause: error.cause }, "nobody can be let in");
  // Who tries what they may not is told in the log, by where they come from; what they showed is not.
  else request.log.warn({ code: error.code, why: error.message, address: request.ip }, "not let in");
  const detail = status === 500 ? "this server's sign-in is set up wrongly; its log says more" : error.message;
  return sendProblem(reply, status, error.code.toLowerCase().replaceAll("_", "-"), detail);
}

/** What went wrong inside is for the log. Outside, the gate is closed. */
const CLOSED: Readonly<Record<GateErrorCode, string>> = {
  UNAVAILABLE: "the ledger's database does not answer; nothing is known to be recorded, and nothing is approved",
  CLOCK: "this server's clock cannot be trusted; nothing is approved",
  TAMPERED: "the ledger in the database is not the one that this server signed; nothing is approved",
  UNDECIDABLE: "the gate cannot decide this; nothing is approved",
  BUSY: "too much waits already; nothing is approved",
  BAD_CHARTER: "the charter cannot be decided by; nothing is approved",
  UNSAFE_STORAGE: "the database would lose what is acknowledged; nothing is approved",
};

export function sendProblem(reply: FastifyReply, status: ProblemStatus, code: string, detail: string): FastifyReply {
  const body: Problem = { type: "about:blank", title: TITLES[status], status, code, detail };
  if (status === 401) reply.header("www-authenticate", 'Bearer realm="bulkhead"');
  if (status === 503) reply.header("retry-after", "2");
  return reply
    .code(status)
    .type("application/problem+json")
    .serializer((text: unknown) => text as string)
    .send(JSON.stringify(body));
}

export function onError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof ProblemError) return sendProblem(reply, error.status, error.code, error.message);
  if (error instanceof AuthError) return sendAuthProblem(error, request, reply);
  if (error instanceof GateError) {
    request.log.error({ err: error, cause: error.cause }, "the gate is closed");
    return sendProblem(reply, 503, error.code.toLowerCase(), CLOSED[error.code]);
  }
  if (hasZodFastifySchemaValidationErrors(error)) {
    const places = error.validation.map(
      ({ instancePath, message }) => `${error.validationContext ?? "request"}${instancePath} ${message ?? ""}`,
    );
    return sendProblem(reply, 400, "invalid", places.slice(0, 10).join("; ").slice(0, 2000));
  }
  const status = error.statusCode ?? 500;
  if (status < 500 && status in TITLES && !isResponseSerializationError(error))
    return sendProblem(reply, status as ProblemStatus, error.code?.toLowerCase() ?? "bad-request", error.message);
  if (status >= 400 && status < 500) return sendProblem(reply, 400, "bad-request", error.message);
  request.log.error({ err: error }, "a bug");
  return sendProblem(reply, 500, "internal", "this is a bug of the server; its log says more");
}
