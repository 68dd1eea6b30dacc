// The validating admission webhook of clusters, at /admission/CLUSTER: whatever cannot be answered is refused by the cluster's `failurePolicy: Fail`.
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { admissionDoor } from "../../app/gate/admission.ts";
import type { Gate } from "../../app/gate/gate.ts";
import { problemsOf } from "./problem.ts";
import type { Routes } from "./server.ts";

const Cluster = z.object({ cluster: z.string().min(1).max(200).describe("The cluster's name in the charter.") });
const Response = z.object({
  apiVersion: z.literal("admission.k8s.io/v1"),
  kind: z.literal("AdmissionReview"),
  response: z.object({
    uid: z.string(),
    allowed: z.boolean(),
    status: z.object({ code: z.int(), reason: z.string(), message: z.string() }).optional(),
    warnings: z.array(z.string()).optional(),
    auditAnnotations: z.record(z.string(), z.string()).optional(),
  }),
});

/** An object may have 3 MiB, its old form as well (Kubernetes, `MaxRequestBytes` of the API server). */
const REVIEW_BYTES = 7_000_000;

/** Nobody signs in: an answer tells only whether an image was promoted, and an API server has no token of ours. */
export const admissionRoutes =
  (gate: Gate): Routes =>
  async (plain) => {
    const door = admissionDoor();
    plain.withTypeProvider<ZodTypeProvider>().post(
      "/admission/:cluster",
      {
        bodyLimit: REVIEW_BYTES,
        config: { access: "public" },
        schema: {
          tags: ["admission"],
          operationId: "reviewAdmission",
          summary: "Whether an object's images were promoted (Kubernetes AdmissionReview v1)",
          params: Cluster,
          body: z.record(z.string(), z.unknown()),
          response: { 200: Response, ...problemsOf() },
        },
      },
      async ({ params, body }) => gate.look((look) => door(look, params.cluster, body) as z.infer<typeof Response>),
    );
  };
