// What a pipeline's token lets it ask, route by route: what its rules allow, for the source that its token proves, and each change once.
import type { FastifyRequest } from "fastify";
import { AuthError } from "../error.ts";
import type { OnceOnly } from "../once-only.ts";
import type { PipelineAction } from "./configuration.ts";
import { pipelineMay, type PipelineIdentity, sourceProblem, spendToken } from "./verify.ts";

interface PipelineRoute {
  readonly action: PipelineAction;
  /** Where the body names the environment that it is about; left out: none is. */
  readonly environment?: string;
  readonly isChange: boolean;
}

/** A pipeline may ask these, and nothing else, whatever its rules say. */
export const PIPELINE_ROUTES: Readonly<Record<string, PipelineRoute>> = {
  "POST /v1/promotions": { action: "request", environment: "to", isChange: true },
  "POST /v1/tests": { action: "report-test", environment: "environment", isChange: true },
  "POST /v1/promotions/:id/deployment": { action: "confirm", environment: "environment", isChange: true },
  "POST /v1/promotions/:id/decision": { action: "read", isChange: false },
  "GET /v1/promotions": { action: "read", isChange: false },
  "GET /v1/promotions/:id": { action: "read", isChange: false },
};

/** Throws an AuthError when the request is a pipeline's and its token does not allow it. */
export const pipelineGuard =
  (once: OnceOnly) =>
  async (request: FastifyRequest): Promise<void> => {
    const { identity } = request;
    if (identity?.kind === "pipeline") await check(identity, request, once);
  };

async function check(identity: PipelineIdentity, request: FastifyRequest, once: OnceOnly): Promise<void> {
  const name = `${request.method === "HEAD" ? "GET" : request.method} ${request.routeOptions.url ?? ""}`;
  const route = Object.hasOwn(PIPELINE_ROUTES, name) ? PIPELINE_ROUTES[name] : undefined;
  if (route === undefined) throw new AuthError("FORBIDDEN", "a pipeline may not ask this");
  const body = (request.body ?? {}) as Record<string, unknown>;
  if (route.environment === undefined) {
    if (!identity.rules.some(({ may }) => may.includes(route.action)))
      throw new AuthError("FORBIDDEN", `no rule lets this job ${route.action}`);
  } else {
    const environment = body[route.environment];
    if (typeof environment !== "string" || !pipelineMay(identity, route.action, environment))
      throw new AuthError("FORBIDDEN", `no rule lets this job ${route.action} for ${String(environment)}`);
  }
  const problem = route.action === "request" || route.action === "report-test" ? problemOf(identity, route.action, body) : undefined;
  if (problem !== undefined) throw new AuthError("FORBIDDEN", problem);
  if (route.isChange) await spendToken(once, identity, { route: `${request.method} ${request.url}`, body });
  // Who started the run takes part in the change, and so does not approve it.
  if (route.action === "request" && Array.isArray(body["authors"]) && !body["authors"].includes(identity.actor))
    body["authors"].push(identity.actor);
}

function problemOf(identity: PipelineIdentity, action: "request" | "report-test", body: Record<string, unknown>): string | undefined {
  if (action === "request") return sourceProblem(identity, body["source"] as Parameters<typeof sourceProblem>[1]);
  return body["commit"] === identity.commit
    ? undefined
    : `the token is of commit ${identity.commit}, the report names ${String(body["commit"])}`;
}
