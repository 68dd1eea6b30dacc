// Law: what editors and readers are told about the charter is what its schema says.
import { expect, test } from "vitest";
import { TIERS } from "../src/charter/schema.ts";
import { charterJsonSchema, charterReference, outdated } from "./charter-schema.ts";

test("the committed JSON Schema and reference are those of the schema", () => {
  expect(outdated()).toEqual([]);
});

test("every member of the charter has a description", () => {
  const rows = charterReference()
    .split("\n")
    .filter((line) => line.startsWith("| `"));
  expect(rows.length).toBeGreaterThan(80);
  // The scope of an input is the manifest's, and described there.
  expect(rows.filter((row) => /\| *\|$/.test(row) && !row.includes("`scope."))).toEqual([]);
});

test("the JSON Schema asks for what a person must write, and leaves out what has a default", () => {
  const schema = JSON.parse(charterJsonSchema());
  expect(schema.required).toEqual(["bulkhead", "organization", "environments"]);
  expect(schema.additionalProperties).toBe(false);
  expect(schema.$defs.Environment.properties.tier.enum).toEqual([...TIERS]);
});
