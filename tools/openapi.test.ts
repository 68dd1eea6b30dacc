import { expect, test } from "vitest";
import { isOutdated, openApi } from "./openapi.ts";

interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly security?: readonly unknown[];
  readonly responses: Readonly<Record<string, unknown>>;
}

const document = JSON.parse(await openApi()) as {
  readonly openapi: string;
  readonly components: { readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>> };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
};
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => [`${method} ${path}`, operation] as const),
);

test("the committed document is what the routes give", async () => expect(await isOutdated()).toBe(false));

test("it is of OpenAPI 3.1, and names every operation once", () => {
  expect(document.openapi).toBe("3.1.0");
  const ids = operations.map(([, { operationId }]) => operationId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).not.toContain(undefined);
});

test.each(operations)("%s tells every answer that says no, as a problem document", (_name, { responses, security, summary }) => {
  expect(summary).toBeTruthy();
  const needed = ["400", "413", "415", "429", "500", "503", ...(security ? ["401", "403"] : [])];
  for (const status of needed) {
    expect(responses[status]).toEqual({ $ref: `#/components/responses/Problem${status}` });
    expect(Object.keys(document.components.responses[`Problem${status}`]?.content ?? {})).toEqual(["application/problem+json"]);
  }
});
