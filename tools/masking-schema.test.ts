// Law: the published schema of a policy is that of the code, and takes what the loader takes.
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { isOutdated, maskingJsonSchema } from "./masking-schema.ts";

const validate = new Ajv2020({ strict: false }).compile(JSON.parse(maskingJsonSchema()));
const policy = parse(readFileSync(new URL("../src/mask/postgres/fixtures/oddities.yaml", import.meta.url), "utf8")) as Record<
  string,
  unknown
>;

test("the committed JSON Schema is that of the code", () => {
  expect(isOutdated()).toBe(false);
});

test("a policy is valid; one with a rule that is not known is not", () => {
  expect(validate(policy) ? [] : validate.errors).toEqual([]);
  expect(validate({ ...policy, tables: { "public.a": { columns: { id: "copy" } } } })).toBe(false);
  expect(validate({ ...policy, later: 1 })).toBe(false);
});
