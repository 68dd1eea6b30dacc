// The gate's routes: ask, test, review, confirm, read. Each turns a request into a command, and an answer into a status.
import type { FastifyRequest } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import {
  type Actor,
  type Answer,
  type Command,
  ConfirmDeployment,
  PROMOTION_STATES,
  PromotionView,
  ReportTest,
  RequestPromotion,
  ReviewPromotion,
  TestView,
} from "../../app/gate/commands.ts";
import type { AttestationVerifier } from "../../app/gate/attestation.ts";
import type { Gate } from "../../app/gate/gate.ts";
import { promotionsIn, promotionOf } from "../../app/gate/look.ts";
import { type Access, type Principal } from "./principal.ts";
import { ProblemError, problemsOf, refusal } from "./problem.ts";
import type { App, Routes } from "./server.ts";

const Id = z.object({
  id: z
    .string()
    .regex(/^(0|[1-9]\d{0,14})$/)
    .describe("The promotion's id: the place of its request in the ledger."),
});
const Headers = z.object({
  "idempotency-key": z
    .string()
    .regex(/^[\x21-\x7e]{1,200}$/)
    .optional()
    .describe("Asked again under the same key, a question is answered as before, and recorded once."),
});
const Listing = z.object({
  to: z.string().max(300).optional().describe("The environment promoted to."),
  state: z.enum(PROMOTION_STATES).optional(),
  before: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional()
    .describe("Only promotions with a smaller id: the next page."),
  limit: z
    .string()
    .regex(/^([1-9]\d?|100)$/)
    .optional()
    .describe("At most so many, 1 to 100; 50 if not given."),
});

const ASK: Access = ["developer", "release-manager", "environment-owner", "pipeline"];
const REVIEW: Access = ["developer", "release-manager", "environment-owner", "reviewer"];
const CONFIRM: Access = ["release-manager", "environment-owner", "pipeline"];
const TEST: Access = ["pipeline", "release-manager"];

const bearer = { security: [{ bearer: [] }], tags: ["promotions"] };

const actorOf = ({ principal }: FastifyRequest): Actor => {
  const { subject, kind, roles } = principal as Principal;
  return { subject, kind, isAdministrator: roles.has("administrator") };
};

export const promotionRoutes =
  (gate: Gate, verify: AttestationVerifier): Routes =>
  async (plain) => {
    const app = plain.withTypeProvider<ZodTypeProvider>();
    asking(app, gate);
    reading(app, gate);
    reviewing(app, gate);
    reporting(app, gate, verify);
  };

async function ask(gate: Gate, request: FastifyRequest, command: Command): Promise<Extract<Answer, { ok: true }>> {
  const key = request.headers["idempotency-key"];
  const answer = await gate.ask({ command, actor: actorOf(request), ...(typeof key === "string" && { idempotencyKey: key }) });
  if (!answer.ok) throw refusal(answer.problem);
  return answer;
}

async function promotion(gate: Gate, request: FastifyRequest, command: Command): Promise<PromotionView> {
  const answer = await ask(gate, request, command);
  if (!("promotion" in answer)) throw new ProblemError(500, "internal", "another answer than was asked for");
  return answer.promotion;
}

function asking(app: App, gate: Gate): void {
  app.post(
    "/v1/promotions",
    {
      config: { access: ASK },
      schema: {
        ...bearer,
        operationId: "requestPromotion",
        summary: "Ask for a promotion",
        description: "Recorded whatever the answer is: what was not tested below is refused at once, with the reasons.",
        headers: Headers,
        body: RequestPromotion,
        response: { 201: PromotionView, ...problemsOf(401, 403, 404, 409) },
      },
    },
    async (request, reply) => reply.code(201).send(await promotion(gate, request, { kind: "request", body: request.body })),
  );
  app.post(
    "/v1/promotions/:id/decision",
    {
      config: { access: "signed-in" },
      schema: {
        ...bearer,
        operationId: "decidePromotion",
        summary: "Decide again: a freeze may have ended",
        params: Id,
        response: { 200: PromotionView, ...problemsOf(401, 403, 404) },
      },
    },
    (request) => promotion(gate, request, { kind: "settle", promotion: Number(request.params.id) }),
  );
}

function reading(app: App, gate: Gate): void {
  app.get(
    "/v1/promotions",
    {
      config: { access: "signed-in" },
      schema: {
        ...bearer,
        operationId: "listPromotions",
        summary: "Promotions, newest first",
        querystring: Listing,
        response: { 200: z.object({ promotions: z.array(PromotionView) }), ...problemsOf(401, 403) },
      },
    },
    async ({ query: { to, state, before, limit } }) => ({
      promotions: [
        ...(await gate.look((look) =>
          promotionsIn(look, { to, state, before: before === undefined ? undefined : Number(before), limit: Number(limit ?? 50) }),
        )),
      ],
    }),
  );
  app.get(
    "/v1/promotions/:id",
    {
      config: { access: "signed-in" },
      schema: {
        ...bearer,
        operationId: "promotion",
        summary: "One promotion: what was asked, who reviewed, what was decided",
        params: Id,
        response: { 200: PromotionView, ...problemsOf(401, 403, 404) },
      },
    },
    async ({ params }) => {
      const found = await gate.look((look) => promotionOf(look, Number(params.id)));
      if (found === undefined) throw new ProblemError(404, "not-found", `the ledger has no promotion ${params.id}`);
      return found;
    },
  );
}

function reviewing(app: App, gate: Gate): void {
  app.post(
    "/v1/promotions/:id/reviews",
    {
      config: { access: REVIEW },
      schema: {
        ...bearer,
        operationId: "reviewPromotion",
        summary: "Approve, reject, or take either back",
        description:
          "Only by those whom the charter names, never by an author or the requester, and never by an administrator of this server.",
        params: Id,
        headers: Headers,
        body: ReviewPromotion,
        response: { 201: PromotionView, ...problemsOf(401, 403, 404, 409) },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await promotion(gate, request, { kind: "review", promotion: Number(request.params.id), body: request.body })),
  );
  app.post(
    "/v1/promotions/:id/deployment",
    {
      config: { access: CONFIRM },
      schema: {
        ...bearer,
        operationId: "confirmDeployment",
        summary: "Confirm what runs now",
        description: "Refused when it is not what was approved, or too late: then something runs past the gate.",
        params: Id,
        headers: Headers,
        body: ConfirmDeployment,
        response: { 201: PromotionView, ...problemsOf(401, 403, 404, 409) },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await promotion(gate, request, { kind: "confirm", promotion: Number(request.params.id), body: request.body })),
  );
}

function reporting(app: App, gate: Gate, verify: AttestationVerifier): void {
  app.post(
    "/v1/tests",
    {
      config: { access: TEST },
      schema: {
        ...bearer,
        operationId: "reportTest",
        summary: "Report a run of tests on an artifact in an environment",
        headers: Headers,
        body: ReportTest,
        response: { 201: TestView, ...problemsOf(401, 403, 404, 409) },
      },
    },
    async (request, reply) => {
      const { attestation, ...test } = request.body;
      const verified = attestation && verify(attestation, test);
      // Recording it as unverified would let whoever reads in a hurry take it for evidence.
      if (verified?.ok === false) throw new ProblemError(403, "attestation", verified.error.message);
      const body = { ...test, ...(verified && { attestation: { sha256: verified.value.sha256, verified: true } }) };
      const answer = await ask(gate, request, { kind: "test", body });
      if (!("test" in answer)) throw new ProblemError(500, "internal", "another answer than was asked for");
      return reply.code(201).send(answer.test);
    },
  );
}
