// The interface's document with every answer that says no written once: they are the same for every route.
import type { FastifyDynamicSwaggerOptions } from "@fastify/swagger";

type Transform = NonNullable<FastifyDynamicSwaggerOptions["transformObject"]>;
type Documents = Parameters<Transform>[0];

interface Response {
  readonly content?: Readonly<Record<string, unknown>>;
}

export const transformObject: Transform = (documents: Documents) => {
  if (!("openapiObject" in documents)) return documents.swaggerObject;
  const document = documents.openapiObject;
  const shared: Record<string, unknown> = {};
  for (const methods of Object.values(document.paths ?? {})) {
    for (const operation of Object.values(methods ?? {})) {
      const responses = (operation as { readonly responses?: Record<string, Response> }).responses ?? {};
      for (const [status, response] of Object.entries(responses)) {
        if (response.content?.["application/problem+json"] === undefined) continue;
        shared[`Problem${status}`] = response;
        responses[status] = { $ref: `#/components/responses/Problem${status}` } as Response;
      }
    }
  }
  return { ...document, components: { ...document.components, responses: shared } } as typeof document;
};
