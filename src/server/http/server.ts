// The HTTP server: Fastify with our limits, headers and problems; routes come as plugins, and each says who may use it.
import type { IncomingMessage, ServerResponse } from "node:http";
import fastifyHelmet from "@fastify/helmet";
import fastifyRateLimit from "@fastify/rate-limit";
import fastifySwagger from "@fastify/swagger";
import fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyReply,
  type FastifyInstance,
  type RawServerDefault,
  type FastifyPluginAsync,
  type FastifyRequest,
  type FastifyServerOptions,
  type RouteOptions,
} from "fastify";
import { jsonSchemaTransform, serializerCompiler, validatorCompiler, type ZodTypeProvider } from "fastify-type-provider-zod";
import { VERSION } from "../../app/version.ts";
import { transformObject } from "./document.ts";
import { type Authenticate, mayUse } from "./principal.ts";
import { onError, ProblemError, sendProblem } from "./problem.ts";

const BODY_BYTES = 1_000_000;
const REQUEST_MS = 30_000;
const REQUESTS_A_MINUTE = 600;

export interface HttpOptions {
  readonly authenticate: Authenticate;
  /** What else is asked of whoever may use a route, once its body is read: what a pipeline's token allows. Throws to refuse. */
  readonly check?: (request: FastifyRequest) => Promise<void>;
  readonly logger: NonNullable<FastifyServerOptions["logger"]>;
  readonly requestsAMinute?: number;
  /** Behind a reverse proxy: addresses whose word about the client is believed. */
  readonly trustProxy?: string;
}

/** Values that never reach the log. */
const REDACTED = ["req.headers.authorization", "req.headers.cookie", 'res.headers["set-cookie"]'];

/** Structured, one JSON line each, on stderr. */
export const loggerTo = (
  level: string,
): { level: string; redact: string[]; stream: NodeJS.WritableStream & { write(text: string): void } } => ({
  level,
  redact: REDACTED,
  stream: process.stderr,
});

export type Server = FastifyInstance;

/** As a plugin sees it, once it asked for types from schemas: `plain.withTypeProvider<ZodTypeProvider>()`. */
export type App = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger, ZodTypeProvider>;

/** A plugin of routes. They are registered in order, inside of the same limits and access rules. */
export type Routes = FastifyPluginAsync;

export async function httpServer(options: HttpOptions, plugins: readonly Routes[]): Promise<Server> {
  const app = fastify({
    logger: options.logger,
    bodyLimit: BODY_BYTES,
    requestTimeout: REQUEST_MS,
    connectionTimeout: REQUEST_MS,
    keepAliveTimeout: REQUEST_MS,
    routerOptions: { maxParamLength: 300 },
    trustProxy: options.trustProxy ?? false,
    // Closing answers what is under way, and nothing new.
    return503OnClosing: true,
    forceCloseConnections: "idle",
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  await app.register(fastifyHelmet, {
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        objectSrc: ["'none'"],
      },
    },
    referrerPolicy: { policy: "no-referrer" },
  });
  await app.register(fastifyRateLimit, {
    max: options.requestsAMinute ?? REQUESTS_A_MINUTE,
    timeWindow: "1 minute",
    errorResponseBuilder: (_request, { after }) => new ProblemError(429, "too-many", `too many requests; try again in ${after}`),
  });
  await app.register(fastifySwagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Bulkhead",
        version: VERSION,
        description: "The gate, and the ledger of what passed it. Errors are problem documents (RFC 9457).",
        license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      },
      components: { securitySchemes: { bearer: { type: "http", scheme: "bearer" } } },
    },
    transform: jsonSchemaTransform,
    transformObject,
  });
  const known = guardRoutes(app, options.authenticate);
  const { check } = options;
  if (check) app.addHook("preHandler", async (request) => check(request));
  answerStrangers(app, known);
  for (const plugin of plugins) await app.register(plugin);
  app.get("/openapi.json", { config: { access: "public" }, schema: { hide: true } }, () => app.swagger());
  return app;
}

/** Every route says who may use it, and nothing else is asked before that is known. */
function guardRoutes(app: FastifyInstance, authenticate: Authenticate): readonly RouteOptions[] {
  const known: RouteOptions[] = [];
  app.decorateRequest("principal", undefined);
  app.decorateRequest("identity", undefined);
  app.addHook("onRoute", (route) => {
    if (route.config?.access === undefined) throw new Error(`${String(route.method)} ${route.url} does not say who may use it`);
    known.push(route);
  });
  app.addHook("onRequest", async (request, reply) => {
    // Unless a route knows better, as the ledger's tiles do.
    reply.header("cache-control", "no-store");
    const { access } = request.routeOptions.config;
    if (access === undefined || access === "public") return;
    request.principal = await authenticate(request);
    if (request.principal === undefined) throw new ProblemError(401, "not-signed-in", "say who asks: Authorization: Bearer TOKEN");
    if (mayUse(access, request.principal)) return;
    request.log.warn({ subject: request.principal.subject, route: request.routeOptions.url }, "not allowed");
    throw new ProblemError(403, "not-allowed", `${[...request.principal.roles].join(", ") || "nobody"} may not do this`);
  });
  return known;
}

/** What no route answers: 405 where another method would be answered, else 404. `known` grows while routes are registered; handlers stand before, so that every plugin has them. */
function answerStrangers(app: FastifyInstance, known: readonly RouteOptions[]): void {
  const stranger = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const path = request.url.split("?")[0] as string;
    const methods = [
      ...new Set(
        patternsOf(known)
          .filter(({ pattern }) => pattern.test(path))
          .flatMap(({ methods }) => methods),
      ),
    ];
    if (methods.length === 0) return sendProblem(reply, 404, "not-found", "nothing is here; see /openapi.json");
    return sendProblem(reply.header("allow", methods.join(", ")), 405, "method", `use ${methods.join(", ")}`);
  };
  app.setNotFoundHandler(stranger);
  // Fastify asks for a content type before it finds out that no route takes the method.
  app.setErrorHandler((error: FastifyError, request, reply) =>
    error.code === "FST_ERR_ROUTE_MISSING_CONTENT_TYPE" ? stranger(request, reply) : onError(error, request, reply),
  );
}

const patternsOf = (known: readonly RouteOptions[]): readonly { readonly methods: readonly string[]; readonly pattern: RegExp }[] =>
  known.map(({ url, method }) => ({
    methods: [method].flat(),
    pattern: new RegExp(
      `^${url
        .replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&")
        .replaceAll(/:[A-Za-z]+/g, "[^/]+")
        .replaceAll("*", ".*")}$`,
    ),
  }));
